//! The book of a key group: every position that a movement named, with all that is known about it.
//!
//! A position is a [`Row`]; what only some positions have lies beside it and is found by the row's number. The book changes a
//! position only when it is told to: what a record means is decided in [`crate::stock::effects`].

use crate::alert::episode::{AlertId, Lifecycle, alert_id};
use crate::demand::estimate::Demand;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::stock::extras::{Alerts, Extras};
use crate::stock::feeds::Feeds;
use crate::stock::history::{History, Past};
use crate::stock::index::Index;
use crate::stock::position::{NO_EXTRAS, NO_TIMER, Row, RowId, StockTime, flag};
use crate::stock::promises::Promised;
use crate::stock::stock_times::StockTimes;
use crate::stock::supply::{Supplies, Supply};
use crate::stock::thresholds;
use crate::stock::timers::Timers;
use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::calendar::{Calendar, LocalDay};
use crate::values::error::CoreError;
use crate::values::feed::feed_name;
use crate::values::instant::Millis;
use crate::values::intern::Interner;
use crate::values::names::hash_of_names;
use crate::values::quantity::{self, Milli};

/// Positions by number, and what belongs to them.
#[derive(Debug, Default)]
pub struct Book {
    /// The first part of every alert's identity.
    pub pipeline: String,
    pub locations: Interner,
    pub skus: Interner,
    pub rows: Vec<Row>,
    pub history: History,
    pub feeds: Feeds,
    index: Index,
    extras: Vec<Extras>,
    /// Time in stock on the open day, by position.
    stock_times: StockTimes,
    timers: Timers,
    /// Rows that changed since the state was last saved; `None` before the first time.
    unsaved: Option<Vec<RowId>>,
}

impl Book {
    pub fn new(pipeline: &str) -> Book {
        Book { pipeline: pipeline.to_owned(), ..Book::default() }
    }

    /// The numbers of a location and a SKU, if both are known.
    #[inline]
    pub fn numbers(&self, location: &str, sku: &str) -> Option<(u32, u32)> {
        Some((self.locations.find(location)?, self.skus.find(sku)?))
    }

    /// The numbers of a location and a SKU; from now on both are known.
    pub fn number(&mut self, location: &str, sku: &str) -> (u32, u32) {
        (self.locations.intern(location), self.skus.intern(sku))
    }

    /// The row of a position by the numbers of its names.
    #[inline]
    pub fn find_by_numbers(&self, (location, sku): (u32, u32)) -> Option<RowId> {
        self.index.find(&self.rows, location, sku)
    }

    /// Asks the processor for a position's row, which is about to be worked on, and does not wait for it.
    #[inline]
    pub fn ask_for(&self, row: RowId) {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            let start: *const i8 = (&raw const self.rows[row as usize]).cast();
            for byte in [0, 64, size_of::<Row>() - 1] {
                // SAFETY: a hint reads nothing that could fault.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(byte)) };
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = row;
    }

    /// The row of a position, if a movement has named it.
    pub fn find(&self, location: &str, sku: &str) -> Option<RowId> {
        self.find_by_numbers(self.numbers(location, sku)?)
    }

    /// Location and SKU of a position.
    pub fn name(&self, row: RowId) -> (&str, &str) {
        let position = &self.rows[row as usize];
        (self.locations.get(position.location), self.skus.get(position.sku))
    }

    /// Adds a position by the numbers of its names, on the day on which it is first named. `number` is that of its terms.
    pub fn add(&mut self, (location, sku): (u32, u32), number: u32, rules: &Rules, day: &LocalDay) -> RowId {
        let row = self.rows.len() as RowId;
        let demand = Demand::new(&rules.terms(number).prior);
        self.rows.push(Row::new(location, sku, number, day.number, demand));
        self.index.insert(&self.rows[row as usize], row);
        self.sample(row, rules);
        thresholds::refresh(self, rules, row);
        row
    }

    /// Finds out whether a position is in the sample whose chances are judged: by its names alone.
    pub fn sample(&mut self, row: RowId, rules: &Rules) {
        let (location, sku) = self.name(row);
        let (one_in, hash) = (rules.policy.calibration_sample, hash_of_names(location, sku).rotate_left(32));
        self.rows[row as usize].set(flag::SAMPLED, one_in > 0 && hash % one_in == 0);
    }

    pub fn extras(&self, row: RowId) -> Option<&Extras> {
        self.extras.get(self.rows[row as usize].extras as usize)
    }

    pub fn extras_mut(&mut self, row: RowId) -> &mut Extras {
        let position = &mut self.rows[row as usize];
        if position.extras == NO_EXTRAS {
            position.extras = self.extras.len() as u32;
            self.extras.push(Extras::default());
        }
        &mut self.extras[position.extras as usize]
    }

    pub fn alerts(&self, row: RowId) -> Option<&Alerts> {
        self.extras(row)?.alerts.as_deref()
    }

    /// What of a position's stock is promised, if there ever was a promise that is not forgotten.
    #[inline]
    pub fn promised(&self, row: RowId) -> Option<&Promised> {
        self.extras(row)?.promised.as_deref()
    }

    /// Changes the promises of a position, and what is not available with them. True when that is another amount than before.
    pub fn change_promised(&mut self, row: RowId, change: impl FnOnce(&mut Promised)) -> bool {
        let promised = self.extras_mut(row).promised.get_or_insert_default();
        change(promised);
        let total = promised.total();
        let position = &mut self.rows[row as usize];
        std::mem::replace(&mut position.blocked, total) != total
    }

    /// The open supply of a position, earliest due first.
    pub fn supplies(&self, row: RowId) -> &[Supply] {
        self.extras(row).map_or(&[], |extras| extras.supplies.as_slice())
    }

    /// The supply of a position, to change it.
    pub fn supplies_mut(&mut self, row: RowId) -> &mut Supplies {
        &mut self.extras_mut(row).supplies
    }

    pub fn lifecycles(&self, row: RowId) -> &[Lifecycle] {
        self.alerts(row).map_or(&[], |alerts| &alerts.lifecycles)
    }

    /// The open alert of one type.
    pub fn open_alert(&self, row: RowId, kind: AlertType) -> Option<&Lifecycle> {
        self.lifecycles(row).iter().find(|lifecycle| lifecycle.kind == kind && lifecycle.is_open())
    }

    /// The identity of an alert of a position that opens.
    pub fn alert_id(&self, row: RowId, kind: AlertType, episode: u32, opened_at: Millis) -> AlertId {
        let (location, sku) = self.name(row);
        alert_id(&self.pipeline, location, sku, kind, episode, opened_at)
    }

    /// The time in stock of a position on its open day.
    pub fn stock_time(&self, row: RowId) -> StockTime {
        if self.rows[row as usize].has(flag::STOCK_TIME) { self.stock_times.get(row) } else { StockTime::default() }
    }

    pub fn stock_time_mut(&mut self, row: RowId) -> &mut StockTime {
        self.rows[row as usize].set(flag::STOCK_TIME, true);
        self.stock_times.get_mut(row)
    }

    /// The time in stock of the open day, which closes.
    pub fn take_stock_time(&mut self, row: RowId) -> StockTime {
        let position = &mut self.rows[row as usize];
        if !position.has(flag::STOCK_TIME) {
            return StockTime::default();
        }
        position.set(flag::STOCK_TIME, false);
        self.stock_times.take(row)
    }

    /// Adds a movement at `clock` to the history of a position.
    #[inline]
    pub fn remember(&mut self, row: RowId, clock: Millis, past: Past) {
        let position = &mut self.rows[row as usize];
        position.latest = self.history.push(clock, past, position.latest);
    }

    /// The movements of a position, the latest arrival first, as far as the history reaches.
    pub fn past(&self, row: RowId) -> impl Iterator<Item = Past> + '_ {
        self.history.chain(self.rows[row as usize].latest)
    }

    /// Demand of a closed local day, as far as the history reaches; below 0 where voids are of the day and what they void is not.
    pub fn closed_day(&self, row: RowId, number: i32, calendar: &Calendar) -> Milli {
        let of_day = |past: &Past| past.demand && calendar.number(past.event_time) == number;
        quantity::sum(self.past(row).filter(of_day).map(|past| -past.effect))
    }

    /// Drops history that arrived before `oldest`.
    pub fn forget(&mut self, oldest: Millis) {
        self.history.forget(oldest);
    }

    /// Sets the one timer of a position, or with [`NO_TIMER`] none.
    #[inline]
    pub fn set_timer(&mut self, row: RowId, due: Millis) {
        let position = &mut self.rows[row as usize];
        if position.next_due != due {
            position.next_due = due;
            if due != NO_TIMER {
                self.timers.set(due, row);
            }
        }
    }

    /// Moves positions that may have a timer due at or before `clock` to `rows`, at most `most`; none when none has one.
    pub fn take_due(&mut self, clock: Millis, most: usize, rows: &mut Vec<RowId>) {
        self.timers.take_due(clock, most, rows);
    }

    /// Whether some position may have a timer due at or before `clock`.
    pub fn has_due(&self, clock: Millis) -> bool {
        self.timers.are_due(clock)
    }

    /// Whether the feed of a position was silent at some time from `from` to `to`, as of `now`: the source that it last sold through,
    /// or all of its location.
    #[inline]
    pub fn was_silent(&self, row: RowId, from: Millis, to: Millis, now: Millis) -> bool {
        let location = || self.locations.get(self.rows[row as usize].location);
        self.feeds.knows_any() && self.feeds.was_silent(location(), self.feeds.of_row(row), from, to, now)
    }

    /// Whether any alert of the position is open.
    pub fn has_open_alert(&self, row: RowId) -> bool {
        self.lifecycles(row).iter().any(Lifecycle::is_open)
    }

    /// Notes that a position is about to change.
    #[inline]
    pub fn mark_changed(&mut self, row: RowId) {
        let Some(unsaved) = &mut self.unsaved else { return };
        let position = &mut self.rows[row as usize];
        if !position.has(flag::UNSAVED) {
            position.set(flag::UNSAVED, true);
            unsaved.push(row);
        }
    }

    /// The rows to save, by number: all, or those that changed since the last call. From now on changes are noted.
    pub fn take_unsaved(&mut self, whole: bool) -> Vec<RowId> {
        let unsaved = self.unsaved.replace(Vec::new()).unwrap_or_default();
        let mut rows = if whole { (0..self.rows.len() as RowId).collect() } else { unsaved };
        rows.sort_unstable();
        rows.iter().for_each(|row| self.rows[*row as usize].set(flag::UNSAVED, false));
        rows
    }

    pub fn write_row(&self, row: RowId, e: &mut Encoder) {
        e.u32(row);
        self.rows[row as usize].write(self.stock_time(row), self.feeds.of_row(row), e);
        if let Some(extras) = self.extras(row) {
            extras.write(e);
        }
    }

    /// Reads a row that is known, or the next one.
    pub fn read_row(&mut self, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        let row = d.u32()?;
        let (mut position, time, feed, has_extras) = Row::read(d)?;
        follows(row as usize <= self.rows.len())?;
        if row as usize == self.rows.len() {
            self.rows.push(position);
        }
        position.extras = self.rows[row as usize].extras;
        self.rows[row as usize] = position;
        self.feeds.set_row(row, feed);
        if has_extras {
            *self.extras_mut(row) = Extras::read(d)?;
        }
        if position.has(flag::STOCK_TIME) {
            *self.stock_times.get_mut(row) = time;
        } else {
            self.stock_times.take(row);
        }
        Ok(())
    }

    /// Makes again what is not stored, after all rows were read: terms, index, timers.
    pub fn rebuild(&mut self, rules: &mut Rules) -> Result<(), CoreError> {
        for row in 0..self.rows.len() as RowId {
            let position = &mut self.rows[row as usize];
            if position.location as usize >= self.locations.len() || position.sku as usize >= self.skus.len() {
                return Err(CoreError::damage("the state names a position that it does not hold"));
            }
            follows(usize::from(self.feeds.of_row(row)) < self.feeds.sources.len().max(1))?;
            position.terms = rules.resolve(self.locations.get(position.location), self.skus.get(position.sku))?;
            if position.next_due != NO_TIMER {
                self.timers.set(position.next_due, row);
            }
            self.index.insert(&self.rows[row as usize], row);
        }
        for ((location, source), alert) in &mut self.feeds.alerts {
            alert.terms = rules.resolve(location, &feed_name(source))?;
        }
        self.unsaved = Some(Vec::new());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;
    use crate::stock::position::NEVER;

    fn book() -> Book {
        let mut rules = Rules::new(policy::defaults(), policy::Catalogue::new());
        let terms = rules.resolve("330", "milk").unwrap();
        let mut book = Book::default();
        let day = LocalDay { number: 3, start: 0, end: 1 };
        for (location, sku) in [("330", "milk"), ("330", "salt"), ("331", "milk")] {
            let names = book.number(location, sku);
            book.add(names, terms, &rules, &day);
        }
        book
    }

    #[test]
    fn positions_are_found_by_both_names() {
        let book = book();
        assert_eq!(
            (book.find("331", "milk"), book.find("331", "salt"), book.find("332", "milk")),
            (Some(2), None, None)
        );
        assert_eq!((book.name(1), book.rows[1].last_event), (("330", "salt"), NEVER));
    }

    #[test]
    fn only_a_timer_that_still_holds_is_due() {
        let mut book = book();
        book.set_timer(0, 10);
        book.set_timer(0, 30);
        book.set_timer(2, 20);
        let take = |book: &mut Book| {
            let mut rows = Vec::new();
            book.take_due(20, 1, &mut rows);
            rows
        };
        assert_eq!(take(&mut book), [0]);
        assert!(book.rows[0].next_due > 20 && book.has_due(20));
        assert_eq!((take(&mut book), take(&mut book), book.has_due(20)), (vec![2], vec![], false));
    }

    #[test]
    fn changes_are_noted_once_and_only_after_the_first_save() {
        let mut book = book();
        book.mark_changed(1);
        assert_eq!(book.take_unsaved(true), [0, 1, 2]);
        [2, 0, 2].into_iter().for_each(|row| book.mark_changed(row));
        assert_eq!((book.take_unsaved(false), book.take_unsaved(false)), (vec![0, 2], vec![]));
    }

    #[test]
    fn a_row_comes_back_with_all_that_belongs_to_it() {
        let mut book = book();
        book.supplies_mut(1).order("PO-1", 5000, 40, 1);
        assert!(book.change_promised(1, |promised| promised.holds.add(0, 5, 250, 0)));
        book.stock_time_mut(1).exposure = 0.5;
        book.rows[1].on_hand = 7000;
        let mut e = Encoder::new(b"TEST");
        (0..3).for_each(|row| book.write_row(row, &mut e));
        let (bytes, mut back) = (e.finish(), Book::default());
        let mut d = Decoder::new(&bytes, b"TEST").unwrap();
        (0..3).for_each(|_| back.read_row(&mut d).unwrap());
        assert_eq!(d.end(), Ok(()));
        assert_eq!((back.supplies(1), back.stock_time(1)), (book.supplies(1), book.stock_time(1)));
        assert_eq!((back.rows[1].on_hand, back.promised(1).unwrap().holds.total()), (7000, 250));
        assert!(back.extras(0).is_none() && back.stock_time(2) == StockTime::default());
        assert!(back.read_row(&mut Decoder::new(&bytes, b"TEST").unwrap()).is_ok(), "a known row is replaced");
    }
}
