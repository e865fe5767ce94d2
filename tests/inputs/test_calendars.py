"""Calendars as Excel writes them: days, commas, several patterns in a cell; what is ambiguous is refused."""

from __future__ import annotations

from datetime import date

import pytest

from lowtide.errors import PolicyError
from lowtide.inputs import build, read_effects, read_prices


def test_a_german_excel_writes_semicolons_dots_and_commas(tmp_path):
    file = tmp_path / "aktionen.csv"
    file.write_bytes(
        "\ufeffName;From;To;Factor;Class;Category;Location;Notiz\r\n"
        "Ostern;01.04.2026;05.04.2026;1,6;;DAIRY|ICE;all;schön\r\n"
        "Flyer;2026-04-10;;;flyer;;33*;\r\n".encode()
    )
    easter, flyer = read_effects(file)
    assert (easter.first, easter.last, easter.factor) == (date(2026, 4, 1), date(2026, 4, 5), 1.6)
    assert easter.match == {"category": ["DAIRY", "ICE"]} and easter.group == "Ostern"
    assert (flyer.first, flyer.last, flyer.factor, flyer.group) == (date(2026, 4, 10),) * 2 + (None, "flyer")
    assert flyer.match == {"location": ["33*"]} and flyer.place.endswith("aktionen.csv:3")


FAULTS = [
    ("name,day\nx,1/4/2026\n", "f.csv:2: column `day`: write the day as 2026-04-01 (it is `1/4/2026`)"),
    ("name,day\nx,2026-02-30\n", "f.csv:2: column `day`: write the day"),
    ("name,from,to\nx,2026-04-05,2026-04-01\n", "`to` (2026-04-01) is before `from`"),
    ("name,day,factor\nx,2026-04-05,+60 %\n", "write a number, such as 1.6 for 60 % more"),
    ("name,day,factor\nx,2026-04-05,-1\n", "write 1.6 for 60 % more, 0 for closed"),
    ("name,day,factor\n,2026-04-05,1\n", "column `name` is empty"),
    ("name,day\nx,\n", "the row has no day"),
    ("name,factor\nx,1\n", "has no column `from` and no column `day`"),
    ("name,day,region\nx,2026-04-05,north\n", "inputs do not know regions"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_a_mistake_names_file_and_line(tmp_path, text, said):
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as raised:
        read_effects(tmp_path / "f.csv")
    assert said in raised.value.message


def test_prices_are_grouped_and_a_day_has_one(tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text("category,day,price\nMILK,2026-04-01,1.2\nMILK,2026-04-02,1.5\nICE,2026-04-01,3\n")
    effects, prices = read_prices(file)
    assert not effects and [one.name for one in prices] == ["price MILK", "price ICE"]
    assert prices[0].prices == {date(2026, 4, 1): 1.2, date(2026, 4, 2): 1.5}
    file.write_text("category,day,price\nMILK,2026-04-01,1.2\nMILK,2026-04-01,1.5\n")
    with pytest.raises(PolicyError, match="has a price for 2026-04-01 already"):
        read_prices(file)
    file.write_text("category,day\nMILK,2026-04-01\n")
    with pytest.raises(PolicyError, match="neither a column `factor` nor a column `price`"):
        read_prices(file)


def test_documents_and_calendars_become_one_set(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "profiles: {w: [1, 1, 1, 1, 1, 2, 2]}\nlayers: [{name: a, set: {profile: w}}]\n"
    )
    (tmp_path / "b.yaml").write_text("layers: [{name: b, match: {sku: 0123}, set: {calm: 4}}]\n")
    (tmp_path / "p.csv").write_text("name,day,factor\nclosed,2026-12-25,0\n")
    one = build([tmp_path / "a.yaml", tmp_path / "b.yaml"], read_effects(tmp_path / "p.csv")).one.document
    assert [layer.name for layer in one.layers] == ["a", "b"] and one.layers[1].match == {"sku": ["0123"]}
    assert one.drivers[0].factor == 0 and len(one.profiles["w"]) == 168
    (tmp_path / "c.yaml").write_text("profiles: {w: [2, 1, 1, 1, 1, 1, 1]}\n")
    with pytest.raises(PolicyError, match=r"the profile `w` of .*c.yaml is another one in .*a.yaml"):
        build([tmp_path / "a.yaml", tmp_path / "c.yaml"])
    (tmp_path / "q.csv").write_text("name,day\nflyer,2026-12-25\n")
    with pytest.raises(PolicyError) as raised:
        build([], read_effects(tmp_path / "q.csv"))
    assert "q.csv:2" in raised.value.message and "lowtide learn" in raised.value.hint
