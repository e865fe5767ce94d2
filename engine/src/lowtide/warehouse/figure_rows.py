"""Figures over up to two years, each in one pass over a narrow table of openings, ends, or what people and the desk did.

An entry carries the opening of its alert, its type and its position, so what opened, ended, was answered and came true is
counted from single entries. Nothing here folds every alert from its entries, as `alert_history` does: that costs seconds
for a year. The handle reads with FINAL (`Warehouse.reader`), so an entry that is stored twice counts once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lowtide.ledger import ACTIONS, ENDED
from lowtide.warehouse.answer_rows import pushes, responses
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.placeholders import UNIT_VALUE, quoted

VALUES: Mapping[str, str] = {
    "department": "ifNull(item.department, '')", "supplier": "ifNull(item.supplier, '')",
    "category": "ifNull(item.category, '')", "region": "ifNull(place.region, '')", "location": "entry.location",
    "team": "ifNull(routed.team, '')",
}  # fmt: skip
"""What the rows can be grouped by."""
_NARROW = {
    **{name: text for name, text in VALUES.items() if name != "team"},
    "type": "entry.type", "severity": "entry.severity", "sku": "entry.sku",
}  # fmt: skip
_OF_ALERTS = ("type", "severity")
"""What only an alert has: sales are not narrowed by it."""
_ACTS, _ENDED = quoted(ACTIONS), quoted(ENDED)
_SPAN = "opened_at >= {start:DateTime64(3)} AND opened_at < {end:DateTime64(3)}"
_NOW = "opened_at >= {middle:DateTime64(3)}"
_TOLD_NOW = "told_at >= {middle:DateTime64(3)}"
Wanted = Mapping[str, Sequence[str]]


class Figures:
    """The figures of the alerts that opened in `[start, end)`; `middle` divides it into the period before and this one."""

    def __init__(
        self,
        warehouse: Warehouse,
        start: datetime,
        middle: datetime,
        end: datetime,
        wanted: Wanted | None = None,
        zone: str = "UTC",
    ) -> None:
        self._warehouse, self._db = warehouse, warehouse.database
        chosen = {name: list(values) for name, values in (wanted or {}).items() if values and name in _NARROW}
        parts = {name: f" AND {_NARROW[name]} IN {{{name}:Array(String)}}" for name in chosen}
        self._narrow = "".join(parts.values())
        self._narrow_goods = "".join(text for name, text in parts.items() if name not in _OF_ALERTS)
        times = {"start": start, "middle": middle, "end": end}
        self._given: dict[str, Any] = {
            **chosen, **{name: at.astimezone(UTC) for name, at in times.items()}, "zone": zone,
        }  # fmt: skip

    def opened(self, by: str) -> list[Row]:
        """`now`, `value`, `whole` (1: the row of all values, which has `stockouts` and `missed` too), `alerts`, `critical`.

        An alert belongs to the team to which it was routed; one that was not routed counts in the row of all values only.
        """
        if by == "team":
            source, value = f"alert_act AS entry WHERE entry.entry = 'ROUTED'{_from('start')} AND", VALUES[by]
        else:
            source, value = f"alert_opening AS entry {self._joined(VALUES[by])} WHERE", VALUES[by]
        value = "entry.team" if by == "team" else value
        whole = self._rows(f"""
            SELECT {_NOW} AS now, '' AS value, 1 AS whole, count() AS alerts,
                countIf(entry.severity = 'critical') AS critical, countIf(entry.type = 'out_of_stock') AS stockouts,
                countIf(entry.type = 'out_of_stock' AND NOT entry.warned) AS missed
            FROM {self._db}.alert_opening AS entry {self._joined("")}
            WHERE {_SPAN}{self._narrow}
            GROUP BY now""")  # fmt: skip
        return whole + self._rows(f"""
            SELECT {_NOW} AS now, {value} AS value, 0 AS whole, count() AS alerts,
                countIf(entry.severity = 'critical') AS critical
            FROM {self._db}.{source} {_SPAN}{self._narrow}
            GROUP BY now, value""")  # fmt: skip

    def cells(self) -> list[Row]:
        """Openings by `location` and `category`: `alerts`, `critical`, `loss`."""
        return self._rows(f"""
            SELECT entry.location AS location, {VALUES["category"]} AS category, count() AS alerts,
                countIf(entry.severity = 'critical') AS critical, {self._loss()} AS loss
            FROM {self._db}.alert_opening AS entry {self._joined("item.category")}
            WHERE {_SPAN}{self._narrow}
            GROUP BY location, category""")  # fmt: skip

    def answered(self, by: str) -> list[Row]:
        """What people did: `acknowledged`, `mtta`, `mtta_p90`, `resolved`, `mttr`, `mttr_p90`, `rated`, `right`, `false`,
        `reopened`, `settled` (resolved at some time), with `now`, `value` and `whole` as in `opened`; minutes."""
        value = VALUES[by]
        return self._rows(f"""
            SELECT {_NOW} AS now, {value} AS value, grouping(value) AS whole,
                countIf(entry.taken_at IS NOT NULL) AS acknowledged,
                quantileExactInclusiveOrNull(0.5)(dateDiff('second', opened_at, entry.taken_at) / 60) AS mtta,
                quantileExactInclusiveOrNull(0.9)(dateDiff('second', opened_at, entry.taken_at) / 60) AS mtta_p90,
                countIf(entry.resolved_at IS NOT NULL) AS resolved,
                quantileExactInclusiveOrNull(0.5)(dateDiff('second', opened_at, entry.resolved_at) / 60) AS mttr,
                quantileExactInclusiveOrNull(0.9)(dateDiff('second', opened_at, entry.resolved_at) / 60) AS mttr_p90,
                countIf(entry.feedback != '') AS rated, countIf(entry.feedback = 'right') AS right,
                countIf(entry.feedback = 'false') AS false, countIf(entry.reopened) AS reopened,
                countIf(entry.reopened OR entry.resolved_at IS NOT NULL) AS settled
            FROM (
                WITH
                    arraySort(groupArray(
                        (ifNull(act.decided_at, act.event_time), act.action_id, act.entry, act.feedback))) AS told,
                    arrayFilter((one, times) -> times = 1, told, arrayEnumerateUniq(tupleElement(told, 2))) AS actions,
                    arrayLast(one -> one.3 NOT IN ('ASSIGNED', 'NOTED'), actions) AS step,
                    arrayFirst(one -> one.3 = 'ACKNOWLEDGED', actions) AS taken,
                    arrayLast(one -> one.3 IN ('RESOLVED', 'REOPENED'), actions) AS settled
                SELECT act.alert_id AS alert_id, act.location AS location, act.sku AS sku, act.type AS type,
                    any(act.severity) AS severity, act.opened_at AS opened_at,
                    if(taken.2 = '', NULL, taken.1) AS taken_at,
                    if(step.3 IN ('RESOLVED', 'CLOSED') AND settled.3 = 'RESOLVED', settled.1, NULL) AS resolved_at,
                    if(step.3 = 'CLOSED', step.4, '') AS feedback,
                    arrayExists(one -> one.3 = 'REOPENED', actions) AS reopened
                FROM {self._db}.alert_act AS act
                WHERE act.entry IN ({_ACTS}) AND {_SPAN}{_from("start")}
                GROUP BY alert_id, location, sku, type, opened_at
            ) AS entry {self._joined(value)}
            WHERE 1{self._narrow}
            GROUP BY GROUPING SETS ((now), (now, value))""")  # fmt: skip

    def outcomes(self) -> list[Row]:
        """Of projected stockouts by `now`: `judged`, `came_true`, `false_alarms` (not rated), `lead` (hours, median).

        As in `alert_history`: the shelf ran out while the alert was open, within 14 days of its opening. An alert is judged
        when it has ended; one that is open for longer than 14 days is not counted here.
        """
        hit = "entry.reason = 'superseded_by_out_of_stock' AND entry.event_time <= opened_at + toIntervalDay(14)"
        return self._rows(f"""
            SELECT {_NOW} AS now, count() AS judged, countIf({hit}) AS came_true, count() - came_true AS false_alarms,
                quantileExactInclusiveOrNullIf(0.5)(dateDiff('second', opened_at, entry.event_time) / 3600, {hit}) AS lead
            FROM {self._db}.alert_end AS entry {self._joined("")}
            WHERE type = 'projected_stockout' AND {_SPAN}{_from("start")}{self._narrow}
            GROUP BY now""")  # fmt: skip

    def opened_by_day(self) -> list[Row]:
        """`day` in the zone, `opened`, `critical`, `loss`, `out_of_stock`."""
        return self._rows(f"""
            SELECT toDate(opened_at, {{zone:String}}) AS day, count() AS opened,
                countIf(entry.severity = 'critical') AS critical, {self._loss()} AS loss,
                countIf(entry.type = 'out_of_stock') AS out_of_stock
            FROM {self._db}.alert_opening AS entry {self._joined("item.unit_price")}
            WHERE {_SPAN}{self._narrow}
            GROUP BY day""")  # fmt: skip

    def ended_by_day(self) -> list[Row]:
        """`day` in the zone on which the data ended alerts, `ended`."""
        return self._rows(f"""
            SELECT toDate(event_time, {{zone:String}}) AS day, count() AS ended
            FROM {self._db}.alert_end AS entry {self._joined("")}
            WHERE 1{_near("start", "end")}{self._narrow}
            GROUP BY day""")  # fmt: skip

    def taken_by_day(self) -> list[Row]:
        """`day` in the zone on which people took alerts, `acknowledged`."""
        return self._rows(f"""
            SELECT toDate(event_time, {{zone:String}}) AS day, uniqExact(alert_id) AS acknowledged
            FROM {self._db}.alert_act AS entry {self._joined("")}
            WHERE entry.entry = 'ACKNOWLEDGED'{_near("start", "end")}{self._narrow}
            GROUP BY day""")  # fmt: skip

    def empty_by_day(self) -> list[Row]:
        """`day` in the zone, `empty`: stock days (24 h of one position) on which the shelf was empty and demand expected."""
        return self._rows(f"""
            WITH greatest(entry.since, {{start:DateTime64(3)}}) AS from, least(entry.until, {{end:DateTime64(3)}}) AS to
            SELECT toDate({{start:DateTime64(3)}} + toIntervalHour(24 * step), {{zone:String}}) AS day,
                sum(dateDiff('second', greatest(from, {{start:DateTime64(3)}} + toIntervalHour(24 * step)),
                    least(to, {{start:DateTime64(3)}} + toIntervalHour(24 * (step + 1))))) / 86400 AS empty
            FROM (
                SELECT alert_id, location, sku, type, severity, opened_at AS since, event_time AS until
                FROM {self._db}.alert_end
                WHERE type = 'out_of_stock'{_from("start")}
                UNION ALL
                SELECT alert_id, location, sku, type, severity, opened_at, {{end:DateTime64(3)}}
                FROM {self._db}.alert_latest FINAL
                WHERE type = 'out_of_stock' AND entry NOT IN ({_ENDED})
            ) AS entry {self._joined("")}
            ARRAY JOIN range(
                toUInt32(intDiv(dateDiff('second', {{start:DateTime64(3)}}, from), 86400)),
                toUInt32(intDiv(dateDiff('second', {{start:DateTime64(3)}}, to - toIntervalMillisecond(1)), 86400) + 1)
            ) AS step
            WHERE from < to{self._narrow}
            GROUP BY day""")  # fmt: skip

    def demand_by_day(self) -> list[Row]:
        """`day` in the zone of the position, `demand`: units sold, whatever alerts there were."""
        return self._rows(f"""
            SELECT toDate(entry.day) AS day, toFloat64(sum(entry.demand)) AS demand
            FROM {self._db}.demand_day AS entry {self._joined("")}
            WHERE entry.day >= toDate32({{start:DateTime64(3)}}, {{zone:String}})
                AND entry.day < toDate32({{end:DateTime64(3)}}, {{zone:String}})
                {self._narrow_goods}
            GROUP BY day""")  # fmt: skip

    def open_now(self) -> int:
        """Alerts that the data have not ended."""
        rows = self._rows(
            f"SELECT count() AS open FROM {self._db}.alert_latest AS entry FINAL {self._joined('')} "
            f"WHERE entry.entry NOT IN ({_ENDED}){self._narrow}"
        )
        return int(rows[0]["open"])

    def kept(self, by: str) -> list[Row]:
        """Deadlines by `now`, `value`, `whole`: `told`, `kept`, `missed`, `resolved_kept`, `resolved_missed`."""
        value = "entry.team" if by == "team" else VALUES[by]
        return self._rows(f"""
            SELECT {_TOLD_NOW} AS now, {value} AS value, grouping(value) AS whole, count() AS told,
                countIf(in_time = 1) AS kept, countIf(in_time = 0) AS missed,
                countIf(resolved_in_time = 1) AS resolved_kept, countIf(resolved_in_time = 0) AS resolved_missed
            FROM ({responses(self._db, places=by != "team")}) AS entry {self._joined(value)}
            GROUP BY GROUPING SETS ((now), (now, value))""")  # fmt: skip

    def of_person(self, person: str) -> list[Row]:
        """The deadlines of a person by `now`: `told`, `acknowledged`, `mtta` (minutes from being told), `kept`, `missed`."""
        self._given["person"] = person
        return self._rows(f"""
            SELECT {_TOLD_NOW} AS now, count() AS told, countIf(entry.taken_at IS NOT NULL) AS acknowledged,
                quantileExactInclusiveOrNull(0.5)(round(dateDiff('second', told_at, entry.taken_at) / 60, 1)) AS mtta,
                countIf(in_time = 1) AS kept, countIf(in_time = 0) AS missed
            FROM ({responses(self._db)}) AS entry
            WHERE entry.person = {{person:String}}
            GROUP BY now""")  # fmt: skip

    def pushes(self, person: str = "") -> list[Row]:
        """Hours with a message by `now` and `hour` of the day in the zone: `pushes`, `hours`, `high`, `overload`, `floods`.

        With a `person` only those of that person. The hours are those of `push_load_hour`.
        """
        self._given["person"] = person
        return self._rows(f"""
            SELECT heard.hour >= {{middle:DateTime64(3)}} AS now, toHour(heard.hour, {{zone:String}}) AS hour,
                sum(heard.pushes) AS pushes, countIf(heard.pushes > 0) AS hours,
                countIf(heard.pushes BETWEEN 7 AND 12) AS high, countIf(heard.pushes > 12) AS overload,
                sum(heard.floods) AS floods
            FROM ({pushes(self._db)}) AS heard
            GROUP BY now, hour""")  # fmt: skip

    def _loss(self) -> str:
        """Expected loss as the openings said it, null where nothing is known."""
        value = f"toFloat64({UNIT_VALUE.format(database=self._db)})"
        return f"sumOrNull(round(entry.expected_shortfall * {value}, 2))"

    def _joined(self, value: str) -> str:
        """What the values and the narrowing need beside an entry."""
        text = f"{value} {self._narrow} "
        item = (
            "LEFT JOIN (SELECT sku, category, department, supplier, unit_margin, unit_price "
            f"FROM {self._db}.catalogue) AS item ON entry.sku = item.sku"
        )
        routed = (
            f"LEFT JOIN (SELECT alert_id, any(team) AS team FROM {self._db}.alert_act WHERE entry = 'ROUTED' AND {_SPAN}"
            f"{_from('start')} AND alert_id GLOBAL IN (SELECT alert_id FROM {self._db}.alert_act "
            f"WHERE entry IN ({_ACTS}) AND {_SPAN}{_from('start')}) GROUP BY alert_id) AS routed "
            "ON entry.alert_id = routed.alert_id"
        )
        place = f"{_place(self._db)} ON entry.location = place.location"
        parts = [item if "item." in text else "", place if "place." in text else ""]
        return " ".join([*parts, routed if "routed." in text else ""])

    def _rows(self, sql: str) -> list[Row]:
        return self._warehouse.rows(sql, self._given)


def _place(db: str) -> str:
    return f"LEFT JOIN (SELECT location, region FROM {db}.location) AS place"


def _from(name: str) -> str:
    """Entries from a time on: the first key of the ledger, which an entry about a later opening cannot be before."""
    return f" AND event_time >= {{{name}:DateTime64(3)}} - toIntervalDay(1)"


def _near(start: str, end: str) -> str:
    return f" AND event_time >= {{{start}:DateTime64(3)}} AND event_time < {{{end}:DateTime64(3)}}"


def first_day(warehouse: Warehouse) -> datetime | None:
    """The first opening that the ledger has.."""
    rows = warehouse.rows(f"SELECT minOrNull(opened_at) AS first FROM {warehouse.database}.alert_opening")
    found: datetime | None = rows[0]["first"]
    return found
