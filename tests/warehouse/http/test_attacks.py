"""A reader can only read: every attack fails without a trace, and all allowed queries work."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
import uuid
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from clickhouse_connect.driver.client import Client

from .attacks import Attack, attacks
from .process import Front, front

WRITER, READER = "w" * 20, "r" * 20
SECRET = "the-combination-is-12345"
FOUND = "SELECT name, total_rows, engine FROM system.tables WHERE database = 'lowtide' ORDER BY name"
KNOWN = """
    SELECT (SELECT groupArray(name) FROM (SELECT name FROM system.databases ORDER BY name)),
           (SELECT count() FROM system.functions WHERE origin != 'System'), (SELECT count() FROM system.dictionaries),
           (SELECT count() FROM system.named_collections), (SELECT sum(units) FROM lowtide.shelf)
"""


class Canary:
    """A server to which an attack must not connect."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            self._socket.accept()[0].close()
            self.calls += 1


@dataclass
class Range:
    """A warehouse with tokens, and everything that an attack might touch."""

    served: Front
    writer: Client
    canary: Canary
    folder: Path

    def state(self) -> tuple[Any, ...]:
        """Everything that an attack could have changed."""
        tables = self.writer.query(FOUND).result_rows
        known = self.writer.query(KNOWN).result_rows
        files = sorted(path.name for path in (self.folder / "out").iterdir())
        return (
            tables,
            known,
            files,
            self.canary.calls,
            self.writer.command("SELECT sum(units) FROM lowtide.shelf"),
        )

    def send(self, attack: Attack) -> tuple[int, bytes]:
        """Send it as the reader; the status and the body."""
        places = {
            "file": str(self.folder / "secret.csv"), "out": str(self.folder / "out"),
            "web": f"http://{self.canary.address}", "host": self.canary.address,
        }  # fmt: skip

        def put(text: str) -> str:
            return text.format(**places) if "{" in text else text

        body = put(attack.sql).encode()
        headers = {"Authorization": "Basic " + b64encode(f"reader:{READER}".encode()).decode()}
        headers |= {name: put(value) for name, value in attack.headers.items()}
        if "X-ClickHouse-User" in headers:
            del headers["Authorization"]
        if attack.form:
            body, headers["Content-Type"] = form({name: put(value) for name, value in attack.form.items()})
        url = f"{self.served.url}/?" + urlencode({name: put(value) for name, value in attack.url.items()})
        data = body if attack.method == "POST" else None
        request = urllib.request.Request(url, data, headers, method=attack.method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def form(values: dict[str, str]) -> tuple[bytes, str]:
    """A multipart form; a name that ends with `@` is a file."""
    mark, parts = uuid.uuid4().hex, b""
    for name, value in values.items():
        file = f'; filename="{name[:-1]}"' if name.endswith("@") else ""
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name.rstrip("@")}"{file}\r\n\r\n'
        parts += head.encode() + value.encode() + b"\r\n"
    return parts + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@pytest.fixture(scope="module")
def range_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    folder = tmp_path_factory.mktemp("range")
    (folder / "out").mkdir()
    (folder / "secret.csv").write_text(SECRET + "\n")
    limits = ("--reader-seconds", "5", "--reader-memory-mb", "300", "--reader-rows", "200000")
    tokens = {"LOWTIDE_WRITER_TOKEN": WRITER, "LOWTIDE_READER_TOKEN": READER}
    with front(folder / "warehouse", *limits, **tokens) as served:
        writer = served.client(username="writer", password=WRITER, session_id="writers", database="lowtide")
        writer.command("CREATE TABLE shelf (sku String, units Int64) ENGINE = MergeTree ORDER BY sku")
        writer.command("INSERT INTO shelf SELECT toString(number), number FROM numbers(1000)")
        writer.command("CREATE TEMPORARY TABLE kept (a Int8)")
        yield Range(served, writer, Canary(), folder)


@pytest.fixture(scope="module")
def before(range_: Range) -> tuple[Any, ...]:
    return range_.state()


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: f"{attack.sql[:60]} {attack.url or ''}")
def test_an_attack_fails_and_has_no_effect(range_: Range, before: tuple[Any, ...], attack: Attack) -> None:
    status, said = range_.send(attack)
    # An answer that has begun ends with its error: so it is with a limit that is hit on the way.
    assert status >= 400 or b"\r\n__exception__\r\n" in said, said[:500]
    assert b"DB::Exception" in said
    assert SECRET.encode() not in said
    assert range_.state() == before


def test_there_are_enough_attacks() -> None:
    assert len(attacks()) >= 60 and len(set(map(repr, attacks()))) == len(attacks())


HONEST = [
    "SELECT 1", "SELECT 1;", "(SELECT 1)", "select 'file(''x'')' -- ; DROP TABLE x", "SELECT 'INTO OUTFILE ''x'''",
    "SELECT count() FROM shelf", "SELECT count() FROM lowtide.shelf", "SELECT * FROM shelf FORMAT JSON",
    "WITH x AS (SELECT units FROM shelf) SELECT sum(units) FROM x", "FROM shelf SELECT count()",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
    "SELECT sku, units, row_number() OVER (ORDER BY units) FROM shelf QUALIFY units < 5",
    "SELECT * FROM shelf AS a JOIN shelf AS b USING (sku) WHERE a.units IN (1, 2) LIMIT 3",
    "SELECT * FROM shelf WHERE units IN (SELECT max(units) FROM shelf)",
    "SELECT * FROM shelf WHERE (sku, units) NOT IN (('1', 1)) ORDER BY ALL LIMIT 1 BY sku LIMIT 2",
    "SELECT arrayMap(x -> x * 2, [1, 2]), arrayJoin([1, 2]), * EXCEPT (units) FROM shelf LIMIT 2",
    "SELECT * APPLY(max) FROM shelf", "SELECT COLUMNS('un') APPLY(x -> x + 1) FROM shelf LIMIT 1",
    "SELECT quantiles(0.5, 0.9)(units), argMax(sku, units), uniq(sku) FROM shelf",
    "SELECT toStartOfInterval(now(), INTERVAL 5 MINUTE), formatDateTime(now(), '%F'), dateDiff('day', today(), today())",
    "SELECT JSONExtractInt('{\"a\":1}', 'a'), extract('abc', 'b'), format('{0}', 'x'), url FROM (SELECT 'x' AS url)",
    "SELECT 1 AS `INTO OUTFILE`, 2 AS `a b / c`, 'ü牛奶'", "SELECT transform(1, [1], ['x'], '')",
    "SELECT number FROM numbers(10) UNION ALL SELECT number FROM system.numbers LIMIT 3",
    "SELECT 1 INTERSECT SELECT 1", "SELECT 1 EXCEPT SELECT 2", "SELECT * FROM generate_series(1, 5)",
    "SELECT * FROM values('a Int8, b String', (1, 'x'))", "SELECT * FROM view(SELECT count() FROM shelf)",
    "SELECT * FROM values((1, 'x'))", "SELECT * FROM primes(3)", "EXPLAIN indexes = 1 SELECT * FROM shelf",
    "SELECT 1 IN (1, 2), a.units IN (1, a.units) FROM shelf AS a LIMIT 1", "SELECT 1 FROM system.one",
    "SELECT name, type, comment FROM system.columns WHERE database = 'lowtide' AND table = 'ledger'",
    "SELECT name FROM system.functions LIMIT 1", "SELECT keyword FROM system.keywords LIMIT 1",
    "SELECT name, engine, comment FROM system.tables WHERE database = currentDatabase()",
    "SELECT name FROM system.databases", "SELECT name, value FROM system.settings LIMIT 1",
    "SELECT system.columns.name FROM system.columns LIMIT 1", "SELECT version(), timezone(), currentUser(), hostName()",
    "SELECT table_name FROM information_schema.tables LIMIT 1", "SELECT column_name FROM INFORMATION_SCHEMA.COLUMNS LIMIT 1",
    "SHOW TABLES", "SHOW TABLES FROM lowtide LIKE 'led%'", "SHOW DATABASES", "SHOW COLUMNS FROM shelf",
    "SHOW CREATE TABLE shelf", "SHOW CREATE VIEW alert_current", "SHOW FUNCTIONS LIKE 'sum'", "SHOW INDEX FROM shelf",
    "DESCRIBE TABLE shelf", "DESC lowtide.ledger", "DESCRIBE (SELECT 1 AS a)", "EXISTS TABLE shelf",
    "EXISTS VIEW alert_current",
    "EXISTS DATABASE lowtide", "EXPLAIN SELECT * FROM shelf", "EXPLAIN PIPELINE SELECT count() FROM shelf",
    "EXPLAIN SYNTAX SELECT 1", "EXPLAIN QUERY TREE SELECT 1", "EXPLAIN ESTIMATE SELECT * FROM shelf", "EXPLAIN AST SELECT 1",
    "SELECT * FROM alert_current LIMIT 1", "SELECT * FROM ledger FINAL LIMIT 1", "SELECT * FROM position_current LIMIT 1",
    "SELECT filesystem, python, remote FROM (SELECT 1 AS filesystem, 2 AS python, 3 AS remote)",
    "SELECT * FROM ledger FINAL LIMIT 1 SETTINGS do_not_merge_across_partitions_select_final = 1 FORMAT JSON",
    "SELECT now() SETTINGS session_timezone = 'Asia/Shanghai', output_format_json_quote_64bit_integers = 1",
    "SELECT $$it's$$, 0x1F, 1e3, -1, true, NULL, [1], (1, 2), map('a', 1), INTERVAL 1 DAY",
]  # fmt: skip


@pytest.mark.parametrize("query", HONEST)
def test_an_honest_read_passes(range_: Range, query: str) -> None:
    status, said = range_.send(Attack(query.replace("{", "{{").replace("}", "}}")))
    assert status == 200, said[:500]


@pytest.mark.parametrize(
    "url",
    [
        {"max_execution_time": "1"}, {"max_result_rows": "5", "limit": "5"}, {"session_timezone": "Asia/Shanghai"},
        {"output_format_json_quote_64bit_integers": "0", "default_format": "JSON"}, {"limit": "2"},
        {"param_x": "1", "query_id": "mine", "database": "lowtide"}, {"database": "default"}, {"readonly": "1"},
        {"wait_end_of_query": "1", "session_id": "a", "send_progress_in_http_headers": "1"}, {"max_threads": "64"},
        {"cancel_http_readonly_queries_on_client_close": "1", "client_protocol_version": "54405"}, {"extremes": "1"},
    ],
)  # fmt: skip
def test_an_honest_setting_passes(range_: Range, url: dict[str, str]) -> None:
    status, said = range_.send(Attack("SELECT number FROM numbers(3)", url))
    assert status == 200, said[:500]


def test_names_may_be_parameters(range_: Range) -> None:
    """Careful programs name a table with `{t:Identifier}`."""
    url = {"param_t": "shelf", "param_c": "units", "param_v": "3"}
    sql = "SELECT {{c:Identifier}} FROM {{t:Identifier}} WHERE units = {{v:UInt8}} FORMAT JSONCompactEachRow"
    status, said = range_.send(Attack(sql, url))
    assert (status, json.loads(said)) == (200, [3])
