//! Feeds are saved with the partition: all places, or those that changed since the last segment.

use std::collections::BTreeMap;

use crate::log::feeds::Feeds;
use crate::log::feeds::place::{Place, Source, SourceName, Watch};
use crate::log::feeds::rhythm::{Rhythm, hour_of};
use crate::log::position_terms::PositionTerms;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::feed::WHOLE_LOCATION;
use crate::values::instant::Millis;

impl Feeds {
    /// Writes the places, all or those that changed since the last time.
    pub fn write(&mut self, whole: bool, e: &mut Encoder) {
        e.option(Some(self.resumed).filter(|at| *at != Millis::MIN));
        e.u32(u32::from(whole));
        let unsaved = self.places.iter().filter(|place| whole || place.is_unsaved).count();
        e.u32(unsaved as u32);
        for (number, place) in self.places.iter_mut().enumerate() {
            if whole || std::mem::take(&mut place.is_unsaved) {
                e.u32(number as u32);
                place.write(whole, e);
                e.pass_on();
            }
        }
    }

    /// Reads a segment on top of those before it. What the policy says of the feeds is found later, with [`Feeds::resolve`].
    pub fn read(&mut self, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        self.resumed = d.optional_time()?.unwrap_or(Millis::MIN);
        if d.u32()? == 1 {
            self.places.clear();
        }
        for _ in 0..d.u32()? {
            let number = d.u32()? as usize;
            if number > self.places.len() {
                return Err(CoreError::damage("the state lacks a place between others"));
            }
            let place = Place::read(self.places.get(number), d)?;
            if number < self.places.len() {
                self.places[number] = place;
            } else {
                self.places.push(place);
            }
        }
        Ok(())
    }

    /// After all segments were read: finds what the policy says of each feed, and makes again what is not stored.
    pub fn resolve(&mut self, terms: &PositionTerms) {
        for (number, place) in self.places.iter_mut().enumerate() {
            place.watch = terms.watch(&place.name, WHOLE_LOCATION);
            let name = place.name.clone();
            place.sources.retain(|source, known| {
                let watch = terms.watch(&name, source);
                known.watch = watch.unwrap_or(known.watch);
                known.expect();
                watch.is_some()
            });
            place.source_due = place.earliest_source();
            self.sources += place.sources.len();
            self.numbers.insert(name.as_bytes().into(), number as u32);
        }
        (0..self.places.len()).for_each(|number| self.plan(number));
    }
}

impl Place {
    fn write(&mut self, whole: bool, e: &mut Encoder) {
        e.text(&self.name);
        e.signed(self.last);
        e.option(Some(self.counts_from).filter(|at| *at != Millis::MIN));
        e.i64(self.hour);
        e.u64(self.offset);
        e.u32(u32::from(self.is_silent));
        e.u32(self.sources.len() as u32);
        for (name, source) in &mut self.sources {
            e.text(name);
            e.signed(source.last);
            e.u64(source.offset);
            e.u32(u32::from(source.is_silent));
            source.rhythm.write(std::mem::take(&mut source.is_unsaved) || whole, e);
        }
    }

    fn read(before: Option<&Place>, d: &mut Decoder<'_>) -> Result<Place, CoreError> {
        let mut place = Place::new(d.text()?, None, 0);
        place.last = d.time_from(0)?;
        place.counts_from = d.optional_time()?.unwrap_or(Millis::MIN);
        place.hour = d.i64()?.clamp(hour_of(i64::MIN / 4), hour_of(i64::MAX / 4));
        (place.offset, place.is_silent, place.is_unsaved) = (d.u64()?, d.u32()? == 1, false);
        let known = before.filter(|before| before.name == place.name).map(|before| &before.sources);
        let none = BTreeMap::new();
        let known = known.unwrap_or(&none);
        for _ in 0..d.u32()? {
            let name = SourceName(d.text()?.into());
            let (last, offset, is_silent) = (d.time_from(0)?, d.u64()?, d.u32()? == 1);
            let rhythm = Rhythm::read(known.get(&name).map(|source| &source.rhythm), d)?;
            let mut source = Source::new(Watch { needed: f64::MAX, least_ms: 0 }, rhythm, last, offset);
            source.is_silent = is_silent;
            place.sources.insert(name, source);
        }
        Ok(place)
    }
}
