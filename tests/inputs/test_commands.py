"""`lowtide learn`, `lowtide inputs` and `lowtide forecast`, typed as people type them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lowtide.cli.main import main
from lowtide.inputs import load_inputs
from tests.inputs.shop import SKUS, sales, shop
from tests.inputs.test_demand import by_week
from tests.inputs.test_supply import with_orders
from tests.launcher import python

needs_statsforecast = pytest.mark.skipif(
    importlib.util.find_spec("statsforecast") is None, reason="the extra `forecast` is not installed"
)


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    """Twenty-five SKUs that sell by the week, and three that are ordered daily."""
    lines = [*sales(SKUS[:25], 84, by_week), *with_orders(["o1", "o2", "o3"])]
    file = tmp_path_factory.mktemp("shop") / "movements.jsonl"
    file.write_bytes(b"".join(sorted(lines, key=lambda line: line.split(b'"event_time":"')[1])))
    return file


@pytest.fixture
def typed(capsys):
    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_learn_writes_a_set_and_says_what_each_input_is_worth(typed, log, tmp_path):
    (tmp_path / "p.csv").write_text("name,day,factor\nclosed,2027-12-25,0\n")
    code, out, _ = typed("learn", log, "--out", "inputs", "--holidays", "p.csv")
    found = load_inputs(tmp_path / "inputs")
    assert code == 0 and found.start
    one = found.sets[found.start]
    assert one.document.drivers[0].name == "closed" and one.classes is not None
    for text in (
        "weekdays",
        "kept: it pays",
        "lateness",
        "days weigh",
        f"inputs/{found.start}",
        "lowtide run",
        "0 times",
    ):
        assert text in out, text
    assert "inputs apply " + found.start in out


def test_the_same_history_gives_the_same_hash(typed, log, tmp_path):
    hashes = [json.loads(typed("learn", log, "--out", f"in{n}", "--json")[1])["inputs"] for n in (1, 2)]
    assert hashes[0] == hashes[1] == (tmp_path / "in2/current").read_text().strip()
    in_chinese = typed("learn", log, "--out", "in3", "--lang", "zh")[1]
    assert "保留：有效" in in_chinese and "未选择展望期与界线" in in_chinese


def test_days_can_be_cut(typed, log):
    told = json.loads(
        typed("learn", log, "--out", "i", "--json", "--from", "2026-01-12", "--to", "2026-03-01")[1]
    )
    assert (told["from"], told["to"]) == ("2026-01-12", "2026-03-01")


def lowtide(*arguments: object) -> str:
    """A command in a process of its own, because the embedded store is one a process; gives what it printed."""
    done = subprocess.run(
        [*python(), "-m", "lowtide", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_warehouse_teaches_the_same_demand_as_its_files(typed, tmp_path):
    log = tmp_path / "few.jsonl"
    log.write_bytes(b"".join(sales(SKUS[:8], 42, by_week)))
    lowtide("run", log, "--warehouse", "store")
    stored = json.loads(lowtide("learn", "store", "--out", "a", "--json", "--to", "2026-02-14"))
    read = json.loads(typed("learn", log, "--out", "b", "--json", "--to", "2026-02-14")[1])
    assert {"note": "learn.note.no_replay"} in stored["notes"]
    for one in (stored, read):
        one["notes"] = one["inputs"] = one["folder"] = None
    assert stored == read


FAULTS = [
    (["learn", "missing.jsonl", "--out", "i"], 3, "missing.jsonl"),
    (["learn", "{log}", "--out", "i", "--from", "1/1/2026"], 2, "is not a day"),
    (["learn", "{log}", "--out", "i", "--from", "2031-01-01"], 3, "The history runs from 2026-01-05 to"),
    (["learn", "{log}", "{log}", "embedded:store", "--out", "i"], 3, "is a warehouse, and is read by itself"),
    (["learn", "bad.jsonl", "--out", "i"], 3, "no movement of the history could be used"),
    (["learn", "counts.jsonl", "--out", "i"], 3, "nothing was sold in the history"),
    (["learn", "{log}", "--out", "i", "--promotions", "p.csv"], 2, "p.csv:2"),
    (["forecast", "{log}", "--out", "f.parquet", "--model", "lstm"], 2, "auto_arima"),
    (["inputs", "check", "nowhere"], 2, "lowtide learn"),
    (["inputs", "apply", "nohash", "-"], 2, "neither the hash of inputs nor a folder"),
    (["inputs", "build"], 2, "nothing to build from"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), FAULTS)
def test_an_error_says_what_to_do(typed, log, tmp_path, arguments, code, said):
    (tmp_path / "p.csv").write_text("name,day\nx,soon\n")
    (tmp_path / "bad.jsonl").write_text("not json\n")
    count = next(line for line in log.read_bytes().splitlines(keepends=True) if b'"count"' in line)
    (tmp_path / "counts.jsonl").write_bytes(count)
    got, out, err = typed(*(argument.format(log=log) for argument in arguments))
    assert (got, said in out + err) == (code, True), err


def test_inputs_are_built_shown_and_applied(typed, tmp_path):
    (tmp_path / "a.yaml").write_text("layers: [{name: fresh, match: {category: DAIRY}, set: {calm: 4}}]\n")
    (tmp_path / "p.csv").write_text("name,from,to,factor,category\neaster,2026-04-01,2026-04-05,1.6,DAIRY\n")
    code, out, _ = typed("inputs", "build", "a.yaml", "--promotions", "p.csv", "--out", "in")
    name = load_inputs(tmp_path / "in").start
    assert code == 0 and name and f"in/{name}" in out
    shown = typed("inputs", "show", "in")[1]
    assert (
        "category DAIRY" in shown
        and "calm 4" in shown
        and "2026-04-01 – 2026-04-05" in shown
        and "1.6" in shown
    )
    assert json.loads(typed("inputs", "show", f"in/{name}", "--json")[1])["drivers"][0]["to"] == "2026-04-05"
    assert "1 drivers" in typed("inputs", "check", "in")[1]
    record = json.loads(typed("inputs", "apply", "in", "-", "--at", "2026-05-01T00:00:00Z")[1])
    assert (record["kind"], record["ref"]) == ("inputs", name)
    assert json.loads(typed("inputs", "apply", name, "-")[1])["event_time"] == "2000-01-01T00:00:00Z"


def test_without_the_library_forecast_says_what_to_install(typed, log, monkeypatch):
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    code, _, err = typed("forecast", log, "--out", "f.parquet")
    assert code == 2 and "pip install 'lowtide[forecast]'" in err


@needs_statsforecast
def test_a_forecast_is_written_where_it_beats_the_estimate(typed, log, tmp_path):
    arguments = ("forecast", log, "--out", "f.parquet", "--model", "croston_sba", "--days", 9, "--json")
    told = json.loads(typed(*arguments)[1])
    assert told["categories"][0]["model"] == "croston_sba" and told["categories"][0]["own"] > 0
    told = json.loads(typed(*arguments, "--all")[1])
    rows = pq.read_table(tmp_path / "f.parquet")
    assert rows.num_rows == told["rows"] == 28 * 9
    assert min(rows["day"].to_pylist()).isoformat() == "2026-05-05" and min(rows["variance"].to_pylist()) > 0
    code, out, _ = typed("learn", log, "--out", "in", "--forecast", "f.parquet")
    assert code == 0 and "forecasts of others" in out and "kept as given" in out


@needs_statsforecast
def test_arima_sees_the_week(log):
    """Its interval gives the variance; days without stock are filled, not taken for no demand."""
    from lowtide.learning.models import _predict, filled

    made = shop(log.read_bytes().splitlines(keepends=True))
    history = made.history
    history.share[0, 40:50] = history.units[0, 40:50] = 0
    assert filled(history, history.chosen[:1] * 0, 80)[0, 40:50].min() > 0
    mean, variance = _predict(history, history.chosen[:2], "auto_arima", 84, 7)
    assert mean.shape == (2, 7) and (variance > 0).all()
    assert mean[:, 5].mean() > 1.3 * mean[:, 0].mean(), "Saturday sells more than Monday"


def test_classes_are_learned_with_limits_of_ones_own_and_their_value_is_told(typed, log, tmp_path):
    (tmp_path / "items.csv").write_text("sku,unit_price\n" + "".join(f"{sku},2\n" for sku in SKUS[:10]))
    code, out, _ = typed(
        "learn", log, "--out", "in", "--catalogue", "items.csv", "--abc", "70,90", "--xyz", "0.4,0.8"
    )
    assert code == 0 and "A, B, C by the value of a year's sales" in out
    assert "18 of the 28 positions that sold have neither price nor cost" in out
    found = json.loads(typed("learn", log, "--out", "in2", "--json")[1])["classes"]
    assert found["by"] == "units" and found["cuts"] == {"abc": [80, 95], "xyz": [0.5, 1.0]}
    assert sum(found["positions"].values()) == 28 and sum(found["share"].values()) == pytest.approx(
        1, abs=1e-3
    )
    assert 0.75 < found["share"]["A"] < 0.85
    for wrong in (["--abc", "95,80"], ["--abc", "A"], ["--xyz", "1"], ["--xyz", "nan,1"]):
        code, _, err = typed("learn", log, "--out", "in", *wrong)
        assert code == 2 and "is not two limits" in err


def test_classes_go_out_as_csv_and_a_corrected_file_comes_back(typed, tmp_path):
    (tmp_path / "c.csv").write_text("sku,location,abc,xyz\n0123,s1,A,X\nmilk,s1,B,\n")
    code, out, _ = typed("inputs", "build", "--classes", "c.csv", "--out", "in")
    assert code == 0 and "in/" in out
    rows = typed("inputs", "show", "in", "--classes")[1]
    assert rows.replace('"', "") == "location,sku,abc,xyz\ns1,0123,A,X\ns1,milk,B,\n"
    (tmp_path / "again.csv").write_text(rows)
    assert typed("inputs", "build", "--classes", "again.csv", "--out", "again")[0] == 0
    assert (tmp_path / "again/current").read_text() == (tmp_path / "in/current").read_text()
    (tmp_path / "bad.csv").write_text("sku,location,abc,xyz\nmilk,s1,A,Q\n")
    code, _, err = typed("inputs", "build", "--classes", "bad.csv", "--out", "in")
    assert code == 2 and "row 1: `xyz` is not X, Y or Z" in err


def test_a_run_puts_the_classes_in_force_into_the_warehouse(tmp_path):
    """The second inputs come by a record; a run that goes on from its state meets them again."""
    made = []
    for pair in ("A,X", "C,Z"):
        (tmp_path / "c.csv").write_text(f"location,sku,abc,xyz\ns1,k000,{pair}\ns1,never,B,Y\n")
        lowtide("inputs", "build", "--classes", "c.csv", "--out", "in")
        made.append((tmp_path / "in/current").read_text().strip())
    lines = sales(SKUS[:2], 10, by_week)
    record = lowtide("inputs", "apply", made[1], "-").encode()
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines[:20]))
    (tmp_path / "b.jsonl").write_bytes(record + b"".join(lines[20:]))
    ask = "SELECT sku, abc || xyz AS pair, inputs_version FROM position_class ORDER BY sku"
    options = ("--inputs", f"in/{made[0]}", "--warehouse", "store", "--state", "state")
    for file, version, pair in [("a.jsonl", made[0], "AX"), ("b.jsonl", made[1], "CZ")]:
        lowtide("run", file, *options)
        rows = lowtide("sql", ask, "--warehouse", "store", "--format", "CSV")
        assert rows.replace('"', "").splitlines()[-2:] == [f"k000,{pair},{version}", f"never,BY,{version}"]
