"""A policy that changes is a record in the log: what follows is under the new one, in every replay at the same place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .test_run_command import DATA, tables

STRICT = "defaults:\n  watch: 0.05\n  warning: 0.2\n  publish_every: 5m\n"


@pytest.fixture
def strict(tmp_path: Path) -> Path:
    (tmp_path / "strict.yaml").write_text(STRICT.replace("  publish_every: 5m\n", "") + "publish_every: 5m\n")
    return tmp_path / "strict.yaml"


def test_the_record_is_a_movement_of_its_own_kind(typed, strict):
    record = json.loads(typed("policy", "apply", strict, "-").out)
    assert (record["kind"], record["source"], record["event_time"]) == (
        "policy", "lowtide", "2000-01-01T00:00:00Z",
    )  # fmt: skip
    policy = json.loads(record["ref"])
    assert policy["publish_every_ms"] == 300_000 and record["id"].startswith(policy["version"] + "/")
    at = json.loads(typed("policy", "apply", strict, "-", "--at", "2026-01-05T08:00:00Z").out)
    assert at["event_time"] == "2026-01-05T08:00:00+00:00"


def test_a_policy_that_is_too_large_for_a_record_is_said(typed, tmp_path):
    profiles = {f"category-{number}": [1.0] * 168 for number in range(200)}
    (tmp_path / "large.yaml").write_text(json.dumps({"profiles": profiles}))
    said = typed("policy", "apply", tmp_path / "large.yaml", "-")
    assert said.code == 2 and "too large for a record" in said.err


def test_what_is_no_policy_is_a_reject(typed, tmp_path):
    record = {"id": "p", "source": "s", "kind": "policy", "event_time": "2026-01-01T00:00:00Z", "ref": "{}"}
    (tmp_path / "log.jsonl").write_text(json.dumps(record) + "\n" + json.dumps({**record, "ref": ""}) + "\n")
    typed("replay", tmp_path / "log.jsonl", "--rejects", tmp_path / "rejects")
    rows = [json.loads(line) for line in (tmp_path / "rejects").read_text().splitlines()]
    assert [(row["reason"], row["field"]) for row in rows] == [
        ("bad_policy", "ref"),
        ("missing_field", "ref"),
    ]


def test_a_wrong_value_in_any_layer_is_a_reject_and_changes_nothing(typed, log, tmp_path):
    """A layer that could not be used once left its positions to the defaults, without a word."""
    (tmp_path / "p.yaml").write_text(
        "layers: [{name: shop, match: {location: '*'}, set: {reorder_point: 50}}]\n"
    )
    record = json.loads(typed("policy", "apply", tmp_path / "p.yaml", "-").out)
    policy = json.loads(record["ref"])
    policy["layers"][1]["set"]["lead_time_days"] = "soon"
    changed = json.dumps({**record, "ref": json.dumps(policy)}) + "\n"
    (tmp_path / "changed.jsonl").write_bytes(changed.encode() + log.read_bytes())
    said = typed("replay", tmp_path / "changed.jsonl", "--json", "--rejects", tmp_path / "rejects")
    first = json.loads((tmp_path / "rejects").read_text("utf-8", "surrogateescape").splitlines()[0])
    assert (said.code, first["reason"], first["offset"]) == (0, "bad_policy", 0)
    assert (
        'layer `shop`: `lead_time_days`: write a number from 0 up to 3660 (it is "soon")' in first["message"]
    )
    assert said.out == typed("replay", log, "--json").out


def test_entries_before_it_are_the_old_ones_and_those_after_it_name_the_new(typed, log, strict, tmp_path):
    lines = log.read_text("utf-8", "surrogateescape").splitlines(keepends=True)
    lines.insert(len(lines) // 2, typed("policy", "apply", strict, "-").out)
    (tmp_path / "changed.jsonl").write_text("".join(lines), "utf-8", "surrogateescape")
    old = [json.loads(line) for line in typed("replay", log, "--json").out.splitlines()]
    new = [
        json.loads(line) for line in typed("replay", tmp_path / "changed.jsonl", "--json").out.splitlines()
    ]
    versions = list(dict.fromkeys(row["policy_version"] for row in new))
    assert len(versions) == 2 and versions[0] == old[0]["policy_version"]
    at = next(number for number, row in enumerate(new) if row["policy_version"] == versions[1])
    assert at > 10 and new[: at - 1] == old[: at - 1]
    caused = [row for row in new if row["cause_source"] == "lowtide"]
    assert caused and {row["entry"] for row in caused} >= {"OPENED"}, (
        "what the new lines open, the record caused"
    )


def test_a_file_under_another_policy_goes_on_as_if_the_record_stood_between(typed, log, strict, tmp_path):
    """The shop edits its policy over night; tomorrow's file is read under the new one."""
    lines = log.read_bytes().splitlines(keepends=True)
    for name, part in (("monday", lines[:800]), ("tuesday", lines[800:])):
        (tmp_path / name).mkdir()
        (tmp_path / name / log.name).write_bytes(b"".join(part))
    record = typed("policy", "apply", strict, "-").out.encode()
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / log.name).write_bytes(b"".join([*lines[:800], record, *lines[800:]]))
    want = tables(([whole / log.name], {"warehouse": tmp_path / "one"}))
    options = {"state": tmp_path / "state", "warehouse": tmp_path / "two"}
    got = tables(
        ([tmp_path / "monday" / log.name], options),
        ([tmp_path / "tuesday" / log.name], {**options, "policy": strict}),
    )
    for table in DATA:
        strip = lambda row: {name: value for name, value in row.items() if name not in ("cause_id", "line")}  # noqa: E731
        assert [strip(row) for row in got[table]] == [strip(row) for row in want[table]], table
