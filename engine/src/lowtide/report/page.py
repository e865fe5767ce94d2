"""One page in one file: no script, no font, no picture and no style from anywhere else.

    html = page(answers, "zh", currency="CNY")

The template is `page.html` with the macros of `tables.html`, the style `page.css`. A content policy in the page forbids
every request, so that a browser refuses one that is there by mistake.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from lowtide import __version__
from lowtide.ledger import SEVERITIES
from lowtide.report.advice import advice
from lowtide.report.answers import Answers
from lowtide.report.headline import cards, was
from lowtide.report.phrases import money_unit, place
from lowtide.report.sections import sections
from lowtide.words import Lang, Language
from lowtide.words.visible import visible_lines


def page(answers: Answers | None, lang: Lang = "en", currency: str = "") -> str:
    """The whole page; None is an empty warehouse."""
    tell = Language(lang, currency)
    values: dict[str, Any] = {"tell": tell, "css": Markup(read("page.css")), "answers": answers}
    if answers is not None:
        values |= {
            "cards": cards(answers, tell),
            "was": {figure.key: was(figure, answers, tell) for figure in answers.figures},
            "steps": advice(answers, tell),
            "sections": sections(answers, tell),
            "header": _header(answers, tell),
            "about": _about(answers, tell),
        }
    return template(read("page.html")).render(values)


@cache
def template(text: str) -> Template:
    """The template of a page, with the macros of tables at hand: `table(listed)` and `listed(shown)`."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.filters["typed"] = _typed
    return environment.from_string(read("tables.html") + text)


def read(name: str) -> str:
    """A file beside this module."""
    return files("lowtide.report").joinpath(name).read_text("utf-8")


def _shown(value: Any) -> Any:
    """Text that is not ours, with what is hidden in it written out; markup of ours stays."""
    return visible_lines(value) if type(value) is str else value


def _typed(text: str) -> Markup:
    """Backticks around what one types become code; everything else is escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(_shown(text)))))


def _header(answers: Answers, tell: Language) -> dict[str, Any]:
    scope = answers.scope
    narrowed = [
        tell.say(f"page.only_{what}", name=name)
        for what, name in (
            ("location", place(answers, scope.location or "")),
            ("category", scope.category),
        )
        if name
    ]
    before = scope.before
    return {
        "period": tell.period(scope.first, scope.last),
        "scope": tell.say(
            "page.scope", positions=tell.count(answers.positions, "position"), places=tell.count(answers.places, "place"),
            clock=tell.instant(scope.clock),
        ),
        "narrowed": narrowed,
        "compared": tell.say(
            "page.compared", days=tell.count(scope.days, "day"), period=tell.period(before.first, before.last)
        ) if scope.comparable else tell.say("page.not_compared", since=tell.day(scope.since.date())),
    }  # fmt: skip


def _about(answers: Answers, tell: Language) -> list[tuple[str, str]]:
    scope = answers.scope
    alerts = sum(row[severity] for row in answers.opened for severity in SEVERITIES)
    data = tell.say(
        "about.data_text", pipeline=scope.pipeline, since=tell.day(scope.since.date()),
        clock=tell.instant(scope.clock), alerts=tell.count(alerts, "alert"),
    )  # fmt: skip
    versions = ", ".join(answers.policies)
    return [
        (tell.say("about.data"), data),
        (tell.say("about.clock"), tell.say("about.clock_text")),
        (
            tell.say("about.policy"),
            tell.say("about.policy_text", versions=versions) if versions else tell.say("about.policy_none"),
        ),
        (tell.say("about.money"), tell.say("about.money_text", money=money_unit(answers, tell))),
        (tell.say("about.made"), tell.say("about.made_text", version=__version__)),
    ]
