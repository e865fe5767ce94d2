"""A story on disk, and the checks of every replay."""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import yaml

HERE = Path(__file__).parent
BETWEEN = {"WORSENED", "EASED", "REVISED", "FLAPPING"}


@dataclass(frozen=True)
class Story:
    name: str

    @property
    def folder(self) -> Path:
        return HERE / self.name

    @property
    def golden(self) -> Path:
        return self.folder / "ledger.jsonl"

    @cached_property
    def events(self) -> bytes:
        return (self.folder / "events.jsonl").read_bytes()

    @cached_property
    def policy(self) -> str | None:
        path = self.folder / "policy.yaml"
        return path.read_text(encoding="utf-8") if path.exists() else None

    @cached_property
    def expect(self) -> dict:
        return yaml.load((self.folder / "expect.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)

    def first(self, count: int) -> bytes:
        return b"".join(self.events.splitlines(keepends=True)[:count])


def stories() -> list[Story]:
    return [Story(path.parent.name) for path in sorted(HERE.glob("*/expect.yaml"))]


def written(ledger: list[dict]) -> bytes:
    """The ledger as the file a person accepts."""
    rows = (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in ledger)
    return "".join(row + "\n" for row in rows).encode()


def judge_positions(expected: list[dict], positions: list[dict]) -> None:
    """`positions` holds every position there is; the story names each, with the columns it cares for."""
    found = {(row["location"], row["sku"]): row for row in positions}
    named = {(row["location"], row["sku"]): row for row in expected}
    assert found.keys() == named.keys()
    for key, row in named.items():
        assert {name: found[key][name] for name in row} == row


def judge_demand(expected: list[dict], days: list[dict]) -> None:
    total = {}
    for row in days:
        key = (row["location"], row["sku"], str(row["day"]))
        total[key] = total.get(key, 0) + Decimal(str(row["demand"]))
    named = {(row["location"], row["sku"], row["day"]): Decimal(row["demand"]) for row in expected}
    assert {key: units for key, units in total.items() if units} == named


def judge_counts(expected: dict, counts: dict) -> None:
    assert {name: str(counts[name]) for name in expected} == expected


def judge_rejects(expected: list[dict], rejects: list[dict]) -> None:
    found = [{name: str(row[name]) for name in ("offset", "reason", "field")} for row in rejects]
    assert found == [{"field": "None", **row} for row in expected]


def judge_alerts(expect: dict, ledger: list[dict]) -> None:
    """Every named alert occurs once, in the order of opening. If a type is complete, other alerts of it do not exist."""
    lives = {}
    for entry in ledger:
        lives.setdefault(entry["alert_id"], []).append(entry)
    left = sorted(lives.values(), key=lambda life: (life[0]["opened_at"], life[0]["episode"]))
    for wanted in expect.get("alerts", []):
        met = next((life for life in left if fits(wanted, life[0])), None)
        assert met, f"no such alert: {wanted}"
        judge_life(wanted, met, lives)
        left.remove(met)
    complete = expect.get("complete", [])
    over = [life[0] for life in left if complete == "all" or life[0]["type"] in complete]
    assert not over, (
        f"alerts the story does not know: {[(e['type'], e['sku'], e['opened_at']) for e in over]}"
    )
    for wanted in expect.get("absent", []):
        assert not any(fits(wanted, life[0]) for life in lives.values()), (
            f"an alert that must not be: {wanted}"
        )
    for wanted in expect.get("at_least", []):
        assert any(fits(wanted, life[0]) for life in left), f"no such alert: {wanted}"


def fits(wanted: dict, first: dict) -> bool:
    return first["type"] in wanted["type"].split(" or ") and all(
        wanted.get(name, first[name]) == first[name] for name in ("sku", "location")
    )


def judge_life(wanted: dict, life: list[dict], lives: dict) -> None:
    assert legal(wanted["entries"], [entry["entry"] for entry in life]), (wanted, life)
    assert within(wanted.get("opened"), life[0]["opened_at"]), (wanted, life[0]["opened_at"])
    assert within(wanted.get("ended"), life[-1]["event_time"]), (wanted, life[-1]["event_time"])
    for name in ("severity", "cause_id"):
        assert wanted.get(name, life[0][name]) == life[0][name]
    if "flapping" in wanted:
        assert "FLAPPING" in [entry["entry"] for entry in life]
    if "supersedes" in wanted:
        old = lives[life[0]["supersedes"]]
        assert (old[0]["type"], old[-1]["entry"]) == (wanted["supersedes"], "SUPERSEDED")
        assert old[-1]["event_time"] == life[0]["event_time"]


def legal(wanted: list[str], names: list[str]) -> bool:
    """`...` stands for any number of changes between the opening and the end."""
    if not wanted:
        return not names
    if wanted[0] == "...":
        return legal(wanted[1:], names) or bool(names and names[0] in BETWEEN and legal(wanted, names[1:]))
    return bool(names) and names[0] == wanted[0] and legal(wanted[1:], names[1:])


def within(wanted, time: str) -> bool:
    if wanted is None:
        return True
    first, last = (wanted, wanted) if isinstance(wanted, str) else (wanted["from"], wanted["to"])
    return first <= time <= last
