//! The drive of a key group: a block of movements goes through, record by record, and the clock with it.

use crate::alert::entry::Cause;
use crate::detect::revision::NumbersBefore;
use crate::detect::{Moment, due, look, schedule, signs};
use crate::group::slices::SLICE;
use crate::group::{Group, rule_change};
use crate::log::wire::Reader;
use crate::stock::days;
use crate::stock::effects::Effect;
use crate::stock::position::{RowId, flag};
use crate::values::error::CoreError;
use crate::values::instant::{DAY, HOUR, MINUTE, Millis, next_minute};
use crate::values::movement::Movement;

/// How many records are looked up before the first of them is worked on: so their cache misses overlap.
const AHEAD: usize = 32;

impl Group {
    /// Applies one block of [`crate::log::wire`], and does a share of what is due by time ([`Group::work`]).
    pub fn apply(&mut self, block: &[u8]) -> Result<(), CoreError> {
        let records = self.apply_records(block)?;
        self.work(SLICE.max(records / 2));
        Ok(())
    }

    /// Applies the records of one block and moves the clock; how many records it has. What is due by time is left to
    /// [`Group::work`], except for the positions of the records, and at the end of a source, where all of it is done.
    pub fn apply_records(&mut self, block: &[u8]) -> Result<usize, CoreError> {
        let mut reader = Reader::new(block)?;
        let records = reader.left as usize;
        if reader.planned_since < self.rules.planned_since {
            self.rules.planned_since = reader.planned_since;
            schedule::silence_unplanned(&mut self.book, &self.rules);
        }
        signs::feed::note(&mut self.book, &reader.changes);
        let mut ahead = Vec::with_capacity(AHEAD);
        loop {
            ahead.clear();
            while ahead.len() < AHEAD {
                match reader.read()? {
                    Some(m) => ahead.push((m, self.book.numbers(m.location, m.sku), None)),
                    None => break,
                }
            }
            for (_, numbers, row) in &mut ahead {
                *row = numbers.and_then(|numbers| self.book.find_by_numbers(numbers));
                row.iter().for_each(|row| self.book.ask_for(*row));
            }
            if ahead.is_empty() {
                break;
            }
            for (movement, _, row) in &ahead {
                if movement.offset >= self.next_offset {
                    self.next_offset = movement.offset + u64::from(!movement.joined);
                    match movement.kind {
                        kind if kind.changes_rules() => self.change_rules(movement)?,
                        _ => self.movement(movement, *row)?,
                    }
                }
            }
        }
        self.tick(reader.clock);
        signs::feed::advance(&mut self.book, &mut self.rules, &mut self.output, self.clock)?;
        if reader.last {
            self.settle();
            self.output.publish_open_days(&self.book);
            self.output.pass_mark(&self.book, &self.rules, self.clock, self.clock);
            self.settle();
        }
        Ok(records)
    }

    fn movement(&mut self, m: &Movement<'_>, known: Option<RowId>) -> Result<(), CoreError> {
        self.tick(m.clock);
        let row = match known {
            Some(row) => row,
            None => self.locate(m.location, m.sku)?,
        };
        let Group { book, rules, output, .. } = self;
        book.mark_changed(row);
        due::catch_up(book, rules, output, row, m.clock);
        let day = days::close_passed_days(book, rules, output, row, m.clock);
        days::fold_promises(book, rules, output, row, m.clock, &day);
        let before = NumbersBefore::of(book, rules, row, m, &day);
        Effect { book, rules, output, row, movement: m, day: &day }.apply();
        let position = &mut book.rows[row as usize];
        position.offset = m.offset;
        position.last_event = position.last_event.max(m.event_time);
        output.mark_dirty(book, row, m.clock);
        days::note_stock(book, rules, row, m.clock, &day);
        let cause = Cause::Record { source: m.source, id: m.id };
        look(book, rules, output, &Moment { row, now: m.clock, day, cause, record: Some(m), before, closed: false });
        Ok(())
    }

    /// Moves the clock; a mark that it passes first publishes what changed before the mark.
    #[inline]
    fn tick(&mut self, clock: Millis) {
        if clock >= self.next_mark.min(self.next_minute) {
            self.pass_marks(clock);
        }
        self.clock = self.clock.max(clock);
    }

    /// Passes the marks up to `clock`: at a minute the positions that changed with an open alert are published, at a publish mark
    /// all that changed is owed. A position that changes by time after the first of these marks is published as of the next one
    /// ([`due::catch_up`]), so the others can be passed at once.
    #[cold]
    fn pass_marks(&mut self, clock: Millis) {
        if self.next_minute < self.next_mark.min(clock.saturating_add(1)) {
            self.publish_watched(self.next_minute, clock);
        }
        if self.next_mark <= clock {
            let mark = self.next_mark;
            self.next_mark = self.rules.next_mark(clock);
            let latest = self.next_mark - self.rules.policy.publish_every_ms;
            self.output.pass_mark(&self.book, &self.rules, mark, latest);
            self.book.forget(clock - self.rules.policy.late_window_ms - DAY - 2 * HOUR);
        }
        if self.next_minute <= clock {
            self.next_minute = next_minute(clock);
            self.output.pass_minute(self.next_minute - MINUTE);
        }
        self.clock = self.clock.max(clock);
        while self.output.owes_too_much() {
            self.work(SLICE);
        }
    }

    /// Publishes the positions that changed with an open alert, as they were at the minute `mark`.
    fn publish_watched(&mut self, mark: Millis, clock: Millis) {
        let Group { book, rules, output, .. } = self;
        for row in output.pass_minute(next_minute(clock) - MINUTE) {
            due::catch_up(book, rules, output, row, mark - 1);
            if book.rows[row as usize].has(flag::DIRTY) {
                output.publish(book, rules, row);
            }
        }
    }

    /// The row of a position; when it is first named its policy is resolved.
    fn locate(&mut self, location: &str, sku: &str) -> Result<RowId, CoreError> {
        let names = self.book.number(location, sku);
        if let Some(row) = self.book.find_by_numbers(names) {
            return Ok(row);
        }
        let number = self.rules.resolve(location, sku)?;
        let day = self.rules.calendar(number).day(self.clock);
        Ok(self.book.add(names, number, &self.rules, &day))
    }

    /// Applies a record of a policy or of inputs. What was due before fires under the old ones.
    fn change_rules(&mut self, m: &Movement<'_>) -> Result<(), CoreError> {
        self.tick(m.clock);
        self.settle();
        signs::feed::advance(&mut self.book, &mut self.rules, &mut self.output, m.clock)?;
        rule_change::apply(&mut self.book, &mut self.rules, &mut self.output, m)?;
        self.next_mark = self.rules.next_mark(m.clock);
        Ok(())
    }
}
