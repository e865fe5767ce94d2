"""docs/inputs.md says what is true: its examples are read, and it has every field, option and command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from lowtide.cli.application import application
from lowtide.inputs import InputTerms, read_document, read_effects, read_prices

PAGE = (Path(__file__).parents[2] / "docs/inputs.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", blocks("csv"))
def test_its_calendars_are_read(tmp_path, text):
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    rows = read_prices(tmp_path / "f.csv")[1] if "price" in text else read_effects(tmp_path / "f.csv")
    assert rows


def test_its_document_is_read(tmp_path):
    (text,) = blocks("yaml")
    (tmp_path / "f.yaml").write_text(text, encoding="utf-8")
    assert len(read_document(tmp_path / "f.yaml").layers) == 3


def test_it_has_every_field_and_option():
    for field in InputTerms.model_fields:
        assert f"`{field}`" in PAGE, field
    root = typer.main.get_command(application())
    for name in ("learn", "forecast", "inputs"):
        command = root.commands[name]  # type: ignore[attr-defined]
        for member in getattr(command, "commands", {name: command}).values():
            for param in member.params:
                shared = {"--help", "--lang", "--order", "--encoding", "--time-format", "--at", "--pipeline"}
                for option in set(param.opts) - shared:
                    assert not option.startswith("--") or option in PAGE, f"{name} {option}"
