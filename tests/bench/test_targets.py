"""The tables of bench/README.md are those of the records, and what is drawn and compared says what it is."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

GROWTH = {
    "date": "2026-12-01",
    "machine": "A & B",
    "sizes": {
        size: {
            **{
                phase: {"ns_a_record": ns, "longest_ms": {"lines": 1.0, "apply": longest, "take": 0.5}}
                for phase in ("positions", "ids", "mark", "midnight")
            },
            "bytes_a_position": 200,
            "bytes_with_ids": 250,
            "sold": 2 * int(size),
        }
        for size, ns, longest in (("100000", 500, 2.0), ("1000000", 600, 3.0), ("10000000", 1000, 7.25))
    },
}


@pytest.fixture
def records(tmp_path, monkeypatch):
    """A folder of records in place of that of the repository; gives a function that writes one."""
    import targets

    monkeypatch.setattr(targets, "RECORDS", tmp_path)
    return lambda name, record: (tmp_path / f"{name}.json").write_text(json.dumps(record))


def test_the_tables_of_the_readme_are_those_of_the_records():
    """`python bench/targets.py --write` writes them; figures that are copied by hand lie sooner or later."""
    import targets

    text = targets.README.read_text()
    assert targets.written(text) == text, "run `python bench/targets.py --write`"


def test_a_target_without_a_record_says_so(records):
    import targets

    assert targets.MISSING in targets.measured(targets.TARGETS[0])
    assert targets.peers() == targets.MISSING


def test_what_misses_its_target_is_bold_and_the_newest_record_counts(records):
    import targets

    ratio = next(one for one in targets.TARGETS if one.bench == "quick")
    records("2026-11-30-quick", {"date": "2026-11-30", "ratio": 7.0, "positions": 100_000})
    assert targets.measured(ratio) == "**7.0** (2026-11-30)"
    records("2026-12-01-quick", {"date": "2026-12-01", "ratio": 20.5, "positions": 100_000})
    assert targets.measured(ratio) == "20.5 (2026-12-01)"


def test_a_record_of_another_size_says_its_size(records):
    import targets

    ratio = next(one for one in targets.TARGETS if one.bench == "quick")
    records("2026-12-01-quick", {"date": "2026-12-01", "ratio": 21.0, "positions": 5_000})
    assert targets.measured(ratio) == "21.0 (2026-12-01, 5,000 positions)"


def test_the_record_of_a_bench_whose_name_ends_alike_is_another_one(records):
    import targets

    records("2026-12-01-run-kafka", {"date": "2026-12-01"})
    assert targets.newest("kafka") is None


def test_growth_tells_its_longest_calls_its_kept_speed_and_the_bytes_of_an_id():
    import targets

    assert list(map(str, targets.longest(GROWTH))) == ["**7.2**"] * 3
    assert list(map(str, targets.kept_speed(GROWTH))) == ["**50%**"]
    assert list(map(str, targets.bytes_of_an_id(GROWTH))) == ["25"]


def test_what_nobody_measured_is_told_as_paper(records):
    import targets

    assert "not known yet" in targets.paper()
    paper = {"from": [1_000_000, 10_000_000], "bytes_more_a_position": 201, "gb_for_100_m": 20.1}
    records("2026-12-01-growth", GROWTH | {"paper": paper})
    assert "20.1 GB: each position more took 201 B between 1,000,000 and 10,000,000" in targets.paper()


def test_the_curves_of_growth_are_one_for_each_phase_and_panel():
    import curves

    drawn = ElementTree.fromstring(curves.svg(GROWTH))
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 8
    for line in lines:
        points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        assert len(points) == 3
        assert all(0 <= x <= curves.WIDTH and 0 <= y <= curves.HEIGHT for x, y in points)
        assert points[0][1] > points[2][1]
    texts = [text.text for text in drawn.findall("{http://www.w3.org/2000/svg}text")]
    assert "7.25" in texts and "1,000" in texts and "10,000,000" in texts


def test_two_sizes_are_not_compared_without_a_warning():
    import compare

    old = {"positions": 10_000, "rounds": 5, "ratio": 2.0}
    told = list(compare.sizes(old, {"positions": 100_000, "rounds": 3, "ratio": 3.0, "records": 7}))
    assert told == ["  WARNING: positions 10,000 and 100,000: figures of two sizes cannot be compared"]
    assert not list(compare.sizes(old, old))
