//! The alert that a feed is silent. The partition decides when ([`crate::log::feeds`]); here it becomes an episode and its entries.
//!
//! It stands at a location, and where others have a SKU it has the name of the feed: `source:till-7`. No position has this name, so
//! its stock and demand are 0, and it has no row among positions. While a feed is silent, what its positions do not sell says
//! nothing ([`is_silent`]).

use serde_json::value::RawValue;

use crate::alert::entry::{Cause, Entry};
use crate::alert::episode::{Change, alert_id};
use crate::policy::alert_type::AlertType::SilentFeed;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::feeds::{FeedAlert, FeedKey};
use crate::stock::output::Output;
use crate::stock::position::RowId;
use crate::values::error::CoreError;
use crate::values::feed::{Evidence, FeedChange, FeedEvent, WHOLE_LOCATION, feed_name};
use crate::values::instant::{self, HOUR, Millis};

/// Whether the feed of a position is silent: the source that it last sold through, or all sources of its location.
pub fn is_silent(book: &Book, row: RowId, now: Millis) -> bool {
    book.was_silent(row, now, now, now)
}

/// Notes what a block says of feeds: silences for all positions, and what this group writes of them.
pub fn note(book: &mut Book, changes: &[(FeedChange, bool)]) {
    for (change, told_here) in changes {
        if book.feeds.note(change) && *told_here {
            book.feeds.coming.push(change.clone());
        }
    }
}

/// Writes what happened to the alerts of feeds up to `clock`: changes that were noted, and holds that have ended.
pub fn advance(book: &mut Book, rules: &mut Rules, output: &mut Output, clock: Millis) -> Result<(), CoreError> {
    let later = book.feeds.coming.iter().position(|change| change.time > clock);
    let rest = later.map_or_else(Vec::new, |at| book.feeds.coming.split_off(at));
    for change in std::mem::replace(&mut book.feeds.coming, rest) {
        let key = (change.location.clone(), change.source.clone());
        let mut alert = match book.feeds.alerts.remove(&key) {
            Some(alert) => alert,
            None => FeedAlert::new(rules.resolve(&change.location, &feed_name(&change.source))?),
        };
        let mut story = Story { pipeline: &book.pipeline, rules, output, key: &key, alert: &mut alert };
        story.end_holds(change.time);
        story.take(&change);
        book.feeds.alerts.insert(key, alert);
    }
    for (key, alert) in &mut book.feeds.alerts {
        Story { pipeline: &book.pipeline, rules, output, key, alert }.end_holds(clock);
    }
    Ok(())
}

/// Other rules hold from `now` on: the alerts get their new terms, and with them perhaps another severity.
pub fn change_rules(
    book: &mut Book,
    rules: &mut Rules,
    output: &mut Output,
    now: Millis,
    cause: Cause<'_>,
) -> Result<(), CoreError> {
    for ((location, source), alert) in &mut book.feeds.alerts {
        alert.terms = rules.resolve(location, &feed_name(source))?;
    }
    for (key, alert) in &mut book.feeds.alerts {
        let is_off = rules.terms(alert.terms).off[SilentFeed as usize];
        let mut story = Story { pipeline: &book.pipeline, rules, output, key, alert };
        if is_off { story.expire(now, cause, "not_looked_for") } else { story.step(now, cause) }
    }
    Ok(())
}

/// The alert of one feed, with all that its entries need.
struct Story<'a> {
    pipeline: &'a str,
    rules: &'a Rules,
    output: &'a mut Output,
    key: &'a FeedKey,
    alert: &'a mut FeedAlert,
}

impl Story<'_> {
    /// What happened to the feed. That it is not looked for any more is said by the rules themselves, at their record.
    fn take(&mut self, change: &FeedChange) {
        if change.event == FeedEvent::NotLookedFor {
            return;
        }
        self.alert.offset = change.offset;
        self.alert.is_silent = change.event == FeedEvent::Silent;
        if let Some(evidence) = &change.evidence {
            self.alert.evidence = in_words(evidence);
        }
        let cause = change.cause.as_ref().map_or(Cause::Timer, |(source, id)| Cause::Record { source, id });
        let reason = match change.event {
            FeedEvent::Silent | FeedEvent::Back => return self.step(change.time, cause),
            _ => "feed_not_expected_any_more",
        };
        self.expire(change.time, cause, reason);
    }

    fn expire(&mut self, now: Millis, cause: Cause<'_>, reason: &'static str) {
        let (was_open, severity) = (self.alert.lifecycle.is_open(), self.alert.lifecycle.level);
        self.alert.is_silent = false;
        self.alert.lifecycle.end();
        if was_open {
            self.write(now, cause, Change::Expired, severity, reason);
        }
    }

    /// Dwells and holds that have ended by `clock`, each at its own time.
    fn end_holds(&mut self, clock: Millis) {
        let due = |story: &Self| story.alert.lifecycle.due(story.rules.terms(story.alert.terms));
        while let Some(at) = due(self).filter(|at| *at <= clock) {
            self.step(at, Cause::Timer);
        }
    }

    fn step(&mut self, now: Millis, cause: Cause<'_>) {
        let terms = self.rules.terms(self.alert.terms);
        let level = if self.alert.is_silent { terms.severity[SilentFeed as usize] } else { 0 };
        let last_level = self.alert.lifecycle.level;
        for change in self.alert.lifecycle.step(level, now, terms) {
            if change == Change::Opened {
                let (name, lifecycle) = (feed_name(&self.key.1), &mut self.alert.lifecycle);
                lifecycle.alert_id =
                    alert_id(self.pipeline, &self.key.0, &name, SilentFeed, lifecycle.episode, lifecycle.opened_at);
                lifecycle.seq = 0;
            }
            let reason = match change {
                Change::Flapping => "opened_too_often",
                _ if level > 0 => "feed_quiet_against_its_rhythm",
                _ => "feed_sends_again",
            };
            let severity = if change.ends() { last_level } else { self.alert.lifecycle.level };
            self.write(now, cause, change, severity, reason);
        }
    }

    fn write(&mut self, now: Millis, cause: Cause<'_>, change: Change, severity: u8, reason: &'static str) {
        let detail = self.detail(now);
        let (rules, lifecycle) = (self.rules, &mut self.alert.lifecycle);
        lifecycle.seq += 1;
        self.output.tables.ledger.push(Entry {
            offset: self.alert.offset,
            alert_id: lifecycle.alert_id,
            seq: lifecycle.seq,
            change,
            kind: SilentFeed,
            severity,
            location: self.key.0.to_string(),
            sku: feed_name(&self.key.1),
            event_time: now,
            opened_at: lifecycle.opened_at,
            episode: lifecycle.episode,
            cause: match cause {
                Cause::Record { source, id } => Some((source.to_owned(), id.to_owned())),
                Cause::Timer => None,
            },
            reason,
            policy_version: rules.version.clone(),
            inputs_version: rules.inputs.version.clone(),
            on_hand: 0,
            available: 0,
            on_order: 0,
            in_transit: 0,
            demand_per_day: 0,
            p_stockout: None,
            stockout_days: [None; 3],
            trip_level: None,
            exit_level: None,
            supersedes: None,
            detail,
        });
    }

    fn detail(&self, now: Millis) -> String {
        let terms = self.rules.terms(self.alert.terms);
        let source = Some(&*self.key.1).filter(|source| *source != WHOLE_LOCATION);
        let silence = RawValue::from_string(self.alert.evidence.clone()).ok();
        let detail = Detail {
            as_of: instant::format(now),
            time_zone: &terms.time_zone,
            source,
            silence,
            layers: &terms.written.layers,
        };
        serde_json::to_string(&detail).expect("its keys are text, and it is written to memory")
    }
}

#[derive(serde::Serialize)]
struct Detail<'a> {
    as_of: String,
    time_zone: &'a str,
    /// Null where all sources of the location are silent together.
    source: Option<&'a str>,
    silence: Option<Box<RawValue>>,
    layers: &'a RawValue,
}

/// What a silence goes by, in the words of `detail`.
#[derive(serde::Serialize)]
struct Silence<'a> {
    since: String,
    due: String,
    silent_records: f64,
    silent_least_hours: f64,
    learned_days: f64,
    expected: &'a [f32],
}

fn in_words(evidence: &Evidence) -> String {
    let silence = Silence {
        since: instant::format(evidence.since),
        due: instant::format(evidence.due),
        silent_records: evidence.needed,
        silent_least_hours: evidence.least_ms as f64 / HOUR as f64,
        learned_days: f64::from(evidence.learned_hours) / 24.0,
        expected: &evidence.expected,
    };
    serde_json::to_string(&silence).expect("its keys are text, and it is written to memory")
}
