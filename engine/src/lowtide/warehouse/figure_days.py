"""Figures by day: what opened, what the data and people ended, how long shelves were empty, and what was sold."""

from __future__ import annotations

from lowtide.ledger import ENDED
from lowtide.warehouse.client import Row
from lowtide.warehouse.narrowed import SPAN, Narrowed, between, since
from lowtide.warehouse.placeholders import quoted

_ENDED = quoted(ENDED)


class FigureDays(Narrowed):
    """The days of `[start, end)`, in the zone."""

    def opened_by_day(self) -> list[Row]:
        """`day` in the zone, `opened`, `critical`, `loss`, `out_of_stock`."""
        return self.rows(f"""
            SELECT toDate(opened_at, {{zone:String}}) AS day, count() AS opened,
                countIf(entry.severity = 'critical') AS critical, {self.loss()} AS loss,
                countIf(entry.type = 'out_of_stock') AS out_of_stock
            FROM {self.db}.alert_opening AS entry {self.joined("item.unit_price")}
            WHERE {SPAN}{self.narrow}
            GROUP BY day""")  # fmt: skip

    def ended_by_day(self) -> list[Row]:
        """`day` in the zone on which the data ended alerts, `ended`."""
        return self.rows(f"""
            SELECT toDate(event_time, {{zone:String}}) AS day, count() AS ended
            FROM {self.db}.alert_end AS entry {self.joined("")}
            WHERE 1{between("start", "end")}{self.narrow}
            GROUP BY day""")  # fmt: skip

    def taken_by_day(self) -> list[Row]:
        """`day` in the zone on which people took alerts, `acknowledged`."""
        return self.rows(f"""
            SELECT toDate(event_time, {{zone:String}}) AS day, uniqExact(alert_id) AS acknowledged
            FROM {self.db}.alert_act AS entry {self.joined("")}
            WHERE entry.entry = 'ACKNOWLEDGED'{between("start", "end")}{self.narrow}
            GROUP BY day""")  # fmt: skip

    def empty_by_day(self) -> list[Row]:
        """`day` in the zone, `empty`: stock days (24 h of one position) on which the shelf was empty and demand expected."""
        return self.rows(f"""
            WITH greatest(entry.since, {{start:DateTime64(3)}}) AS from, least(entry.until, {{end:DateTime64(3)}}) AS to
            SELECT toDate({{start:DateTime64(3)}} + toIntervalHour(24 * step), {{zone:String}}) AS day,
                sum(dateDiff('second', greatest(from, {{start:DateTime64(3)}} + toIntervalHour(24 * step)),
                    least(to, {{start:DateTime64(3)}} + toIntervalHour(24 * (step + 1))))) / 86400 AS empty
            FROM (
                SELECT alert_id, location, sku, type, severity, opened_at AS since, event_time AS until
                FROM {self.db}.alert_end
                WHERE type = 'out_of_stock'{since("start")}
                UNION ALL
                SELECT alert_id, location, sku, type, severity, opened_at, {{end:DateTime64(3)}}
                FROM {self.db}.alert_latest FINAL
                WHERE type = 'out_of_stock' AND entry NOT IN ({_ENDED})
            ) AS entry {self.joined("")}
            ARRAY JOIN range(
                toUInt32(intDiv(dateDiff('second', {{start:DateTime64(3)}}, from), 86400)),
                toUInt32(intDiv(dateDiff('second', {{start:DateTime64(3)}}, to - toIntervalMillisecond(1)), 86400) + 1)
            ) AS step
            WHERE from < to{self.narrow}
            GROUP BY day""")  # fmt: skip

    def demand_by_day(self) -> list[Row]:
        """`day` in the zone of the position, `demand`: units sold, whatever alerts there were."""
        return self.rows(f"""
            SELECT toDate(entry.day) AS day, toFloat64(sum(entry.demand)) AS demand
            FROM {self.db}.demand_day AS entry {self.joined("")}
            WHERE entry.day >= toDate32({{start:DateTime64(3)}}, {{zone:String}})
                AND entry.day < toDate32({{end:DateTime64(3)}}, {{zone:String}})
                {self.narrow_goods}
            GROUP BY day""")  # fmt: skip

    def open_now(self) -> int:
        """Alerts that the data have not ended."""
        rows = self.rows(
            f"SELECT count() AS open FROM {self.db}.alert_latest AS entry FINAL {self.joined('')} "
            f"WHERE entry.entry NOT IN ({_ENDED}){self.narrow}"
        )
        return int(rows[0]["open"])
