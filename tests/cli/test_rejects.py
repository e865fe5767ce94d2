"""What could not be used is found, mended and sent again, by somebody who has a shell."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import orjson
import pytest

from lowtide import rejects
from lowtide.kafka.dead_letters import Reject
from tests.launcher import python

from .conftest import start
from .console import sessions, typed

GOOD = '{"id":"0","source":"t","kind":"sale","sku":"A","location":"1","quantity":1,"event_time":"2026-02-01T00:00:00Z"}\n'
BAD = b'not json\n{"id":"x"}\n\xff\xfe\n'
SELL = '{"id":"%d","source":"t","kind":"sell","sku":"A","location":"1","quantity":1,"event_time":"2026-02-0%dT00:00:00Z"}\n'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six records of an unknown kind, three that are not records, and then a good one; the tests only read it."""
    folder = tmp_path_factory.mktemp("till")
    (folder / "till.jsonl").write_bytes(
        "".join(SELL % (n, n) for n in range(1, 7)).encode() + BAD + GOOD.encode()
    )
    assert start("run", "till.jsonl", "--warehouse", "store", cwd=folder).code == 0
    return folder / "store"


def listed(said) -> list[dict]:
    assert said.code == 0, said.err
    return [orjson.loads(line) for line in said.out.splitlines()]


def test_ls_shows_what_is_asked_for(process, store: Path) -> None:
    options = [
        "--reason",
        "not_json",
        "--reason",
        "not_utf8",
        "--partition",
        "till.jsonl",
        "--warehouse",
        store,
    ]
    found = listed(process("rejects", "ls", "--json", "--since", "2026-02-05T00:00:00Z", *options))
    assert [row["offset"] for row in found] == [8, 6], "newest first"
    assert process("rejects", "ls", "--since", "soon").code == 2


def test_json_is_as_replay_writes_it(process, store: Path, tmp_path: Path) -> None:
    process("replay", store.with_name("till.jsonl"), "--rejects", "want")
    want = [orjson.loads(line) for line in (tmp_path / "want").read_bytes().splitlines()]
    assert listed(process("rejects", "ls", "--json", "--warehouse", store)) == want[::-1]


def test_counts_and_the_table(process, store: Path) -> None:
    counted = process("rejects", "ls", "--counts", "--warehouse", store).out.splitlines()
    assert counted == [
        "reason\trecords\tpartitions", "unknown_kind\t6\t1", "missing_field\t1\t1", "not_json\t1\t1", "not_utf8\t1\t1",
    ]  # fmt: skip
    assert listed(process("rejects", "ls", "--counts", "--json", "--warehouse", store))[0] == {
        "reason": "unknown_kind", "records": 6, "partitions": 1,
    }  # fmt: skip
    head, *rows = process("rejects", "ls", "--warehouse", store).out.splitlines()
    assert head.split("\t") == ["partition", "offset", "file", "line", "reason", "field", "message", "record"]
    assert rows[0].split("\t")[1:5] == ["8", "till.jsonl", "9", "not_utf8"] and rows[0].endswith(
        "\t\\xff\\xfe"
    )
    assert all(len(row.split("\t")) == 8 and len(row.split("\t")[7]) <= 60 for row in rows)


def test_a_record_does_not_steer_the_terminal(process, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(b"\x1b[2J\tboo\n")
    process("run", "log.jsonl", "--warehouse", "store")
    said = process("rejects", "ls", "--warehouse", "store").out
    assert "\x1b" not in said and said.endswith("\\x1b[2J\\tboo\n")


def test_records_are_mended_in_a_file_and_run(process, store: Path, tmp_path: Path) -> None:
    said = process("rejects", "retry", "mended.jsonl", "--reason", "unknown_kind", "--warehouse", store)
    assert said.out == "6 records sent to mended.jsonl\n"
    mended = tmp_path / "mended.jsonl"
    assert mended.read_text() == "".join(SELL % (n, n) for n in range(1, 7))
    mended.write_text(mended.read_text().replace("sell", "sale"))
    again = process("rejects", "retry", "mended.jsonl", "--warehouse", store)
    assert again.code == 2 and "there already" in again.err and "sale" in mended.read_text()
    summary = orjson.loads(process("run", "mended.jsonl", "--warehouse", "none", "--json").out)
    assert summary["counts"]["accepted"] == 6


def test_a_dry_run_writes_nothing(process, store: Path, tmp_path: Path) -> None:
    said = process("rejects", "retry", "new.jsonl", "--dry-run", "--json", "--warehouse", store)
    assert orjson.loads(said.out) == {"to": "new.jsonl", "dry_run": True, "sent": 9, "left": {}}
    assert not (tmp_path / "new.jsonl").exists()


def test_standard_output_has_the_records_alone(process, store: Path) -> None:
    said = process("rejects", "retry", "-", "--reason", "not_json", "--warehouse", store)
    assert (said.out, said.err) == ("not json\n", "1 records sent to standard output\n")


def test_from_lines_that_are_none(process, tmp_path: Path) -> None:
    (tmp_path / "bad").write_text('{"partition":"p","offset":1,"reason":"r","record":"x"}\n{"record":1}\n')
    said = process("rejects", "retry", "out.jsonl", "--from", "bad")
    assert said.code == 3 and "`bad`, line 2: not a reject" in said.err
    assert not (tmp_path / "out.jsonl").exists(), "half a file would look like a whole one"
    assert process("rejects", "retry", "sales", "--from", "bad").code == 2
    assert process("rejects", "retry", "-", "--from", "nothing").code == 3


class Lines(list):
    """A target in memory that takes no record of offset 9."""

    def unfit(self, reject: Reject) -> str | None:
        return "nine" if reject.offset == 9 else None

    def send(self, reject: Reject) -> None:
        self.append(reject.record)

    def close(self) -> None:
        self.append(b"closed")


def test_half_a_record_is_not_sent() -> None:
    some = [
        Reject("p", 0, "too_long", None, "", b'{"id":"1","sku":"aaaa'),
        Reject("p", 1, "too_long", "sku", "", b'{"id":"1","sku":"aaaa"}'),
        Reject("p", 2, "too_long", None, "", b'{"id":"1","sku":"mended"}'),
        Reject("p", 3, "unreadable_file", None, "", b"PAR1"),
        Reject("p", 4, "bad_time", "due", "", b"{", cut=True),
        Reject("p", 9, "bad_time", "due", "", b"{}"),
    ]
    lines = Lines()
    done = rejects.retry(some, lines)
    assert lines == [some[1].record, some[2].record, b"closed"]
    assert done.sent == 2 and done.left["nine"] == 1 and done.left.total() == 4


def test_what_two_pipelines_rejected_goes_once() -> None:
    one = Reject("p", 0, "bad_time", "due", "", b"{}")
    lines = Lines()
    rejects.retry(
        [one, one._replace(reason="no_zone"), one._replace(record=b"other"), one._replace(offset=1)], lines
    )
    assert lines == [b"{}", b"other", b"{}", b"closed"]


def test_a_record_of_two_lines_is_one(process, tmp_path: Path) -> None:
    row = {"partition": "p", "offset": 0, "reason": "r", "record": '{\r\n"id":"1"\n}'}
    (tmp_path / "rejects").write_bytes(orjson.dumps(row))
    assert process("rejects", "retry", "-", "--from", "rejects").out == '{ "id":"1" }\n'


def test_standard_input_is_a_source_too(store: Path) -> None:
    command = (
        "python -m lowtide rejects ls --json --warehouse store --reason unknown_kind | sed s/sell/sale/g "
        "| python -m lowtide rejects retry - --from - | python -m lowtide replay - --positions positions.jsonl"
    )
    subprocess.run(
        command.replace("python", shlex.join(python())),
        shell=True, cwd=store.parent, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert int(orjson.loads((store.parent / "positions.jsonl").read_bytes())["on_hand"]) < 0


def test_the_page_does_not_lie(tmp_path: Path) -> None:
    session = sessions("rejects.md")[0]
    log = "".join(line for line in session.splitlines(keepends=True)[1:5])
    (tmp_path / "till.jsonl").write_text(log)
    assert typed(session, tmp_path) == session
