"""The lines above every page: what a reader should know about the desk before believing what stands below."""

from __future__ import annotations

from dataclasses import dataclass

from lowtide.page.written import Written
from lowtide.service import Caller, Role
from lowtide.service.condition import Condition
from lowtide.words import Language
from lowtide.words.visible import visible


@dataclass(frozen=True)
class Banner:
    """One line. `kind`: bad, warn or plain; `to`: where it leads."""

    kind: str
    text: str
    to: str = ""


def banners(stands: Condition, caller: Caller, tell: Language) -> list[Banner]:
    """The lines of now for a reader."""
    made = []
    if stands.standby:
        made.append(Banner("bad", tell.say("frame.banner.standby", holder=stands.standby)))
    if stands.away:
        made.append(Banner("warn", tell.say("frame.banner.away", why=stands.away)))
    if stands.silent:
        place, feed = stands.silent[-1]
        first = tell.say("frame.banner.silent_at", feed=tell.named(feed, None), place=visible(place))
        count = tell.count(len(stands.silent), "feed_count")
        key = "one" if len(stands.silent) == 1 else "many"
        made.append(
            Banner("bad", tell.say(f"frame.banner.silent.{key}", n=count, first=first), "/signs#feeds")
        )
    if stands.dead:
        count = tell.count(stands.dead, "message")
        made.append(Banner("bad", tell.say("frame.banner.dead", n=count), "/messages?state=dead"))
    if stands.refused and caller.role.includes(Role.ADMIN):
        made.append(Banner("warn", tell.say("frame.banner.refused", n=tell.count(stands.refused, "row"))))
    if stands.stale_at is not None:
        day = Written(tell, 0).day(stands.stale_at).striptags()
        made.append(
            Banner(
                "plain", tell.say("frame.banner.stale", day=day if tell.lang == "zh" else f" {day}".strip())
            )
        )
    return made
