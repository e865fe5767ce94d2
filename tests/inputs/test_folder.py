"""A set of inputs has one hash for its content, and a folder that was changed by hand is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lowtide.core import Job
from lowtide.errors import PolicyError
from lowtide.inputs import (
    Driver,
    InputLayer,
    Inputs,
    InputSet,
    InputTerms,
    inputs_record,
    load_inputs,
    write_inputs,
)
from lowtide.inputs.tables import classes_rows, forecast_rows

FORECAST = {"location": ["s1", "s1"], "sku": ["a", "a"], "day": [date(2026, 5, 2), date(2026, 5, 1)],
            "mean": [2.5, 1.0], "variance": [3.0, 1.5]}  # fmt: skip


def document() -> Inputs:
    return Inputs(
        profiles={"week": [0.5] * 120 + [2.25] * 48},
        seasons={"year": [1.0] * 53},
        layers=[
            InputLayer(
                name="all", match={}, set=InputTerms(profile="week", season="year", prior_rate=0.4, calm=4)
            ),
            InputLayer(
                name="acme", match={"supplier": ["acme"]}, set=InputTerms(lateness=[(0, 0.9), (3, 0.97)])
            ),
        ],
        drivers=[
            Driver.model_validate({"name": "easter", "from": "2026-04-01", "to": "2026-04-05", "factor": 1.6})
        ],
    )


def whole() -> InputSet:
    return InputSet(
        document(),
        forecast_rows(pa.table(FORECAST), "f"),
        classes_rows(pa.table({"location": ["s1"], "sku": ["a"], "abc": ["A"], "xyz": ["X"]}), "c"),
    )


def test_the_hash_is_pinned():
    """A log names it: it is a format, and may never change for the same content."""
    assert InputSet(document()).hash == "8ebfe7266922"
    assert whole().hash == "7ac7bc89faff"
    assert InputSet(Inputs()).json == b'{"drivers":[],"layers":[],"profiles":{},"seasons":{},"version":1}'


def test_the_hash_is_of_the_content_and_not_of_the_files(tmp_path):
    other = {name: values[::-1] for name, values in FORECAST.items()}
    pq.write_table(pa.table(other).cast(pa.schema(
        [("location", pa.large_string()), ("sku", pa.string()), ("day", pa.timestamp("ms")), ("mean", pa.float32()),
         ("variance", pa.float64())]
    )), tmp_path / "f.parquet", compression="gzip")  # fmt: skip
    from lowtide.inputs import read_forecast

    again = InputSet(document(), read_forecast(tmp_path / "f.parquet"), whole().classes)
    assert again.hash == whole().hash
    assert InputSet(document(), again.forecast).hash != whole().hash


def test_what_is_written_is_read_back_and_the_core_takes_it(tmp_path):
    first, second = InputSet(Inputs()), whole()
    write_inputs(tmp_path, first)
    target = write_inputs(tmp_path, second)
    found = load_inputs(tmp_path)
    assert (found.start, set(found.sets)) == (second.hash, {first.hash, second.hash})
    assert found.sets[second.hash].document == second.document
    assert load_inputs(tmp_path / first.hash).start == first.hash and target.name == second.hash
    assert (tmp_path / "current").read_text() == f"{second.hash}\n"
    assert sorted(path.name for path in target.iterdir()) == [
        "classes.parquet",
        "forecast.parquet",
        "inputs.json",
    ]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    job = Job.of(inputs=found)
    assert b'"prior_rate":{"value":0.4,"layer":"inputs: all"}' in job.group().terms("s1", "a").encode()


def test_a_log_without_current_starts_without_inputs(tmp_path):
    write_inputs(tmp_path, whole())
    (tmp_path / "current").unlink()
    assert load_inputs(tmp_path).start is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda folder: (folder / "inputs.json").write_bytes(Inputs().as_json),
            "was changed after it was written",
        ),
        (lambda folder: (folder / "inputs.json").write_text("{"), "inputs.json:1:2: this is not JSON"),
        (lambda folder: (folder / "forecast.parquet").write_bytes(b"x"), "cannot be read as Parquet"),
        (lambda folder: (folder / "forecast.parquet").unlink(), "was changed after it was written"),
        (lambda folder: (folder.parent / "current").write_text("0123456789ab"), "that set is not there"),
    ],
)
def test_what_was_changed_by_hand_is_refused(tmp_path, change, said):
    change(write_inputs(tmp_path, whole()))
    with pytest.raises(PolicyError, match=said):
        load_inputs(tmp_path)


def test_a_folder_without_inputs_says_how_to_make_them(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(PolicyError) as raised:
            load_inputs(folder)
        assert "lowtide learn" in raised.value.hint


def test_the_record_names_the_hash():
    record = inputs_record("0123456789ab", "here", "2026-05-01T00:00:00Z")
    assert (
        b'"kind":"inputs"' in record
        and b'"ref":"0123456789ab"' in record
        and b'"id":"0123456789ab/here"' in record
    )


FAULTS = [
    ("version: 2", "1:1: `version`: input should be 1"),
    ("layers: [{name: a, set: {watch: 1.5}}]", "`layers[0].set.watch`: input should be less than 1"),
    ("layers: [{name: a, set: {wotch: 0.5}}]", "`layers[0].set.wotch`: this word is not known here"),
    (
        "layers: [{name: a, set: {profile: week}}]",
        "layer `a` names the profile `week`, but `profiles` has no entry",
    ),
    ("layers: [{name: a, match: {region: north}, set: {}}]", "`layers[0].match.region`"),
    ("layers: [{name: a, set: {horizon: 3 lead}}]", "write `lead`, `lead+review`, `2 lead` or 1 to 365 days"),
    ("layers: [{name: a, set: {lateness: [[3, 0.9], [1, 1]]}}]", "write steps with rising days"),
    ("layers: [{name: a, set: {watch: 0.5, warning: 0.4}}]", "lines that do not fall"),
    ("profiles: {week: [1, 2]}", "write 7 weights (Monday first)"),
    ("seasons: {year: [1, 2]}", "write 53 factors"),
    ("drivers: [{name: x, from: 2026-04-05, to: 2026-04-01, factor: 2}]", "write the earlier day first"),
    ("drivers: [{name: x, from: 2026-04-05, factor: 2}]", "`drivers[0].to`: is missing"),
    ("drivers: [{name: x, from: 2026-04-05, to: 2026-04-05, factor: -1}]", "greater than or equal to 0"),
    ("layers: 3", "1:1: `layers`"),
    ("layers:\n\t- x", "2:1: not YAML"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_a_mistake_names_file_line_and_place(tmp_path: Path, text: str, said: str):
    from lowtide.inputs import read_document

    (tmp_path / "in.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as raised:
        read_document(tmp_path / "in.yaml")
    assert "in.yaml:" in raised.value.message and said in raised.value.message
    assert "docs/inputs.md" in raised.value.hint


ROWS = [
    ({"mean": [-1.0, 1.0]}, "`mean` is not a number from 0 up"),
    ({"variance": [1.0, float("nan")]}, "`variance` is not a number from 0 up"),
    ({"sku": ["a", None]}, "`sku` is empty"),
    ({"day": [date(2026, 5, 1)] * 2}, "two rows have location s1, sku a, day 2026-05-01"),
    ({"day": ["soon", "later"]}, "the column `day` is of type string"),
]


@pytest.mark.parametrize(("change", "said"), ROWS)
def test_a_wrong_row_of_a_forecast_is_shown(change, said):
    with pytest.raises(PolicyError) as raised:
        forecast_rows(pa.table(FORECAST | change), "f.parquet")
    assert said in raised.value.message and "f.parquet" in raised.value.message
