//! What a key group knows of feeds: which source each position last sold through, when feeds were silent, and the alerts of its own.
//!
//! A silence lasts from the time at which it was decided to the time at which it ended, both included. A block tells the changes up to
//! its clock, so a timer that is fired late sees what was known at its own time.

use std::collections::BTreeMap;

use crate::alert::episode::Lifecycle;
use crate::policy::alert_type::AlertType;
use crate::stock::position::RowId;
use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;
use crate::values::feed::{FeedChange, FeedEvent, WHOLE_LOCATION};
use crate::values::instant::{DAY, Millis};
use crate::values::intern::Interner;

/// For so long a silence is known after its end.
const KEPT: Millis = 200 * DAY;
/// A silence that has not ended.
const OPEN: Millis = Millis::MAX;

/// From when to when a feed was silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Silence {
    from: Millis,
    to: Millis,
}

/// The alert of one feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedAlert {
    pub lifecycle: Lifecycle,
    /// Number of the terms of [`crate::values::feed::feed_name`] at the location.
    pub terms: u32,
    pub is_silent: bool,
    /// The number of the last record of the feed by the last change.
    pub offset: u64,
    /// The last silence as `detail` tells it: JSON.
    pub evidence: String,
}

impl FeedAlert {
    pub fn new(terms: u32) -> FeedAlert {
        let lifecycle = Lifecycle::new(AlertType::SilentFeed);
        FeedAlert { lifecycle, terms, is_silent: false, offset: 0, evidence: String::new() }
    }
}

/// A location and a source of it, or [`WHOLE_LOCATION`].
pub type FeedKey = (Box<str>, Box<str>);

#[derive(Debug, Default)]
pub struct Feeds {
    /// Sources by number, from 1; number 0 means that no source is known.
    pub sources: Interner,
    /// The number of the source that was last asked for.
    latest: u16,
    /// By row: the number of the source that the position last sold through.
    of_rows: Vec<u16>,
    /// By location and source.
    silences: BTreeMap<Box<str>, BTreeMap<Box<str>, Vec<Silence>>>,
    /// The alerts that this group writes.
    pub alerts: BTreeMap<FeedKey, FeedAlert>,
    /// Changes of them whose time the clock has not passed yet, in their order.
    pub coming: Vec<FeedChange>,
}

impl Feeds {
    /// The number of a source; 0 for one that comes after 65,535 others.
    #[inline]
    pub fn number(&mut self, source: &str) -> u16 {
        if self.latest == 0 || self.sources.get(self.latest.into()) != source {
            if self.sources.is_empty() {
                self.sources.intern("");
            }
            let is_full = self.sources.len() > usize::from(u16::MAX);
            let known = if is_full { self.sources.find(source).unwrap_or(0) } else { self.sources.intern(source) };
            self.latest = known as u16;
        }
        self.latest
    }

    /// The number of the source that a position last sold through; 0 if none is known.
    pub fn of_row(&self, row: RowId) -> u16 {
        self.of_rows.get(row as usize).copied().unwrap_or(0)
    }

    /// Notes the source that a position sold through.
    #[inline]
    pub fn set_row(&mut self, row: RowId, number: u16) {
        let row = row as usize;
        if row >= self.of_rows.len() {
            if number == 0 {
                return;
            }
            self.of_rows.resize(row + 1, 0);
        }
        self.of_rows[row] = number;
    }

    /// Notes a change; false if it is known already, because its block came before.
    pub fn note(&mut self, change: &FeedChange) -> bool {
        let of_location = self.silences.entry(change.location.clone()).or_default();
        let silences = of_location.entry(change.source.clone()).or_default();
        if change.event == FeedEvent::Silent {
            let is_new = silences.last().is_none_or(|last| last.from < change.time);
            if is_new {
                silences.push(Silence { from: change.time, to: OPEN });
            }
            return is_new;
        }
        let last = silences.last_mut().filter(|last| last.to == OPEN && last.from <= change.time);
        last.map(|last| last.to = change.time).is_some()
    }

    /// Whether any silence is known.
    #[inline]
    pub fn knows_any(&self) -> bool {
        !self.silences.is_empty()
    }

    /// Whether the source with this number, or its whole location, was silent at some time from `from` to `to`, as far as it was
    /// decided by `to`; asked as of `now`.
    pub fn was_silent(&self, location: &str, source: u16, from: Millis, to: Millis, now: Millis) -> bool {
        let Some(of_location) = self.silences.get(location) else { return false };
        let source = if source == 0 { WHOLE_LOCATION } else { self.sources.get(source.into()) };
        let known = [WHOLE_LOCATION, source].into_iter().filter_map(|name| of_location.get(name)).flatten();
        known.into_iter().any(|silence| silence.from <= to && silence.to >= from.max(now - KEPT))
    }

    /// Drops silences that ended long before `clock`, when nothing asks as of an earlier time any more.
    pub fn forget(&mut self, clock: Millis) {
        self.silences.retain(|_, of_location| {
            of_location.retain(|_, silences| {
                silences.retain(|silence| silence.to >= clock.saturating_sub(KEPT));
                !silences.is_empty()
            });
            !of_location.is_empty()
        });
    }

    /// Writes the sources from number `from` on, and all that is known of feeds. What comes is empty when a state is saved.
    pub fn write(&self, from: u32, e: &mut Encoder) {
        self.sources.write(from, e);
        let all = || {
            self.silences.iter().flat_map(|(location, of)| of.iter().map(move |(name, list)| (location, name, list)))
        };
        e.u32(all().count() as u32);
        for (location, source, silences) in all() {
            e.text(location);
            e.text(source);
            e.u32(silences.len() as u32);
            for silence in silences {
                e.signed(silence.from);
                e.option(Some(silence.to).filter(|to| *to != OPEN));
            }
        }
        e.u32(self.alerts.len() as u32);
        for ((location, source), alert) in &self.alerts {
            e.text(location);
            e.text(source);
            e.u32(u32::from(alert.is_silent));
            e.u64(alert.offset);
            e.text(&alert.evidence);
            alert.lifecycle.write(e);
        }
    }

    /// Reads a segment on top of those before it. The terms of the alerts are found later.
    pub fn read(&mut self, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        self.sources.read(d)?;
        follows(self.sources.len() <= usize::from(u16::MAX) + 1)?;
        (self.silences, self.alerts) = Default::default();
        for _ in 0..d.u32()? {
            let (location, source) = (d.text()?.into(), d.text()?.into());
            let of_location: &mut BTreeMap<_, _> = self.silences.entry(location).or_default();
            let silences: &mut Vec<Silence> = of_location.entry(source).or_default();
            for _ in 0..d.u32()? {
                let from = d.time_from(0)?;
                silences.push(Silence { from, to: d.optional_time()?.unwrap_or(OPEN) });
            }
        }
        for _ in 0..d.u32()? {
            let key = (d.text()?.into(), d.text()?.into());
            let mut alert = FeedAlert::new(0);
            (alert.is_silent, alert.offset) = (d.u32()? == 1, d.u64()?);
            alert.evidence = d.text()?.to_owned();
            alert.lifecycle = Lifecycle::read(d)?;
            self.alerts.insert(key, alert);
        }
        Ok(())
    }
}
