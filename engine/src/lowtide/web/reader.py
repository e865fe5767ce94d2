"""Who reads a page: the language and the zone in which it is written for them."""

from __future__ import annotations

from lowtide.words import LANGUAGES, Lang


def language(asked: str | None, person: Lang | None, accept: str) -> Lang:
    """The language of a page: what the address asks for, else the person's own, else the browser's first, else English.

    >>> language("zh", "en", ""), language(None, "zh", "en"), language(None, None, "fr, zh-CN;q=0.9, en;q=0.8")
    ('zh', 'zh', 'zh')
    """
    for lang in LANGUAGES:
        if asked == lang:
            return lang
    return person or _accepted(accept)


def _accepted(accept: str) -> Lang:
    """The language of `Accept-Language` that it likes best and that we have."""
    liked: list[tuple[float, int, Lang]] = []
    for place, part in enumerate(accept[:500].split(",")):
        name, _, quality = part.strip().partition(";q=")
        is_number = (
            quality.isascii() and quality.replace(".", "", 1).isdigit()
        )  # `²` is a digit and not a number
        weight = float(quality) if is_number else 1.0
        liked += [(-weight, place, lang) for lang in LANGUAGES if name.lower().split("-")[0] == lang]
    return min(liked)[2] if liked else "en"
