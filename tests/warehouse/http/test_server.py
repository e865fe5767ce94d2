"""The process: users, addresses, limits, start and end."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from lowtide.errors import SettingsError
from lowtide.warehouse.http import Options, serve

from .process import Front, curl, front, lowtide, until

WRITER, READER = "writer-token-0123456789", "reader-token-0123456789"
SLOW = "SELECT count() FROM numbers(100000000000) WHERE NOT ignore(cityHash64(number))"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A warehouse with tokens, from files."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "w").write_text(WRITER + "\n")
    (folder / "r").write_text(READER)
    tokens = ("--writer-token-file", str(folder / "w"), "--reader-token-file", str(folder / "r"))
    with front(folder / "warehouse", *tokens) as one:
        yield one


def ask(url: str, *arguments: str, data: str = "SELECT currentUser()") -> tuple[int, str]:
    """Status and body of a POST."""
    done = curl("-w", "\n%{http_code}", "--data-binary", "@-", *arguments, url, data=data.encode())
    body, _, status = done.stdout.decode().rpartition("\n")
    return int(status), body


def test_curl(served: Front) -> None:
    url = served.url
    assert curl(url).stdout == b"Ok.\n" and curl(f"{url}/ping").stdout == b"Ok.\n"
    assert curl(f"{url}/?query=SELECT+1").stdout == b"1\n"
    assert curl(f"{url}/?query=SELECT+1&default_format=JSONEachRow").stdout == b'{"1":1}\n'
    assert curl("-H", "X-ClickHouse-Format: CSV", f"{url}/?query=SELECT+1,'a'").stdout == b'1,"a"\n'
    assert curl("--data-binary", "SELECT 2", url).stdout == b"2\n"
    assert curl("--data-binary", "ECT 3", f"{url}/?query=SEL").stdout != b"3\n", (
        "a line break is between them"
    )
    assert curl("--data-binary", "+ 4", f"{url}/?query=SELECT+3").stdout == b"7\n"
    assert curl(f"{url}/?query=SELECT+{{x:String}}&param_x=a%5Ctb", "-g").stdout == b"a\\tb\n"
    assert ask(f"{url}/nowhere")[0] == 404
    assert ask(f"{url}/", data="")[0] == 400
    head = curl("-I", f"{url}/?query=SELECT+1").stdout.decode().lower()
    assert "200 ok" in head and "x-clickhouse-format: tabseparated" in head
    assert curl("-X", "DELETE", "-o", "/dev/null", "-w", "%{http_code}", url).stdout == b"501"


def test_curl_inserts(served: Front) -> None:
    url = served.url
    ask(url, data="CREATE OR REPLACE TABLE c (a UInt8, b String) ENGINE = MergeTree ORDER BY a")
    for query, data in (
        ("INSERT+INTO+c+FORMAT+TSV", "1\tx\n"),
        ("INSERT+INTO+c+VALUES", "(2,'y')"),
        ("INSERT+INTO+c+(a)+FORMAT+JSONEachRow", '{"a":3}'),
        ("", "INSERT INTO c FORMAT CSV\n4,z\n"),
        ("", "INSERT INTO c (a, b) VALUES (5, ';')"),
        ("", "INSERT INTO c SELECT 6, 'q'"),
        ("INSERT+INTO+c+VALUES+(7,'in+the+URL')", ""),
    ):
        assert ask(f"{url}/?query={query}" if query else url, data=data) == (200, ""), (query, data)
    assert ask(url, data="SELECT sum(a) FROM c") == (200, "28\n")
    many = "\n".join(f"{n % 200},{n}" for n in range(500_000))
    assert ask(f"{url}/?query=INSERT+INTO+c+FORMAT+CSV", data=many)[0] == 200
    assert ask(url, data="SELECT count() FROM c") == (200, "500007\n")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "lz4"])
def test_bodies_are_compressed_both_ways(served: Front, encoding: str) -> None:
    import urllib.request

    from lowtide.warehouse.http.encoding import packed
    from lowtide.warehouse.http.unpacking import Unpacker

    sent = packed(encoding, b"SELECT number FROM numbers(200000)")
    for url in (served.url, f"{served.url}/?wait_end_of_query=1"):
        headers = {"Content-Encoding": encoding, "Accept-Encoding": f"br;q=0, {encoding}"}
        with urllib.request.urlopen(urllib.request.Request(url, sent, headers), timeout=30) as response:
            assert response.headers["Content-Encoding"] == encoding
            lines = b"".join(Unpacker(encoding).unpack(response.read())).splitlines()
        assert len(lines) == 200_000 and lines[-1] == b"199999"
    for broken in (sent[:-5], b"\x00" + sent):
        request = urllib.request.Request(served.url, broken, {"Content-Encoding": encoding})
        with pytest.raises(urllib.request.HTTPError, match="400"):
            urllib.request.urlopen(request, timeout=30)


def test_headers_are_clickhouse_s(served: Front) -> None:
    said = curl(
        "-i", f"{served.url}/?query=SELECT+1+FORMAT+JSON&query_id=mine&wait_end_of_query=1"
    ).stdout.decode()
    headers = dict(line.lower().split(": ", 1) for line in said.split("\r\n\r\n")[0].split("\r\n")[1:])
    assert headers["x-clickhouse-query-id"] == "mine" and headers["x-clickhouse-format"] == "json"
    assert headers["x-clickhouse-timezone"] and headers["x-clickhouse-server-display-name"]
    assert json.loads(headers["x-clickhouse-summary"])["result_rows"] == "1"
    assert "access-control-allow-origin" not in headers
    said = curl("-i", "--data-binary", "SELECT * FROM nowhere", served.url).stdout.decode()
    assert said.startswith("HTTP/1.1 404") and "x-clickhouse-exception-code: 60" in said.lower()
    assert re.search(r"Code: 60\. DB::Exception: .* \(UNKNOWN_TABLE\) \(version [\d.]+ \(chDB\)\)", said)


def test_get_only_reads(served: Front) -> None:
    for query in (
        "CREATE+TABLE+g+(a+Int8)+ENGINE=Memory",
        "INSERT+INTO+shelf+VALUES+('x',1)",
        "KILL+QUERY+WHERE+1",
    ):
        done = curl("-w", "%{http_code}", f"{served.url}/?query={query}").stdout.decode()
        assert "READONLY" in done and done.endswith("400"), query


def test_a_header_does_not_break_out_of_its_line(served: Front) -> None:
    said = curl("-i", f"{served.url}/?query=SELECT+1&query_id=a%0d%0aSet-Cookie:%20b").stdout.decode()
    assert not re.search(r"^Set-Cookie", said, re.MULTILINE)


# --- who may ask ------------------------------------------------------------------------------------


def test_without_tokens_only_this_machine_s_programs_may_ask(served: Front) -> None:
    port = served.port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert ask(served.url, "-H", f"Host: {host}")[0] == 200, host
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "192.168.0.1"):
        assert ask(served.url, "-H", f"Host: {host}")[0] == 403, host
    for host in (
        "",
        "a b",
        "x@127.0.0.1",
        "127.0.0.1#x",
        "127.0.0.1/x",
        "127.0.0.1:80:80",
        "127.0.0.1:99999",
    ):
        assert ask(served.url, "-H", f"Host: {host}" if host else "Host;")[0] == 400, host
    assert ask(served.url, "--request-target", "http://evil.example/?query=SELECT+1")[0] == 400
    for header in ("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"):
        assert ask(served.url, "-H", header)[0] == 403, header
    assert ask(served.url, "-H", f"Origin: http://127.0.0.1:{port}")[0] == 200


def test_a_token_is_taken_where_clients_put_it(locked: Front) -> None:
    url, basic = locked.url, b64encode(f"reader:{READER}".encode()).decode()
    for arguments, suffix in (
        (["-u", f"reader:{READER}"], ""),
        (["-u", f"writer:{WRITER}"], ""),
        (["-H", f"Authorization: Basic {basic}"], ""),
        (["-H", f"Authorization: Bearer {READER}"], ""),
        (["-H", "X-ClickHouse-User: reader", "-H", f"X-ClickHouse-Key: {READER}"], ""),
        ([], f"/?user=writer&password={WRITER}"),
    ):
        assert ask(url + suffix, *arguments)[0] == 200, arguments
    with locked.client(username="writer", password=WRITER) as client:
        assert client.command("SELECT 1") == 1
    with locked.client(access_token=READER) as client, pytest.raises(DatabaseError, match="READONLY"):
        client.command("DROP TABLE ledger")


def test_a_wrong_token_is_nobody_s(locked: Front) -> None:
    url = locked.url
    for arguments, suffix in (
        ([], ""), (["-u", "default:"], ""), (["-u", "reader:"], ""), (["-u", f"reader:{WRITER}"], ""),
        (["-u", f"writer:{READER}"], ""), (["-u", f"default:{WRITER}"], ""), (["-u", f"reader:{READER[:-1]}"], ""),
        (["-H", f"Authorization: Bearer {READER}x"], ""), (["-H", "Authorization: Basic !!!"], ""),
        (["-H", "Authorization: Bearer"], ""), (["-H", "Authorization: Digest x"], ""),
        (["-u", "reader:wrong"], f"/?user=reader&password={READER}"), ([], "/?user=writer&password="),
    ):  # fmt: skip
        status, said = ask(url + suffix, *arguments)
        assert status == 403 and "AUTHENTICATION_FAILED" in said, (arguments, suffix)
        assert WRITER not in said and READER not in said
    assert ask(f"{url}/metrics")[0] == 403
    assert curl(f"{url}/ping").stdout == b"Ok.\n"
    assert b"lowtide_warehouse_queries" in curl("-u", f"reader:{READER}", f"{url}/metrics").stdout


def test_with_tokens_other_names_may_ask_but_no_other_site(locked: Front) -> None:
    who = ("-u", f"reader:{READER}")
    assert ask(locked.url, *who, "-H", "Host: warehouse.example:8123")[0] == 200
    assert ask(locked.url, *who, "-H", "Origin: http://evil.example")[0] == 403


def test_it_does_not_listen_beyond_this_machine_without_tokens(tmp_path: Path) -> None:
    for listen in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0", "warehouse.example:8123"):
        with pytest.raises(SettingsError, match="there is no token"):
            serve(Options(str(tmp_path / "w"), listen), lambda *_: None)
    said = lowtide("warehouse", "--listen", "127.0.0.1:0", LOWTIDE_READER_TOKEN="short")
    assert said.returncode == 2 and "16 or more" in said.stderr


# --- how much ---------------------------------------------------------------------------------------


def test_a_reader_s_limits(reader: Client) -> None:
    with pytest.raises(DatabaseError, match="TIMEOUT_EXCEEDED"):
        reader.query(SLOW)
    with pytest.raises(DatabaseError, match="MEMORY_LIMIT_EXCEEDED"):
        reader.query("SELECT uniqExact(number) FROM numbers(100000000)")
    with pytest.raises(DatabaseError, match="TOO_MANY_ROWS_OR_BYTES"):
        reader.query("SELECT number FROM numbers(200001)")
    with pytest.raises(DatabaseError, match="TOO_MANY_ROWS_OR_BYTES"):
        reader.query("SELECT repeat('x', 1000000) FROM numbers(50)")
    assert reader.query("SELECT count() FROM numbers(100000000)").first_row == (100_000_000,)


def test_a_statement_may_not_be_endless(served: Front) -> None:
    status, said = ask(served.url, data="SELECT 1 -- " + "x" * 2_000_000)
    assert status == 400 and "Max query size exceeded" in said


def test_a_client_that_leaves_has_its_query_killed(served: Front) -> None:
    """The query of a closed browser tab must not run for an hour."""
    query = SLOW.replace("count()", "count() AS left_alone")
    with served.client(autogenerate_session_id=False) as watch:

        def running() -> int:
            found = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT count() AS left%'"
            return int(watch.command(found))  # type: ignore[arg-type]

        for wait in ("0", "1"):
            gone = subprocess.Popen(
                ["curl", "-sS", f"{served.url}/?wait_end_of_query={wait}", "--data-binary", query],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            until(lambda: running() == 1)
            gone.kill()
            gone.communicate()
            until(lambda: running() == 0)
    left = re.search(
        r"^lowtide_warehouse_clients_left_total (\d+)", curl(f"{served.url}/metrics").stdout.decode(), re.M
    )
    assert left and int(left[1]) >= 2


def test_a_query_is_ended_by_the_id_that_its_client_gave(served: Front) -> None:
    query = SLOW.replace("count()", "count() AS ended")
    said: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: said.append(ask(f"{served.url}/?query_id=my-id", data=query)))
    thread.start()
    with served.client(autogenerate_session_id=False) as client:
        found = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT count() AS ended%'"
        until(lambda: client.command(found) == 1)
        client.command("KILL QUERY WHERE query_id = 'my-id'")
    thread.join(30)
    assert said and "QUERY_WAS_CANCELLED" in said[0][1]


def test_an_answer_that_nobody_reads_does_not_stop_the_others(served: Front, reader: Client) -> None:
    """Only one reader at a time may use ClickHouse here. A reader that stops reading its answer must not block the
    others."""
    with socket.create_connection(("127.0.0.1", served.port)) as stuck:
        body = "SELECT repeat('x', 100) FROM numbers(190000)"
        stuck.sendall(
            f"POST /?user=reader HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        assert stuck.recv(10)
        for _ in range(5):
            assert reader.query("SELECT 1").first_row == (1,)


# --- the process ------------------------------------------------------------------------------------


def test_it_is_watched(served: Front) -> None:
    assert curl(f"{served.url}/healthz").stdout == b"Ok.\n"
    assert curl(f"{served.url}/readyz").stdout == b"Ok.\n"
    text = curl(f"{served.url}/metrics").stdout.decode()
    for name in ("queries_total", "query_seconds_bucket", "running_queries", "inserted_rows_total"):
        assert f"lowtide_warehouse_{name}" in text


def test_a_log_line_has_no_statement_and_no_token(served: Front) -> None:
    ask(f"{served.url}/?user=reader&password=hush-hush", data="SELECT 'customer-7'")
    until(lambda: any("reader POST / SELECT 200" in line for line in served.lines))
    assert not any("hush" in line or "customer-7" in line for line in served.lines)


def test_it_finishes_what_runs_and_ends_with_0(tmp_path: Path) -> None:
    with front(tmp_path / "w") as one:
        said: list[tuple[int, str]] = []
        query = "SELECT sleepEachRow(0.1) AS finishes FROM numbers(15) SETTINGS max_block_size = 1 FORMAT JSONCompactEachRow"
        thread = threading.Thread(target=lambda: said.append(ask(one.url, data=query)))
        thread.start()
        with one.client(autogenerate_session_id=False) as client:
            found = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleepEachRow%'"
            until(lambda: client.command(found) == 1)
        assert one.stop() == 0
        thread.join()
        assert said[0][0] == 200 and said[0][1].count("[0]") == 15


def test_what_is_in_the_way_is_said(served: Front, tmp_path: Path) -> None:
    said = lowtide("warehouse", "--listen", f"127.0.0.1:{served.port}", "--warehouse", tmp_path / "w")
    assert said.returncode == 4 and "Address already in use" in said.stderr
    said = lowtide("warehouse", "--listen", "127.0.0.1:0", "--warehouse", served.folder)
    assert said.returncode == 4 and "is open in process" in said.stderr
    for listen in ("here", "127.0.0.1", "127.0.0.1:99999", ":1"):
        with pytest.raises(SettingsError, match="HOST:PORT"):
            serve(Options(str(tmp_path / "w"), listen), lambda *_: None)
    with pytest.raises(SettingsError, match="is a server already"):
        serve(Options(served.url, "127.0.0.1:0"), lambda *_: None)
