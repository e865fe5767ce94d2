//! What a key group has to say: rows for the tables, and what will become a row at the next publish mark.

use std::collections::BTreeMap;

use crate::alert::entry::Entry;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::latest::Latest;
use crate::stock::position::{RowId, flag};
use crate::stock::rows::{Chance, DemandDay, ExpectedDemand, PositionRow, StockCount, SupplyEvent};
use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;
use crate::values::quantity::{self, Milli};

/// Rows for the tables.
#[derive(Debug, Default)]
pub struct Tables {
    pub ledger: Vec<Entry>,
    pub positions: Vec<PositionRow>,
    /// The days of the positions, one after another.
    pub expected: ExpectedDemand,
    pub demand: Vec<DemandDay>,
    pub counts: Vec<StockCount>,
    pub supply: Vec<SupplyEvent>,
    pub chances: Vec<Chance>,
}

impl Tables {
    /// How many rows there are in all tables.
    pub fn len(&self) -> usize {
        let of_stock = self.positions.len() + self.demand.len() + self.counts.len() + self.supply.len();
        self.ledger.len() + of_stock + self.chances.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Rows that wait to be taken, and what changed since the last publish mark.
#[derive(Debug, Default)]
pub struct Output {
    pub tables: Tables,
    /// Where the rows of positions stand, if only the latest of each is to wait.
    latest: Option<Latest>,
    /// Positions that changed since the last mark; one that was published since stands here without its flag.
    dirty: Vec<RowId>,
    /// Those of them that had an open alert when they changed.
    watched: Vec<RowId>,
    /// How often the dirty positions were published.
    publications: u64,
    /// Closed days that a late record corrected, with the offset of the last that did.
    corrected: BTreeMap<(RowId, i32), u64>,
    /// Demand of records behind the late window, by position and day.
    very_late: BTreeMap<(RowId, i32), Milli>,
    very_late_changed: BTreeMap<(RowId, i32), u64>,
}

/// How far the dirty positions stand in the last segment of the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirtyMark {
    publications: u64,
    length: usize,
}

impl Output {
    /// Notes that a position changed: it is published at the next mark.
    #[inline]
    pub fn mark_dirty(&mut self, book: &mut Book, row: RowId) {
        let position = &mut book.rows[row as usize];
        if !position.has(flag::DIRTY) {
            position.set(flag::DIRTY, true);
            self.dirty.push(row);
            if book.has_open_alert(row) {
                self.watched.push(row);
            }
        }
    }

    /// Finds the watched positions again, in a state that was read.
    pub fn watch_dirty(&mut self, book: &Book) {
        let dirty = |row: &RowId| book.rows[*row as usize].has(flag::DIRTY) && book.has_open_alert(*row);
        self.watched = self.dirty.iter().copied().filter(dirty).collect();
    }

    /// Notes that the record at `offset` corrected a closed day: its demand is published again at the next mark.
    pub fn correct_day(&mut self, row: RowId, day: i32, offset: u64) {
        self.corrected.insert((row, day), offset);
    }

    /// Adds demand from behind the late window, which is published apart from the rest of its day.
    pub fn add_very_late(&mut self, row: RowId, day: i32, change: Milli, offset: u64) {
        let demand = self.very_late.entry((row, day)).or_default();
        *demand = quantity::add(*demand, change);
        self.very_late_changed.insert((row, day), offset);
    }

    /// Publishes one position now: one of its alerts got an entry.
    pub fn publish(&mut self, book: &mut Book, rules: &Rules, row: RowId) {
        let Tables { positions, expected, .. } = &mut self.tables;
        let begins = expected.end();
        let made = PositionRow::with_demand(book, rules, row, expected);
        match &mut self.latest {
            Some(latest) => latest.add(row, made, begins, positions, expected),
            None => positions.push(made),
        }
        book.rows[row as usize].set(flag::DIRTY, false);
    }

    /// Publishes the positions that changed with an open alert.
    pub fn publish_watched(&mut self, book: &mut Book, rules: &Rules) {
        let watched = std::mem::take(&mut self.watched);
        self.publish_dirty(book, rules, watched);
    }

    fn publish_dirty(&mut self, book: &mut Book, rules: &Rules, rows: Vec<RowId>) {
        for row in rows {
            if book.rows[row as usize].has(flag::DIRTY) {
                self.publish(book, rules, row);
            }
        }
    }

    /// Publishes what changed since the last mark.
    pub fn publish_changes(&mut self, book: &mut Book, rules: &Rules) {
        self.publications += 1;
        self.watched.clear();
        let dirty = std::mem::take(&mut self.dirty);
        self.publish_dirty(book, rules, dirty);
        for ((row, day), offset) in std::mem::take(&mut self.corrected) {
            let demand = book.closed_day(row, day, rules.calendar(book.rows[row as usize].terms));
            self.push_day(book, row, DemandDay { offset, day, demand, ..DemandDay::default() });
        }
        for ((row, day), offset) in std::mem::take(&mut self.very_late_changed) {
            let demand = self.very_late.get(&(row, day)).copied().unwrap_or(0);
            self.push_day(book, row, DemandDay { offset, day, demand, very_late: true, ..DemandDay::default() });
        }
    }

    /// Publishes the demand of a position's open day as far as it is known.
    pub fn publish_open_day(&mut self, book: &Book, row: RowId) {
        let position = &book.rows[row as usize];
        let (offset, day, demand) = (position.offset, position.day, position.today);
        self.push_day(book, row, DemandDay { offset, day, demand, ..DemandDay::default() });
    }

    /// The open days of all positions, at the end of a finite source.
    pub fn publish_open_days(&mut self, book: &Book) {
        for row in 0..book.rows.len() as RowId {
            if book.rows[row as usize].has(flag::SOLD_TODAY) {
                self.publish_open_day(book, row);
            }
        }
    }

    fn push_day(&mut self, book: &Book, row: RowId, day: DemandDay) {
        let position = &book.rows[row as usize];
        self.tables.demand.push(DemandDay { location: position.location, sku: position.sku, ..day });
    }

    /// Takes the rows that wait, ledger entries in canonical order.
    pub fn take(&mut self) -> Tables {
        let mut tables = std::mem::take(&mut self.tables);
        self.latest.iter_mut().for_each(Latest::clear);
        tables.ledger.sort_by(Entry::order);
        tables
    }

    /// Takes the rows that wait but those of positions, ledger entries in canonical order.
    pub fn take_but_positions(&mut self) -> Tables {
        let positions = std::mem::take(&mut self.tables.positions);
        let expected = std::mem::take(&mut self.tables.expected);
        let mut tables = std::mem::replace(&mut self.tables, Tables { positions, expected, ..Tables::default() });
        tables.ledger.sort_by(Entry::order);
        tables
    }

    /// From now on a row of a position takes the place of the one that waits.
    pub fn keep_latest(&mut self) {
        self.latest.get_or_insert_default();
    }

    /// Where the next segment of the state begins, if one was written now.
    pub fn dirty_mark(&self) -> DirtyMark {
        DirtyMark { publications: self.publications, length: self.dirty.len() }
    }

    /// How many dirty positions the segments before hold that are still dirty; `None` when they were published since.
    fn written(&self, last: Option<DirtyMark>) -> Option<usize> {
        last.filter(|last| last.publications == self.publications).map(|last| last.length)
    }

    /// Writes whether what was dirty at the mark `last` was published since.
    pub fn write_published(&self, last: Option<DirtyMark>, e: &mut Encoder) {
        e.u32(u32::from(self.written(last).is_none()));
    }

    pub fn read_published(&mut self, book: &mut Book, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        if d.u32()? == 1 {
            std::mem::take(&mut self.dirty).iter().for_each(|row| book.rows[*row as usize].set(flag::DIRTY, false));
        }
        Ok(())
    }

    /// Writes the positions that became dirty after the mark `last`, and the late days; of very late demand that of `rows`.
    pub fn write(&self, last: Option<DirtyMark>, rows: &[RowId], e: &mut Encoder) {
        let dirty = &self.dirty[self.written(last).unwrap_or(0)..];
        e.u32(dirty.len() as u32);
        dirty.iter().for_each(|row| e.u32(*row));
        for days in [&self.corrected, &self.very_late_changed] {
            e.u32(days.len() as u32);
            days.iter().for_each(|((row, day), offset)| {
                e.u32(*row);
                e.u32(*day as u32);
                e.u64(*offset);
            });
        }
        let very_late: Vec<_> =
            rows.iter().flat_map(|row| self.very_late.range((*row, i32::MIN)..=(*row, i32::MAX))).collect();
        e.u32(very_late.len() as u32);
        for ((row, day), demand) in very_late {
            e.u32(*row);
            e.u32(*day as u32);
            e.i64(*demand);
        }
    }

    /// Reads what [`Output::write`] wrote, in a book of `rows` positions.
    pub fn read(&mut self, rows: usize, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        let known = |row: RowId| follows((row as usize) < rows).map(|()| row);
        for _ in 0..d.u32()? {
            self.dirty.push(known(d.u32()?)?);
        }
        for days in [&mut self.corrected, &mut self.very_late_changed] {
            days.clear();
            for _ in 0..d.u32()? {
                days.insert((known(d.u32()?)?, d.u32()? as i32), d.u64()?);
            }
        }
        for _ in 0..d.u32()? {
            self.very_late.insert((known(d.u32()?)?, d.u32()? as i32), d.amount()?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{self, Catalogue};
    use crate::stock::history::Past;
    use crate::values::instant::{DAY, HOUR};

    /// Two positions of an open day 3.
    fn shop() -> (Book, Rules, Output) {
        let mut rules = Rules::new(policy::defaults(), Catalogue::new());
        let mut book = Book::default();
        for sku in ["milk", "salt"] {
            let terms = rules.resolve("330", sku).unwrap();
            let names = book.number("330", sku);
            book.add(names, terms, &rules, &rules.calendar(terms).day(3 * DAY));
        }
        (book, rules, Output::default())
    }

    #[test]
    fn a_position_is_published_once_a_mark_however_often_it_changed() {
        let (mut book, rules, mut output) = shop();
        [1, 0, 1].into_iter().for_each(|row| output.mark_dirty(&mut book, row));
        output.publish(&mut book, &rules, 0);
        output.publish_changes(&mut book, &rules);
        output.publish_changes(&mut book, &rules);
        let skus: Vec<&str> = output.take().positions.iter().map(|row| book.skus.get(row.sku)).collect();
        assert_eq!(skus, ["milk", "salt"]);
    }

    #[test]
    fn of_the_rows_of_a_position_only_the_latest_waits_with_its_own_days() {
        let (mut book, rules, mut output) = shop();
        output.keep_latest();
        let mut publish = |output: &mut Output, row: RowId, offset, on_hand| {
            (book.rows[row as usize].offset, book.rows[row as usize].on_hand) = (offset, on_hand);
            output.publish(&mut book, &rules, row);
        };
        for (row, offset, on_hand) in [(0, 1, 5000), (1, 2, 9000), (0, 3, 4000), (0, 4, 3000)] {
            publish(&mut output, row, offset, on_hand);
        }
        assert!(output.take_but_positions().is_empty(), "positions wait on");
        publish(&mut output, 1, 5, 8000);
        let of = |tables: &Tables| tables.positions.iter().map(|row| (row.sku, row.offset)).collect::<Vec<_>>();
        let tables = output.take();
        assert_eq!(of(&tables), [(0, 4), (1, 5)]);
        assert_eq!(tables.expected.end().0, tables.positions.iter().map(|row| row.days as usize).sum::<usize>());
        assert_eq!(tables.expected.promises, [3000, 8000], "what can be promised stands at its row");
        publish(&mut output, 0, 6, 2000);
        assert_eq!(of(&output.take()), [(0, 6)], "a row that was taken has no place any more");
    }

    #[test]
    fn a_row_with_other_days_stands_behind_the_one_that_it_supersedes() {
        let (mut book, rules, mut output) = shop();
        let row = PositionRow::of(&book, 0);
        output.keep_latest();
        output.publish(&mut book, &rules, 0);
        let Output { tables, latest, .. } = &mut output;
        let begins = tables.expected.end();
        latest.as_mut().unwrap().add(0, row, begins, &mut tables.positions, &mut tables.expected);
        output.publish(&mut book, &rules, 0);
        let tables = output.take();
        let days: Vec<u32> = tables.positions.iter().map(|row| row.days).collect();
        assert_eq!(days, [days[0], 0, days[0]]);
        assert_eq!(tables.expected.mean.len(), 2 * days[0] as usize);
    }

    #[test]
    fn a_late_record_publishes_its_day_from_history_and_a_very_late_one_apart() {
        let (mut book, rules, mut output) = shop();
        for (hour, effect, demand) in [(2, -3000, true), (3, 9000, false), (30, -1000, true)] {
            book.remember(1, 3 * DAY, Past { event_time: DAY + hour * HOUR, effect, demand, received: false });
        }
        output.correct_day(1, 1, 7);
        output.correct_day(1, 1, 8);
        output.add_very_late(0, -9, 500, 9);
        output.publish_changes(&mut book, &rules);
        output.add_very_late(0, -9, 250, 10);
        output.publish_changes(&mut book, &rules);
        let days: Vec<_> = output.take().demand.iter().map(|d| (d.offset, d.day, d.very_late, d.demand)).collect();
        assert_eq!(days, [(8, 1, false, 3000), (9, -9, true, 500), (10, -9, true, 750)]);
    }

    #[test]
    fn a_segment_adds_what_became_dirty_or_starts_again_after_a_mark() {
        let (mut book, rules, mut output) = shop();
        let (mut copy, mut other) = (Output::default(), shop().0);
        let mut pass = |output: &Output, last, rows: &[RowId]| {
            let mut e = Encoder::new(b"TEST");
            output.write_published(last, &mut e);
            output.write(last, rows, &mut e);
            let bytes = e.finish();
            let mut d = Decoder::new(&bytes, b"TEST").unwrap();
            copy.read_published(&mut other, &mut d).and_then(|()| copy.read(2, &mut d)).unwrap();
            (copy.dirty.clone(), copy.very_late.clone())
        };
        output.mark_dirty(&mut book, 1);
        output.add_very_late(1, 4, 5, 1);
        assert_eq!(pass(&output, None, &[0, 1]), (vec![1], BTreeMap::from([((1, 4), 5)])));
        let last = output.dirty_mark();
        output.mark_dirty(&mut book, 0);
        assert_eq!(pass(&output, Some(last), &[]).0, [1, 0]);
        output.publish_changes(&mut book, &rules);
        output.mark_dirty(&mut book, 0);
        assert_eq!(pass(&output, Some(last), &[]).0, [0]);
    }
}
