"""A link acts by POST from its own page only, on its own alerts only, and once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from lowtide.desk.store import Store
from lowtide.notify import link
from lowtide.operation import Health
from lowtide.operation.proxy import DIRECT, Proxies
from lowtide.page.app import A_TOKEN, UNKNOWN, App
from lowtide.page.door import Door, beginning
from lowtide.secret import Secret
from lowtide.web.headers import CONTENT_POLICY
from lowtide.web.probe import Probe
from tests.page.asgi import Reply, ask
from tests.page.desk import ALERTS, KEY, MESSAGE, NOW, alert, book, insert, opened

OWN = {"sec_fetch_site": "same-origin", "content_type": "application/x-www-form-urlencoded"}
NOON = datetime.fromtimestamp(NOW / 1000, UTC)


class Desk:
    """A page over a desk.db with one message of three alerts, at a time that a test sets."""

    def __init__(self, store: Store, proxies: Proxies = DIRECT) -> None:
        self.store, self.now, self.seconds = store, NOW, 0.0
        self.people = book()
        self.health = Health(needs=())
        door = Door(store, lambda: self.people, (KEY,), lambda: self.now)
        self.note: str | None = None
        probe = Probe(self.health, lambda: b"lowtide_desk_standby 0\n", lambda: self.note)
        self.app = App(
            door, probe, public_url="https://stock.example.com", proxies=proxies, clock=lambda: self.seconds
        ).asgi

    def link(self, person: str = "chen", key: Secret[bytes] = KEY, message: str = MESSAGE) -> str:
        return f"/a/{link.make(key, message, person, NOON + timedelta(days=7))}"

    def get(self, target: str, **headers: str) -> Reply:
        return ask(self.app, "GET", target, **headers)

    def post(self, target: str, headers: dict[str, str] | None = None, **fields: Any) -> Reply:
        form = {"seen": "x", "alert": list(ALERTS[:3]), **fields}
        body = urlencode(form, doseq=True).encode()
        return ask(self.app, "POST", target, body=body, **(OWN if headers is None else headers))

    def standing(self) -> list[tuple[str, str]]:
        with self.store.read() as rows:
            return [
                (row["state"], row["owner"]) for row in rows.rows("SELECT * FROM alert ORDER BY alert_id")
            ]

    def entries(self) -> list[str]:
        """What is on its way to the ledger."""
        with self.store.read() as rows:
            found = rows.rows("SELECT row FROM ship WHERE table_name = 'ledger' ORDER BY n")
        return [row["row"] for row in found]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = opened(tmp_path)
    yield Desk(store)
    store.close()


def test_one_press_takes_all_that_is_ticked(desk: Desk) -> None:
    reply = desk.post(desk.link(), verb="ack", alert=list(ALERTS[:2]), lang="zh")
    assert reply.status == 303 and reply.headers["location"].endswith("?done=ack&failed=0&lang=zh")
    assert desk.standing() == [("acknowledged", "chen"), ("acknowledged", "chen"), ("new", "")]
    assert len(desk.entries()) == 2 and all('"ACKNOWLEDGED"' in entry for entry in desk.entries())
    assert "其他人即可看到" in desk.get(reply.headers["location"]).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_fetches_changes_nothing(desk: Desk, method: str) -> None:
    """Mail gateways and chat previews open every link, and some follow what they find."""
    for query in ("", "?verb=ack", f"?verb=ack&alert={ALERTS[0]}&seen=x", "?done=ack"):
        reply = ask(desk.app, method, desk.link() + query, sec_fetch_site="same-origin")
        assert reply.status == 200
    assert desk.standing() == [("new", "")] * 3 and not desk.entries()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_another_site_cannot_answer(desk: Desk, headers: dict[str, str]) -> None:
    kind = {"content_type": "application/x-www-form-urlencoded"}
    reply = desk.post(desk.link(), {**kind, **headers}, verb="ack")
    assert reply.status == 403 and desk.standing() == [("new", "")] * 3 and not desk.entries()
    assert "did not come from our page" in reply.text


def test_an_old_browser_behind_a_proxy_can(desk: Desk) -> None:
    headers = {"origin": "https://stock.example.com", "host": "10.0.0.7", "content_type": OWN["content_type"]}
    assert desk.post(desk.link(), headers, verb="ack").status == 303


@pytest.mark.parametrize("verb", ["ack", "snooze-hour", "snooze-morning", "note"])
def test_a_double_press_is_one_answer(desk: Desk, verb: str) -> None:
    replies = [desk.post(desk.link(), verb=verb, comment="on its way") for _ in range(3)]
    assert {reply.status for reply in replies} <= {303, 409}
    assert replies[0].status == 303 and len(desk.entries()) == 3, "one entry an alert"


def test_two_presses_at_once_are_one_answer(desk: Desk) -> None:
    threads = [
        threading.Thread(target=desk.post, args=(desk.link(),), kwargs={"verb": "ack"}) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.entries()) == 3 and desk.standing() == [("acknowledged", "chen")] * 3


def test_two_notes_of_one_person_are_two(desk: Desk) -> None:
    assert desk.post(desk.link(), verb="note", comment="called", alert=ALERTS[0]).status == 303
    assert desk.post(desk.link(), verb="note", comment="they will come", alert=ALERTS[0]).status == 303
    assert [("called" in entry, "they will come" in entry) for entry in desk.entries()] == [
        (True, False),
        (False, True),
    ]


def test_a_snooze_ends_when_the_button_says(desk: Desk) -> None:
    desk.post(desk.link(), verb="snooze-hour", alert=ALERTS[0])
    desk.post(desk.link(), verb="snooze-morning", alert=ALERTS[1])
    hour, morning = desk.entries()
    assert "2026-11-30T02:00:00.000Z" in hour, "an hour after nine in Shanghai"
    assert "2026-12-01T01:00:00.000Z" in morning, "the first working minute of the next day"


def test_a_link_answers_for_its_own_alerts_only(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        insert(tx, "alert", alert(ALERTS[9], 9))
    reply = desk.post(desk.link(), verb="ack", alert=[ALERTS[9]], lang="en")
    assert reply.status == 409 and "No alert is chosen" in reply.text and not desk.entries()


def test_a_group_of_hundreds_is_taken_whole_by_one_press(tmp_path: Path) -> None:
    store = opened(tmp_path, 250)
    desk = Desk(store)
    page = desk.get(desk.link() + "?lang=en").text
    assert "and the 150 alerts that are not listed" in page and page.count("checkbox") == 101
    assert desk.post(desk.link(), verb="ack", alert=[*ALERTS[:100], "rest"]).status == 303
    assert len(desk.entries()) == 250
    store.close()


def test_who_was_first_holds_and_is_named(desk: Desk) -> None:
    desk.post(desk.link("li"), verb="ack", alert=list(ALERTS[:3]))
    reply = desk.post(desk.link("chen"), verb="ack", alert=list(ALERTS[:3]), lang="en")
    assert reply.status == 409 and "Somebody was faster" in reply.text and "li" in reply.text
    assert desk.standing() == [("acknowledged", "li")] * 3
    assert "acknowledged by Li Na" in desk.get(desk.link("chen") + "?lang=en").text


def test_a_link_of_a_group_chat_or_of_somebody_who_left_shows_and_does_not_act(desk: Desk) -> None:
    for person, said in (("", "group chat"), ("gone", "not in the people file")):
        page = desk.get(desk.link(person) + "?lang=en")
        assert page.status == 200 and said in page.text and "<button" not in page.text
        assert desk.post(desk.link(person), verb="ack").status == 403
    assert not desk.entries()


def test_a_link_ends_after_seven_days(desk: Desk) -> None:
    desk.now += 7 * 86_400_000
    assert desk.get(desk.link()).status == 410 and desk.post(desk.link(), verb="ack").status == 410
    assert "works for 7 days" in desk.get(desk.link()).text and not desk.entries()


def test_a_forged_or_broken_link_is_not_known(desk: Desk) -> None:
    good = desk.link()
    other = link.make(Secret(bytes(32)), MESSAGE, "chen", NOON + timedelta(days=7))
    for target in (f"/a/{other}", good[:-1], good + "A", "/a/x", f"/a/{'A' * 38}", "/a/%00"):
        assert desk.get(target).status == 404, target
        desk.seconds += 61
    assert desk.get("/a/").status == 404


def test_a_message_that_is_not_kept_says_so(desk: Desk) -> None:
    assert desk.get(desk.link(message="9" * 20)).status == 404


def test_both_keys_hold_while_one_replaces_the_other(desk: Desk, tmp_path: Path) -> None:
    door = Door(desk.store, lambda: desk.people, (Secret(bytes(32)), KEY), lambda: desk.now)
    for key in (Secret(bytes(32)), KEY):
        claim = door.claim(desk.link(key=key)[3:])
        assert claim is not None and not claim.has_ended


def test_guessing_is_stopped_and_good_links_still_open(desk: Desk) -> None:
    statuses = [desk.get(f"/a/{n}", client="203.0.113.7").status for n in range(UNKNOWN + 3)]
    assert statuses == [404] * UNKNOWN + [429] * 3
    assert desk.get("/a/x", client="203.0.113.8").status == 404, "another address has a number of its own"
    assert desk.get(desk.link(), client="203.0.113.7").status == 200
    desk.seconds += 61
    assert desk.get("/a/x", client="203.0.113.7").status == 404


def test_one_link_cannot_be_hammered(desk: Desk) -> None:
    statuses = [desk.get(desk.link()).status for _ in range(A_TOKEN + 1)]
    assert statuses == [200] * A_TOKEN + [429]
    assert desk.get(desk.link("li")).status == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"verb=drop&alert=x", OWN["content_type"], 400),
        (b"", OWN["content_type"], 400),
        (b"verb=ack", "application/json", 415),
        (b"verb=ack&x=" + b"a" * 70_000, OWN["content_type"], 413),
        (b"verb=note&comment=+&alert=" + ALERTS[0].encode(), OWN["content_type"], 400),
        (b"&" * 5000, OWN["content_type"], 400),
    ],
)
def test_what_is_no_form_of_ours_changes_nothing(desk: Desk, body: bytes, kind: str, status: int) -> None:
    reply = ask(desk.app, "POST", desk.link(), body=body, sec_fetch_site="same-origin", content_type=kind)
    assert reply.status == status and not desk.entries()


def test_every_answer_carries_the_policy(desk: Desk) -> None:
    for target in (desk.link(), "/a/x", "/nowhere", "/static/page.css", "/healthz", "/metrics"):
        headers = desk.get(target).headers
        assert headers["content-security-policy"] == CONTENT_POLICY, target
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert desk.get(desk.link()).headers["cache-control"] == "no-store"
    assert ask(desk.app, "PUT", desk.link()).status == 405


def test_the_language_is_asked_for_then_the_persons_then_the_browsers(desk: Desk) -> None:
    assert 'lang="zh-CN"' in desk.get(desk.link("chen"), accept_language="en").text
    assert 'lang="en"' in desk.get(desk.link("chen") + "?lang=en", accept_language="zh").text
    assert 'lang="zh-CN"' in desk.get(desk.link(""), accept_language="fr, zh;q=0.9, en;q=0.5").text
    assert 'lang="en"' in desk.get("/nowhere", accept_language="xx;q=oops").text


def test_a_desk_that_works_says_what_a_person_should_look_at(desk: Desk) -> None:
    assert desk.get("/readyz").text == '{"status":"ready"}'
    desk.note = "the warehouse refuses rows: 2"
    assert desk.get("/readyz").status == 200 and "refuses rows: 2" in desk.get("/readyz").text
    assert "refuses" not in desk.get("/readyz", client="203.0.113.7").text


def test_machines_of_elsewhere_see_no_figures_and_no_names(desk: Desk) -> None:
    desk.health.waiting("stands by: a desk is at work on stock-2")
    near, far = desk.get("/readyz"), desk.get("/readyz", client="203.0.113.7")
    assert near.status == far.status == 503 and "stock-2" in near.text and "stock-2" not in far.text
    assert desk.get("/metrics").status == 200 and desk.get("/metrics", client="203.0.113.7").status == 404
    assert desk.get("/metrics", x_forwarded_for="203.0.113.7").status == 404, (
        "a proxy of this machine asks for others"
    )
    assert desk.get("/healthz", client="203.0.113.7").status == 200


def test_static_files_are_these_two(desk: Desk) -> None:
    assert desk.get("/static/page.css").headers["content-type"].startswith("text/css")
    assert desk.get("/static/icon.svg").headers["content-type"] == "image/svg+xml"
    for name in ("app.py", "..%2fapp.py", "page.CSS", "none.css"):
        assert desk.get(f"/static/{name}").status == 404


def test_a_link_names_its_message_by_sixty_bits() -> None:
    assert beginning(link.start(MESSAGE)) == MESSAGE[:12]


def test_a_mistake_of_ours_is_a_page_without_its_cause(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret text")

    monkeypatch.setattr("lowtide.page.door.Door.group", broken)
    with pytest.raises(RuntimeError):  # starlette answers, then hands it to the server's log
        desk.get(desk.link())


def test_without_prices_a_loss_is_in_units(desk: Desk) -> None:
    """A shop without a catalogue must not read units as money."""
    assert "预计损失 ¥100.00" in desk.get(desk.link()).text
    with desk.store.transaction() as tx:
        tx.set_meta("worth_in_units", "1")
    page = desk.get(desk.link()).text
    assert "预计少卖 100.0 件" in page and "¥" not in page
