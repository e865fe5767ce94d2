"""Only one process may open a store folder; a second one gets a clear error."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from lowtide.errors import SettingsError, WarehouseError
from lowtide.warehouse import Warehouse, open_warehouse
from lowtide.warehouse.address import parse
from lowtide.warehouse.server_errors import sentence

from .conftest import Run

OPEN = "import sys; from lowtide.warehouse import *; open_warehouse(sys.argv[1], create=len(sys.argv) > 2)"


def test_a_second_process_uses_the_store_of_the_first(warehouse: Warehouse, store: Path, python: Run) -> None:
    look = (
        OPEN.replace("open_warehouse(sys", "w = open_warehouse(sys")
        + "; print(w.embedded, w.rows('SELECT 1 AS one'))"
    )
    assert python(look, str(store)).stdout == "False [{'one': 1}]\n"
    assert warehouse.rows("SELECT 1 AS one") == [{"one": 1}], "the first process is not disturbed"


def test_a_second_folder_in_this_process(warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="this process has the warehouse"):
        open_warehouse(str(tmp_path), create=True)


def test_the_same_folder_again_in_this_process(warehouse: Warehouse, store: Path) -> None:
    with open_warehouse(f"embedded:{store}") as again:
        assert again.rows("SELECT 1 AS one") == [{"one": 1}]
    assert warehouse.rows("SELECT 2 AS two") == [{"two": 2}]
    assert Path(tempfile.gettempdir()) == store / "tmp", "blocks on their way in are beside the store"


def test_a_killed_process_leaves_rows_but_neither_lock_nor_temporary_files(
    tmp_path: Path, python: Run
) -> None:
    folder = tmp_path / "w"
    crash = OPEN.replace("open_warehouse(sys", "w = open_warehouse(sys") + (
        "; import os, signal; w.command(\"INSERT INTO lowtide.policy_version (version) VALUES ('a')\")"
        "; open(sys.argv[1] + '/tmp/left.raw', 'w').close(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert python(crash, str(folder), "create").returncode == -9
    assert (folder / "tmp" / "left.raw").exists()
    look = OPEN.replace("open_warehouse(sys", "w = open_warehouse(sys") + (
        "; print(w.rows('SELECT version FROM lowtide.policy_version')); w.close()"
    )
    assert python(look, str(folder)).stdout == "[{'version': 'a'}]\n"
    assert list((folder / "tmp").iterdir()) == []
    assert (folder / "lock").read_text() == ""


def test_nothing_there_yet(tmp_path: Path, python: Run) -> None:
    result = python(OPEN, str(tmp_path / "none-here"))
    assert "there is no warehouse in" in result.stderr and "`lowtide demo`" in result.stderr
    assert not (tmp_path / "none-here").exists(), "looking does not create"


def test_a_folder_that_cannot_be_made(tmp_path: Path, python: Run) -> None:
    (tmp_path / "file").touch()
    assert "cannot be used" in python(OPEN, str(tmp_path / "file"), "create").stderr


@pytest.mark.parametrize(
    ("spec", "shown", "database"),
    [
        ("embedded:", ".lowtide/warehouse", "lowtide"),
        ("embedded:/data/w", "/data/w", "lowtide"),
        ("stock", "stock", "lowtide"),
        ("http://me:s3cr%40t@db/shop", "http://me@db:8123/shop", "shop"),
        ("https://db", "https://db:8443/lowtide", "lowtide"),
    ],
)
def test_addresses(spec: str, shown: str, database: str) -> None:
    address = parse(spec)
    assert (address.shown, address.database) == (shown, database)
    assert "s3cr" not in address.shown
    assert address.server is None or address.server.reveal()["password"] in ("", "s3cr@t")


@pytest.mark.parametrize(
    "spec", ["", "none", "kafka://host/topic", "http://db/a;b", "http://db:port/x", "http://db?cluster=a b"]
)
def test_no_addresses(spec: str) -> None:
    with pytest.raises(SettingsError):
        parse(spec)


def test_a_server_that_is_not_there_and_the_password_that_is_not_shown() -> None:
    with pytest.raises(WarehouseError, match="cannot be reached") as caught:
        open_warehouse("http://me:s3cret@127.0.0.1:9/lowtide")
    assert "s3cret" not in str(caught.value) and caught.value.exit_code == 4


def test_what_the_engine_said_without_its_numbers() -> None:
    said = "Code: 62. DB::Exception: Error: failed at position 7 (1): 1. : In scope SELECT x. (SYNTAX_ERROR)"
    assert sentence(ValueError(said)) == "Error: failed at position 7 (1): 1."
