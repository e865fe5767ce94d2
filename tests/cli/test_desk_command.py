"""The commands of the desk that need no warehouse: tests of targets, dead messages, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lowtide.desk.store import Store
from tests.page.desk import MESSAGE, fill

PEOPLE = """
time_zone: UTC
people: {chen: {name: Chen Chen, contacts: [shared]}}
targets: {shared: {kind: file, path: shared.jsonl}}
routes: [{to: chen}]
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.yaml"
    path.write_text(PEOPLE, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a desk with one message that was refused."""
    folder = tmp_path / "desk"
    with Store.open(folder / "desk.db") as store:
        fill(store)
        with store.transaction() as tx:
            tx.execute("UPDATE outbox SET state = 'dead', because = 'bad key', sent_at = NULL")
    return folder


def test_a_target_is_tried_the_whole_way(typed, people: Path) -> None:
    said = typed("desk", "test", "shared", "--people", people)
    assert said.code == 0 and said.out.startswith("`shared` took the test message"), said.err
    (line,) = (people.parent / "shared.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["reason"] == "TEST"
    said = typed("desk", "test", "shared", "--people", people, "--json")
    assert json.loads(said.out)["outcome"] == "sent"
    assert (
        json.loads((people.parent / "shared.jsonl").read_text("utf-8").splitlines()[1])["notification_id"]
        != json.loads(line)["notification_id"]
    ), "every test is a message of its own"


def test_a_target_that_is_not_there_is_a_mistake_of_settings(typed, people: Path) -> None:
    said = typed("desk", "test", "wecom-chen", "--people", people)
    assert said.code == 2 and "no target `wecom-chen`" in said.err and "`shared`" in said.err


def test_a_person_is_not_a_target_and_the_error_names_the_contacts(typed, people: Path) -> None:
    said = typed("desk", "test", "chen", "--people", people)
    assert said.code == 2 and "`chen` is a person" in said.err and "contact" in said.err


def test_a_refusal_as_json_is_json(typed, people: Path) -> None:
    """The sentence of a refusal was taken for JSON text, and the command ended in a traceback."""
    said = typed("desk", "test", "file:/proc/nothing", "--people", people, "--json")
    document = json.loads(said.out)
    assert said.code == 1 and document["outcome"] == "wait" and "/proc/nothing" in document["detail"]


def test_a_refusal_is_1_and_says_where_to_read_on(typed, people: Path) -> None:
    (people.parent / "shared.jsonl").mkdir()
    said = typed("desk", "test", "shared", "--people", people)
    assert said.code in (1, 2) and said.err.startswith("error: ") and not said.out


def test_dead_messages_are_listed_and_sent_again(typed, folder: Path) -> None:
    said = typed("desk", "dead", "ls", "--desk", folder)
    assert said.code == 0 and MESSAGE in said.out and "bad key" in said.out
    (row,) = (
        json.loads(line) for line in typed("desk", "dead", "ls", "--desk", folder, "--json").out.splitlines()
    )
    assert row["notification_id"] == MESSAGE and row["decided_at"].endswith("Z") and "content" not in row
    assert typed("desk", "dead", "retry", "zzz", "--desk", folder).code == 2
    assert (
        "1 message will be sent again"
        in typed("desk", "dead", "retry", MESSAGE[:4].lower(), "--desk", folder).out
    )
    assert "No message was refused by all contacts" in typed("desk", "dead", "ls", "--desk", folder).out


def test_rows_that_the_warehouse_refuses_are_listed_and_named(typed, folder: Path) -> None:
    said = typed("desk", "dead", "ls", "--rows", "--desk", folder)
    assert said.code == 0 and said.out == "The warehouse refuses no row of this desk.\n" and not said.err
    with Store.open(folder / "desk.db") as store, store.transaction() as tx:
        tx.execute(
            "INSERT INTO ship_refused VALUES ('silence', 's1', '{\"version\":\"x\"}', 'Cannot parse \x1b[2J[red]x')"
        )
    said = typed("desk", "dead", "ls", "--desk", folder)
    assert (
        "refuses 1 row of the desk: `lowtide desk dead ls --rows`" in said.err and "silence" not in said.out
    )
    said = typed("desk", "dead", "ls", "--rows", "--desk", folder)
    assert "silence" in said.out and "Cannot parse \\x1b[2J[red]x" in said.out and "\x1b" not in said.out
    assert "sent again when the desk is started" in said.err
    (line,) = typed("desk", "dead", "ls", "--rows", "--json", "--desk", folder).out.splitlines()
    assert json.loads(line)["row"] == '{"version":"x"}' and json.loads(line)["row_id"] == "s1"
    assert "拒收原因" in typed("desk", "dead", "ls", "--rows", "--desk", folder, "--lang", "zh").out


def test_a_message_is_explained_beside_a_running_desk(typed, folder: Path, people: Path) -> None:
    with Store.open(folder / "desk.db"):
        said = typed("desk", "explain", MESSAGE[:6], "--desk", folder, "--lang", "zh", "--people", people)
        assert said.code == 0 and "Chen Chen" in said.out and "该组的第一条消息" in said.out, said.err
        document = json.loads(typed("desk", "explain", MESSAGE[:6], "--desk", folder, "--json").out)
    assert document["messages"][0]["state"] == "dead"


def test_without_a_desk_the_error_says_how_to_get_one(typed, tmp_path: Path) -> None:
    for words in (("desk", "dead", "ls"), ("desk", "dead", "retry"), ("desk", "explain", "A")):
        said = typed(*words, "--desk", tmp_path / "none")
        assert said.code == 1 and "there is no desk" in said.err and "`lowtide desk`" in said.err, words
    assert not (tmp_path / "none").exists(), "asking makes no desk"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("silence", "add", "supplir=V002", "--for", "4d", "--reason", "x"), "Did you mean `supplier`"),
        (("silence", "add", "supplier=V002", "--reason", "x"), "until when?"),
        (
            ("silence", "add", "supplier=V002", "--for", "4d", "--until", "2026-12-01T00:00:00Z"),
            "until when?",
        ),
        (("silence", "add", "supplier=V002", "--for", "4d"), "needs a reason"),
        (("silence", "add", "supplier=V002", "--for", "31d", "--reason", "x"), "at most 30 days"),
        (("silence", "add", "supplier=V002", "--for", "soon", "--reason", "x"), "--for soon"),
        (
            ("silence", "add", "supplier=V002", "--until", "tomorrow", "--reason", "x"),
            "not a time with a zone",
        ),
        (("snooze", "01K"), "until when?"),
    ],
)
def test_a_mistake_is_refused_before_the_warehouse_is_opened(
    typed, words: tuple[str, ...], said: str
) -> None:
    answer = typed(*words)
    assert answer.code == 2 and said in answer.err and not answer.out
    assert not Path(".lowtide").exists()


@pytest.mark.parametrize(
    "said", ["[/foo]", "[red]bad[/red]", "\x1b]0;owned\x07\x1b[2Jbad", "[link=http://evil.example]x[/link]"]
)
def test_a_terminal_shows_what_a_target_said_and_does_not_obey_it(typed, folder: Path, said: str) -> None:
    with Store.open(folder / "desk.db") as store, store.transaction() as tx:
        tx.execute("UPDATE outbox SET because = ?", said)
        tx.execute("UPDATE alert SET name = ?", said)
        tx.execute(
            "INSERT INTO attempt (notification_id, target, try, at, outcome, code, detail) "
            "VALUES (?, 'console', 1, 1, 'dead', '', ?)",
            MESSAGE, said,
        )  # fmt: skip
    for words in (("dead", "ls"), ("explain", MESSAGE[:6])):
        shown = typed("desk", *words, "--desk", folder)
        assert shown.code == 0, shown.err
        assert "\x1b" not in shown.out and "\x07" not in shown.out
        assert said.replace("\x1b", "").replace("\x07", "")[:5] in shown.out


def test_an_error_quotes_what_was_typed_and_the_terminal_does_not_obey_it(typed, folder: Path) -> None:
    said = typed("desk", "explain", "\x1b]0;owned\x07\x1b[2J", "--desk", folder)
    assert said.code == 2 and "\x1b" not in said.err and "\\x1b]0;owned\\x07\\x1b[2J" in said.err
