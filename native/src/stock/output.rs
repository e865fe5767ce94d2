//! What a key group has to say: rows for the tables, and what will become a row at the next publish mark.

use std::collections::{BTreeMap, VecDeque};

use crate::alert::entry::Entry;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::latest::Latest;
use crate::stock::position::{Row, RowId, flag};
use crate::stock::rows::{Chance, DemandDay, ExpectedDemand, PositionRow, StockCount, SupplyEvent};
use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
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

/// Positions that changed before a publish mark and were not published yet.
#[derive(Debug)]
struct Owed {
    mark: Millis,
    rows: Vec<RowId>,
}

/// So many passed marks may wait at once: fewer than the numbers of intervals that a row can tell apart.
const MOST_OWED: usize = 200;

/// Rows that wait to be taken, and what changed since the last publish mark.
///
/// What changed before a mark is published position by position, in pieces, after the mark was passed. It shows as it was at the
/// mark, because a position is published before anything else happens to it ([`Output::mark_of`]).
#[derive(Debug, Default)]
pub struct Output {
    pub tables: Tables,
    /// Where the rows of positions stand, if only the latest of each is to wait.
    latest: Option<Latest>,
    /// Positions that changed since the last mark; one that was published since stands here without its flag.
    dirty: Vec<RowId>,
    /// Those of them that had an open alert when they changed.
    watched: Vec<RowId>,
    /// What changed before marks that were passed, oldest first.
    owed: VecDeque<Owed>,
    /// The number of the open publish interval, modulo 256: that of [`Owed`] in the list before it is one less.
    interval: u8,
    /// The latest publish mark and the latest minute that were passed.
    latest_mark: Option<Millis>,
    latest_minute: Option<Millis>,
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
    /// Notes that a position changed at `now`: it is published at the first mark after it. If that was passed already, the caller
    /// publishes it before anything else happens to the position.
    #[inline]
    pub fn mark_dirty(&mut self, book: &mut Book, row: RowId, now: Millis) {
        let position = &mut book.rows[row as usize];
        if position.has(flag::DIRTY) {
            return;
        }
        position.set(flag::DIRTY, true);
        if self.latest_mark.is_some_and(|mark| now < mark) {
            return;
        }
        position.interval = self.interval;
        self.dirty.push(row);
        if book.has_open_alert(row) && self.latest_minute.is_none_or(|minute| now >= minute) {
            self.watched.push(row);
        }
    }

    /// Whether a position changed before a mark that was passed, and was not published yet.
    #[inline]
    pub fn owes(&self, position: &Row) -> bool {
        position.has(flag::DIRTY) && position.interval != self.interval
    }

    /// The passed mark as of which a position is to be published; `None` if it is not owed.
    pub fn mark_of(&self, position: &Row) -> Option<Millis> {
        let ago = usize::from(self.interval.wrapping_sub(position.interval));
        self.owes(position).then(|| self.owed[self.owed.len() - ago].mark)
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

    /// Passes minutes up to `latest`: the positions that became dirty with an open alert, to be published as of the first of them.
    pub fn pass_minute(&mut self, latest: Millis) -> Vec<RowId> {
        self.latest_minute = Some(latest);
        std::mem::take(&mut self.watched)
    }

    /// Passes a publish mark, and those after it up to `latest`: what changed before it is owed from now on, late days are published.
    pub fn pass_mark(&mut self, book: &Book, rules: &Rules, mark: Millis, latest: Millis) {
        self.publications += 1;
        self.latest_mark = Some(latest);
        self.watched.clear();
        if !self.dirty.is_empty() {
            self.owed.push_back(Owed { mark, rows: std::mem::take(&mut self.dirty) });
            self.interval = self.interval.wrapping_add(1);
        }
        for ((row, day), offset) in std::mem::take(&mut self.corrected) {
            let demand = book.closed_day(row, day, rules.calendar(book.rows[row as usize].terms));
            self.push_day(book, row, DemandDay { offset, day, demand, ..DemandDay::default() });
        }
        for ((row, day), offset) in std::mem::take(&mut self.very_late_changed) {
            let demand = self.very_late.get(&(row, day)).copied().unwrap_or(0);
            self.push_day(book, row, DemandDay { offset, day, demand, very_late: true, ..DemandDay::default() });
        }
    }

    /// Moves positions that may be owed to `rows`, at most `most`; none when none is. Each is to be brought up to date before the
    /// next call.
    pub fn take_owed(&mut self, most: usize, rows: &mut Vec<RowId>) {
        while let Some(oldest) = self.owed.front_mut() {
            if !oldest.rows.is_empty() {
                rows.extend(oldest.rows.drain(oldest.rows.len().saturating_sub(most)..));
                return;
            }
            self.owed.pop_front();
        }
    }

    /// Whether some position may be owed.
    pub fn has_owed(&self) -> bool {
        self.owed.iter().any(|owed| !owed.rows.is_empty())
    }

    /// Whether no other mark can be passed before some of what is owed is published.
    pub fn owes_too_much(&self) -> bool {
        self.owed.len() >= MOST_OWED
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

    /// Passes a mark and publishes what is owed.
    fn publish_changes(output: &mut Output, book: &mut Book, rules: &Rules) {
        output.pass_mark(book, rules, 3 * DAY, 3 * DAY);
        let mut rows = Vec::new();
        while output.has_owed() {
            output.take_owed(1, &mut rows);
            for row in rows.drain(..) {
                if output.mark_of(&book.rows[row as usize]) == Some(3 * DAY) {
                    output.publish(book, rules, row);
                }
            }
        }
    }

    #[test]
    fn a_position_is_published_once_a_mark_however_often_it_changed() {
        let (mut book, rules, mut output) = shop();
        [1, 0, 1].into_iter().for_each(|row| output.mark_dirty(&mut book, row, 3 * DAY));
        output.publish(&mut book, &rules, 0);
        publish_changes(&mut output, &mut book, &rules);
        publish_changes(&mut output, &mut book, &rules);
        let skus: Vec<&str> = output.take().positions.iter().map(|row| book.skus.get(row.sku)).collect();
        assert_eq!(skus, ["milk", "salt"]);
        assert!(!output.has_owed());
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
        publish_changes(&mut output, &mut book, &rules);
        output.add_very_late(0, -9, 250, 10);
        publish_changes(&mut output, &mut book, &rules);
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
        output.mark_dirty(&mut book, 1, 3 * DAY);
        output.add_very_late(1, 4, 5, 1);
        assert_eq!(pass(&output, None, &[0, 1]), (vec![1], BTreeMap::from([((1, 4), 5)])));
        let last = output.dirty_mark();
        output.mark_dirty(&mut book, 0, 3 * DAY);
        assert_eq!(pass(&output, Some(last), &[]).0, [1, 0]);
        publish_changes(&mut output, &mut book, &rules);
        output.mark_dirty(&mut book, 0, 3 * DAY);
        assert_eq!(pass(&output, Some(last), &[]).0, [0]);
    }
}
