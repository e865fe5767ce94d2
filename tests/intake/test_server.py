"""The process: it ends well on SIGTERM, survives a full disk and kills, and listens beyond loopback only with a token."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from lowtide.intake.journal import JournalFolder, frames

from .documents import document, journal_of, lines
from .kills import battery
from .process import IntakeProcess


@pytest.fixture
def intake(tmp_path: Path):
    running = IntakeProcess(tmp_path)
    yield running
    if running.process.poll() is None:
        running.kill()


def test_it_ends_well_on_sigterm_and_the_next_one_goes_on(intake: IntakeProcess) -> None:
    assert intake.post(lines(1, 2))[0] == 200
    assert intake.stop() == 0
    intake.start()
    assert intake.post(lines(3))[1]["first"] == 2
    assert intake.stop() == 0


def test_a_disk_that_is_full_refuses_and_goes_on_when_there_is_room(intake: IntakeProcess) -> None:
    """The limit of the process's files stands for the disk: a write beyond it is refused by the kernel."""
    assert intake.post(lines(1))[0] == 200
    (file,) = intake.journal.glob("*.ltj")
    pid = int((intake.journal / "lock").read_text())
    size = file.stat().st_size
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size + 300, hard))
    status, answer = intake.post(lines(*range(2, 50)))
    assert (status, answer["error"]) == (503, "journal_unwritable")
    assert file.stat().st_size == size
    assert intake.post(lines(2))[0] == 200, "a small one still fits"
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
    assert intake.post(lines(*range(2, 50)))[0] == 200
    assert intake.stop() == 0
    rows = b"".join(frame.body for frame in frames(JournalFolder(intake.journal)))
    assert rows.splitlines() == lines(1, 2, *range(2, 50)).splitlines()


def test_kills_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    """The battery in short: `python -m tests.intake.kills 300` has 300 kills."""
    result = battery(tmp_path, 3)
    assert result.good, result


def test_beyond_loopback_a_token_is_needed(typed, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = typed("intake", "--listen", "0.0.0.0:0")
    assert said.code == 2 and "there is no token" in said.err
    assert typed("intake", "--listen", "nonsense").code == 2
    assert typed("intake", "--keep", "soon").code == 2
    assert typed("intake", "--map", "nothing").code == 2
    assert typed("intake", "--host", "").code == 2


def test_a_watched_folder_holds_nothing_of_ones_own(typed, tmp_path: Path, monkeypatch) -> None:
    """Its files are moved away: `--folder "$IN"` without the variable must not empty the folder where somebody stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("id\n")
    for folders in (("",), (".",), ("..",), ("=own",), ("in", "./in"), (".lowtide/journal",), ("/",)):
        said = typed("intake", "--listen", "127.0.0.1:0", *(f"--folder={one}" for one in folders))
        assert said.code == 2 and not said.out, folders
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_tokens_by_command(typed, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = typed(
        "intake", "token", "add", "till-7", "--map", "shopify", "--source", "shopify*", "--rate", "5"
    )
    assert made.code == 0 and made.out.startswith("lt_")
    listed = typed("intake", "token", "ls")
    assert "till-7" in listed.out and "shopify*" in listed.out and made.out.strip() not in listed.out
    assert '"rate":5.0' in typed("intake", "token", "ls", "--json").out
    assert typed("intake", "token", "rm", "till-7").code == 0
    assert typed("intake", "token", "rm", "till-7").code == 2


def test_the_journal_by_command(typed, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert typed("journal", "ls").code == 3
    journal_of(Path(".lowtide/journal"), document(1, 2), document(3))
    assert "places 0 to 3" in typed("journal", "ls").out
    assert '"damage":null' in typed("journal", "ls", "--json").out
    assert "完好" in typed("journal", "verify", "--lang", "zh").out
    exported = typed("journal", "export", "-", "--from", "2")
    assert exported.out.encode() == lines(3) and "1 movements of 1 rows" in exported.err
    (file,) = Path(".lowtide/journal").glob("*.ltj")
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(bytes(data))
    damaged = typed("journal", "verify")
    assert damaged.code == 1 and "at byte 24: the checksum" in damaged.out
    assert typed("replay", "journal:.lowtide/journal").code == 3
    assert typed("intake", "--listen", "127.0.0.1:0").code == 3
