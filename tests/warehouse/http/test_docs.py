"""docs/warehouse.md must name the options of the command, and its curl commands must work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from lowtide.warehouse import reader_settings
from lowtide.warehouse.http.limits import Limits

from .process import Front, curl, lowtide

PAGE = (Path(__file__).parents[3] / "docs" / "warehouse.md").read_text("utf-8")
CURLS = re.findall(r"`(curl [^`]+)`", PAGE)


def test_every_option_is_there_and_no_other() -> None:
    help_ = lowtide("warehouse", "--help").stdout
    options = set(re.findall(r"--[a-z-]+", help_.split("Options:")[1])) - {"--help"}
    assert options <= set(re.findall(r"--[a-z-]+", PAGE))
    known = options | {"--data-binary", "--follow", "--warehouse-listen"}
    assert set(re.findall(r"(?<=[ `])--[a-z][a-z-]+", PAGE)) <= known


def test_limits_are_those_of_the_code() -> None:
    limits = Limits()
    for text in (
        f"| {limits.seconds:g} s |",
        f"| {limits.memory_mb} MB |",
        f"| {limits.rows:,} |",
        f"| {limits.result_mb} MB |",
    ):
        assert text in PAGE


@pytest.mark.parametrize("command", CURLS)
def test_its_curl_works(served: Front, command: str) -> None:
    words = shlex.split(command.split(" > ")[0].replace("127.0.0.1:8123", f"127.0.0.1:{served.port}"))
    done = curl("--fail", *words[1:])
    assert done.returncode == 0, done.stderr


def test_there_are_some() -> None:
    assert len(CURLS) >= 2


def test_the_profile_of_a_server_can_be_parsed_and_has_what_every_reader_has(served: Front) -> None:
    statements = (
        re.findall(r"```sql\n(CREATE SETTINGS PROFILE.*?)```", PAGE, re.DOTALL)[0].strip().split(";\n")
    )
    with served.client() as client:
        for statement in statements:
            assert client.command("SELECT formatQuerySingleLine({q:String})", {"q": statement})
    for name, value in reader_settings.DEFAULTS.items():
        assert f"{name} = {value} CHANGEABLE_IN_READONLY" in statements[0]
