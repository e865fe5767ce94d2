"""The store of one process is there for all: on the socket in its folder, over the end of whoever has it open."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lowtide.cli.doctor import _folder
from lowtide.errors import WarehouseError
from lowtide.warehouse import Warehouse, access, endpoint, open_warehouse
from lowtide.warehouse.store import holder
from tests.launcher import python

from .holders import HOLD, INSERT, process
from .http.kills import TABLES, generated
from .http.process import curl, environment, lowtide, until

ROWS = " UNION ALL ".join(
    f"SELECT '{table}' AS name, count(), sum(cityHash64(toString(tuple(*)))) FROM {table} FINAL"
    for table in TABLES
)
COUNT = "SELECT count(), uniqExact(version) FROM policy_version FINAL"


def sql(store: Path, query: str) -> str:
    said = lowtide("sql", query, "--format", "TabSeparated", "--warehouse", store)
    assert said.returncode == 0, said.stderr
    return said.stdout


def rows_of(store: Path) -> list[str]:
    """For each table its rows: how many, and the sum of their hashes."""
    return sorted(sql(store, ROWS).splitlines())


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("shop"), days=60)


@pytest.fixture(scope="module")
def alone(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a run that nobody disturbed."""
    store = tmp_path_factory.mktemp("alone") / "warehouse"
    assert lowtide("run", log, "--warehouse", store).returncode == 0
    return store


def test_a_run_and_all_commands_beside_the_process_that_has_the_store(
    log: Path, alone: Path, tmp_path: Path
) -> None:
    store = tmp_path / "warehouse"
    with process(HOLD, store):
        ran = lowtide("run", log, "--warehouse", store)
        assert ran.returncode == 0, ran.stderr
        assert rows_of(store) == rows_of(alone)
        one = json.loads(lowtide("alerts", "--json", "--warehouse", store).stdout.splitlines()[0])
        for command in (
            ("explain", one["alert_id"]), ("ack", "nobody"), ("sql", "DROP TABLE ledger"),
        ):  # fmt: skip
            beside, by_itself = (lowtide(*command, "--warehouse", where) for where in (store, alone))
            assert beside.stdout == by_itself.stdout, command
            assert beside.returncode == by_itself.returncode, command
            assert beside.stderr == by_itself.stderr, command
        done = lowtide("ack", one["alert_id"], "--as", "wang", "--warehouse", store)
        assert done.returncode == 0, done.stderr
        assert "wang" in lowtide("explain", one["alert_id"], "--warehouse", store).stdout
        said = _folder(store)
        assert (said.verdict, said.advice) == ("ok", "served")


def test_a_run_outlives_the_process_that_has_the_store(log: Path, alone: Path, tmp_path: Path) -> None:
    store = tmp_path / "warehouse"
    command = [*python(), "-m", "lowtide", "run", str(log), "--warehouse", str(store)]
    with process(HOLD, store) as first, subprocess.Popen(command, env=environment()) as run:
        until(lambda: int(sql(store, "SELECT count() FROM run")) > 0)
        first.kill()
        assert run.wait(60) == 0
    assert rows_of(store) == rows_of(alone)


def test_two_that_write_beside_a_process_that_is_killed(tmp_path: Path) -> None:
    """Both find the folder free at the same moment: the lock decides which of them opens it, and no row is lost."""
    store = tmp_path / "w"
    with (
        process(HOLD, store) as first,
        process(INSERT, store, "a", 30) as a,
        process(INSERT, store, "b", 30) as b,
    ):
        assert a.line() == b.line() == "0 False\n"
        first.kill()
        said = [one.lines() for one in (a, b)]
    assert [len(lines) for lines in said] == [29, 29]
    assert any(line.endswith("True") for lines in said for line in lines), "one of them opened the folder"
    assert sql(tmp_path / "w", COUNT) == "60\t60\n"


def test_the_process_that_has_the_store_ends_well_while_another_asks(tmp_path: Path) -> None:
    asked: list[str] = []
    with process(HOLD, tmp_path / "w") as first:
        slow = "SELECT sum(sleepEachRow(0.1)) FROM numbers(10) SETTINGS max_block_size = 1"
        asking = threading.Thread(target=lambda: asked.append(sql(tmp_path / "w", slow)))
        asking.start()
        running = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(sleep%'"
        with subprocess.Popen(
            [*python(), "-c", ASK_AS_WRITER, tmp_path / "w", running], stdout=subprocess.PIPE, env=environment()
        ) as look:  # fmt: skip
            assert look.stdout is not None and look.stdout.readline()
        assert first.end() == 0
        assert not (tmp_path / "w" / endpoint.NAME).exists()
        asking.join(60)
    assert asked == ["0\n"]


ASK_AS_WRITER = """
import sys, time
from lowtide.warehouse import open_warehouse
with open_warehouse(sys.argv[1]) as warehouse:
    while not list(warehouse.rows(sys.argv[2])[0].values())[0]:
        time.sleep(0.02)
print("running", flush=True)
"""


def test_six_commands_at_the_same_moment(tmp_path: Path) -> None:
    with process(HOLD, tmp_path / "w"):
        pass
    commands = [
        subprocess.Popen(
            [*python(), "-m", "lowtide", "sql", f"SELECT {n}", "--format", "TSV", "--warehouse", str(tmp_path / "w")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
        )
        for n in range(6)
    ]  # fmt: skip
    assert [one.communicate(timeout=60) for one in commands] == [(f"{n}\n", "") for n in range(6)]
    assert holder(tmp_path / "w") is None


def test_a_killed_process_leaves_a_socket_that_nobody_minds(tmp_path: Path) -> None:
    with process(HOLD, tmp_path / "w") as first:
        first.kill()
    left = tmp_path / "w" / endpoint.NAME
    assert stat.S_ISSOCK(left.stat().st_mode)
    assert sql(tmp_path / "w", "SELECT 7") == "7\n"
    assert not left.exists(), "it was replaced, and removed at the end"


def test_a_folder_whose_path_is_too_long_for_a_socket(tmp_path: Path) -> None:
    store = tmp_path / "仓库" / ("long" * 30) / "w"
    with process(HOLD, store):
        assert sql(store, "SELECT 7") == "7\n"
        assert (store / endpoint.NAME).is_socket()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "w"
    ask = f"""
import os, socket
os.chdir({str(store)!r})  # as if all folders above were open to everybody
for change in (os.setgid, os.setuid):
    change(65534)
peer = socket.socket(socket.AF_UNIX)
peer.connect({endpoint.NAME!r})
peer.sendall(b"GET /ping HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
print(peer.recv(99))
"""

    def as_other_user() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, timeout=30, check=False
        )

    with process(HOLD, store):
        assert stat.S_IMODE(store.stat().st_mode) == 0o700
        assert stat.S_IMODE((store / endpoint.NAME).stat().st_mode) == 0o600
        assert "PermissionError" in as_other_user().stderr
        store.chmod(0o755)
        (store / endpoint.NAME).chmod(0o666)
        let_in = as_other_user()
        assert "200 OK" not in let_in.stdout and (let_in.stdout == "b''\n" or "reset" in let_in.stderr)
        assert sql(store, "SELECT 7") == "7\n"


SILENT = """
import fcntl, os, sys
lock = open(sys.argv[1] + "/lock", "a+")
fcntl.flock(lock, fcntl.LOCK_EX)
print(os.getpid(), flush=True)
sys.stdin.readline()
"""


def test_a_process_that_has_the_folder_and_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "WAIT_S", 0.2)
    (tmp_path / "store").mkdir()
    (tmp_path / "lock").write_text("process 12 (`lowtide run`)\n")
    with process(SILENT, tmp_path):
        with pytest.raises(
            WarehouseError, match=r"is open, and process 12 \(`lowtide run`\) does not answer"
        ):
            open_warehouse(str(tmp_path))
        with endpoint.listen(tmp_path), pytest.raises(WarehouseError, match="does not answer"):
            open_warehouse(str(tmp_path))


FORK = """
import os, sys, time
from lowtide.warehouse import open_warehouse
warehouse = open_warehouse(sys.argv[1], create=True)
child = os.fork()
if child == 0:
    print(os.getpid(), flush=True)
    sys.stdin.readline()
    os._exit(0)
warehouse.close()
os._exit(0)
"""


def test_a_forked_child_keeps_neither_lock_nor_socket(tmp_path: Path) -> None:
    with process(FORK, tmp_path / "w"):
        until(lambda: holder(tmp_path / "w") is None, 30)
        assert sql(tmp_path / "w", "SELECT 7") == "7\n"


TCP = """
import os, sys
from lowtide.errors import LowtideError
from lowtide.warehouse import open_warehouse
from lowtide.warehouse.http import share
with open_warehouse(sys.argv[1], create=True) as warehouse:
    print(os.getpid(), flush=True)
    try:
        shared = share(warehouse, sys.argv[2])
        print(shared.address, flush=True)
    except LowtideError as error:
        print(error.message, flush=True)
    sys.stdin.readline()
"""


def test_a_process_with_a_folder_asks_for_another_one_too(tmp_path: Path, warehouse: Warehouse) -> None:
    with process(HOLD, tmp_path / "w"), open_warehouse(str(tmp_path / "w")) as other:
        assert (other.embedded, warehouse.embedded) == (False, True)
        assert other.rows("SELECT 7 AS n") == [{"n": 7}]


def test_a_process_that_has_the_store_may_serve_it_over_tcp_too(tmp_path: Path) -> None:
    with process(TCP, tmp_path / "w", "127.0.0.1:0") as one:
        url = one.line().strip()
        assert curl(f"{url}/?query=SELECT+7").stdout == b"7\n"
        assert sql(tmp_path / "w", "SELECT 7") == "7\n", "the socket is there too"
        assert one.end() == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
    with process(TCP, tmp_path / "w", "0.0.0.0:0") as one:
        assert "can be reached from other machines" in one.line()


def test_an_address_of_a_process_that_comes_second_stays_when_the_first_ends(tmp_path: Path) -> None:
    """A desk that starts beside a run listens at once, and for as long as it lives."""
    with process(HOLD, tmp_path / "w") as first, process(TCP, tmp_path / "w", "127.0.0.1:0") as second:
        url = second.line().strip()
        assert curl(f"{url}/?query=SELECT+7").stdout == b"7\n"
        first.kill()
        assert curl(f"{url}/?query=SELECT+8").stdout == b"8\n"
        assert f"process {second.number} " in str(holder(tmp_path / "w"))
        many = curl(f"{url}/?query=SELECT+number+FROM+numbers(1000000)").stdout
        assert many.count(b"\n") == 1_000_000
        assert curl(f"{url}/", "-H", "Origin: http://evil.example").stdout.startswith(b"Code: 497")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))
