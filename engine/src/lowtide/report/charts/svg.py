"""The few shapes a chart is made of, as SVG that a screen reader can read out.

>>> print(tag("rect", x=1.0, y=2.25, class_="bar"))
<rect x="1" y="2.25" class="bar"/>
>>> print(tag("text", "<b> & co", x=3))
<text x="3">&lt;b&gt; &amp; co</text>

Colours are classes, never values: the page's style gives them a light, a dark and a printed form. Everything
that came from a warehouse passes through `tag`, which escapes it and writes out what is hidden in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log10

from markupsafe import Markup, escape

from lowtide.rows import shortest
from lowtide.words.visible import visible

FONT = 12.0
"""Pixels of a label; a drawing is shown at its own size, so this is what a reader sees."""


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """One element. `class_` is class, `font_size` is font-size; an attribute that is None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not inside:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>") + Markup("").join(map(_escaped, inside)) + Markup(f"</{name}>")


def _value(value: object) -> str:
    if isinstance(value, float):
        text = shortest(f"{value:.2f}")
        return "0" if text == "-0" else text
    return str(_escaped(value))


def _escaped(value: object) -> Markup:
    return escape(visible(value) if type(value) is str else value)


def drawing(name: str, width: float, height: float, title: str, description: str, *inside: object) -> Markup:
    """An SVG with a title and a description. `name` must be its own in the page."""
    key = f"{name}-{width:.0f}"
    return tag(
        "svg", tag("title", title, id=f"{key}-title"), tag("desc", description, id=f"{key}-desc"), *inside,
        viewBox=f"0 0 {width:.0f} {height:.0f}", width=float(width), height=float(height), role="img",
        aria_labelledby=f"{key}-title {key}-desc",
    )  # fmt: skip


def label(
    x: float,
    y: float,
    text: str,
    *,
    class_: str = "label",
    anchor: str = "start",
    turned: float | None = None,
) -> Markup:
    """A text whose baseline is at y; `turned` degrees around its own point."""
    around = f"rotate({turned:g} {x:.1f} {y:.1f})" if turned is not None else None
    return tag("text", text, x=x, y=y, class_=class_, text_anchor=anchor, transform=around)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def ticks(high: float, about: int = 4) -> list[float]:
    """Round values from 0 up to the first one that is not below `high`.

    >>> ticks(87)
    [0.0, 25.0, 50.0, 75.0, 100.0]
    >>> ticks(0)
    [0.0, 1.0]
    """
    if high <= 0:
        return [0.0, 1.0]
    rough = high / about
    size = 10.0 ** floor(log10(rough))
    step = next(size * nice for nice in (1, 2, 2.5, 5, 10) if size * nice >= rough * 0.999)
    if step < 1 and high >= 1:
        step = 1.0
    return [step * number for number in range(ceil(high / step - 1e-9) + 1)]


def width_of(text: str, size: float = FONT) -> float:
    """About how wide a text is: a Chinese character is a square, a Latin one a little over half of it."""
    return size * sum(1.0 if ord(c) > 0x2E7F else 0.62 if c.isupper() else 0.54 for c in text)


def fit(text: str, width: float, size: float = FONT) -> str:
    """The text, or as much of it as fits and an ellipsis.

    >>> fit("FLUID MILK PRODUCTS", 90)
    'FLUID MILK…'
    """
    if width_of(text, size) <= width:
        return text
    kept = list(_prefixes(text, width - size, size))
    return (kept[-1] if kept else "").rstrip() + "…"


def _prefixes(text: str, width: float, size: float) -> Iterator[str]:
    for end in range(1, len(text)):
        if width_of(text[:end], size) > width:
            return
        yield text[:end]
