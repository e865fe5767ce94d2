"""docs/people.md fails when it lies: keys, ranks, kinds, examples and what the commands answer.

`python -m tests.people.test_people_page` prints the tables of keys as they must stand there.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from pydantic import BaseModel

from lowtide.cli.main import main
from lowtide.errors import PeopleError
from lowtide.people import Book, holiday_file
from lowtide.people.ladder import USUAL
from lowtide.people.model import (
    InhibitionFile,
    LadderFile,
    PeopleFile,
    ReviewFile,
    RouteFile,
    StagesFile,
)
from lowtide.people.schema import people_schema
from lowtide.people.staff import AbsenceFile, CalendarFile, OverrideFile, PersonFile, TeamFile
from lowtide.people.target import KIND_KEYS, NEEDED
from lowtide.people.target_file import TargetFile
from lowtide.strict import specificity

PAGE = Path(__file__).parents[2] / "docs/people.md"
TEXT = PAGE.read_text("utf-8")
SCHEMA = people_schema()
MODELS = [
    PeopleFile, CalendarFile, PersonFile, TeamFile, AbsenceFile, OverrideFile, RouteFile, TargetFile, LadderFile,
    InhibitionFile, ReviewFile, StagesFile,
]  # fmt: skip


def default_of(model: type[BaseModel], name: str) -> str:
    """As a person would write it."""
    holder = SCHEMA if model is PeopleFile else SCHEMA["$defs"][model.__name__]
    value = holder["properties"][name].get("default")
    if name in holder.get("required", ()):
        return "required"
    return "nothing" if value in (None, "", [], {}, 0) else f"`{value}`"


def table(model: type[BaseModel]) -> list[str]:
    """The rows of a model's keys."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return [
        f"| `{name}` | {default_of(model, name)} | {' '.join((field.description or '').split())} |"
        for name, field in fields.items()
    ]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("model", MODELS)
def test_every_key_stands_there_with_its_default_and_meaning(model):
    missing = [row for row in table(model) if row not in TEXT.splitlines()]
    assert not missing, "\n".join(["run `python -m tests.people.test_people_page`", *missing])


def test_the_ranks_are_those_of_the_program():
    told = re.findall(r"^\| `(\w+)`( with `\*`)? \| (\d+) \|$", TEXT, re.MULTILINE)
    assert [int(rank) for *_, rank in told] == sorted((int(rank) for *_, rank in told), reverse=True) and len(
        told
    ) == 11
    for key, star, rank in told:
        assert specificity({key: ["a*" if star else "a"]}) == int(rank), key


def test_the_keys_of_each_kind_are_those_of_the_program():
    rows = dict(re.findall(r"^\| `([\w-]+)` \|((?: \**`\w+`\**,?)*) ?\|$", TEXT, re.MULTILINE))
    for kind, keys in KIND_KEYS.items():
        told = [f"**`{key}`**" if key in NEEDED[kind] else f"`{key}`" for key in keys]
        assert rows[kind].strip() == ", ".join(told), kind


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "people.yaml").write_text(blocks("yaml")[0], "utf-8")
    (tmp_path / "wrong.yaml").write_text(blocks("yaml-wrong")[0], "utf-8")
    (tmp_path / "locations.csv").write_text(blocks("csv")[0], "utf-8")
    return tmp_path


def test_the_first_file_has_twenty_lines():
    assert len(blocks("yaml")[0].splitlines()) == 20


def test_the_commands_answer_as_shown(files, capsys):
    for session in blocks("console"):
        command, *answer = session.splitlines()
        with pytest.raises(SystemExit):
            main(shlex.split(command.removeprefix("$ lowtide ")))
        said = capsys.readouterr()
        lines = [line.rstrip() for line in (said.out + said.err).splitlines()]
        at = 0
        for line in answer:  # `…` stands for lines that are left out
            if line != "…":
                at = lines.index(line, at) + 1


def test_each_part_fits_the_first_file(files):
    """A part stands in place of what the first file says under the same keys; teams are added."""
    first = blocks("yaml")[0]
    for part in blocks("yaml-part"):
        text = first
        for key in re.findall(r"^(\w+):", part, re.MULTILINE):
            if key == "teams":
                part = part.replace("teams:\n", "")
                continue
            text = re.sub(rf"^{key}:\n(?:[ -].*\n)*", "", text, flags=re.MULTILINE)
        if part.startswith("  "):
            added, _, rest = part.partition("routes:")
            text = "locations: locations.csv\n" + text.replace("teams:\n", "teams:\n" + added)
            part = "routes:" + rest
        book = Book.read(text + part, "people.yaml", files)
        assert book.routes


def test_the_usual_ladders_are_those_of_the_program(files):
    (part,) = [part for part in blocks("yaml-part") if part.startswith("ladders:")]
    assert Book.read(blocks("yaml")[0] + part).ladders == USUAL


def test_the_days_of_the_page_can_be_read(tmp_path):
    (tmp_path / "days.yaml").write_text(blocks("yaml-days")[0])
    assert sorted(holiday_file.days(tmp_path / "days.yaml").values()) == [False, False, True]


def test_what_the_page_calls_a_mistake_is_one():
    with pytest.raises(PeopleError):
        Book.read(blocks("yaml-wrong")[0])


if __name__ == "__main__":
    for model in MODELS:
        print("\n".join([model.__name__, "| key | default | meaning |", "|---|---|---|", *table(model), ""]))
