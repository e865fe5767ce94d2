"""A text of a hundred thousand brackets is refused at the first that stands too deep, and not after its whole square."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from lowtide import settings, strict
from lowtide.errors import SettingsError
from lowtide.page import rule_edits
from lowtide.policy import loading
from lowtide.strict import edit


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "a: " + "{b: " * 100_000, "[{" * 100_000])
def test_brackets_without_end_cost_no_time(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(strict.YamlFault, match="deep in one another"):
        strict.document(text, "a mapping")
    assert time.process_time() - begun < 1.0, (
        "it was ten seconds, which everybody else on the page waited for"
    )


def test_a_field_of_a_form_is_read_as_strictly() -> None:
    assert rule_edits._mapping("department: [PRODUCE, MEAT]; location: 330") == {
        "department": ["PRODUCE", "MEAT"], "location": "330",
    }  # fmt: skip
    for text in ("a: " + "[" * 200_000, "{a: &a [1], b: *x}", "nothing"):
        with pytest.raises(SettingsError, match="what is matched"):
            rule_edits._mapping(text)


def chained(unit: str) -> str:
    """A text in which each anchor names the one before ten times."""
    lines = [f"a0: &a0 {unit}"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 25)]
    return "\n".join(lines)


BOMBS = {
    "aliases": chained("[x, x]"),
    "aliases of mappings": chained("{k: v}").replace("[*", "[{k: *").replace(", *", "}, {k: *").replace("]\n", "}]\n"),
    "hexadecimal": "h: 0x" + "f" * 200_000,
    "octal": "h: 0" + "7" * 200_000,
    "binary": "h: 0b" + "1" * 200_000,
    "decimal": "h: " + "9" * 200_000,
    "underscores": "h: 1" + "_0" * 100_000,
    "to the base 60": "h: 1" + ":59" * 100_000,
    "a fraction": "h: 0." + "1" * 200_000,
    "one number often": "h: &h 0x" + "f" * 10_000 + "\na: [" + "*h, " * 900 + "]",
    "a long text": "# " + "x" * 2_000_000,
    "many values": "a: [" + "x," * 3_000 + "]",
    "many anchors": "a: [" + ",".join(f"&x{at} 1" for at in range(3_000)) + "]",
}  # fmt: skip


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_short_text_does_not_grow_without_end(monkeypatch, text: str) -> None:
    monkeypatch.setattr(strict.text, "_MOST_VALUES", 2_000)
    with pytest.raises(strict.YamlFault) as caught:
        strict.document(text, "a mapping")
    assert caught.value.place >= (1, 1) and len(caught.value.message) < 200


@pytest.mark.parametrize(
    "text", [BOMBS["aliases"], BOMBS["a long text"], "a: " + "[" * 1000, "a: [", "a: *b"]
)
def test_a_text_that_is_edited_is_bounded_too(text: str) -> None:
    with pytest.raises(ValueError, match=r"aliases|characters|deep|not YAML"):
        edit.edited(text, [edit.Edit(("a",), "b")])


@pytest.mark.parametrize(("file", "load"), [
    ("lowtide.yaml", lambda path: settings.load_settings(file=path)),
    ("policy.yaml", lambda path: loading.load_policy(path)),
])  # fmt: skip
@pytest.mark.parametrize("bomb", ["aliases", "hexadecimal", "to the base 60", "a long text"])
def test_a_file_that_holds_one_is_refused_with_a_sentence(
    tmp_path: Path, file: str, load: Any, bomb: str
) -> None:
    (tmp_path / file).write_text(BOMBS[bomb])
    with pytest.raises(SettingsError, match=file) as caught:
        load(tmp_path / file)
    assert len(caught.value.message) < 500


def test_a_number_of_the_usual_size_stays_a_number() -> None:
    assert strict.document("a: 0x1F\nb: 1e3\nc: " + "1" * 40, "a mapping").value == {
        "a": 31, "b": "1e3", "c": int("1" * 40),
    }  # fmt: skip
