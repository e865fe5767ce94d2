//! The feeds of a log: which sources have become silent, each against its own rhythm, and which came back.
//!
//! ```text
//! a location is quiet although its sources should have sent ─▶ silent: the only source, or all of them as one (`WHOLE_LOCATION`)
//! a source is quiet although it should have sent            ─▶ silent as soon as another source of the location sends
//! a record of it comes                                      ─▶ back          nothing for four weeks ─▶ forgotten
//! ```
//! Only sales, returns and voids make a rhythm, and those of one minute count once. All is decided record by record in the order of
//! the log, by its clock. A time at which the whole log was quiet says nothing of a feed. Where the policy looks for no silence there
//! are no feeds.

pub mod place;
pub mod rhythm;
mod state;

use std::collections::{BTreeSet, HashMap};

use crate::log::feeds::place::{NEVER, Place, Source, SourceName, Turn};
use crate::log::feeds::rhythm::{Rhythm, hour_of};
use crate::log::position_terms::PositionTerms;
use crate::values::feed::{Evidence, FeedChange, FeedEvent, WHOLE_LOCATION};
use crate::values::instant::{DAY, HOUR, Millis};

/// A pause of the whole log from which nothing follows for a feed.
const QUIET_LOG: Millis = 2 * HOUR;
/// How many sources of a log are watched; records of others count for their location alone.
const MOST_SOURCES: usize = 65_535;

/// A record that says that its feed is alive. Its texts are bytes, because they are seldom read as text.
#[derive(Clone, Copy, Debug)]
pub struct FeedRecord<'a> {
    pub location: &'a [u8],
    pub source: &'a [u8],
    pub id: &'a [u8],
    pub offset: u64,
}

fn text(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes).into()
}

#[derive(Debug)]
pub struct Feeds {
    places: Vec<Place>,
    numbers: HashMap<Box<[u8]>, u32>,
    /// The place of the last record.
    latest: usize,
    /// There are at most so many sources.
    sources: usize,
    /// Places by the time before which they do not change by time alone.
    dues: BTreeSet<(Millis, u32)>,
    /// The clock of the record that ended the last pause of the whole log.
    resumed: Millis,
    /// What happened since the last call of [`Feeds::take`].
    changes: Vec<FeedChange>,
}

impl Default for Feeds {
    fn default() -> Feeds {
        Feeds {
            places: Vec::new(),
            numbers: HashMap::new(),
            latest: 0,
            sources: 0,
            dues: BTreeSet::new(),
            resumed: Millis::MIN,
            changes: Vec::new(),
        }
    }
}

impl Feeds {
    /// A record was accepted and moved the clock from `before` to `clock`; `record` is there if it is one of a feed.
    #[inline]
    pub fn record(&mut self, before: Millis, clock: Millis, record: Option<FeedRecord<'_>>, terms: &PositionTerms) {
        if clock - before >= QUIET_LOG {
            self.resumed = clock;
        }
        let own = record.map(|record| self.number(record.location, clock, terms));
        if self.dues.first().is_some_and(|(due, _)| *due <= clock) {
            self.turn(clock, own);
        }
        if let (Some(own), Some(record)) = (own, record) {
            self.hear(own, clock, record, terms);
        }
    }

    /// Takes what happened.
    pub fn take(&mut self) -> Vec<FeedChange> {
        std::mem::take(&mut self.changes)
    }

    /// Another policy holds from `clock` on: under it each quiet counts from here.
    pub fn change_terms(&mut self, clock: Millis, terms: &PositionTerms) {
        for number in 0..self.places.len() {
            let place = &mut self.places[number];
            place.watch = terms.watch(&place.name, WHOLE_LOCATION);
            if place.is_silent && place.watch.is_none() {
                place.resume(hour_of(clock), clock);
                self.tell(number, WHOLE_LOCATION, FeedEvent::NotLookedFor, clock);
            }
            let place = &mut self.places[number];
            place.counts_from = place.counts_from.max(clock);
            place.is_unsaved = true;
            let mut gone = Vec::new();
            for (name, source) in &mut place.sources {
                match terms.watch(&place.name, name) {
                    Some(watch) => {
                        source.watch = watch;
                        source.expect();
                    }
                    None => gone.push((name.clone(), source.is_silent)),
                }
            }
            for (name, was_silent) in gone {
                if was_silent {
                    self.tell(number, &name, FeedEvent::NotLookedFor, clock);
                }
                self.places[number].sources.remove(name.as_bytes());
            }
            let place = &mut self.places[number];
            place.source_due = place.earliest_source();
            self.plan(number);
        }
        if !terms.looks_for_silence {
            let changes = self.take();
            *self = Feeds { changes, resumed: self.resumed, ..Feeds::default() };
        }
    }

    /// The number of a place, which is known from now on.
    fn number(&mut self, location: &[u8], clock: Millis, terms: &PositionTerms) -> usize {
        if self.places.get(self.latest).is_some_and(|place| place.name.as_bytes() == location) {
            return self.latest;
        }
        if let Some(number) = self.numbers.get(location) {
            self.latest = *number as usize;
            return self.latest;
        }
        self.latest = self.places.len();
        self.numbers.insert(location.into(), self.latest as u32);
        let location = &text(location);
        self.places.push(Place::new(location, terms.watch(location, WHOLE_LOCATION), hour_of(clock)));
        self.latest
    }

    /// What changes by time alone up to `clock`. A record of the place `own` at that very time comes before its silence.
    #[cold]
    fn turn(&mut self, clock: Millis, own: Option<usize>) {
        let mut again = None;
        while let Some((due, number)) = self.dues.first().copied().filter(|(due, _)| *due <= clock) {
            self.dues.remove(&(due, number));
            let number = number as usize;
            let place = &mut self.places[number];
            place.due = NEVER;
            let earliest = place.earliest_turn(self.resumed);
            if earliest > due {
                self.look_at(number, earliest);
                continue;
            }
            match place.next_turn(self.resumed) {
                Some((at, _)) if at > due => self.look_at(number, at),
                Some((at, _)) if Some(number) == own && at == clock => again = own,
                Some((at, turn)) => {
                    self.apply(number, at, turn);
                    self.plan(number);
                }
                None => {
                    let ask_again = place.none_before(self.resumed).max(due + DAY);
                    self.look_at(number, ask_again);
                }
            }
        }
        again.into_iter().for_each(|number| self.plan(number));
    }

    fn apply(&mut self, number: usize, at: Millis, turn: Turn) {
        let place = &mut self.places[number];
        match turn {
            Turn::Silent => {
                let evidence = place.evidence(at, self.resumed);
                let only = place.only().cloned();
                match only.as_ref().and_then(|name| place.sources.get_mut(name.as_bytes())) {
                    Some(source) => source.is_silent = true,
                    None => place.is_silent = true,
                }
                self.tell_silent(number, only.as_deref().unwrap_or(WHOLE_LOCATION), at, evidence);
            }
            Turn::Forgotten(None) => {
                place.is_silent = false;
                let silent = place.sources.iter().filter(|(_, source)| source.is_silent);
                let silent: Vec<SourceName> = silent.map(|(name, _)| name.clone()).collect();
                self.tell(number, WHOLE_LOCATION, FeedEvent::Forgotten, at);
                silent.iter().for_each(|name| self.tell(number, name, FeedEvent::Forgotten, at));
                self.places[number].sources.clear();
            }
            Turn::Forgotten(Some(name)) => {
                self.tell(number, &name, FeedEvent::Forgotten, at);
                self.places[number].sources.remove(name.as_bytes());
            }
        }
    }

    /// A record of a place came.
    fn hear(&mut self, number: usize, clock: Millis, record: FeedRecord<'_>, terms: &PositionTerms) {
        let hour = hour_of(clock);
        let place = &mut self.places[number];
        let mut may_be_earlier = false;
        if place.is_silent {
            place.resume(hour, clock);
            self.tell_back(number, WHOLE_LOCATION, clock, record);
            may_be_earlier = true;
        }
        let place = &mut self.places[number];
        if hour != place.hour {
            may_be_earlier |= place.begin_hour(hour, clock);
        }
        (place.last, place.offset, place.is_unsaved) = (clock, record.offset, true);
        if let Some(source) = place.sources.get_mut(record.source) {
            let counts = source.hear(clock, record.offset);
            let is_back = std::mem::take(&mut source.is_silent);
            if is_back {
                source.rhythm.leave_out(hour);
                place.source_due = place.source_due.min(source.due);
                may_be_earlier = true;
            }
            if counts {
                source.rhythm.add();
            }
            if is_back {
                self.tell_back(number, &text(record.source), clock, record);
            }
        } else {
            self.add_source(number, clock, record, terms);
        }
        let place = &mut self.places[number];
        if clock >= place.source_due {
            for (name, evidence) in place.compare(clock, record.source, self.resumed) {
                self.tell_silent(number, &name, clock, Some(evidence));
            }
            may_be_earlier = true;
        }
        if may_be_earlier {
            self.plan(number);
        }
    }

    #[cold]
    fn add_source(&mut self, number: usize, clock: Millis, record: FeedRecord<'_>, terms: &PositionTerms) {
        let name = SourceName(text(record.source));
        let Some(watch) = terms.watch(&self.places[number].name, &name) else { return };
        if self.sources >= MOST_SOURCES {
            self.sources = self.places.iter().map(|place| place.sources.len()).sum();
            if self.sources >= MOST_SOURCES {
                return;
            }
        }
        self.sources += 1;
        let mut source = Source::new(watch, Rhythm::new(hour_of(clock)), clock, record.offset);
        source.is_unsaved = true;
        source.rhythm.add();
        self.places[number].sources.insert(name, source);
    }

    /// Something may happen at the place earlier than was thought.
    fn plan(&mut self, number: usize) {
        let earliest = self.places[number].earliest_turn(self.resumed);
        if earliest < self.places[number].due {
            self.look_at(number, earliest);
        }
    }

    fn look_at(&mut self, number: usize, due: Millis) {
        let before = std::mem::replace(&mut self.places[number].due, due);
        self.dues.remove(&(before, number as u32));
        self.dues.insert((due, number as u32));
    }

    fn tell_silent(&mut self, number: usize, source: &str, at: Millis, evidence: Option<Evidence>) {
        self.tell(number, source, FeedEvent::Silent, at);
        self.changes.last_mut().expect("it was told").evidence = evidence;
    }

    fn tell_back(&mut self, number: usize, source: &str, at: Millis, record: FeedRecord<'_>) {
        self.tell(number, source, FeedEvent::Back, at);
        let change = self.changes.last_mut().expect("it was told");
        (change.cause, change.offset) = (Some((text(record.source), text(record.id))), record.offset);
    }

    fn tell(&mut self, number: usize, source: &str, event: FeedEvent, time: Millis) {
        let place = &mut self.places[number];
        place.is_unsaved = true;
        let offset = place.sources.get(source.as_bytes()).map_or(place.offset, |source| source.offset);
        let (location, source) = (place.name.clone(), source.into());
        self.changes.push(FeedChange { event, time, offset, location, source, cause: None, evidence: None });
    }
}

#[cfg(test)]
mod tests;
