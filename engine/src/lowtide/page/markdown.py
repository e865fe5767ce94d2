"""A checklist of the shop, written in Markdown, as safe markup: headings, lists, boxes to tick off, bold, code, links.

>>> print(html("# Late\\n- [ ] call **them**\\n- see [list](https://a.example/x)"))
<h3>Late</h3>
<ul><li class="check"><input type="checkbox" id="c1"><label for="c1">call <b>them</b></label></li>
<li>see <a href="https://a.example/x" rel="noreferrer">list</a></li></ul>

Whatever else stands there is text: no markup of the file reaches the page.
"""

from __future__ import annotations

import re
from itertools import count

from markupsafe import Markup, escape

_ITEM = re.compile(r"^\s*(?:[-*]|\d+[.)])\s+(.*)$")
_BOX = re.compile(r"^\[[ xX]\]\s+(.*)$")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+|/[^\s)]*)\)")


def html(text: str) -> Markup:
    """The markup of a checklist."""
    made: list[str] = []
    items: list[str] = []
    ordered = False
    numbers = count(1)

    def close() -> None:
        if items:
            name = "ol" if ordered else "ul"
            made.append(f"<{name}>" + "\n".join(items) + f"</{name}>")
            items.clear()

    for line in text.splitlines():
        item = _ITEM.match(line)
        if item:
            ordered = line.lstrip()[:1].isdigit() if not items else ordered
            items.append(_item(item[1], next(numbers)))
            continue
        close()
        if line.startswith("#"):
            made.append(f"<h3>{_inline(line.lstrip('#').strip())}</h3>")
        elif line.strip():
            made.append(f"<p>{_inline(line.strip())}</p>")
    close()
    return Markup("\n".join(made))


def _item(text: str, number: int) -> str:
    box = _BOX.match(text)
    if not box:
        return f"<li>{_inline(text)}</li>"
    key = f"c{number}"
    return f'<li class="check"><input type="checkbox" id="{key}"><label for="{key}">{_inline(box[1])}</label></li>'


def _inline(text: str) -> str:
    safe = str(escape(text))
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", safe)
    return _LINK.sub(r'<a href="\2" rel="noreferrer">\1</a>', safe)
