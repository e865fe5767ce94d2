"""Histories that nobody would write by hand: alerts that open, worsen, end and are answered in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

START = 1_796_000_400_000
"""Mon 2026-11-30 09:00 in Shanghai, in milliseconds since 1970 UTC."""
PEOPLE = """
time_zone: Asia/Shanghai
calendars: {office: {work: {mon-fri: "09:00-18:00"}}, shop: {work: {daily: "08:00-22:00"}}}
people:
  zhao: {name: Zhao, contacts: [console]}
  wang: {name: Wang, lead: zhao, calendar: office, contacts: [console], digest: ["17:30"]}
  chen: {name: Chen, lead: wang, calendar: office, contacts: [console], quiet: "12:00-13:00", budget: 2}
  li: {name: Li, lead: wang, contacts: [console], budget: 1}
teams:
  buyers: {lead: wang, members: [chen], fallback: wang}
  chasers: {lead: wang, members: [li], fallback: wang}
routes:
  - {to: buyers, group_by: [supplier]}
  - {match: {supplier: V2}, to: chasers, group_by: [supplier, sku]}
ladders:
  critical: {ack: 30m, resolve: 2h, steps: [owner 0m, owner 15m, assign lead 30m, manager 1h],
    calendar: shop, repeat: 1h, tell_end: true}
  warning: {ack: 1h, resolve: 4h, steps: [owner 0m, lead 1h], repeat: 2h}
inhibit:
  - {when: {type: negative_stock}, mutes: {type: out_of_stock}, equal: [location]}
"""
_KINDS = (
    "OPENED", "OPENED", "OPENED", "WORSENED", "EASED", "REVISED", "CLEARED", "ACKNOWLEDGED", "RESOLVED", "REOPENED",
    "ASSIGNED", "SNOOZED", "silence",
)  # fmt: skip
_SEVERITIES = ("watch", "warning", "critical")

events = st.lists(
    st.tuples(
        st.sampled_from((0, 0, 5, 20, 45, 400, 1200, 3600)),  # seconds since the event before
        st.sampled_from(_KINDS),
        st.integers(0, 5),  # which alert
        st.integers(0, 2),  # which severity, supplier or person
    ),
    min_size=1,
    max_size=25,
)


def script(events: list[tuple[int, str, int, int]]) -> list[dict[str, Any]]:
    """Rows as `lowtide.desk.history.script` reads them. What makes no sense for the alert as it stands is left out."""
    rows, at, alerts = [], START, dict[int, dict[str, Any]]()
    for place, (seconds, kind, number, choice) in enumerate(events):
        at += seconds * 1000
        alert = alerts.get(number)
        if kind == "silence":
            rows.append(_silence(place, at, choice))
        elif kind == "OPENED":
            if alert is None or alert["entry"] == "CLEARED":
                alerts[number] = _opened(place, at, number, choice)
                rows.append(dict(alerts[number]))
        elif alert is not None and alert["entry"] != "CLEARED":
            rows += _later(alert, place, at, kind, choice)
    return rows


def _opened(place: int, at: int, number: int, choice: int) -> dict[str, Any]:
    return {
        "event_time": at, "opened_at": at, "entry": "OPENED", "alert_id": f"A{number}-{place:02}", "seq": 1,
        "type": ("out_of_stock", "negative_stock", "overdue_supply")[number % 3], "severity": _SEVERITIES[choice],
        "location": str(number % 2), "sku": f"S{number}", "supplier": f"V{number % 3}", "worth": (None, 10, 20.5)[choice],
    }  # fmt: skip


def _later(alert: dict[str, Any], place: int, at: int, kind: str, choice: int) -> list[dict[str, Any]]:
    if kind in ("WORSENED", "EASED", "REVISED", "CLEARED"):
        rank = _SEVERITIES.index(alert["severity"]) + {"WORSENED": 1, "EASED": -1}.get(kind, 0)
        if rank not in (0, 1, 2):
            return []
        alert |= {"event_time": at, "entry": kind, "seq": alert["seq"] + 1, "severity": _SEVERITIES[rank]}
        return [dict(alert)]
    person = ("chen", "li", "wang")[choice]
    action = {
        "event_time": at, "entry": kind, "alert_id": alert["alert_id"], "action_id": f"{kind}-{place}", "actor": person,
        "owner": person if kind in ("ACKNOWLEDGED", "ASSIGNED") else "",
        "detail": {"until": f"2026-11-30T0{3 + choice}:00:00Z"} if kind == "SNOOZED" else {},
    }  # fmt: skip
    return [action]


def _silence(place: int, at: int, choice: int) -> dict[str, Any]:
    return {
        "at": at,
        "silence": {
            "silence_id": f"SIL{choice}", "version": place + 1, "matchers": f'{{"supplier": ["V{choice}"]}}', "start_at": at,
            "end_at": at + (2_000_000, 0, 9_000_000)[choice], "ends_when_idle_s": (None, None, 1800)[choice],
            "author": "wang", "reason": "test",
        },
    }  # fmt: skip
