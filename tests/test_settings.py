"""File, then environment, then options; the later one wins, and each value names its source."""

from __future__ import annotations

import os

import pytest

from lowtide.errors import SettingsError
from lowtide.settings import Settings, list_settings, load_settings


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """An empty folder and no LOWTIDE_* of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LOWTIDE_")]:
        monkeypatch.delenv(name)
    return tmp_path


def refused(**options) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(**options)
    assert caught.value.exit_code == 2
    return caught.value


def test_the_later_source_wins(alone, monkeypatch):
    assert load_settings().workers == 1
    (alone / "lowtide.yaml").write_text("workers: 2\npipeline: file\n")
    assert load_settings().workers == 2
    monkeypatch.setenv("LOWTIDE_WORKERS", "3")
    assert load_settings().workers == 3
    assert load_settings(workers=4).workers == 4
    assert load_settings(workers=None).workers == 3, "an option that is not given is none"
    assert load_settings(workers=4).pipeline == "file"


def test_each_setting_says_where_it_came_from_and_what_it_means(alone, monkeypatch):
    (alone / "lowtide.yaml").write_text("workers: 2\npipeline: file\n")
    monkeypatch.setenv("LOWTIDE_WORKERS", "3")
    monkeypatch.setenv("LOWTIDE_STATE", "")
    listed = {setting.name: setting for setting in list_settings()}
    assert list(listed) == list(Settings.model_fields)
    assert (listed["workers"].value, listed["workers"].source) == (3, "LOWTIDE_WORKERS")
    assert (listed["pipeline"].value, listed["pipeline"].source) == ("file", "`lowtide.yaml`")
    assert listed["state"].source == "default", "an empty variable is not set"
    assert all(setting.meaning for setting in listed.values())


def test_an_unknown_setting_in_the_file_is_named_with_the_one_that_was_meant(alone):
    (alone / "lowtide.yaml").write_text("wokers: 2\n")
    error = refused()
    assert (
        "`lowtide.yaml`: unknown setting `wokers`" in error.message
        and error.hint == "Did you mean `workers`?"
    )
    (alone / "lowtide.yaml").write_text("zzz: 2\n")
    assert refused().hint.startswith("Known are pipeline, policy")


def test_a_wrong_value_names_its_source(alone, monkeypatch):
    monkeypatch.setenv("LOWTIDE_WORKERS", "many")
    assert "`workers` from LOWTIDE_WORKERS" in refused().message
    assert "`workers` from option" in refused(workers=0).message
    (alone / "lowtide.yaml").write_text("block_records: -1\nworkers: 300\n")
    message = refused().message
    assert "`block_records` from `lowtide.yaml`" in message and "`workers` from LOWTIDE_WORKERS" in message


@pytest.mark.parametrize("text", ["[1, 2", "a: 2026-99-99", "- a", "text", "a: " + "[" * 5000])
def test_a_file_that_is_no_list_of_settings_is_refused(alone, text):
    (alone / "lowtide.yaml").write_text(text)
    assert "`lowtide.yaml`" in refused().message


def test_a_file_that_grows_without_end_is_refused_at_once(alone):
    """A few hundred bytes of aliases can mean more values than there is memory."""
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(1, 9):
        bomb += f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n"
    (alone / "lowtide.yaml").write_text(bomb)
    assert "more than 100,000 values: use fewer aliases" in refused().message
    (alone / "lowtide.yaml").write_text("workers: 2\nworkers: 3\n")
    assert refused().message == "`lowtide.yaml`:2:1: `workers` stands twice: keep one"


def test_an_empty_file_is_the_defaults(alone):
    (alone / "lowtide.yaml").write_text("# nothing\n")
    assert load_settings() == load_settings(file=alone / "none.yaml")


def test_text_of_the_environment_becomes_numbers_and_words_stay_words(monkeypatch):
    monkeypatch.setenv("LOWTIDE_MAX_REJECTS", "0")
    monkeypatch.setenv("LOWTIDE_PIPELINE", "7")
    assert load_settings().max_rejects == 0 and load_settings().pipeline == "7"
