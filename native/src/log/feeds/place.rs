//! A location and the sources that send from it: when each of them, and all of them together, should have sent something.

use std::collections::BTreeMap;

use crate::log::feeds::rhythm::{FORGOTTEN_AFTER, Rhythm, Week, due, expected};
use crate::values::feed::Evidence;
use crate::values::instant::Millis;

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

/// One source of a location.
#[derive(Clone, Debug)]
pub struct Source {
    pub watch: Watch,
    pub rhythm: Rhythm,
    /// The clock and the number of its last record.
    pub last: Millis,
    pub offset: u64,
    pub is_silent: bool,
    /// Whether its mean changed since the state was last saved.
    pub is_unsaved: bool,
}

impl Source {
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
    pub sources: BTreeMap<Box<str>, Source>,
    /// The open hour: that of the last record.
    pub hour: i64,
    /// The clock and the number of the last record of any source.
    pub last: Millis,
    pub offset: u64,
    /// Quiet before this time does not count: all sources were silent together, or another policy held.
    pub counts_from: Millis,
    /// Whether all sources are silent together.
    pub is_silent: bool,
    /// Not before this time does the place become silent, or a silence of it end by being forgotten.
    pub due: Millis,
    /// Not before this time does a source become silent while others send.
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
    Forgotten(Option<Box<str>>),
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
    pub fn only(&self) -> Option<&str> {
        let mut expected = self.sources.iter().filter(|(_, source)| source.is_expected());
        let (name, _) = expected.next()?;
        expected.next().is_none().then_some(name)
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

    /// When a source will have been quiet for too long.
    pub fn due_of(&self, source: &Source, resumed: Millis) -> Option<Millis> {
        let Watch { needed, least_ms } = source.watch;
        due(source.rhythm.week(), self.since(source.last, resumed), needed, least_ms)
    }

    /// What shows that a source has been quiet for too long at `due`.
    pub fn evidence_of(&self, source: &Source, due: Millis, resumed: Millis) -> Evidence {
        let Source { rhythm, watch, last, .. } = source;
        evidence(rhythm.week(), rhythm.learned_hours(), *watch, self.since(*last, resumed), due)
    }

    /// Closes the open hour when another one begins, and drops sources that nobody has heard for long.
    pub fn begin_hour(&mut self, hour: i64, clock: Millis) {
        let ended = std::mem::replace(&mut self.hour, hour);
        self.sources.retain(|_, source| source.is_silent || clock - source.last < FORGOTTEN_AFTER);
        for source in self.sources.values_mut().filter(|source| !source.is_silent) {
            source.is_unsaved |= source.rhythm.close(ended);
        }
    }

    /// All sources were silent together until `clock`: they count from here on.
    pub fn resume(&mut self, hour: i64, clock: Millis) {
        (self.is_silent, self.counts_from) = (false, clock);
        self.sources.values_mut().for_each(|source| source.rhythm.leave_out(hour));
    }

    /// The earliest time at which a source will have been quiet for too long while others send.
    pub fn next_source_due(&self, resumed: Millis) -> Millis {
        if self.sources.len() < 2 {
            return NEVER;
        }
        let expected = self.sources.values().filter(|source| source.is_expected());
        expected.filter_map(|source| self.due_of(source, resumed)).min().unwrap_or(NEVER)
    }
}

fn evidence(week: &Week, learned_hours: u32, watch: Watch, since: Millis, due: Millis) -> Evidence {
    let Watch { needed, least_ms } = watch;
    Evidence { since, due, needed, least_ms, learned_hours, expected: expected(week, since, due) }
}
