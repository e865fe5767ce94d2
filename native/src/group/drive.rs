//! The drive of a key group: a block of movements goes through, record by record, and the clock with it.

use crate::alert::entry::Cause;
use crate::detect::revision::NumbersBefore;
use crate::detect::{Moment, look, schedule};
use crate::group::{Group, policy_change};
use crate::log::wire::Reader;
use crate::policy::Policy;
use crate::stock::days;
use crate::stock::effects::Effect;
use crate::stock::position::RowId;
use crate::values::error::CoreError;
use crate::values::instant::{DAY, HOUR, Millis};
use crate::values::movement::{Kind, Movement};

/// How many records or timers are looked up before the first of them is worked on: so their cache misses overlap.
const AHEAD: usize = 32;

impl Group {
    /// Applies one block of [`crate::log::wire`].
    pub fn apply(&mut self, block: &[u8]) -> Result<(), CoreError> {
        let mut reader = Reader::new(block)?;
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
            }
            if ahead.is_empty() {
                break;
            }
            for (movement, _, row) in &ahead {
                if movement.offset >= self.next_offset {
                    self.next_offset = movement.offset + 1;
                    match movement.kind {
                        Kind::Policy => self.change_policy(movement)?,
                        _ => self.movement(movement, *row)?,
                    }
                }
            }
        }
        self.tick(reader.clock);
        self.fire_due();
        if reader.last {
            self.output.publish_open_days(&self.book);
            self.output.publish_changes(&mut self.book, &self.rules);
        }
        Ok(())
    }

    fn movement(&mut self, m: &Movement<'_>, known: Option<RowId>) -> Result<(), CoreError> {
        self.tick(m.clock);
        let row = match known {
            Some(row) => row,
            None => self.locate(m.location, m.sku)?,
        };
        let Group { book, rules, output, .. } = self;
        book.mark_changed(row);
        schedule::fire(book, rules, output, row, m.clock);
        let day = days::close_passed_days(book, rules, output, row, m.clock);
        let before = NumbersBefore::of(book, rules, row, m, &day);
        Effect { book, rules, output, row, movement: m, day: &day }.apply();
        let position = &mut book.rows[row as usize];
        position.offset = m.offset;
        position.last_event = position.last_event.max(m.event_time);
        output.mark_dirty(book, row);
        days::note_stock(book, rules, row, m.clock, &day);
        let cause = Cause::Record { source: m.source, id: m.id };
        look(book, rules, output, &Moment { row, now: m.clock, day, cause, record: Some(m), before });
        Ok(())
    }

    /// Moves the clock; a passed publish mark first publishes what changed before it.
    #[inline]
    fn tick(&mut self, clock: Millis) {
        if clock >= self.next_mark {
            self.output.publish_changes(&mut self.book, &self.rules);
            self.next_mark = self.rules.next_mark(clock);
            self.book.forget(clock - self.rules.policy.late_window_ms - DAY - 2 * HOUR);
        }
        self.clock = self.clock.max(clock);
    }

    /// The row of a position; when it is first named its policy is resolved.
    fn locate(&mut self, location: &str, sku: &str) -> Result<RowId, CoreError> {
        let names = self.book.number(location, sku);
        if let Some(row) = self.book.find_by_numbers(names) {
            return Ok(row);
        }
        let number = self.rules.resolve(location, sku)?;
        let day = self.rules.calendar(number).day(self.clock);
        Ok(self.book.add(names, number, self.rules.terms(number), &day))
    }

    /// Fires the timers of every position that are due.
    fn fire_due(&mut self) {
        let Group { book, rules, output, clock, .. } = self;
        while let Some(rows) = book.take_due(*clock) {
            for ahead in rows.chunks(AHEAD) {
                let due = ahead.iter().map(|row| book.rows[*row as usize].next_due);
                if due.fold(Millis::MAX, Millis::min) <= *clock {
                    ahead.iter().for_each(|row| schedule::fire(book, rules, output, *row, *clock));
                }
            }
        }
    }

    /// Applies a policy record: its reference is the compiled policy. What was due before fires under the old one.
    fn change_policy(&mut self, m: &Movement<'_>) -> Result<(), CoreError> {
        let policy = Policy::read(m.reference.unwrap_or(""))?;
        self.tick(m.clock);
        self.fire_due();
        policy_change::apply(&mut self.book, &mut self.rules, &mut self.output, policy, m)?;
        self.next_mark = self.rules.next_mark(m.clock);
        Ok(())
    }
}
