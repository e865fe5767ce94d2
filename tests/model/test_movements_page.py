"""docs/movements.md fails when it lies: each example, replayed, leaves the figures that stand below it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from lowtide.core import Inputs
from lowtide.policy import policy_document, read_policy_text
from lowtide.runner.replay import replay_lines
from lowtide.sources.movement import FIELDS, KINDS

TEXT = (Path(__file__).parents[2] / "docs/movements.md").read_text("utf-8")
COLUMNS = ("on_hand", "allocated", "held", "available", "on_order", "in_transit")
KNOWN = Inputs({"3f1c0a7be882": (b'{"version": 1}', None, None)})
COMPILED = policy_document(read_policy_text("version: 1\n", "policy"))


class Example(NamedTuple):
    """Records, the policy of their section, and the line below them: figures of the position of the last record."""

    section: str
    policy: str | None
    records: list[str]
    line: str

    @property
    def told(self) -> dict[str, str]:
        return dict(re.findall(r"(\w+) (-?[\d.]+)", self.line))

    def left(self, before: list[str]) -> tuple[dict[str, str], list[str]]:
        """Figures by column, and the codes of rejects, of a replay of the records that come before and these."""
        records = [*before, *self.records]
        lines = "\n".join(records).replace('"…"', json.dumps(COMPILED))
        replayed = replay_lines(lines.encode(), policy=self.policy, inputs=KNOWN)
        place = next(filter(None, map(position_of, reversed(records))))
        (row,) = (row for row in replayed.positions if (row["location"], row["sku"]) == place)
        days = [row["demand"] for row in replayed.demand_days if (row["location"], row["sku"]) == place]
        figures = {name: row[name] for name in COLUMNS} | {"demand": f"{sum(map(float, days)):g}"}
        return figures, [row["reason"] for row in replayed.rejects]


def position_of(record: str) -> tuple[str, str] | None:
    fields = json.loads(record)
    return (fields["location"], str(fields["sku"])) if "sku" in fields else None


def examples() -> list[Example]:
    found = []
    for text in re.split(r"^##+ ", TEXT, flags=re.MULTILINE)[1:]:
        policy = next(iter(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)), None)
        for records, line in re.findall(r"```json\n(.*?)```\n\n([^\n]*)", text, re.DOTALL):
            found.append(Example(text.split("\n")[0], policy, records.splitlines(), line))
    return found


START, *EXAMPLES = examples()
OF_KINDS = [example for example in EXAMPLES if example.section in KINDS]


@pytest.mark.parametrize("example", [START, *EXAMPLES], ids=lambda example: example.section)
def test_an_example_leaves_what_the_page_says(example):
    figures, rejects = example.left(START.records if example is not START else [])
    assert figures == example.told
    assert rejects == re.findall(r"reject `(\w+)`", example.line)


def test_each_kind_has_one_example_and_one_row():
    assert [example.section for example in OF_KINDS] == [json.loads(e.records[0])["kind"] for e in OF_KINDS]
    assert sorted(example.section for example in OF_KINDS) == sorted(KINDS)
    assert re.findall(r"^\| \[`(\w+)`\]\(#\1\) \|", TEXT, re.MULTILINE) == [e.section for e in OF_KINDS]


def test_what_an_example_changes_is_bold():
    for example in OF_KINDS:
        changed = {name for name, figure in example.told.items() if figure != START.told[name]}
        assert set(re.findall(r"\*\*(\w+) ", example.line)) == changed, example.section


def test_the_row_of_a_kind_names_the_columns_that_its_example_changes():
    """Cells that depend on a policy or on an order that is not there may say more."""
    names = (*COLUMNS, "demand")
    for example in OF_KINDS:
        (row,) = re.findall(rf"^\| \[`{example.section}`\].*?\|(.*)\|$", TEXT, re.MULTILINE)
        full = {name for name, cell in zip(names, row.split("|"), strict=True) if cell.strip()}
        assert {name for name in names if example.told[name] != START.told[name]} <= full, example.section


def test_every_field_is_named():
    rows = re.findall(
        r"^\| (`.*?`) \| ", TEXT.split("## The fields")[1].split("## Each kind")[0], re.MULTILINE
    )
    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == sorted(FIELDS)
