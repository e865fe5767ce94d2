"""A start that is refused leaves nothing in force, so that the file can be mended and the desk started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowtide.desk import people_versions
from lowtide.errors import SettingsError
from lowtide.operation.proxy import Proxies
from lowtide.server.setup import InForce, check_address, people_in_force
from lowtide.settings import load_settings
from lowtide.warehouse import Warehouse

PEOPLE = "time_zone: Asia/Shanghai\npeople: {chen: {name: C, contacts: [console]}}\nroutes: [{to: chen}]\n"
URL = "public_url: https://stock.example.com\n"


def start(path: Path, warehouse: Warehouse) -> InForce:
    proxies = Proxies.of(["127.0.0.1"])
    return people_in_force(
        path, load_settings(), warehouse, "wang", store=True,
        check=lambda book: check_address("127.0.0.1:0", proxies, book),
    )  # fmt: skip


def test_a_file_that_the_start_refuses_is_not_put_in_force(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(PEOPLE, "utf-8")
    with pytest.raises(SettingsError, match="no `public_url`"):
        start(path, warehouse)
    assert people_versions.in_force(warehouse) is None
    path.write_text(PEOPLE + URL, "utf-8")
    assert start(path, warehouse).differs is None
    path.write_text(PEOPLE, "utf-8")
    kept = start(path, warehouse)
    assert kept.differs and kept.book.public_url, "the version in force goes on, and it has an address"
