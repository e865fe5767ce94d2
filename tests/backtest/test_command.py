"""`lowtide backtest` as it is typed: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lowtide.backtest import Backtest, History, backtest
from lowtide.backtest.kept import bytes_of, keep, kept, name_of
from lowtide.cli.main import main
from lowtide.errors import InputError, SettingsError
from lowtide.policy import Policy
from lowtide.settings import Settings
from tests.backtest import story
from tests.cli.conftest import Said, start


def _typed(folder: Path, *arguments: str) -> Said:
    return start("backtest", *arguments, cwd=folder)


def test_two_policies_beside_each_other(tmp_path: Path) -> None:
    story.write(tmp_path)
    done = _typed(
        tmp_path, "week.jsonl", "--policy", "before.yaml", "--policy", "after.yaml", "--catalogue", "items.csv",
        "--people", "people.yaml", "--html", "week.html", "--out", "kept", "--json", "--lang", "zh",
    )  # fmt: skip
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert [one["name"] for one in document["policies"]] == ["before.yaml", "after.yaml"]
    assert document["changes"]["counts"]["moved"] == 2 and document["opened"] is None
    (folder,) = (tmp_path / "kept").iterdir()
    assert kept(folder) == document
    assert (folder / "backtest.html").read_bytes() == (tmp_path / "week.html").read_bytes()
    assert "回测" in (tmp_path / "week.html").read_text(encoding="utf-8")
    assert "已保存" in done.err


def test_one_policy_alone(tmp_path: Path) -> None:
    story.write(tmp_path)
    done = _typed(tmp_path, "week.jsonl", "--policy", "after.yaml", "--to", "2026-03-04")
    assert done.code == 0, done.err
    assert "What the policy after.yaml" in done.out and "Difference" not in done.out
    assert "out of stock  tea" in done.out
    assert "0 as before" not in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "no policy is named"),
        (("--policy", "after.yaml", "--policy", "after.yaml"), 2, "one policy is named twice"),
        (("--policy", "no.yaml"), 2, "there is no policy `no.yaml`"),
        (("--policy", "after.yaml", "--from", "March"), 2, "`--from` is not a day"),
        (("--policy", "after.yaml", "--html", "no/week.html"), 2, "cannot be written"),
        (("--policy", "after.yaml", "--people", "bad.yaml"), 2, "bad.yaml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_anything_is_replayed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    story.write(tmp_path)
    (tmp_path / "bad.yaml").write_text("people: {}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(["backtest", "week.jsonl", *arguments])
    told = capsys.readouterr()
    assert (stop.value.code, told.out) == (code, "") and said in told.err


def test_a_period_without_a_movement(tmp_path: Path) -> None:
    story.write(tmp_path)
    done = _typed(tmp_path, "week.jsonl", "--policy", "after.yaml", "--to", "2025-01-01")
    assert done.code == 1 and "the history holds no movement" in done.err and done.out == ""


def test_three_policies_are_too_many(tmp_path: Path) -> None:
    files = story.write(tmp_path)
    with pytest.raises(SettingsError, match="one or two policies, not 3"):
        backtest(History.of([files["history"]], Settings()), dict.fromkeys("abc", Policy()))
    with pytest.raises(SettingsError, match="cannot be called `truth`"):
        backtest(History.of([files["history"]], Settings()), {"truth": Policy()})


def test_an_error_of_a_replay_comes_from_its_process(tmp_path: Path) -> None:
    """What a child cannot read must reach the person who asked, with the exit code of its kind."""
    story.write(tmp_path)
    done = _typed(tmp_path, "missing.jsonl", "--policy", "after.yaml")
    assert done.code == 3 and "`missing.jsonl` cannot be read" in done.err
    (tmp_path / "broken.jsonl").write_text("no json\n" * 3)
    done = _typed(tmp_path, "broken.jsonl", "--policy", "after.yaml")
    assert done.code == 1 and "no record of the history could be used" in done.err


def test_a_kept_document_that_was_changed_is_refused(result: Backtest, tmp_path: Path) -> None:
    """A policy will be put in force because of it, so it must be what was written."""
    folder = keep(tmp_path, result.document, "<html>")
    assert folder.name == name_of(bytes_of(result.document))
    assert kept(folder)["policies"][0]["alerts"] == 5
    file = folder / "backtest.json"
    file.write_bytes(file.read_bytes().replace(b'"alerts":5', b'"alerts":4'))
    with pytest.raises(SettingsError, match="was changed after it was written"):
        kept(folder)
    with pytest.raises(InputError, match="there is no back-test"):
        kept(tmp_path / "nowhere")
