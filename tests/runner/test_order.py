"""An export is read in order of event time, whatever its files are and are called, and however little memory there is."""

from __future__ import annotations

import gzip
import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from lowtide.core import Job, Log
from lowtide.errors import InputError, SettingsError
from lowtide.policy import read_policy_text
from lowtide.rows import ledger_key, ledger_rows
from lowtide.runner import order as order_module
from lowtide.runner.logs import open_logs
from lowtide.runner.order import Export, Sorting
from lowtide.runner.replay import Replayed, replay_blocks
from lowtide.runner.run import Run
from lowtide.settings import load_settings
from tests.runner.in_memory import Kept

START = datetime(2026, 11, 2, 6, tzinfo=UTC)
COLUMNS = ("id", "source", "kind", "sku", "location", "quantity", "event_time")
SHOPS = ("north", "south", "west")


def week(seed: int = 1) -> list[dict[str, str]]:
    """A week of three shops in order of event time: counts, deliveries and sales, all at different times."""
    dice = random.Random(seed)
    instants = iter(sorted(dice.sample(range(7 * 86_400), 3 * 420)))
    records = []
    for number, second in enumerate(instants):
        shop, sku = SHOPS[number % 3], f"sku-{dice.randrange(12):02d}"
        kind = "count" if number < 60 else dice.choices(("sale", "receipt", "count"), (30, 3, 1))[0]
        quantity = {"sale": dice.randint(1, 4), "receipt": dice.randint(10, 30), "count": dice.randint(0, 25)}
        time = (START + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")
        values = (f"{shop}-{number}", "till", kind, sku, shop, str(quantity[kind]), time)
        records.append(dict(zip(COLUMNS, values, strict=True)))
    return records


def write_csv(path: Path, records: list[dict[str, str]]) -> Path:
    path.write_text("\n".join([",".join(COLUMNS), *(",".join(row.values()) for row in records)]) + "\n")
    return path


def write_lines(path: Path, records: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in records))
    return path


def four_files(folder: Path) -> list[Path]:
    """The week as four CSV files: one of each shop, not in order, and one of all counts, by shop."""
    dice, folder = random.Random(2), folder / "week"
    folder.mkdir()
    counts = sorted((row for row in week() if row["kind"] == "count"), key=lambda row: row["location"])
    files = [write_csv(folder / "counts.csv", counts)]
    for shop in SHOPS:
        rows = [row for row in week() if row["location"] == shop and row["kind"] != "count"]
        dice.shuffle(rows)
        files.append(write_csv(folder / f"{shop}.csv", rows))
    return files


POLICY = "version: 1\ndefaults: {reorder_point: 12}\n"


def replay(*sources: Path, memory: int = 1 << 20, order: str | None = None, size: int = 100) -> Replayed:
    """What files lead to; their log has one name, so that alerts can be compared."""
    job = Job.of(read_policy_text(POLICY, "policy"), partition="log")
    (feed,) = open_logs(
        [str(path) for path in sources], size, order=order, sorting=Sorting(job, memory_bytes=memory)
    ).values()
    return replay_blocks(job, feed)


def same(one: Replayed, other: Replayed) -> None:
    assert one.positions == other.positions
    assert one.ledger == other.ledger
    assert one.counts == other.counts


@pytest.fixture(scope="module")
def sorted_file(tmp_path_factory) -> Replayed:
    done = replay(write_lines(tmp_path_factory.mktemp("sorted") / "week.jsonl", week()))
    assert done.counts["late"] == 0 and len({entry["alert_id"] for entry in done.ledger}) > 20
    return done


def test_four_files_of_a_week_in_any_order_are_the_sorted_file(tmp_path, sorted_file):
    files = four_files(tmp_path)
    for order in itertools.permutations(files):
        same(replay(*order), sorted_file)
    same(replay(files[0].parent), sorted_file)
    wrong = replay(*files, order="arrival")
    assert wrong.counts["late"] > 0 and wrong.ledger != sorted_file.ledger


@pytest.mark.parametrize("memory", [1_000, 20_000])
@pytest.mark.parametrize("size", [1, 7, 0])
def test_neither_memory_nor_blocks_show(tmp_path, sorted_file, memory, size):
    files = four_files(tmp_path)
    same(replay(*files, memory=memory, size=size), sorted_file)
    same(replay(write_csv(tmp_path / "sorted.csv", week()), memory=memory, size=size), sorted_file)


def test_csv_parquet_lines_and_compressed_files_are_one_export(tmp_path, sorted_file):
    folder = tmp_path / "mixed"
    (folder / "deep").mkdir(parents=True)
    records = week()
    random.Random(3).shuffle(records)
    write_csv(folder / "a.csv", records[:300])
    table = pacsv.read_csv(write_csv(tmp_path / "b.csv", records[300:600]))
    assert pa.types.is_timestamp(table.schema.field("event_time").type)
    pq.write_table(table, folder / "b.parquet")
    write_lines(folder / "c.ndjson", records[600:900])
    plain = write_csv(tmp_path / "d.csv", records[900:]).read_bytes()
    (folder / "deep" / "d.csv.gz").write_bytes(gzip.compress(plain))
    for memory in (5_000, 1 << 20):
        same(replay(folder, memory=memory), sorted_file)


def test_a_log_is_read_as_it_stands_unless_told_otherwise(tmp_path, sorted_file):
    records = week()
    random.Random(4).shuffle(records)
    log = write_lines(tmp_path / "log.jsonl", records)
    assert replay(log).counts["late"] > 0
    same(replay(log, order="event"), sorted_file)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("order", ["arrival", "event"])
def test_a_reject_names_its_file_and_line(tmp_path, form, order):
    write = write_lines if form == "jsonl" else write_csv
    records = week()[:30]
    records[9] = records[9] | {"kind": "nonsense"}
    records[19] = records[19] | {"event_time": "soon"}
    first, second = records[10:], records[:10]
    paths = [
        write(tmp_path / f"{name}.{form}", rows) for name, rows in (("first", first), ("second", second))
    ]
    rejects = replay(*paths, order=order).rejects
    header = int(form == "csv")
    expected = {
        "unknown_kind": (f"second.{form}", 10 + header, 9 if order == "event" else 29),
        "bad_time": (f"first.{form}", 10 + header, 19 if order == "event" else 9),
    }
    assert {row["reason"]: (row["file"], row["line"], row["offset"]) for row in rejects} == expected
    assert list(rejects[0])[:4] == ["partition", "offset", "file", "line"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    path = tmp_path / "notes.csv"
    rows = ['1,"two\nlines",s,sale', "", "2,b,s,sale", '3,"open', "4,d,s,sale"]
    path.write_text("\n".join(["id,note,source,kind,event_time", *rows]) + "\n")
    for order in ("arrival", "event"):
        rejects = sorted(replay(path, order=order).rejects, key=lambda row: row["line"])
        assert [(row["line"], row["reason"]) for row in rejects] == [
            (2, "missing_field"),
            (5, "missing_field"),
            (6, "bad_row"),
            (7, "missing_field"),
        ]
    pq.write_table(pa.table({"id": ["1", "2"], "kind": ["sale", None]}), tmp_path / "a.parquet")
    assert [row["line"] for row in replay(tmp_path / "a.parquet").rejects] == [1, 2]


def test_a_damaged_file_stays_behind_what_was_read_of_it(tmp_path, sorted_file):
    files = four_files(tmp_path)
    packed = files[1].with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(files[1].read_bytes())[:-300])
    files[1].unlink()
    for memory in (1_000, 1 << 20):
        (reject,) = replay(files[0].parent, memory=memory).rejects
        assert (reject["reason"], reject["file"]) == ("unreadable_file", "north.csv.gz") and reject[
            "line"
        ] > 1


def test_zones_of_positions_decide_the_order(tmp_path):
    """Wall-clock times of two zones: 09:00 in Tokyo is before 08:00 in London."""
    policy = read_policy_text(
        "version: 1\nnaive_zone: position\nlayers:\n- match: {location: tokyo}\n  set: {time_zone: Asia/Tokyo}\n",
        "policy",
    )
    rows = [
        ("l", "s", "sale", "a", "london", "1", "2026-11-02T08:00:00"),
        ("t", "s", "sale", "a", "tokyo", "1", "2026-11-02T09:00:00"),
    ]
    path = write_csv(tmp_path / "two.csv", [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    job = Job.of(policy, partition="log")
    (feed,) = open_logs([str(path)], sorting=Sorting(job)).values()
    assert replay_blocks(job, feed).counts["late"] == 0


def test_a_policy_record_without_a_time_keeps_its_place(tmp_path):
    from lowtide.policy import policy_record

    changed = Job.of(read_policy_text("version: 1\ndefaults: {reorder_point: 400}\n", "policy"))
    lines = [json.dumps(row).encode() for row in week()[:90]]
    lines.insert(60, policy_record(changed.policy_document, "here"))
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join(lines))
    same(replay(path, order="event"), replay(path))


@pytest.mark.parametrize("spec", ["-", "kafka://127.0.0.1:1/sales"])
def test_an_endless_source_cannot_be_sorted(spec):
    with pytest.raises(SettingsError, match="order of event time"):
        open_logs([spec], follow=True, order="event", sorting=Sorting(Job.of()))


def test_a_folder_for_runs_that_is_missing_is_a_sentence(tmp_path):
    job = Job.of(partition="log")
    sorting = Sorting(job, tmp_path / "missing", memory_bytes=1_000)
    (feed,) = open_logs([str(four_files(tmp_path)[1])], sorting=sorting).values()
    with pytest.raises(Exception, match="cannot be put in order"):
        list(feed)


def settings(tmp_path, **options):
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    return load_settings(
        policy=str(policy),
        state=str(tmp_path / "state"),
        warehouse="none",
        checkpoint_every=0.05,
        block_records=50,
        **options,
    )


def run(sources, chosen, kept: Kept, stop_after: int | None = None):
    """Runs to the end, or stops after some blocks; rows go to `kept`."""
    begun = Run([str(path) for path in sources], chosen)
    begun.plan.sink = kept
    (log,) = begun.plan.logs.values()
    blocks = log.feed.begin

    def begin(at=None, wait=True):
        for number, block in enumerate(block for block in blocks(at, wait) if block is not None):
            if number == stop_after:
                begun.plan.stopping.set()
            yield block

    log.feed.begin = begin
    return begun.to_end(), log


def outcome(log: Log, kept: Kept):
    ledger = {(row["alert_id"], row["seq"]): row for row in kept.table("ledger", ledger_rows)}
    groups = log.groups.values()
    stock = {
        (row["location"], row["sku"]): row["on_hand"]
        for group in groups
        for row in group.positions().to_pylist()
    }
    return stock, sorted(ledger.values(), key=ledger_key)


@pytest.mark.parametrize("memory", [2_000, 1 << 20])
def test_half_an_export_is_resumed_where_it_was(tmp_path, monkeypatch, memory):
    monkeypatch.setattr(order_module, "MEMORY_BYTES", memory)
    files, kept = four_files(tmp_path), Kept()
    (tmp_path / "whole").mkdir()
    _, log = run(files, settings(tmp_path / "whole"), whole := Kept())
    expected = outcome(log, whole)
    for stop in (4, 11):
        summary, _ = run(files, settings(tmp_path), kept, stop)
        assert summary.status == "stopped"
    summary, log = run(files, settings(tmp_path), kept)
    assert summary.status == "finished"
    assert outcome(log, kept) == expected


def test_a_half_read_export_must_not_change(tmp_path):
    files, kept = four_files(tmp_path), Kept()
    run(files, settings(tmp_path), kept, 5)
    with pytest.raises(SettingsError, match="in the order `event`"):
        run(files, settings(tmp_path, order="arrival"), kept)
    before = files[2].read_text()
    files[2].write_text(before + before.splitlines()[1] + "\n")
    with pytest.raises(SettingsError, match=r"`south\.csv` has changed") as error:
        run(files, settings(tmp_path), kept)
    assert error.value.exit_code == 2 and error.value.hint


def test_day_after_day_is_one_long_file(tmp_path):
    records = week()
    days = [records[start : start + 420] for start in range(0, len(records), 420)]
    for day in days:
        random.Random(5).shuffle(day)
    files = [write_csv(tmp_path / f"day-{number}.csv", day) for number, day in enumerate(days)]
    kept = Kept()
    for path in files:
        summary, log = run([path], settings(tmp_path), kept)
        assert summary.counts["late"] == 0
    (tmp_path / "long").mkdir()
    long = write_csv(tmp_path / "day-0.csv", week())
    _, whole = run([long], settings(tmp_path / "long"), at_once := Kept())
    assert outcome(log, kept) == outcome(whole, at_once)


def test_days_in_the_wrong_order_have_the_same_stock_and_a_warning(tmp_path):
    """Distinct event times, all within the late window of each other: only alerts may differ."""
    records = week()[: 3 * 120]
    files = [write_csv(tmp_path / f"part-{n}.csv", records[n * 120 : (n + 1) * 120]) for n in range(3)]
    kept = Kept()
    for path in reversed(files):
        summary, log = run([path], settings(tmp_path), kept)
    (tmp_path / "right").mkdir()
    _, right = run(files, settings(tmp_path / "right"), other := Kept())
    assert outcome(log, kept)[0] == outcome(right, other)[0]
    assert (summary.order, summary.is_mostly_late) == ("event", False)
    summary.counts["very_late"] = summary.counts["accepted"] // 10
    assert summary.is_mostly_late


def test_sources_that_cannot_be_read_are_still_errors(tmp_path):
    with pytest.raises(InputError):
        open_logs([str(tmp_path / "nothing.csv")], sorting=Sorting(Job.of()))
    assert isinstance(
        open_logs([str(write_csv(tmp_path / "a.csv", []))], sorting=Sorting(Job.of()))["a.csv"], Export
    )
