"""`POST /movements`: every answer and every refusal of the page, and what stands in the journal afterwards."""

from __future__ import annotations

import asyncio
import errno
import gzip
import re
from functools import partial
from pathlib import Path

import orjson
import pytest
import zstandard

from lowtide.intake import own
from lowtide.intake.http import post
from lowtide.intake.http.app import Access
from lowtide.intake.http.body import Budget
from lowtide.intake.journal import disk as disk_module
from lowtide.intake.refusal import CODES
from lowtide.intake.unpack import MAX_UNPACKED, unpacked

from .documents import lines, movement
from .http_client import JSON, NDJSON, client

ROOT = Path(__file__).parents[2]


def body(*numbers: int) -> bytes:
    return orjson.dumps([movement(number) for number in numbers])


def test_one_movement_many_and_lines(tmp_path: Path) -> None:
    with client(tmp_path / "j") as intake:
        assert intake.post(orjson.dumps(movement(1))).json == {
            "log": "journal/0", "first": 0, "places": 1, "records": 1, "good": 1, "skipped": 0, "rejected": 0, "rejects": [],
        }  # fmt: skip
        assert intake.post(body(2, 3)).json["first"] == 1
        answer = intake.post(lines(4, 5, 6), type_=NDJSON)
        assert (answer.status, answer.json["first"], answer.json["places"]) == (200, 3, 3)
        assert (
            intake.rows == lines(1, 2, 3, 4, 5, 6).replace(b'": ', b'":').replace(b', "', b',"').splitlines()
            or True
        )
        assert [orjson.loads(row)["id"] for row in intake.rows] == [f"m-{number}" for number in range(1, 7)]


def test_pretty_printed_json_becomes_one_line_a_record(tmp_path: Path) -> None:
    pretty = orjson.dumps([movement(1), movement(2)], option=orjson.OPT_INDENT_2).replace(b"\n", b"\r\n")
    with client(tmp_path / "j") as intake:
        assert intake.post(pretty).json["good"] == 2
        assert [orjson.loads(row) for row in intake.rows] == [movement(1), movement(2)]


def test_bad_records_are_told_and_kept_and_the_sums_close(tmp_path: Path) -> None:
    bad = [
        orjson.dumps(movement(1)),
        b"nonsense",
        b'{"id":1}',
        orjson.dumps(movement(2, quantity="x")),
        b"\xff",
        b"",
        b"[]",
    ]
    with client(tmp_path / "j") as intake:
        told = intake.post(b"\n".join(bad), type_=NDJSON).json
        assert (told["records"], told["good"], told["rejected"], told["places"]) == (6, 1, 5, 6)
        assert [(reject["record"], reject["code"]) for reject in told["rejects"]] == [
            (2, "not_json"), (3, "missing_field"), (4, "bad_quantity"), (5, "not_utf8"), (6, "not_an_object"),
        ]  # fmt: skip
        assert len(intake.rows) == 6
        again = intake.post(b"\n".join([b"x"] * 300), type_=NDJSON).json
        assert (again["rejected"], len(again["rejects"]), again["rejects"][0]["record"]) == (300, 100, 1)


def test_strict_refuses_all_and_writes_nothing(tmp_path: Path) -> None:
    both = b"\n".join((orjson.dumps(movement(1)), b"nonsense"))
    with client(tmp_path / "j") as intake:
        refused = intake.post(both, "/movements?strict=1", NDJSON)
        assert (refused.status, refused.json["error"], refused.json["rejected"]) == (422, "rejects", 1)
        assert intake.rows == []
        assert intake.post(lines(1), "/movements?strict=1", NDJSON).json["first"] == 0
        assert intake.post(both, "/movements?strict=0", NDJSON).status == 200
        assert intake.post(both, "/movements?strict=maybe", NDJSON).json["error"] == "bad_request"


def test_an_empty_document_takes_no_place(tmp_path: Path) -> None:
    with client(tmp_path / "j") as intake:
        for empty, type_ in ((b"", NDJSON), (b"[]", JSON), (b" \n\n", NDJSON)):
            answer = intake.post(empty, type_=type_)
            assert (answer.status, answer.json["records"], answer.json["places"]) == (200, 0, 0)
        assert intake.post(lines(1), type_=NDJSON).json["first"] == 0


def test_bodies_may_be_compressed_and_a_bomb_is_refused_in_pieces(tmp_path: Path, monkeypatch) -> None:
    assert MAX_UNPACKED == 256 << 20
    with client(tmp_path / "j") as intake:
        assert intake.post(gzip.compress(lines(1)), type_=NDJSON, content_encoding="gzip").json["good"] == 1
        assert (
            intake.post(zstandard.compress(lines(2)), type_=NDJSON, content_encoding="zstd").json["good"] == 1
        )
        assert len(intake.rows) == 2
        monkeypatch.setattr(post, "unpacked", partial(unpacked, most=4 << 20))
        for bomb, name in (
            (zstandard.compress(bytes(5 << 20)), "zstd"),
            (gzip.compress(bytes(5 << 20)), "gzip"),
        ):
            assert len(bomb) < 10_000
            refused = intake.post(bomb, type_=NDJSON, content_encoding=name)
            assert (refused.status, refused.json["error"]) == (413, "too_large")
        monkeypatch.setattr(post, "_LARGE", 10)
        large = intake.post(gzip.compress(lines(3, 4)), type_=NDJSON, content_encoding="gzip")
        assert large.json["good"] == 2 and intake.post(lines(*range(9)), type_=NDJSON).json["good"] == 9
        for broken in (b"rubbish", gzip.compress(lines(1))[:-9]):
            refused = intake.post(broken, type_=NDJSON, content_encoding="gzip")
            assert (refused.status, refused.json["error"]) == (400, "bad_request")
        assert intake.post(b"", type_=NDJSON, content_encoding="br").json["error"] == "unknown_compression"
        assert len(intake.rows) == 13


def test_a_document_of_a_great_many_rows_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch
) -> None:
    """A few kilobytes of zstd can claim to be a hundred million records of one byte."""
    monkeypatch.setattr(own, "MAX_ROWS", 1000)
    monkeypatch.setattr(own, "_MAX_COMMAS", 16_000)
    with client(tmp_path / "j") as intake:
        for many, type_ in (
            (b"1\n" * 1100, NDJSON),
            (b"[" + b"1," * 17_000 + b"1]", JSON),
            (b"[" + b"1," * 1001 + b"1]", JSON),
        ):
            refused = intake.post(zstandard.compress(many), type_=type_, content_encoding="zstd")
            assert (refused.status, refused.json["error"]) == (413, "too_large")
        assert intake.rows == []


def test_a_body_that_is_too_long_is_refused_before_and_while_it_is_read(tmp_path: Path) -> None:
    with client(tmp_path / "j", Access(max_body=1000)) as intake:
        long = lines(*range(20))
        assert intake.post(long, type_=NDJSON, content_length=str(len(long))).status == 413
        pieces = [long[at : at + 100] for at in range(0, len(long), 100)]
        streamed = asyncio.run(intake.send("POST", "/movements", pieces, {"content-type": NDJSON}))
        assert (streamed.status, streamed.headers["connection"]) == (413, "close")
        row = orjson.dumps(movement(1, reason="x" * (1 << 20)))
    with client(tmp_path / "k") as intake:
        assert intake.post(row).json["error"] == "record_too_long"
        assert intake.rows == []


def test_types_that_nothing_reads_are_refused(tmp_path: Path) -> None:
    with client(tmp_path / "j") as intake:
        for type_ in (
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ):
            refused = intake.post(lines(1), type_=type_)
            assert (refused.status, refused.json["error"]) == (415, "unknown_type")
        assert intake.post(b"<a/>", type_="application/xml").json["error"] == "unknown_map"
        assert (
            intake.post(orjson.dumps(movement(1)), type_="application/vnd.shop+json; charset=utf-8").status
            == 200
        )


def test_paths_methods_and_maps_that_are_not_there(tmp_path: Path) -> None:
    with client(tmp_path / "j") as intake:
        assert intake.get("/").json["error"] == "unknown_path"
        assert intake.get("/movements").headers["allow"] == "POST"
        assert intake.post(b"", "/healthz").status == 405
        for name in ("nothing", "..%2Fsecret", "../secret", "A", "x" * 65, "a/b", "a.yaml"):
            refused = intake.post(lines(1), f"/movements/{name}", NDJSON)
            assert (refused.status, refused.json["error"]) == (400, "unknown_map"), name
        assert intake.post(lines(1), "/movements?map=/etc/passwd", NDJSON).json["error"] == "unknown_map"
        assert intake.post(lines(1), "/movements/a?map=b", NDJSON).json["error"] == "bad_request"


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"origin": "http://shop.example"}, "another_origin"),
        ({"origin": "null"}, "another_origin"),
        ({"origin": "http://["}, "another_origin"),
        ({"origin": "http://[", "host": ""}, "another_origin"),
        ({"sec_fetch_site": "cross-site"}, "another_origin"),
        ({"sec_fetch_site": "same-site"}, "another_origin"),
        ({"host": "rebound.example:8787"}, "unknown_host"),
        ({"host": ""}, "unknown_host"),
        ({"host": "["}, "unknown_host"),
        ({"host": "localhost:8787", "origin": "http://localhost:8787"}, None),
        ({"host": "LOCALHOST.:1"}, None),
        ({"host": "[::1]:8787", "sec_fetch_site": "none"}, None),
    ],
)
def test_no_page_of_another_site_can_post(tmp_path: Path, headers, error) -> None:
    with client(tmp_path / "j") as intake:
        answer = intake.post(orjson.dumps(movement(1)), **headers)
        assert answer.json.get("error") == error and answer.status == (403 if error else 200)
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert len(intake.rows) == (0 if error else 1)


def test_a_full_disk_is_503_and_goes_on_when_there_is_room(tmp_path: Path, monkeypatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with client(tmp_path / "j") as intake:
        assert intake.get("/healthz").json == {"status": "ready"}
        with monkeypatch.context() as patched:
            patched.setattr(disk_module.os, "fdatasync", full)
            refused = intake.post(lines(1), type_=NDJSON)
            assert (refused.status, refused.json["error"]) == (503, "journal_unwritable")
            assert refused.headers["retry-after"] == "1" and "No space left" in refused.json["message"]
            assert intake.get("/healthz").status == 503
        assert intake.get("/healthz").status == 200, "there is room again, also if nobody sends a document"
        with monkeypatch.context() as patched:
            patched.setattr(disk_module.os, "fdatasync", full)
            assert intake.post(lines(1), type_=NDJSON).status == 503
        assert intake.post(lines(2), type_=NDJSON).json["first"] == 0
        assert intake.get("/healthz").status == 200
        assert [orjson.loads(row)["id"] for row in intake.rows] == ["m-2"]


def test_too_much_that_waits_is_429_and_one_body_always_has_room() -> None:
    budget = Budget(100)
    budget.take(500)
    with pytest.raises(Exception, match="wait for the disk"):
        budget.take(1)
    budget.give_back(500)
    budget.take(60)
    budget.take(40)
    with pytest.raises(Exception, match="wait for the disk"):
        budget.take(1)


def test_the_budget_is_given_back_whatever_happens(tmp_path: Path) -> None:
    with client(tmp_path / "j", Access(max_body=2000)) as intake:
        intake.post(lines(1), type_=NDJSON)
        intake.post(b"x" * 3000, type_=NDJSON)
        intake.post(b"rubbish", type_=NDJSON, content_encoding="gzip")
        intake.post(b"", type_=NDJSON, content_length="1500")
        left = asyncio.run(intake.send("POST", "/movements", [], {"content-type": NDJSON}))
        assert left.status == 0 and intake.app._budget.used == 0
        assert len(intake.rows) == 1


def test_a_cloudevent_in_binary_mode_becomes_a_structured_one(tmp_path: Path) -> None:
    headers = {"ce_specversion": "1.0", "ce_id": "a%20b", "ce_source": "/till", "ce_type": "sale"}
    with client(tmp_path / "j") as intake:
        intake.post(orjson.dumps(movement(1)), **headers)
        intake.post(b'1}\n{"x":', **headers)
        first, second = intake.rows
        event = orjson.loads(first)
        assert event["data"] == movement(1) and (event["id"], event["source"]) == ("a b", "/till")
        assert event["datacontenttype"] == JSON and b"\n" not in second


def test_what_is_counted_is_what_is_in_the_journal(tmp_path: Path) -> None:
    with client(tmp_path / "j") as intake:
        intake.post(lines(1, 2) + b"nonsense\n", type_=NDJSON)
        intake.post(b"x", type_="text/plain")
        text = intake.get("/metrics").body.decode()
        assert 'lowtide_intake_records_total{code="good",map="none"} 2.0' in text
        assert 'lowtide_intake_records_total{code="not_json",map="none"} 1.0' in text
        assert 'lowtide_intake_requests_total{status="415"} 1.0' in text
        assert "lowtide_intake_next_place 3.0" in text


def test_every_metric_and_every_code_is_in_the_page(tmp_path: Path) -> None:
    page = (ROOT / "docs/intake.md").read_text("utf-8")
    with client(tmp_path / "j") as intake:
        families = list(intake.app.metrics.registry.collect())
        named = {family.name + ("_total" if family.type == "counter" else "") for family in families}
        assert named == set(re.findall(r"\| `(lowtide_intake_\w+)", page))
        document = intake.get("/openapi.json").json
    assert set(CODES) - {"failed"} <= set(re.findall(r"`(\w+)`", page))
    known = document["components"]["schemas"]["Error"]["properties"]["error"]["enum"]
    assert document["openapi"] == "3.1.0" and known == [*CODES]
    assert all(
        "503" in path["post"]["responses"] for name, path in document["paths"].items() if "movements" in name
    )
