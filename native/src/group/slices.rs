//! What is due by time is done in slices between blocks, so that no block waits for all positions at once.
//!
//! At midnight every position that sold has a day to close, and at a publish mark every position that changed has a row to write.
//! [`due`] keeps their order for each position, and a record at a position does what is due there first. So how much of the rest is
//! done, and when, cannot show in what is published, only in how soon.

use crate::detect::due;
use crate::group::Group;
use crate::stock::position::RowId;

/// How many positions are brought up to date at once.
pub const SLICE: usize = 2000;

/// How many positions are looked up before the first of them is worked on: so their cache misses overlap.
const AHEAD: usize = 32;

/// So many positions on which nothing is due any more cost as much as one on which something is.
const IDLE: usize = 8;

impl Group {
    /// Does what is due at some positions: at most so many, or a multiple of them where others came first.
    pub fn work(&mut self, positions: usize) {
        let Group { book, rules, output, clock, .. } = self;
        let (mut left, most) = (positions * IDLE, positions.min(AHEAD));
        let mut ahead = Vec::<RowId>::with_capacity(most);
        while left > 0 {
            ahead.clear();
            output.take_owed(most, &mut ahead);
            if ahead.is_empty() {
                book.take_due(*clock, most, &mut ahead);
            }
            if ahead.is_empty() {
                return;
            }
            ahead.iter().for_each(|row| book.ask_for(*row));
            let due = ahead.iter().filter(|row| due::is_due(book, output, **row, *clock)).count();
            left = left.saturating_sub(due * IDLE + ahead.len() - due);
            if due > 0 {
                ahead.iter().for_each(|row| due::catch_up(book, rules, output, *row, *clock));
            }
        }
    }

    /// Whether something may be due that was not done yet.
    pub fn is_behind(&self) -> bool {
        self.output.has_owed() || self.book.has_due(self.clock)
    }

    /// Does all that is due: before the state is saved, before rules change, at the end of a source.
    pub fn settle(&mut self) {
        while self.is_behind() {
            self.work(SLICE);
        }
    }
}
