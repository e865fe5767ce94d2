"""Who has an alert and what was done about it, in order of time, in both languages."""

from __future__ import annotations

from typing import Any

from lowtide.explain.answers import answers
from lowtide.words import Language

NAMES = {"chen": "陈晨", "wang": "王芳"}


def time(hour: int, minute: int = 0) -> str:
    return f"2026-11-30T{hour:02}:{minute:02}:00.000Z"


def told(entry: str, at: str, **more: Any) -> dict[str, Any]:
    blank = {
        "team": "",
        "row": "",
        "who": "",
        "step": 0,
        "round": 0,
        "passed": 0,
        "due": None,
        "until": None,
        "comment": "",
    }
    return {"entry": entry, "decided_at": at, "actor": "desk", "person": "chen", **blank, **more}


def done(entry: str, at: str, actor: str, **more: str) -> dict[str, Any]:
    return {
        "entry": entry,
        "acted_at": at,
        "actor": actor,
        "owner": "",
        "feedback": "",
        "comment": "",
        **more,
    }


DESK = [
    told("ROUTED", time(1), team="dairy-buyers", row="rotation"),
    told("SNOOZED", time(4), actor="li", person="li", until=time(9), comment="truck is late"),
    told("ESCALATED", time(2, 15), who="owner", step=2, due=time(2, 15)),
    told("ESCALATED", time(2, 40), who="lead", step=3, person="wang", due=time(2, 30)),
    told("ESCALATED", time(2, 35), who="lead", step=2, person="wang", due=time(2, 20), passed=1),
]
ACTIONS = [
    done("ACKNOWLEDGED", time(3), "eve", owner="eve", comment="calling"),
    done("ASSIGNED", time(2, 45), "desk", owner="wang"),
]


def test_people_and_the_desk_stand_in_order_of_time() -> None:
    assert answers(ACTIONS, DESK, NAMES, Language("en", zone="Asia/Shanghai")) == [
        "30 Nov 2026 09:00 Asia/Shanghai routed to 陈晨 (dairy-buyers, rotation)",
        "30 Nov 2026 10:15 Asia/Shanghai reminded 陈晨: step 2, due 30 Nov 2026 10:15",
        "30 Nov 2026 10:35 Asia/Shanghai step 2, due 30 Nov 2026 10:20, was passed over: "
        "a later step was due as well",
        "30 Nov 2026 10:40 Asia/Shanghai escalated to 王芳: step 3, due 30 Nov 2026 10:30",
        "30 Nov 2026 10:45 Asia/Shanghai assigned by the ladder, owner 王芳",
        "30 Nov 2026 11:00 Asia/Shanghai acknowledged by eve, owner eve: calling",
        "30 Nov 2026 12:00 Asia/Shanghai snoozed by li until 30 Nov 2026 17:00: truck is late",
    ]


def test_in_chinese_too() -> None:
    said = answers(ACTIONS, DESK, NAMES, Language("zh", zone="Asia/Shanghai"))
    assert said[0] == "2026年11月30日 09:00 Asia/Shanghai 分派给陈晨（dairy-buyers，轮值）"
    assert said[3].endswith("升级至王芳：第 3 级，期限 2026年11月30日 10:30")
    assert said[6].endswith("li 暂缓提醒至 2026年11月30日 17:00：truck is late")


def test_a_route_that_names_a_person_has_no_team() -> None:
    (said,) = answers([], [told("ROUTED", time(1), row="fallback", person="zhao")], {}, Language("en"))
    assert said == "30 Nov 2026 01:00 UTC routed to zhao (fallback)"
