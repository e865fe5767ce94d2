"""Names that strangers wrote, in every template: two that differ look different, and none turns the line around."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from lowtide.page.render import environment, exact

HIDDEN = [
    "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u061c", "\x1b", "\x00", "\u2028",
    "\U000e0041", "\u3164",
]  # fmt: skip
"""Marks of direction, signs of no width, control signs, tags, a letter that is drawn as nothing."""


def shown(template: str, **values: object) -> str:
    return environment().from_string(template).render(**values)


@pytest.mark.parametrize("sign", HIDDEN)
def test_what_nobody_sees_is_written_out(sign: str) -> None:
    """What was seen before: marks of direction were left out, and SKU `A` and `A` with a sign of no width looked alike."""
    written = shown(
        '<td title="{{ sku }}">{{ sku }}</td>{{ block }}', sku=f"A{sign}B", block=Markup(f"<b>{sign}</b>")
    )
    assert sign not in written and written.count("\\") == 3, written


def test_spaces_lines_and_names_of_all_scripts_stay() -> None:
    text = "纯牛奶 250 ml\u00a0– 1\u202f234\n\tcafé"
    assert shown("{{ text }}", text=text) == text


def test_a_field_gives_back_what_it_was_given() -> None:
    """A place whose name holds such a sign can still be chosen: the field sends its name and not its picture."""
    assert exact("<L\u202e>") == "&lt;L\u202e&gt;"
    option = shown('<option value="{{ id|exact }}">{{ id }}</option>', id="L\u202e")
    assert option == '<option value="L\u202e">L\\u202e</option>'
