"""Acknowledged rows are on disk after kill -9 and after a full disk, and a run continues after both."""

from __future__ import annotations

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from lowtide.warehouse import retry
from lowtide.warehouse.retry import passes

from .kills import BLOCK, Blocks, battery, generated
from .process import front, until


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("log"), days=20)


def test_a_store_that_is_killed_loses_nothing_and_stops_nobody(log: Path, tmp_path: Path) -> None:
    result = battery(2, log, tmp_path)
    assert result.good, result
    assert result.acknowledged > 0 and result.runs > 0


class SmallDisk:
    """A disk that can be filled: a tmpfs if the test may mount one, otherwise a limit on the size of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        self.folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(self.folder)]
        self._mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0

    def fill(self, pid: int) -> None:
        """Fill the disk for a process."""
        if not self._mounted:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (512, resource.RLIM_INFINITY))
            return
        with (self.folder / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(b"x" * 4096):
                pass

    def free(self, pid: int) -> None:
        """Make space again."""
        if not self._mounted:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            return
        (self.folder / "filler").unlink()

    def close(self) -> None:
        """Remove the disk."""
        if self._mounted:
            subprocess.run(["umount", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    one = SmallDisk(tmp_path)
    yield one
    one.close()


def test_a_full_disk_refuses_and_loses_nothing(
    disk: SmallDisk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "SILENT_S", 0.0)
    with front(disk.folder / "warehouse") as store:
        pid = store.process.pid
        blocks = Blocks(store.url)
        blocks.start()
        until(lambda: blocks.done > 3)
        disk.fill(pid)
        with store.client(database="lowtide") as client:
            with pytest.raises(DatabaseError) as error:
                for _ in range(200):
                    client.insert("reject", [["p", "r" * 10_000]], column_names=["pipeline", "reason"])
            assert passes(error.value), error.value
            done = blocks.done  # a merge may make room for one more block while the question is answered
            assert client.command("SELECT count() FROM position") >= done * BLOCK, "it can be read"
            until(lambda: "trying again" in caplog.text or blocks.error is not None)
            assert blocks.error is None
            there = blocks.done
            disk.free(pid)
            until(lambda: blocks.done > there + 3)
        blocks.stop.set()
        blocks.join(60)
        assert blocks.error is None
        store.kill()
        store.start()
        with store.client(database="lowtide") as client:
            assert client.command("SELECT uniqExact(sku) FROM position") == blocks.done * BLOCK
