"""A book answers the same after it was stored, and the most specific route wins."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.errors import PeopleError
from lowtide.people import Book, Step
from lowtide.people.matcher import matches
from lowtide.strict import specificity
from tests.people.shop import PEOPLE, at, book

SMALL = "time_zone: UTC\npeople:\n  an: {contacts: console}\n"


@pytest.fixture
def shop(tmp_path):
    return book(tmp_path)


def test_every_key_arrives(shop):
    chen = shop.people["chen"]
    assert (chen.name, chen.lead, chen.lang, chen.quiet, chen.digest) == (
        "陈晨",
        "wang",
        "zh",
        (1260, 480),
        (540, 1050),
    )
    assert (chen.budget, chen.approve_up_to, chen.deputy) == (4, 5000.0, "li")
    assert (shop.people["li"].name, shop.people["li"].budget, shop.people["li"].lang) == ("li", 6, "en")
    critical, warning = shop.ladder("critical"), shop.ladder("warning")
    assert (critical.ack_ms, critical.resolve_ms, critical.repeat_ms) == (1_800_000, 14_400_000, 7_200_000)
    assert critical.steps[2:] == (Step("lead", 1_800_000), Step("manager", 7_200_000)) and critical.tell_end
    assert warning.steps[1] == Step("lead", 14_400_000, assign=True) and warning.tell_end
    assert shop.ladder("watch").steps == (Step("digest"),) and not shop.ladder("watch").tell_end
    assert shop.targets["erp"].allow == ("10.2.0.0/16",) and not shop.targets["erp"].personal
    assert shop.targets["wecom-chen"].personal and shop.targets["post"].personal
    assert shop.targets["post"].sender == "stock@example.com" and shop.targets["erp"].secret_files == (
        "secrets/erp",
    )
    assert [(review.to, review.every) for review in shop.reviews] == [
        (("wang",), "month"),
        (("zhao",), "week"),
    ]
    assert shop.checklists == {"overdue_supply.zh": "先打电话给供应商。\n"}
    assert (shop.public_url, shop.currency, shop.stale_after_ms) == (
        "https://stock.example.com",
        "¥",
        691_200_000,
    )
    assert (shop.stages.decide_ms, shop.stages.export_ms, shop.stages.confirm_ms) == (
        None,
        7_200_000,
        86_400_000,
    )
    assert (shop.donor, Book.alone("an").donor) == ("ask", "tell")


def test_a_stored_version_is_the_same_book(shop):
    again = Book.of_document(shop.document)
    assert again == shop and again.version == shop.version and len(shop.version) == 12
    assert "secrets/erp" in shop.document and "陈晨" in shop.document
    for broken in ("", "{}", shop.document.replace('"format":1', '"format":2')):
        with pytest.raises(PeopleError, match="stored version"):
            Book.of_document(broken)


def test_a_version_is_its_content(tmp_path, shop):
    (other := tmp_path / "b").mkdir()
    assert book(other, "# a comment\n" + PEOPLE).version == shop.version
    (third := tmp_path / "c").mkdir()
    changed = book(third, PEOPLE.replace("budget: 4", "budget: 5"))
    assert changed.version != shop.version
    (tmp_path / "locations.csv").write_text(
        "location,region,manager,hours\n330,华东,li,08:00-20:00\nDC1,华东,,08:00-20:00\n华东,,qian,\n",
        "utf-8",
    )
    assert Book.load(tmp_path / "people.yaml").version != shop.version, "who manages a location is part of it"


@pytest.mark.parametrize(
    ("facts", "team"),
    [
        ({"type": "overdue_supply", "category": "DAIRY"}, "chasers"),  # the type ranks above all others
        ({"type": "out_of_stock", "category": "DAIRY", "location": "330"}, "dairy-buyers"),
        ({"type": "negative_stock", "category": "DAIRY", "location": "330"}, "store-330"),
        ({"type": "out_of_stock", "location": "330"}, "buyers"),
        ({}, "buyers"),
    ],
)
def test_the_most_specific_route_wins(shop, facts, team):
    assert shop.assign(facts, at("2026-12-01 10:00")).team == team


def test_the_region_of_an_alert_is_that_of_its_location(shop):
    assert shop.route({"location": "330"}).match == {"region": ("华东",)}
    assert shop.route({"location": "999"}).match == {}
    assert shop.route({"location": "999", "region": "华东"}).match == {"region": ("华东",)}


KEYS = ("type", "sku", "category", "supplier", "department", "location")
WORDS = {
    "type": "out_of_stock",
    "sku": "11",
    "category": "DAIRY",
    "supplier": "acme",
    "department": "F",
    "location": "L1",
}
MATCHES = st.dictionaries(st.sampled_from(KEYS), st.booleans(), max_size=4).map(
    lambda keys: {key: [WORDS[key][0] + "*" if star else WORDS[key]] for key, star in keys.items()}
)
UNIQUE = st.lists(
    MATCHES.filter(bool), max_size=6, unique_by=lambda match: orjson.dumps(match, option=orjson.OPT_SORT_KEYS)
)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(UNIQUE, st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["x", "11", "acme"])))
def test_of_the_routes_that_match_the_last_of_the_highest_rank_wins(found, other):
    routes = [{"match": match, "to": "an"} for match in found] + [{"to": "an"}]
    shop = Book.read(SMALL + "routes: " + orjson.dumps(routes).decode())
    facts = WORDS | other
    fitting = [route for route in shop.routes if matches(route.match, facts)]
    best = max(fitting, key=lambda route: (specificity(route.match), route.place))
    assert shop.route(facts) == best


def test_route_ids_are_their_content(shop):
    assert len({route.id for route in shop.routes}) == len(shop.routes)
    turned = Book.read(SMALL + "routes: [{match: {sku: a, category: b}, to: an}, {to: an}]")
    again = Book.read(SMALL + "routes: [{to: an}, {match: {category: b, sku: a}, to: an}]")
    assert turned.routes[0].id == again.routes[1].id


def test_a_cause_mutes_its_effects(shop):
    source = {"type": "negative_stock", "location": "330", "sku": "1"}
    assert shop.mutes(source, source | {"type": "out_of_stock"})
    assert not shop.mutes(source, source | {"type": "out_of_stock", "sku": "2"})
    assert not shop.mutes(source | {"type": "sales_spike"}, source | {"type": "out_of_stock"})
    depot = {"type": "out_of_stock", "location": "DC1", "sku": "1"}
    assert shop.mutes(depot, {"type": "projected_stockout", "location": "330", "sku": "1"})
    assert not shop.mutes(depot | {"sku": ""}, {"type": "projected_stockout", "location": "330", "sku": ""})


def test_a_short_file_has_everything_that_it_needs():
    shop = Book.read(SMALL)
    assert shop.assign({"type": "out_of_stock"}, at("2026-12-01 03:00")).person == "an"
    assert [step.who for step in shop.ladder("critical").steps] == ["owner", "owner", "lead", "manager"]
    assert shop.lead_of("an", {}) is None and shop.manager_of("an", {}) is None


def test_without_a_file_one_person_owns_everything_and_is_sent_nothing():
    shop = Book.alone("wang")
    assert shop.assign({"type": "out_of_stock"}, at("2026-12-01 03:00")).person == "wang"
    assert shop.people["wang"].contacts == () and Book.of_document(shop.document) == shop


def test_a_person_may_be_a_route():
    text = (
        SMALL
        + "  bo: {contacts: console, lead: an}\nroutes: [{match: {category: X}, to: bo, follow: an}, {to: an}]"
    )
    found = Book.read(text).assign({"category": "X"}, at("2026-12-01 03:00"))
    assert (found.person, found.team, found.followers) == ("bo", "bo", ("an",))
    assert Book.read(text).lead_of("bo", {}) == "an"
