//! A location and the sources that send from it: when each of them, and all of them together, should have sent something.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Deref;

use crate::log::feeds::rhythm::{FORGOTTEN_AFTER, Rhythm, Week, due, expected, least_wait};
use crate::values::feed::Evidence;
use crate::values::instant::{HOUR, MINUTE, Millis};

/// The minute that holds a time. What a feed sends in one minute counts once: a receipt of twenty lines is one customer.
fn minute_of(at: Millis) -> i64 {
    at.div_euclid(MINUTE)
}

/// No time: nothing is due.
pub const NEVER: Millis = Millis::MAX;

/// What the policy says of a feed whose silence is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    /// So many records have to be missing,
    pub needed: f64,
    /// and so much time has to have passed.
    pub least_ms: i64,
}

/// The name of a source. It is found by its bytes, because a record that was taken apart is not read as text again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceName(pub Box<str>);

impl Borrow<[u8]> for SourceName {
    fn borrow(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Deref for SourceName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// One source of a location.
#[derive(Clone, Debug)]
pub struct Source {
    pub watch: Watch,
    pub rhythm: Rhythm,
    /// The clock and the number of its last record.
    pub last: Millis,
    pub offset: u64,
    pub is_silent: bool,
    /// Not before this time is it due, and never earlier than so long after a record; not stored.
    pub due: Millis,
    wait: Millis,
    /// Whether its mean changed since the state was last saved.
    pub is_unsaved: bool,
}

impl Source {
    /// A source that was last heard at `last`, with record number `offset`.
    pub fn new(watch: Watch, rhythm: Rhythm, last: Millis, offset: u64) -> Source {
        let mut source =
            Source { watch, rhythm, last, offset, is_silent: false, due: NEVER, wait: 0, is_unsaved: false };
        source.expect();
        source
    }

    /// Its rhythm, or what the policy says of it, changed: finds anew before when it is not due. A bound is enough, because what is due
    /// is seldom asked.
    pub fn expect(&mut self) {
        self.wait = least_wait(self.rhythm.most(), self.watch.needed, self.watch.least_ms);
        self.due = self.last.saturating_add(self.wait);
    }

    /// A record of it came. Whether it counts: those of one minute count once.
    #[inline]
    pub fn hear(&mut self, clock: Millis, offset: u64) -> bool {
        let counts = minute_of(self.last) != minute_of(clock);
        (self.last, self.offset, self.due) = (clock, offset, clock.saturating_add(self.wait));
        counts
    }

    /// Whether it says anything about whether the location is quiet.
    pub fn is_expected(&self) -> bool {
        !self.is_silent && self.rhythm.is_known()
    }
}

/// A location whose sources are watched.
#[derive(Clone, Debug)]
pub struct Place {
    pub name: Box<str>,
    /// What the policy says of all sources together; `None`: their common silence is not looked for.
    pub watch: Option<Watch>,
    pub sources: BTreeMap<SourceName, Source>,
    /// The open hour: that of the last record.
    pub hour: i64,
    /// The clock and the number of the last record of any source.
    pub last: Millis,
    pub offset: u64,
    /// Quiet before this time does not count: all sources were silent together, or another policy held.
    pub counts_from: Millis,
    /// Whether all sources are silent together.
    pub is_silent: bool,
    /// Not before this time does the place become silent, or a silence of it end by being forgotten; not stored.
    pub due: Millis,
    /// Not before this time does a source become silent while others send; not stored.
    pub source_due: Millis,
    /// Whether it changed since the state was last saved.
    pub is_unsaved: bool,
}

/// What happens at a place by time alone.
#[derive(Debug, PartialEq)]
pub enum Turn {
    /// The sources that are expected, and with them the location, are silent.
    Silent,
    /// The silence of one source, or of all if `None`, is forgotten.
    Forgotten(Option<SourceName>),
}

/// What sources together are expected to send.
struct Expectation {
    week: Week,
    /// Hours of which the least known of them was learned.
    learned_hours: u32,
    watch: Watch,
}

impl Place {
    pub fn new(name: &str, watch: Option<Watch>, hour: i64) -> Place {
        Place {
            name: name.into(),
            watch,
            sources: BTreeMap::new(),
            hour,
            last: Millis::MIN,
            offset: 0,
            counts_from: Millis::MIN,
            is_silent: false,
            due: NEVER,
            source_due: NEVER,
            is_unsaved: true,
        }
    }

    /// From when on quiet counts for what was last heard at `last`; `resumed` is when the whole log last was quiet until.
    fn since(&self, last: Millis, resumed: Millis) -> Millis {
        last.max(self.counts_from).max(resumed)
    }

    /// The only source that is expected; `None` if several are.
    pub fn only(&self) -> Option<&SourceName> {
        let mut expected = self.sources.iter().filter(|(_, source)| source.is_expected());
        let (name, _) = expected.next()?;
        expected.next().is_none().then_some(name)
    }

    /// Not before this time does something happen by time alone. It costs little; [`Place::next_turn`] says when it does.
    pub fn earliest_turn(&self, resumed: Millis) -> Millis {
        if self.is_silent {
            return self.last + FORGOTTEN_AFTER;
        }
        let silent = self.sources.values().filter(|source| source.is_silent).map(|source| source.last);
        let forgotten = silent.min().map_or(NEVER, |last| last + FORGOTTEN_AFTER);
        let (mut most, mut needed, mut least_ms) = (0.0, f64::MAX, i64::MAX);
        let expected = self.sources.values().filter(|source| source.is_expected());
        for (watch, records) in
            expected.map(|source| (Some(source.watch), source.rhythm.most())).chain([(self.watch, 0.0)])
        {
            most += records;
            needed = watch.map_or(needed, |watch| watch.needed.min(needed));
            least_ms = watch.map_or(least_ms, |watch| watch.least_ms.min(least_ms));
        }
        self.since(self.last, resumed).saturating_add(least_wait(most, needed, least_ms)).min(forgotten)
    }

    /// Where too little is expected for the place to become silent at all: not before this time will another quiet be found too long,
    /// unless more is expected until then.
    pub fn none_before(&self, resumed: Millis) -> Millis {
        self.since(self.last, resumed).saturating_add(FORGOTTEN_AFTER - HOUR)
    }

    /// What happens next by time alone, and when.
    pub fn next_turn(&self, resumed: Millis) -> Option<(Millis, Turn)> {
        if self.is_silent {
            return Some((self.last + FORGOTTEN_AFTER, Turn::Forgotten(None)));
        }
        let forgotten = self.sources.iter().filter(|(_, source)| source.is_silent);
        let forgotten = forgotten.map(|(name, source)| (source.last + FORGOTTEN_AFTER, name)).min();
        let silent = self.due_in_silence(resumed).map(|due| (due, Turn::Silent));
        match forgotten {
            Some((at, name)) if silent.as_ref().is_none_or(|(due, _)| at <= *due) => {
                Some((at, Turn::Forgotten(Some(name.clone()))))
            }
            _ => silent,
        }
    }

    /// What the sources that are expected send together; `None` where none is, or where the policy does not ask for it.
    fn expectation(&self) -> Option<Expectation> {
        let mut sources = self.sources.values().filter(|source| source.is_expected());
        let first = sources.next()?;
        let (mut week, mut learned_hours, mut watch) =
            (*first.rhythm.week(), first.rhythm.learned_hours(), Some(first.watch));
        for source in sources {
            week.iter_mut().zip(source.rhythm.week()).for_each(|(sum, records)| *sum += records);
            (learned_hours, watch) = (learned_hours.min(source.rhythm.learned_hours()), self.watch);
        }
        Some(Expectation { week, learned_hours, watch: watch? })
    }

    /// When the location will have been quiet for too long.
    fn due_in_silence(&self, resumed: Millis) -> Option<Millis> {
        let Expectation { week, watch, .. } = self.expectation()?;
        due(&week, self.since(self.last, resumed), watch.needed, watch.least_ms)
    }

    /// What shows that the location has been quiet for too long at `due`.
    pub fn evidence(&self, due: Millis, resumed: Millis) -> Option<Evidence> {
        let Expectation { week, learned_hours, watch } = self.expectation()?;
        Some(evidence(&week, learned_hours, watch, self.since(self.last, resumed), due))
    }

    /// Sources other than `speaker` that should have sent by now become silent. Returns their names, and what shows it.
    pub fn compare(&mut self, clock: Millis, speaker: &[u8], resumed: Millis) -> Vec<(SourceName, Evidence)> {
        let counts_from = self.counts_from.max(resumed);
        let mut quiet = Vec::new();
        for (name, source) in &mut self.sources {
            if name.as_bytes() == speaker || source.due > clock || !source.is_expected() {
                continue;
            }
            let Watch { needed, least_ms } = source.watch;
            let since = source.last.max(counts_from);
            source.due = due(source.rhythm.week(), since, needed, least_ms).unwrap_or(NEVER);
            if source.due <= clock {
                source.is_silent = true;
                let (week, learned) = (source.rhythm.week(), source.rhythm.learned_hours());
                quiet.push((name.clone(), evidence(week, learned, source.watch, since, source.due)));
            }
        }
        self.source_due = self.earliest_source();
        quiet
    }

    /// Closes the open hour when another one begins, and drops sources that nobody has heard for long. Whether what is expected changed.
    pub fn begin_hour(&mut self, hour: i64, clock: Millis) -> bool {
        let ended = std::mem::replace(&mut self.hour, hour);
        self.sources.retain(|_, source| source.is_silent || clock - source.last < FORGOTTEN_AFTER);
        let mut changed = false;
        for source in self.sources.values_mut().filter(|source| !source.is_silent) {
            if source.rhythm.close(ended) {
                source.is_unsaved = true;
                source.expect();
                if source.is_expected() {
                    self.source_due = self.source_due.min(source.due);
                    changed = true;
                }
            }
        }
        changed
    }

    /// All sources were silent together until `clock`: they count from here on.
    pub fn resume(&mut self, hour: i64, clock: Millis) {
        (self.is_silent, self.counts_from) = (false, clock);
        self.sources.values_mut().for_each(|source| source.rhythm.leave_out(hour));
    }

    /// Not before this time is any of the sources due.
    pub fn earliest_source(&self) -> Millis {
        let expected = self.sources.values().filter(|source| source.is_expected());
        expected.map(|source| source.due).min().unwrap_or(NEVER)
    }
}

fn evidence(week: &Week, learned_hours: u32, watch: Watch, since: Millis, due: Millis) -> Evidence {
    let Watch { needed, least_ms } = watch;
    Evidence { since, due, needed, least_ms, learned_hours, expected: expected(week, since, due) }
}
