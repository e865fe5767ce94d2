"""Read a page the way a browser does, and complain where a browser would guess."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "rect", "line", "circle", "path", "polyline"}
ADDRESSES = {
    "src",
    "srcset",
    "href",
    "xlink:href",
    "action",
    "formaction",
    "poster",
    "data",
    "background",
    "ping",
}


@dataclass
class Read(HTMLParser):
    """Tags that were opened and not closed, addresses, ids, names of tags, and the text."""

    open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.attributes |= set(given)
        self.addresses += [given[name] or "" for name in given if name in ADDRESSES]
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag not in VOID or (tag in ("rect", "circle") and not self.get_starttag_text().endswith("/>")):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag and tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Read:
    """The page, parsed."""
    page = Read()
    page.feed(html)
    page.close()
    return page


def drawings(html: str) -> list[ET.Element]:
    """Every drawing of the page as XML, which forgives nothing."""
    return [ET.fromstring(found) for found in re.findall(r"<svg viewBox.*?</svg>", html, re.DOTALL)]


def style(html: str) -> str:
    """The style of the page."""
    (found,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    return found


def colours(css: str, dark: bool) -> dict[str, str]:
    """The named colours of the light or the dark form."""
    blocks = re.findall(r":root\{(--bg:#.{50,}?)\}", css, re.DOTALL)
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", blocks[int(dark)]))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2), 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
