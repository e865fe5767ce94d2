"""Views follow their text: what has changed is made again, and only that, whoever opens the store."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide import ledger
from lowtide.warehouse import Warehouse, migrate, open_warehouse, view
from lowtide.warehouse.access import Access
from lowtide.warehouse.view import View, views

from .http.process import Front, front


@pytest.fixture
def other(opened: Warehouse) -> Iterator[Warehouse]:
    """Another database of the session's store, with tables and without views."""
    found = Warehouse(dataclasses.replace(opened.address, database="viewed"), Access(opened.client))
    migrate.migrate(found)
    yield found
    opened.command("DROP DATABASE viewed")


def changed(name: str) -> tuple[View, ...]:
    """The views, one of them with another comment."""
    return tuple(
        dataclasses.replace(one, sql=re.sub(r"COMMENT '[^']*'$", "COMMENT 'Changed'", one.sql))
        if one.name == name
        else one
        for one in views()
    )


def test_a_view_comes_after_those_that_it_reads() -> None:
    seen: set[str] = set()
    names = {one.name for one in views()}
    for one in views():
        assert one.reads & names <= seen, one.name
        seen.add(one.name)


def test_each_view_is_written_once() -> None:
    folder = Path(view.__file__).parent / "views"
    text = "\n".join(file.read_text("utf-8") for file in folder.iterdir())
    begun = re.findall(r"VIEW \{database\}\.(\w+)", text)
    assert sorted(begun) == sorted(one.name for one in views())


def test_severities_and_endings_are_not_written_in_a_view() -> None:
    folder = Path(view.__file__).parent / "views"
    for file in folder.iterdir():
        text = file.read_text("utf-8")
        assert not [word for word in ledger.ENDED if f"'{word}'" in text], file.name
        assert not re.search("'watch'|'warning'", text), file.name


def test_only_what_changed_is_made_again(other: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    assert view.make(other) == [one.name for one in views()]
    assert view.make(other) == []
    monkeypatch.setattr(view, "views", lambda: changed("alert_open"))
    assert view.make(other) == ["alert_open"]
    (row,) = other.rows("SELECT comment FROM system.tables WHERE database = 'viewed' AND name = 'alert_open'")
    assert row["comment"] == "Changed"
    assert view.make(other) == []
    monkeypatch.undo()
    assert view.make(other) == ["alert_open"], "the version that writes has the say"


def test_a_view_that_is_missing_is_made_again(other: Warehouse) -> None:
    view.make(other)
    other.command("DROP VIEW viewed.kpi_month")
    assert view.make(other) == ["kpi_month"]


def test_views_cut_off_before_they_were_recorded_are_made_again(other: Warehouse) -> None:
    view.make(other)
    other.command("TRUNCATE TABLE viewed.view_version")
    assert len(view.make(other)) == len(views())


def test_a_reader_makes_no_view(opened: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "views", lambda: changed("alert_open"))
    with opened.reader() as reader:
        view.check(reader)
        assert "Changed" not in str(
            reader.rows("SELECT comment FROM system.tables WHERE name = 'alert_open'")
        )


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Front]:
    with front(tmp_path / "warehouse") as served:
        yield served


def test_writers_that_open_at_once_do_not_disturb_each_other(fresh: Front) -> None:
    """Each finds everything to be made, first nothing at all and then views without a record."""
    failures: list[BaseException] = []

    def open_it(url: str) -> None:
        try:
            open_warehouse(url, create=True).close()
        except BaseException as error:
            failures.append(error)

    url = f"{fresh.url}/shared"
    for _ in range(2):
        threads = [threading.Thread(target=open_it, args=[url]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        with open_warehouse(url) as warehouse:
            assert view.make(warehouse) == []
            warehouse.command("TRUNCATE TABLE shared.view_version")
