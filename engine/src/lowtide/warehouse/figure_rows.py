"""Figures over up to two years, each in one pass over a narrow table of openings, ends, or what people and the desk did.

An entry carries the opening of its alert, its type and its position, so what opened, ended, was answered and came true is
counted from single entries. Nothing here folds every alert from its entries, as `alert_history` does: that costs seconds
for a year. The handle reads with FINAL (`Warehouse.reader`), so an entry that is stored twice counts once.
"""

from __future__ import annotations

from datetime import datetime

from lowtide.warehouse.answer_rows import pushes, responses
from lowtide.warehouse.client import Row, Warehouse
from lowtide.warehouse.narrowed import ACTS, SPAN, VALUES, Narrowed, since

_NOW = "opened_at >= {middle:DateTime64(3)}"
_TOLD_NOW = "told_at >= {middle:DateTime64(3)}"


class Figures(Narrowed):
    """The figures of the alerts that opened in `[start, end)`; `middle` divides it into the period before and this one."""

    def opened(self, by: str) -> list[Row]:
        """`now`, `value`, `whole` (1: the row of all values, which has `stockouts` and `missed` too), `alerts`, `critical`.

        An alert belongs to the team to which it was routed; one that was not routed counts in the row of all values only.
        """
        if by == "team":
            source, value = f"alert_act AS entry WHERE entry.entry = 'ROUTED'{since('start')} AND", VALUES[by]
        else:
            source, value = f"alert_opening AS entry {self.joined(VALUES[by])} WHERE", VALUES[by]
        value = "entry.team" if by == "team" else value
        whole = self.rows(f"""
            SELECT {_NOW} AS now, '' AS value, 1 AS whole, count() AS alerts,
                countIf(entry.severity = 'critical') AS critical, countIf(entry.type = 'out_of_stock') AS stockouts,
                countIf(entry.type = 'out_of_stock' AND NOT entry.warned) AS missed
            FROM {self.db}.alert_opening AS entry {self.joined("")}
            WHERE {SPAN}{self.narrow}
            GROUP BY now""")  # fmt: skip
        return whole + self.rows(f"""
            SELECT {_NOW} AS now, {value} AS value, 0 AS whole, count() AS alerts,
                countIf(entry.severity = 'critical') AS critical
            FROM {self.db}.{source} {SPAN}{self.narrow}
            GROUP BY now, value""")  # fmt: skip

    def cells(self) -> list[Row]:
        """Openings by `location` and `category`: `alerts`, `critical`, `loss`."""
        return self.rows(f"""
            SELECT entry.location AS location, {VALUES["category"]} AS category, count() AS alerts,
                countIf(entry.severity = 'critical') AS critical, {self.loss()} AS loss
            FROM {self.db}.alert_opening AS entry {self.joined("item.category")}
            WHERE {SPAN}{self.narrow}
            GROUP BY location, category""")  # fmt: skip

    def answered(self, by: str) -> list[Row]:
        """What people did: `acknowledged`, `mtta`, `mtta_p90`, `resolved`, `mttr`, `mttr_p90`, `rated`, `right`, `false`,
        `reopened`, `settled` (resolved at some time), with `now`, `value` and `whole` as in `opened`; minutes."""
        value = VALUES[by]
        return self.rows(f"""
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
                FROM {self.db}.alert_act AS act
                WHERE act.entry IN ({ACTS}) AND {SPAN}{since("start")}
                GROUP BY alert_id, location, sku, type, opened_at
            ) AS entry {self.joined(value)}
            WHERE 1{self.narrow}
            GROUP BY GROUPING SETS ((now), (now, value))""")  # fmt: skip

    def outcomes(self) -> list[Row]:
        """Of projected stockouts by `now`: `judged`, `came_true`, `false_alarms` (not rated), `lead` (hours, median).

        As in `alert_history`: the shelf ran out while the alert was open, within 14 days of its opening. An alert is judged
        when it has ended; one that is open for longer than 14 days is not counted here.
        """
        hit = "entry.reason = 'superseded_by_out_of_stock' AND entry.event_time <= opened_at + toIntervalDay(14)"
        return self.rows(f"""
            SELECT {_NOW} AS now, count() AS judged, countIf({hit}) AS came_true, count() - came_true AS false_alarms,
                quantileExactInclusiveOrNullIf(0.5)(dateDiff('second', opened_at, entry.event_time) / 3600, {hit}) AS lead
            FROM {self.db}.alert_end AS entry {self.joined("")}
            WHERE type = 'projected_stockout' AND {SPAN}{since("start")}{self.narrow}
            GROUP BY now""")  # fmt: skip

    def kept(self, by: str) -> list[Row]:
        """Deadlines by `now`, `value`, `whole`: `told`, `kept`, `missed`, `resolved_kept`, `resolved_missed`."""
        value = "entry.team" if by == "team" else VALUES[by]
        return self.rows(f"""
            SELECT {_TOLD_NOW} AS now, {value} AS value, grouping(value) AS whole, count() AS told,
                countIf(in_time = 1) AS kept, countIf(in_time = 0) AS missed,
                countIf(resolved_in_time = 1) AS resolved_kept, countIf(resolved_in_time = 0) AS resolved_missed
            FROM ({responses(self.db, places=by != "team")}) AS entry {self.joined(value)}
            GROUP BY GROUPING SETS ((now), (now, value))""")  # fmt: skip

    def of_person(self, person: str) -> list[Row]:
        """The deadlines of a person by `now`: `told`, `acknowledged`, `mtta` (minutes from being told), `kept`, `missed`."""
        self.given["person"] = person
        return self.rows(f"""
            SELECT {_TOLD_NOW} AS now, count() AS told, countIf(entry.taken_at IS NOT NULL) AS acknowledged,
                quantileExactInclusiveOrNull(0.5)(round(dateDiff('second', told_at, entry.taken_at) / 60, 1)) AS mtta,
                countIf(in_time = 1) AS kept, countIf(in_time = 0) AS missed
            FROM ({responses(self.db)}) AS entry
            WHERE entry.person = {{person:String}}
            GROUP BY now""")  # fmt: skip

    def pushes(self, person: str = "") -> list[Row]:
        """Hours with a message by `now` and `hour` of the day in the zone: `pushes`, `hours`, `high`, `overload`, `floods`.

        With a `person` only those of that person. The hours are those of `push_load_hour`.
        """
        self.given["person"] = person
        return self.rows(f"""
            SELECT heard.hour >= {{middle:DateTime64(3)}} AS now, toHour(heard.hour, {{zone:String}}) AS hour,
                sum(heard.pushes) AS pushes, countIf(heard.pushes > 0) AS hours,
                countIf(heard.pushes BETWEEN 7 AND 12) AS high, countIf(heard.pushes > 12) AS overload,
                sum(heard.floods) AS floods
            FROM ({pushes(self.db)}) AS heard
            GROUP BY now, hour""")  # fmt: skip


def first_day(warehouse: Warehouse) -> datetime | None:
    """The first opening that the ledger has."""
    rows = warehouse.rows(f"SELECT minOrNull(opened_at) AS first FROM {warehouse.database}.alert_opening")
    found: datetime | None = rows[0]["first"]
    return found
