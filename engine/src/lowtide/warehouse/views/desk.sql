-- What the desk did: whom it told, how often a person was called, and whether people answered in time.

-- A second or rebuilt desk writes the same identities, so an entry that is there twice is one.
CREATE OR REPLACE VIEW {database}.alert_desk {on_cluster} (
    {pipeline}, {alert_id},
    action_id String COMMENT 'Identity of the entry',
    decided_at DateTime64(3, 'UTC') COMMENT 'The clock of the desk; of SNOOZED when the person did it',
    entry LowCardinality(String) COMMENT 'ROUTED (who has it), ESCALATED (who was told after a deadline) or SNOOZED (not to be told of for a while)',
    actor LowCardinality(String) COMMENT 'desk, or the person who snoozed it',
    person LowCardinality(String) COMMENT 'To whom it was routed or escalated, or who snoozed it',
    team LowCardinality(String) COMMENT 'Of ROUTED the team; empty if the route names a person',
    row LowCardinality(String) COMMENT 'Of ROUTED what named the person: override, absence, rotation, member, next open or fallback',
    who LowCardinality(String) COMMENT 'Of ESCALATED whom the step names: owner, lead, manager or digest; else empty',
    round UInt32 COMMENT 'Of ESCALATED the entry that began the round, as in deadline; else 0',
    step UInt16 COMMENT 'Of ESCALATED the step of the ladder, from 1; else 0',
    passed UInt8 COMMENT 'Of ESCALATED 1 if a later step was due at once, so that this one was sent to nobody',
    due Nullable(DateTime64(3, 'UTC')) COMMENT 'Of ESCALATED when the step was due; else null',
    until Nullable(DateTime64(3, 'UTC')) COMMENT 'Of SNOOZED when it ends; else null',
    people_version String COMMENT 'People file in force; empty for SNOOZED',
    grp String COMMENT 'Of ROUTED the group in which it is told; else empty',
    comment String COMMENT 'Of SNOOZED what the person wrote; else empty'
) AS
SELECT
    pipeline, alert_id, action_id, min(ifNull(ledger.decided_at, ledger.event_time)) AS decided_at, any(ledger.entry) AS entry,
    any(ledger.actor) AS actor,
    any(multiIf(ledger.entry = 'ROUTED', ledger.owner, ledger.entry = 'SNOOZED', ledger.actor, JSONExtractString(detail, 'to'))) AS person,
    any(JSONExtractString(detail, 'team')) AS team, any(JSONExtractString(detail, 'row')) AS row,
    any(JSONExtractString(detail, 'who')) AS who, any(JSONExtract(detail, 'round', 'UInt32')) AS round, any(JSONExtract(detail, 'step', 'UInt16')) AS step,
    any(JSONExtractBool(detail, 'passed')) AS passed,
    any(toDateTime64(parseDateTime64BestEffortOrNull(JSONExtractString(detail, 'due'), 3, 'UTC'), 3, 'UTC')) AS due,
    any(toDateTime64(parseDateTime64BestEffortOrNull(JSONExtractString(detail, 'until'), 3, 'UTC'), 3, 'UTC')) AS until,
    any(JSONExtractString(detail, 'people_version')) AS people_version, any(JSONExtractString(detail, 'group')) AS grp,
    any(ledger.comment) AS comment
FROM {database}.alert_act AS ledger
WHERE ledger.entry IN ({desk_entries})
GROUP BY pipeline, alert_id, action_id
COMMENT 'What the desk did about alerts: to whom it routed them, whom it told after a deadline, and what was snoozed';

CREATE OR REPLACE VIEW {database}.silence_current {on_cluster} (
    silence_id String COMMENT 'The silence',
    version UInt32 COMMENT 'How often it was written',
    matchers String COMMENT 'What it silences, JSON: column to a list of values, as in a route, and severity',
    start_at DateTime64(3, 'UTC') COMMENT 'When it begins',
    end_at DateTime64(3, 'UTC') COMMENT 'When it ends',
    ends_when_idle_s Nullable(UInt32) COMMENT 'It ends early after so many seconds in which nothing matched; null: it does not',
    author LowCardinality(String) COMMENT 'Who made it',
    reason String COMMENT 'Why it was made',
    ended_by LowCardinality(String) COMMENT 'Who ended it early; desk if it had nothing to silence any more; else empty',
    made_at DateTime64(3, 'UTC') COMMENT 'When it was first written',
    at DateTime64(3, 'UTC') COMMENT 'When it was last written'
) AS
WITH argMax(
    tuple(kept.matchers, kept.start_at, kept.end_at, kept.ends_when_idle_s, kept.reason, kept.ended_by, kept.at), kept.version) AS last
SELECT
    silence_id, max(kept.version) AS version, last.1 AS matchers, last.2 AS start_at, last.3 AS end_at, last.4 AS ends_when_idle_s,
    argMin(kept.author, kept.version) AS author, last.5 AS reason, last.6 AS ended_by, min(kept.at) AS made_at, last.7 AS at
FROM {database}.silence AS kept
GROUP BY silence_id
COMMENT 'Every silence as it stands: the last version of each';

-- A message is one call of a person, whatever number of targets carried it. Digests and reviews call nobody. Groups are what the budget
-- counts, so a flood is more than ten groups of one person within ten minutes.
CREATE OR REPLACE VIEW {database}.push_load_hour {on_cluster} (
    person LowCardinality(String) COMMENT 'Who was told, by the key in the people file',
    hour DateTime64(3, 'UTC') COMMENT 'Hour; hours with neither a push nor a flood have no row',
    pushes UInt64 COMMENT 'Messages that were sent to the person, without digests, reviews and tests',
    critical UInt64 COMMENT 'Of these, about something critical',
    level LowCardinality(String) COMMENT 'acceptable up to 6 an hour, high up to 12, overload above',
    floods UInt64 COMMENT 'Spans of ten minutes in which alerts of more than 10 groups were routed to the person'
) AS
WITH
    sent AS (
        SELECT person, toStartOfHour(min(sent_at)) AS hour, max(severity = 'critical') AS critical
        FROM {database}.notification FINAL
        WHERE state = 'sent' AND sent_at IS NOT NULL AND reason NOT IN ('DIGEST', 'REVIEW', 'TEST', 'EXPORT')
        GROUP BY person, notification_id
    ),
    flood AS (
        SELECT person, toStartOfHour(start) AS hour
        FROM
        (
            SELECT owner AS person, toStartOfTenMinutes(ifNull(ledger.decided_at, ledger.event_time)) AS start,
                uniqExact(ledger.grp) AS groups
            FROM {database}.alert_act AS ledger
            WHERE entry = 'ROUTED'
            GROUP BY person, start
            HAVING groups > 10
        )
    )
SELECT
    person, toDateTime64(heard.hour, 3, 'UTC') AS hour, sum(heard.pushes) AS pushes, sum(heard.critical) AS critical,
    multiIf(pushes <= 6, 'acceptable', pushes <= 12, 'high', 'overload') AS level, sum(heard.floods) AS floods
FROM
(
    SELECT person, assumeNotNull(sent.hour) AS hour, 1 AS pushes, sent.critical AS critical, 0 AS floods FROM sent
    UNION ALL
    SELECT person, flood.hour AS hour, 0 AS pushes, 0 AS critical, 1 AS floods FROM flood
) AS heard
GROUP BY person, hour
COMMENT 'How often a person was called in every hour, against the lines of 6 and 12';

-- A deadline that has not passed yet is neither kept nor missed. The clock is that of the desk, as far as its rows tell it, never today's.
CREATE OR REPLACE VIEW {database}.response {on_cluster} (
    {pipeline}, {alert_id},
    round UInt32 COMMENT 'Number of the entry that began the round of the ladder; of a reopening the seq of the last entry and 1,000,000',
    {type}, {location}, {sku}, {category}, {department}, {supplier},
    severity LowCardinality(String) COMMENT 'Severity whose ladder it is',
    person LowCardinality(String) COMMENT 'Who was told, and had to answer',
    team LowCardinality(String) COMMENT 'Team of the route; empty if the route names a person',
    told_at DateTime64(3, 'UTC') COMMENT 'When the person was told',
    acknowledge_due Nullable(DateTime64(3, 'UTC')) COMMENT 'By when it had to be acknowledged, in business time; null if the ladder has no such deadline',
    acknowledged_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When somebody first took it after that round began: acknowledged, started, resolved or closed it',
    acknowledged_by LowCardinality(String) COMMENT 'By whom; empty for nobody',
    acknowledged_in_time Nullable(UInt8) COMMENT '1 if acknowledged by the deadline, 0 if not; null while the deadline runs, if the alert has no deadline, and if the data ended the alert before it',
    minutes_to_acknowledge Nullable(Float64) COMMENT 'Minutes from told_at to acknowledged_at, nights included',
    resolve_due Nullable(DateTime64(3, 'UTC')) COMMENT 'By when it had to be resolved, in business time; null if that deadline did not begin',
    resolved_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When somebody resolved or closed it after that round began',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the data ended it; null while open',
    resolved_in_time Nullable(UInt8) COMMENT '1 if people resolved it or the data ended it by the deadline, 0 if not; null while the deadline runs, and if the alert has no deadline',
    steps UInt64 COMMENT 'Steps of the ladder that were sent in this round',
    confirmed UInt8 COMMENT '0 if the holidays up to a deadline were not confirmed'
) AS
WITH
    set AS (
        SELECT
            pipeline, alert_id, round, argMin(tuple(person, team, severity), kind) AS whom, min(kept.told_at) AS told_at,
            maxIf(toNullable(due), kind = 'acknowledge') AS acknowledge_due, maxIf(toNullable(due), kind = 'resolve') AS resolve_due,
            min(kept.confirmed) AS confirmed
        FROM {database}.deadline AS kept FINAL
        GROUP BY pipeline, alert_id, round
    ),
    steps AS (
        SELECT pipeline, alert_id, round, countIf(passed = 0) AS sent FROM {database}.alert_desk
        WHERE entry = 'ESCALATED'
        GROUP BY pipeline, alert_id, round
    ),
    acts AS (
        SELECT pipeline, alert_id, arraySort(groupArray((acted_at, entry, actor))) AS done
        FROM {database}.alert_action
        WHERE alert_id GLOBAL IN (SELECT alert_id FROM {database}.deadline)
        GROUP BY pipeline, alert_id
    ),
    desk AS (
        SELECT max(reached) AS clock
        FROM
        (
            SELECT max(decided_at) AS reached FROM {database}.deadline
            UNION ALL SELECT max(greatest(decided_at, ifNull(sent_at, decided_at))) AS reached FROM {database}.notification
        )
    )
SELECT
    set.pipeline AS pipeline, set.alert_id AS alert_id, set.round AS round, ifNull(alert.type, '') AS type,
    ifNull(alert.location, '') AS location, ifNull(alert.sku, '') AS sku, ifNull(item.category, '') AS category, ifNull(item.department, '') AS department,
    ifNull(item.supplier, '') AS supplier, whom.3 AS severity, whom.1 AS person, whom.2 AS team, set.told_at AS told_at,
    set.acknowledge_due AS acknowledge_due,
    arrayFirst(one -> one.1 >= set.told_at AND one.2 IN ('ACKNOWLEDGED', 'STARTED', 'RESOLVED', 'CLOSED'), acts.done) AS taken,
    if(taken.3 = '', NULL, taken.1) AS acknowledged_at, taken.3 AS acknowledged_by,
    multiIf(
        acknowledge_due IS NULL, NULL,
        acknowledged_at IS NOT NULL, acknowledged_at <= acknowledge_due,
        ended_at <= acknowledge_due, NULL,
        ended_at IS NOT NULL OR (SELECT clock FROM desk) > acknowledge_due, 0,
        NULL) AS acknowledged_in_time,
    round(dateDiff('second', told_at, acknowledged_at) / 60, 1) AS minutes_to_acknowledge,
    set.resolve_due AS resolve_due,
    arrayFirst(one -> one.1 >= set.told_at AND one.2 IN ('RESOLVED', 'CLOSED'), acts.done) AS settled,
    if(settled.3 = '', NULL, settled.1) AS resolved_at,
    alert.closed_at AS ended_at,
    multiIf(
        resolve_due IS NULL, NULL,
        coalesce(resolved_at <= resolve_due, 0) OR coalesce(ended_at <= resolve_due, 0), 1,
        resolved_at IS NOT NULL OR ended_at IS NOT NULL OR (SELECT clock FROM desk) > resolve_due, 0,
        NULL) AS resolved_in_time,
    ifNull(steps.sent, 0) AS steps, set.confirmed AS confirmed
FROM set
GLOBAL LEFT JOIN (
    SELECT pipeline, alert_id, type, location, sku, closed_at FROM {database}.alert_last
    WHERE alert_id GLOBAL IN (SELECT alert_id FROM {database}.deadline)
) AS alert ON set.alert_id = alert.alert_id AND set.pipeline = alert.pipeline
GLOBAL LEFT JOIN acts ON set.alert_id = acts.alert_id AND set.pipeline = acts.pipeline
GLOBAL LEFT JOIN steps ON set.alert_id = steps.alert_id AND set.pipeline = steps.pipeline AND set.round = steps.round
GLOBAL LEFT JOIN (SELECT * FROM {database}.catalogue FINAL) AS item ON alert.sku = item.sku
COMMENT 'Whether people answered in time: every round of every alert that was told, against its deadlines in business time';
