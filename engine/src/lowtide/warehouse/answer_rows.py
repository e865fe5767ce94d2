"""Whether people answered in time, and how often they were called: `response` and `push_load_hour` of one span of time.

The views hold all times, and a filter on the time does not reach into them. Here only the span `[start, end)` is read.
"""

from __future__ import annotations

from lowtide.ledger import ACTIONS
from lowtide.warehouse.placeholders import quoted

_TAKING = quoted(("ACKNOWLEDGED", "STARTED", "RESOLVED", "CLOSED"))

_RESPONSES = (
    """
    WITH
        some AS (
            SELECT alert_id FROM {db}.deadline
            WHERE told_at >= {{start:DateTime64(3)}} AND told_at < {{end:DateTime64(3)}}
        ),
        told AS (
            SELECT
                pipeline, alert_id, round, argMin(tuple(person, team), kind) AS whom, min(kept.told_at) AS told_at,
                maxIf(toNullable(due), kind = 'acknowledge') AS acknowledge_due,
                maxIf(toNullable(due), kind = 'resolve') AS resolve_due
            FROM {db}.deadline AS kept FINAL
            WHERE alert_id GLOBAL IN some
            GROUP BY pipeline, alert_id, round
            HAVING told_at >= {{start:DateTime64(3)}} AND told_at < {{end:DateTime64(3)}}
        ),
        acts AS (
            SELECT pipeline, alert_id, arraySort(groupArray((acted_at, entry))) AS done
            FROM (
                SELECT pipeline, alert_id, action_id, min(ifNull(decided_at, event_time)) AS acted_at,
                    any(act.entry) AS entry
                FROM {db}.alert_act AS act
                WHERE act.entry IN ("""
    + quoted(ACTIONS)
    + """) AND act.event_time >= {{start:DateTime64(3)}} - toIntervalDay(1)
                GROUP BY pipeline, alert_id, action_id
            )
            GROUP BY pipeline, alert_id
        ),
{opening}        ending AS (
            SELECT pipeline, alert_id, argMax(event_time, (seq, event_time)) AS ended_at FROM {db}.alert_end
            WHERE alert_id GLOBAL IN some
            GROUP BY pipeline, alert_id
        ),
        desk AS (
            SELECT max(reached) AS clock
            FROM (
                SELECT max(decided_at) AS reached FROM {db}.deadline
                UNION ALL SELECT max(greatest(decided_at, ifNull(sent_at, decided_at))) AS reached FROM {db}.notification
            )
        )
    SELECT
        told.alert_id AS alert_id, {columns} told.whom.1 AS person, told.whom.2 AS team,
        told.told_at AS told_at,
        arrayFirst(one -> one.1 >= told.told_at AND one.2 IN ("""
    + _TAKING
    + """), acts.done) AS taken,
        arrayFirst(one -> one.1 >= told.told_at AND one.2 IN ('RESOLVED', 'CLOSED'), acts.done) AS settled,
        if(taken.2 = '', NULL, taken.1) AS taken_at, if(settled.2 = '', NULL, settled.1) AS settled_at,
        if(ending.alert_id = '', NULL, ending.ended_at) AS ended_at,
        multiIf(
            told.acknowledge_due IS NULL, NULL,
            taken_at IS NOT NULL, taken_at <= told.acknowledge_due,
            ended_at <= told.acknowledge_due, NULL,
            ended_at IS NOT NULL OR (SELECT clock FROM desk) > told.acknowledge_due, 0,
            NULL) AS in_time,
        multiIf(
            told.resolve_due IS NULL, NULL,
            coalesce(settled_at <= told.resolve_due, 0) OR coalesce(ended_at <= told.resolve_due, 0), 1,
            settled_at IS NOT NULL OR ended_at IS NOT NULL OR (SELECT clock FROM desk) > told.resolve_due, 0,
            NULL) AS resolved_in_time
    FROM told
    {join}
    GLOBAL LEFT JOIN acts ON told.alert_id = acts.alert_id AND told.pipeline = acts.pipeline
    GLOBAL LEFT JOIN ending ON told.alert_id = ending.alert_id AND told.pipeline = ending.pipeline"""
)
"""One row a round of every alert told in the span, with `in_time` and `resolved_in_time`: 1, 0, or null as in `response`."""


def responses(db: str, *, places: bool = False) -> str:
    """The statement, with `location` and `sku` of the alert if they are needed."""
    if not places:
        return _RESPONSES.format(db=db, opening="", columns="", join="")
    columns = "opening.location AS location, opening.sku AS sku,"
    return _RESPONSES.format(db=db, opening=_OPENING.format(db=db), columns=columns, join=_JOIN)


_OPENING = """        opening AS (
            SELECT pipeline, alert_id, any(one.location) AS location, any(one.sku) AS sku FROM {db}.alert_opening AS one
            WHERE alert_id GLOBAL IN some
            GROUP BY pipeline, alert_id
        ),
"""
_JOIN = "GLOBAL LEFT JOIN opening ON told.alert_id = opening.alert_id AND told.pipeline = opening.pipeline"

_PUSHES = """
    SELECT person, toDateTime64(call.hour, 3, 'UTC') AS hour, sum(call.pushes) AS pushes, sum(call.floods) AS floods
    FROM (
        SELECT person, toStartOfHour(assumeNotNull(min(sent_at))) AS hour, 1 AS pushes, 0 AS floods
        FROM {db}.notification FINAL
        WHERE state = 'sent' AND sent_at IS NOT NULL AND reason NOT IN ('DIGEST', 'REVIEW', 'TEST', 'EXPORT')
            AND ({{person:String}} = '' OR person = {{person:String}})
            AND notification_id GLOBAL IN (
                SELECT notification_id FROM {db}.notification
                WHERE sent_at >= {{start:DateTime64(3)}} AND sent_at < {{end:DateTime64(3)}} + toIntervalHour(1)
            )
        GROUP BY person, notification_id
        UNION ALL
        SELECT person, toStartOfHour(start) AS hour, 0 AS pushes, 1 AS floods
        FROM (
            SELECT owner AS person, toStartOfTenMinutes(ifNull(decided_at, event_time)) AS start
            FROM {db}.alert_act
            WHERE {routed} AND (owner, toStartOfTenMinutes(ifNull(decided_at, event_time))) GLOBAL IN (
                SELECT owner, toStartOfTenMinutes(ifNull(decided_at, event_time)) AS slot
                FROM {db}.alert_act
                WHERE {routed}
                GROUP BY owner, slot
                HAVING count() > 10
            )
            GROUP BY person, start
            HAVING uniqExact(grp) > 10
        )
    ) AS call
    WHERE call.hour >= {{start:DateTime64(3)}} AND call.hour < {{end:DateTime64(3)}}
    GROUP BY person, hour"""
"""One row a person and hour with a message or a flood in the span: `person`, `hour`, `pushes`, `floods`."""
_ROUTED = (
    "entry = 'ROUTED' AND ifNull(decided_at, event_time) >= {start:DateTime64(3)} "
    "AND ifNull(decided_at, event_time) < {end:DateTime64(3)} + toIntervalHour(1) "
    "AND ({person:String} = '' OR owner = {person:String})"
)


def pushes(db: str) -> str:
    """The statement. Few spans have more than ten alerts at all, so only in these the groups are told apart."""
    return _PUSHES.format(db=db, routed=_ROUTED)
