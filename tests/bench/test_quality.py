"""The public benchmark of decisions judges what an engine wrote: answers made by hand get the figures they earn."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

QUALITY = Path(__file__).parents[2] / "bench" / "quality"
DAY = 86_400_000
ERP = f"{sys.executable} {QUALITY / 'erp.py'}"


@pytest.fixture
def task():
    from task import Task

    return Task("shop", 0, 10, ["a", "b"], 2)


@pytest.fixture
def panel():
    """Four items that sell 2 or 3 a day, for 365 days."""
    import faults

    sold = 2.0 + (np.arange(365) % 2) * np.ones((4, 1))
    return faults.panel("judge", np.array([11, 12, 13, 14]), sold, seed=5)


def line(**fields):
    return json.dumps(fields).encode()


def opened(kind, sku, at, ended=None):
    return line(type=kind, location="w", sku=sku, opened_at=at, ended_at=ended)


def test_midnight_belongs_to_the_day_that_it_ends(task):
    from task import read

    answer = read([opened("x", "a", 3 * DAY, 5 * DAY), opened("x", "b", 3 * DAY + 1)], task)
    assert np.nonzero(answer.openings(["x"])[0])[0].tolist() == [2]
    assert np.nonzero(answer.standing("x")[0])[0].tolist() == [2, 3]
    assert np.nonzero(answer.standing("x")[1])[0].tolist() == [3, 4, 5, 6, 7, 8, 9]


def test_an_alert_that_ends_on_its_day_has_opened_but_is_not_open_at_the_end_of_the_day(task):
    from task import read

    answer = read([opened("x", "a", "1970-01-04T10:00:00Z", "1970-01-04T18:00:00+02:00")], task)
    assert answer.openings(["x"])[0, 3]
    assert not answer.standing("x").any()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (opened("x", "c", 0), "KeyError: 'c'"),
        (b"{", "line 2 of the answer to shop"),
        (opened("x", "a", "1970-01-04T10:00:00"), "has no zone"),
        (opened("x", "a", True), "is not a time"),
        (line(type="x", location="w", sku="a"), "opened_at"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(task, bad, words):
    from task import AnswerError, read

    with pytest.raises(AnswerError, match=r"line 2 of the answer to shop") as error:
        read([opened("x", "a", 0), bad], task)
    assert words in str(error.value)


def test_a_fault_is_what_it_says_and_begins_on_its_day(panel):
    import faults

    clean = panel.sold[:4]
    for at, fault in enumerate(faults.FAULTS):
        for item, day in enumerate(panel.day[at]):
            before, copy = clean[item], panel.sold[panel.rows(fault)][item]
            assert (copy[:day] == before[:day]).all()
            if fault == "spike":
                assert copy[day] - before[day] >= 5 * 2
                assert (copy[day + 1 :] == before[day + 1 :]).all()
            elif fault == "triple":
                assert (copy[day:] == 3 * before[day:]).all()
            elif fault == "quarter":
                assert 0.1 < copy[day:].sum() / before[day:].sum() < 0.45
            else:
                assert copy[day : day + 14].sum() == 0
                assert (copy[day + 14 :] == before[day + 14 :]).all()


def test_the_fault_of_an_item_does_not_depend_on_the_other_items(panel):
    import faults

    alone = faults.panel("judge", np.array([13]), panel.sold[2:3], seed=5)
    assert (alone.day[:, 0] == panel.day[:, 2]).all()
    assert (alone.sold == panel.sold[2::4]).all()


def answer_to(panel, lines):
    from task import read

    return read(lines, panel.task)


def test_who_names_each_fault_in_time_has_all_and_who_is_late_has_none(panel):
    import faults

    kinds = {
        "spike": "sales_spike",
        "triple": "level_shift",
        "quarter": "sales_drought",
        "empty": "phantom_stock",
    }

    def lines(days_late):
        for at, (fault, kind) in enumerate(kinds.items()):
            for item, sku in enumerate(panel.task.skus[panel.rows(fault)]):
                yield opened(
                    kind, sku, panel.task.start_ms + (int(panel.day[at, item]) + days_late) * DAY + 1
                )

    in_time, late = answer_to(panel, lines(0)), answer_to(panel, lines(28))
    assert [(one.recall, one.by_chance, one.delay) for one in faults.seen(panel, in_time)] == [(1, 0, 0)] * 4
    assert [one.recall for one in faults.seen(panel, late)] == [0] * 4
    assert sum(faults.false_alarms(panel, in_time).values()) == 0


def test_who_cries_every_week_is_told_how_often_that_hits_by_chance(panel):
    import faults

    weekly = [
        opened("level_shift", sku, panel.task.start_ms + day * DAY + 1)
        for sku in panel.task.skus
        for day in range(3, 365, 7)
    ]
    seen = {one.fault: one for one in faults.seen(panel, answer_to(panel, weekly))}
    assert seen["triple"].recall == seen["triple"].by_chance == 1
    assert seen["spike"].recall == 0
    alarms = faults.false_alarms(panel, answer_to(panel, weekly))
    assert alarms["level_shift"] == pytest.approx(35 / (245 / 30))


def test_lowtide_answers_a_task_with_the_spike_on_its_day(panel, tmp_path):
    from task import ask

    panel.write(tmp_path)
    answer = ask(f"{sys.executable} {QUALITY / 'engine.py'}", tmp_path, panel.task)
    spikes = answer.openings(["sales_spike"])[panel.rows("spike")]
    assert np.nonzero(spikes)[1].tolist() == panel.day[0].tolist()
    assert not answer.standing("out_of_stock").any()


@pytest.fixture(scope="module")
def lossy(tmp_path_factory):
    from make_worlds import Spec, make

    folder = tmp_path_factory.mktemp("lossy")
    return folder, make(Spec(lead=5, loss=0.01, count_days=28, skus=40), Path(), folder)


def test_nothing_is_sold_where_the_record_alone_says_stock(lossy):
    from hidden import Hidden
    from score import World

    folder, name = lossy
    world, truth = World.read(folder, name), Hidden.read(folder, name)
    assert truth.empty.any()
    rows = pq.read_table(folder / f"world_{name}_events.parquet").to_pandas()
    receipts, counts = rows[rows["type"] == "receipt"], rows[rows["type"] == "count"]
    still = truth.empty[:, 1:] & truth.empty[:, :-1]
    still[receipts["sku"], receipts["day"] - 1] = False
    assert (world.sold[:, 1:][still] == 0).all()
    assert truth.empty[counts["sku"], counts["day"]].mean() > 0.5


def test_who_knows_each_hidden_loss_is_always_right_and_who_names_a_day_at_random_is_as_good_as_chance(lossy):
    from hidden import Hidden, judge
    from task import NEVER, Alert, Answer

    truth = Hidden.read(*lossy)

    def judged(pairs, rank=None):
        alerts = [Alert("phantom_stock", sku, day, NEVER) for sku, day in pairs]
        nothing = np.zeros(truth.empty.shape)
        return judge(truth, Answer(alerts, nothing, nothing if rank is None else rank))

    knows = judged((sku, day) for sku, day, _ in truth.runs if day >= 120)
    assert (knows.right, knows.found, knows.delay) == (1.0, 1.0, 0.0)
    base = truth.empty[:, 120:][truth.in_stock[:, 120:]].mean()
    assert knows.times_chance == pytest.approx(1 / base)
    anywhere = judged(zip(*np.nonzero(truth.in_stock), strict=True))
    assert anywhere.times_chance == pytest.approx(1, rel=1e-6)
    assert judged([]).found == 0 and np.isnan(judged([]).top), "nothing is ranked"
    luck = np.random.default_rng(1).random(truth.empty.shape) + 0.1
    assert judged([], luck + truth.empty).top > 10 * judged([], luck).top


def test_any_command_can_be_measured():
    command = [sys.executable, str(QUALITY / "run.py"), "--small", "--only", "hidden", ERP]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "times chance" in done.stdout


def test_an_engine_that_fails_ends_the_bench_with_what_it_said(task, tmp_path):
    from task import AnswerError, ask

    task.write(tmp_path, [])
    with pytest.raises(AnswerError, match="ended with 1 on shop: no licence"):
        ask(f"{sys.executable} -c 'import sys; sys.exit(\"no licence\")'", tmp_path, task)


def test_the_results_of_the_page_are_those_of_the_records():
    import results

    page = results.README.read_text("utf-8")
    assert results.written(page, results.tables(*results.newest(results.RECORDS))) == page


def test_of_each_figure_the_newest_record_holds(tmp_path):
    import results

    about = {"machine": "a shop's computer", "command": "python bench/quality/run.py"}
    one = {"opened": 3, "right": 0.5, "times_chance": 12.0, "long_runs": 4, "found": 0.25, "delay": None}
    for date, right in (("2026-01-02", 0.5), ("2026-01-03", 0.75)):
        told = {"date": date, **about, "hidden": {"h, mine": one | {"right": right}, "h, digest": "abc"}}
        (tmp_path / f"{date}-quality-hidden.json").write_text(json.dumps(told))
    text = results.tables(*results.newest(tmp_path))
    assert "| h | mine | 3 | .75 | 12.0 | – | .25 of 4 | – |" in text
    assert "h `abc`" in text
