"""The files for Grafana: positions, numbers, words and units are right, and the files work on every machine."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from itertools import combinations

import pytest
import yaml

from lowtide.dashboards import contents, write
from lowtide.dashboards.grafana import BOARDS, Board
from lowtide.dashboards.grafana.boards import WIDE
from lowtide.dashboards.grafana.panels import rows
from lowtide.dashboards.grafana.variables import NAMED
from lowtide.dashboards.superset.columns import views
from lowtide.errors import SettingsError
from lowtide.words import LANGUAGES, Language

from .macros import LEFT, expand

EACH = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)


@EACH
def test_panels_have_a_place_of_their_own(board: Board) -> None:
    panels = board.model()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(panel["gridPos"], panel["title"]) for panel in panels]
    for place, title in places:
        assert place["x"] >= 0 and place["x"] + place["w"] <= WIDE and place["h"] > 0, title
    for (a, one), (b, other) in combinations(places, 2):
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        above = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or above, f"`{one}` lies over `{other}`"


@EACH
def test_panels_say_what_they_mean(board: Board) -> None:
    panels = [panel for panel in board.model()["panels"] if panel["type"] != "row"]
    assert len({panel["title"] for panel in panels}) == len(panels)
    for panel in panels:
        assert len(panel["description"]) > 15 and panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
        (target,) = panel["targets"]
        assert (target["refId"], target["format"], target["editorType"]) == ("A", 1, "sql")
        assert target["datasource"] == panel["datasource"]


@EACH
def test_queries_name_only_what_can_be_chosen(board: Board) -> None:
    chosen = {"pipeline": "p", "location": None, "category": None, "measure": "critical"}
    asked = {choice["name"] for choice in board.model()["templating"]["list"]}
    assert asked >= {"datasource", "pipeline"}
    for panel in (panel for row in board.rows for panel in row.panels):
        for name in set(chosen) - asked:
            assert f"${{{name}" not in panel.sql and f"${name}" not in panel.sql, panel.title
        now = datetime(2026, 11, 22, tzinfo=UTC)
        assert not LEFT.search(expand(panel.sql, chosen, now, now)), panel.title
        assert "now(" not in panel.sql, f"{panel.title}: history must read the same tomorrow"


def test_links_lead_to_dashboards_that_are_there() -> None:
    there = {board.model()["uid"] for board in BOARDS}
    links = [panel.link for board in BOARDS for row in board.rows for panel in row.panels if panel.link]
    assert links and all(link.split("?")[0].removeprefix("/d/") in there for link in links)


def test_no_view_is_named_that_is_not_there() -> None:
    known = {
        *views(),
        "position",
        "catalogue",
        "run",
        "reject",
        "cell",
        "places",
        "kinds",
        "notification",
        "called",
    }
    for board in BOARDS:
        texts = [panel.sql for row in board.rows for panel in row.panels]
        for sql in [*texts, *(choice.sql for choice in board.asks), *NAMED.values()]:
            assert set(re.findall(r"\bFROM (\w+)", sql)) <= known, sql


def test_a_mistake_in_a_description_is_told(monkeypatch, tmp_path) -> None:
    (tmp_path / "x.sql").write_text("-- # Row\n\n-- ## Title\n-- What.\n--: table 12 x 9\nSELECT 1;\n")
    monkeypatch.setattr("lowtide.dashboards.grafana.panels.files", lambda _: tmp_path)
    with pytest.raises(ValueError, match="not a panel: -- ## Title"):
        rows("x")


def test_the_files_are_what_grafana_reads(tmp_path) -> None:
    folder = tmp_path / "it's $HOME"
    files = {file.path: file.data for file in write(folder)}
    assert {path: (folder / path).read_bytes() for path in files} == files
    (provider,) = yaml.safe_load(files["grafana/provisioning/dashboards/lowtide.yaml"])["providers"]
    assert provider["options"]["path"].replace("$$", "$") == str(folder / "grafana/dashboards")
    (source,) = yaml.safe_load(files["grafana/provisioning/datasources/lowtide.yaml"])["datasources"]
    assert source["type"] == "grafana-clickhouse-datasource" and source["jsonData"]["username"] == "reader"
    assert source["secureJsonData"] == {"password": "$LOWTIDE_READER_PASSWORD"}
    boards = [json.loads(data) for path, data in files.items() if path.endswith(".json")]
    assert [board["uid"] for board in boards] == [f"lowtide-{board.name}" for board in BOARDS]


def test_the_same_folder_gives_the_same_bytes(tmp_path) -> None:
    assert list(contents(tmp_path)) == list(contents(tmp_path))
    away = {
        file.path
        for one, file in zip(contents(tmp_path), contents(tmp_path / "x"), strict=True)
        if one != file
    }
    assert away == {"grafana/provisioning/dashboards/lowtide.yaml"}


def test_a_folder_that_cannot_be_made_is_told(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        write(tmp_path / "file")


def test_what_p_means_stands_beside_every_chart_of_it() -> None:
    panels = [
        panel
        for board in BOARDS
        for row in board.rows
        for panel in row.panels
        if "FROM calibration" in panel.sql
    ]
    assert len(panels) == 3
    for panel in panels:
        assert all(Language(lang).say("calibration.means") in panel.what for lang in LANGUAGES), panel.title
