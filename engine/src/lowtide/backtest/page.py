"""A back-test as one page in one file: figures side by side, and the alerts that change, each opening to its explanation.

No script, no font and no style from anywhere else; the style is that of the report, with `page.css` beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from lowtide import __version__
from lowtide.backtest.backtest import Backtest
from lowtide.backtest.groups import groups
from lowtide.backtest.lines import lines
from lowtide.backtest.sections import sections
from lowtide.report.page import read, template
from lowtide.words import Lang, Language

MOST = 30
"""Alerts of each list that the page shows with their explanations."""


def page(result: Backtest, lang: Lang = "en", most: int = MOST) -> str:
    """The whole page, with the `most` dearest alerts of each list."""
    document = result.document
    tell = Language(lang, document["currency"])
    names = [one["name"] for one in document["policies"]]
    return template(_read("page.html")).render(
        tell=tell, css=Markup(read("page.css")), own_css=Markup(_read("page.css")), names=names,
        period=tell.period(*(date.fromisoformat(document["period"][end]) for end in ("first", "last"))),
        about_policies=about_policies(document, tell), scope=scope(document, tell), lines=lines(document, tell),
        changes=changes(document, tell), sections=sections(document, tell, most), groups=groups(result, tell, most),
        about=_about(document, tell),
    )  # fmt: skip


def about_policies(document: Mapping[str, Any], tell: Language) -> str:
    """Which policies were tried, with their versions."""
    sides = document["policies"]
    values = {f"{letter}{part}": one[key] for letter, one in zip("ab", sides, strict=False)
              for part, key in (("", "name"), ("_version", "version"))}  # fmt: skip
    return tell.say("backtest.one" if len(sides) == 1 else "backtest.two", **values)


def scope(document: Mapping[str, Any], tell: Language) -> str:
    """What was replayed."""
    history = document["history"]
    return tell.say(
        "backtest.scope", name=history["name"], positions=tell.count(history["positions"], "position"),
        first=tell.instant(history["first"]), last=tell.instant(history["last"]),
    )  # fmt: skip


def changes(document: Mapping[str, Any], tell: Language) -> str:
    """How many alerts are as before, added, gone and moved; '' for a single policy."""
    if document["changes"] is None:
        return ""
    counts = {name: tell.number(count) for name, count in document["changes"]["counts"].items()}
    return tell.say("backtest.changes", **counts)


def _about(document: Mapping[str, Any], tell: Language) -> list[tuple[str, str]]:
    history, truth = document["history"], document["truth"]
    records = history["records"]
    said = tell.say("backtest.about.history_part") if records is None else tell.count(records, "record")
    text = tell.say(
        "backtest.about.history_text", sources=", ".join(f"`{source}`" for source in history["sources"]), records=said,
        hash=history["sha256"] or tell.say("backtest.about.no_hash"),
    )  # fmt: skip
    truth_text = tell.say(
        "backtest.about.truth_text", version=truth["policy_version"], a=document["policies"][0]["name"]
    )
    return [
        (tell.say("backtest.about.truth"), truth_text),
        (tell.say("backtest.about.history"), text),
        (tell.say("backtest.about.limits"), tell.say("backtest.about.limits_text")),
        (tell.say("backtest.about.made"), tell.say("backtest.about.made_text", version=__version__)),
    ]


def _read(name: str) -> str:
    return files("lowtide.backtest").joinpath(name).read_text("utf-8")
