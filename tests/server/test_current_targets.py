"""Targets follow the people in force, and a version with a target that cannot be used does not silence the desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.operation.proxy import DIRECT
from lowtide.people import Book
from lowtide.server.current_targets import CurrentTargets
from lowtide.server.setup import check_address

HEAD = "time_zone: UTC\nroutes: [{to: chen}]\n"


def book(contact: str, more: str = "") -> Book:
    return Book.read(f"{HEAD}people: {{chen: {{name: Chen, contacts: [{contact}]}}}}\n{more}")


FILE = "targets: {%s: {kind: file, path: %s}}\n"


def test_a_new_contact_works_without_a_restart(tmp_path: Path) -> None:
    first, second = book("one", FILE % ("one", "a.jsonl")), book("two", FILE % ("two", "b.jsonl"))
    in_force = [first]
    targets = CurrentTargets(first, tmp_path)
    targets.follow(lambda: in_force[0])
    old = targets["one"]
    in_force[0] = second
    assert targets["two"].kind == "file" and "one" not in targets
    assert targets.get("one") is None, "what the file does not name any more goes to the next contact"
    assert old.kind == "file", "a message that is on its way may end"
    targets.close()


def test_a_target_that_cannot_be_used_ends_a_start_and_not_a_desk_that_runs(tmp_path: Path) -> None:
    bad = book("robot", "targets: {robot: {kind: wecom, url_file: missing, personal: true}}\n")
    with pytest.raises(SettingsError, match="robot"):
        CurrentTargets(bad, tmp_path)
    good = book("console")
    in_force = [good]
    targets = CurrentTargets(good, tmp_path)
    targets.follow(lambda: in_force[0])
    in_force[0] = bad
    assert targets["console"].kind == "console" and targets.get("robot") is None
    targets.close()


def test_other_machines_reach_only_a_page_whose_address_messages_can_name() -> None:
    for listen in ("127.0.0.1:8080", "[::1]:0", "localhost:80"):
        check_address(listen, DIRECT, book("console"))
    with pytest.raises(SettingsError, match="public_url"):
        check_address("0.0.0.0:8080", DIRECT, book("console"))
    check_address("0.0.0.0:8080", DIRECT, book("console", "public_url: https://stock.example.com\n"))
