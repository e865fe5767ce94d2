"""`lowtide doctor --people`: a mistake in the file, a secret or the folder is told before the desk is started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lowtide.cli.doctor_desk import examine_desk
from lowtide.cli.finding import Finding

PEOPLE = """
time_zone: Asia/Shanghai
people: {{chen: {{name: 陈晨, contacts: [{contact}]}}}}
targets:
  robot: {{kind: wecom, url_file: secrets/robot, personal: true}}
routes: [{{to: chen}}]
"""
URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "robot").write_text(URL)
    path = tmp_path / "people.yaml"
    path.write_text(PEOPLE.format(contact="robot"), "utf-8")
    return path


def verdicts(people: Path | None, folder: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine_desk(people, folder)}


def test_a_good_desk_is_ok_and_nothing_is_made(people: Path, tmp_path: Path) -> None:
    found = verdicts(people, tmp_path / "new" / "desk")
    assert [(name, one.verdict) for name, one in found.items()] == [
        ("people", "ok"),
        ("targets", "ok"),
        ("desk", "ok"),
    ]
    assert found["targets"].found == "robot" and found["desk"].advice == "will_be_made"
    assert not (tmp_path / "new").exists()


def test_without_a_people_file_and_a_folder_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert verdicts(None, tmp_path / "none") == {}
    assert verdicts(None, tmp_path)["desk"].verdict == "ok"


def test_a_mistake_in_the_file_is_told_with_its_place(people: Path, tmp_path: Path) -> None:
    people.write_text(people.read_text("utf-8").replace("routes:", "rutes:"), "utf-8")
    found = verdicts(people, tmp_path / "desk")
    assert found["people"].verdict == "fail" and "people.yaml:6" in found["people"].found
    assert "targets" not in found and found["desk"].verdict == "ok"
    people.unlink()
    assert verdicts(people, tmp_path / "desk")["people"].verdict == "fail"


@pytest.mark.parametrize("mistake", ["missing", "empty", "another address", "two lines"])
def test_a_secret_that_cannot_be_used_is_told_and_not_shown(
    people: Path, tmp_path: Path, mistake: str
) -> None:
    secret = tmp_path / "secrets" / "robot"
    content = {
        "empty": "",
        "another address": "https://evil.example/x?key=canary\n",
        "two lines": "canary\ncanary\n",
    }
    secret.write_text(content[mistake]) if mistake in content else secret.unlink()
    finding = verdicts(people, tmp_path / "desk")["targets"]
    assert finding.verdict == "fail" and "robot" in finding.found and finding.values["hint"]
    assert "canary" not in f"{finding}"


def test_the_folder_of_a_contact_is_looked_at_too(people: Path, tmp_path: Path) -> None:
    people.write_text(PEOPLE.format(contact='"file:not/there/messages.jsonl"'), "utf-8")
    finding = verdicts(people, tmp_path / "desk")["targets"]
    assert finding.verdict == "fail" and "not/there" in finding.found


@pytest.mark.parametrize("what", ["folder", "desk.db", "a file in its place"])
def test_a_folder_that_cannot_be_written_is_told(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Root may write everywhere, so the answer of the system is set."""
    folder = tmp_path / "desk"
    if what == "a file in its place":
        folder.write_text("")
    else:
        folder.mkdir()
        (folder / "desk.db").write_text("")
    shut = {"folder": folder, "desk.db": folder / "desk.db"}.get(what)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != shut)
    finding = verdicts(people, folder)["desk"]
    assert finding.verdict == "fail" and finding.advice == "desk_not_writable"


def test_the_command_reads_the_environment(
    typed, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secrets" / "robot").unlink()
    monkeypatch.setenv("LOWTIDE_PEOPLE", str(people))
    monkeypatch.setattr("lowtide.cli.doctor.examine", lambda _: iter(()))
    said = typed("doctor")
    assert said.code == 1 and "targets of messages" in said.out
    said = typed("doctor", "--lang", "zh")
    assert "人员文件" in said.out and "值守台文件夹" in said.out
