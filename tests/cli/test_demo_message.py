"""The demo's people file is good, stays as somebody changed it, and the first message is the one that is shown."""

from __future__ import annotations

from pathlib import Path

from lowtide.cli import demo_message
from lowtide.operation.screen import Screen
from lowtide.people import Book


def test_the_people_of_the_demo_are_good_and_write_beside_the_data(tmp_path: Path) -> None:
    path = demo_message._people(tmp_path / "demo")
    book = Book.load(path)
    assert {contact for person in book.people.values() for contact in person.contacts} == {
        "file:messages.jsonl"
    }
    path.write_text(path.read_text("utf-8").replace("budget: 6", "budget: 2"), "utf-8")
    assert Book.load(demo_message._people(tmp_path / "demo")).people["sam"].budget == 2, (
        "a changed file stays"
    )


def test_the_first_message_is_shown_with_its_lines_and_link(tmp_path: Path, capsys) -> None:
    (tmp_path / "messages.jsonl").write_text(
        '{"person":"sam","at":"2017-12-31T23:01:21.1-05:00","title":"[critical] 2 SKUs","lines":["a [b]","c"],"link":"http://x/a/t"}\n'
        '{"person":"maria","at":"2018-01-01T00:00:00.0-05:00","title":"later","lines":[],"link":null}\n',
        "utf-8",
    )
    messages = demo_message._messages(tmp_path / "messages.jsonl")
    demo_message._show(Screen(soft_wrap=True), messages[0])
    assert (
        capsys.readouterr().out
        == "To sam, 2017-12-31 23:01: [critical] 2 SKUs\n  a [b]\n  c\n  http://x/a/t\n"
    )
    assert demo_message._messages(tmp_path / "none.jsonl") == []
