"""Which files of a folder are complete, and where they go."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from lowtide.intake.folder.errors import BadRow, write_errors
from lowtide.intake.folder.look import Looks
from lowtide.intake.folder.places import Places, errors_of
from lowtide.words import Language


def names(looks: Looks, now_s: float) -> list[str]:
    return list(looks.look(now_s).complete)


def test_a_file_counts_when_it_stood_still(tmp_path: Path) -> None:
    looks = Looks(tmp_path, settle_s=2)
    file = tmp_path / "a.csv"
    file.write_text("1")
    assert names(looks, 0) == []
    file.write_text("12")
    assert names(looks, 1.9) == []
    assert names(looks, 3) == []
    assert names(looks, 3.9) == ["a.csv"]


def test_a_renamed_file_counts_at_once(tmp_path: Path) -> None:
    looks = Looks(tmp_path, settle_s=2)
    draft = tmp_path / "a.csv.part"
    draft.write_text("1")
    assert names(looks, 0) == []
    draft.rename(tmp_path / "a.csv")
    assert names(looks, 0.1) == ["a.csv"]


def test_drafts_are_left_alone(tmp_path: Path) -> None:
    looks = Looks(tmp_path, settle_s=0)
    for name in (".hidden", "~$list.xlsx", "a.csv.part", "b.tmp", "c.TMP", "done"):
        (tmp_path / name).mkdir() if name == "done" else (tmp_path / name).touch()
    assert names(looks, 9) == []


def test_links_and_pipes_are_named_once(tmp_path: Path) -> None:
    looks = Looks(tmp_path, settle_s=0)
    (tmp_path / "secret.csv").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.csv")
    first = looks.look(0)
    assert (first.complete, first.irregular) == ({}, ["pipe.csv", "secret.csv"])
    assert looks.look(1).irregular == []
    (tmp_path / "pipe.csv").unlink()
    looks.look(2)
    os.mkfifo(tmp_path / "pipe.csv")
    assert looks.look(3).irregular == ["pipe.csv"]


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    places = Places(tmp_path)
    taken = [places.done("a.csv")]
    taken[0].touch()
    taken.append(places.done("a.csv"))
    errors_of(taken[1]).touch()
    (tmp_path / "done" / "a.csv.3").symlink_to("nowhere")
    assert [path.name for path in (*taken, places.done("a.csv"))] == ["a.csv", "a.csv.2", "a.csv.4"]
    places.duplicate("a.csv").touch()
    assert places.duplicate("a.csv").name == "a.csv.2.duplicate"
    places.failed("箱" * 80).touch()
    assert len(os.fsencode(places.failed("箱" * 80).name)) < 240


def test_the_table_of_bad_rows_does_not_calculate(tmp_path: Path) -> None:
    place = tmp_path / "a.csv.errors.csv"
    bad = BadRow(17, "=HYPERLINK(1)", "bad_quantity", '实发数量 "12,5x" is not a number')
    write_errors(place, [bad, BadRow(0, "", "", "+1")], Language("zh"))
    with place.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["行号", "列", "代码", "说明"],
        ["17", "'=HYPERLINK(1)", "bad_quantity（数量有误）", '实发数量 "12,5x" is not a number'],
        ["", "", "", "'+1"],
    ]
