//! The drive of a key group: a block of movements goes through, record by record, and the clock with it.

use crate::alert::entry::Cause;
use crate::detect::revision::NumbersBefore;
use crate::detect::{Moment, look, schedule};
use crate::group::{Group, rule_change};
use crate::log::wire::Reader;
use crate::stock::days;
use crate::stock::effects::Effect;
use crate::stock::position::RowId;
use crate::values::error::CoreError;
use crate::values::instant::{DAY, HOUR, Millis, next_minute};
use crate::values::movement::Movement;

/// How many records or timers are looked up before the first of them is worked on: so their cache misses overlap.
const AHEAD: usize = 32;

impl Group {
    /// Applies one block of [`crate::log::wire`].
    pub fn apply(&mut self, block: &[u8]) -> Result<(), CoreError> {
        let mut reader = Reader::new(block)?;
        if reader.planned_since < self.rules.planned_since {
            self.rules.planned_since = reader.planned_since;
            schedule::silence_unplanned(&mut self.book, &self.rules);
        }
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
                    self.next_offset = movement.offset + u64::from(!movement.joined);
                    match movement.kind {
                        kind if kind.changes_rules() => self.change_rules(movement)?,
                        _ => self.movement(movement, *row)?,
                    }
                }
            }
        }
        self.tick(reader.clock);
        self.fire_due(self.clock);
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
        days::fold_promises(book, rules, output, row, m.clock, &day);
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

    /// Moves the clock; a mark that it passes first publishes what changed before the mark.
    #[inline]
    fn tick(&mut self, clock: Millis) {
        if clock >= self.next_mark.min(self.next_minute) {
            self.pass_marks(clock);
        }
        self.clock = self.clock.max(clock);
    }

    /// Publishes at each passed mark what changed before it, by records and by timers: at a publish mark all, at a minute
    /// the positions with an open alert. Between two timers nothing changes, so the marks there are passed at once.
    #[cold]
    fn pass_marks(&mut self, clock: Millis) {
        let is_publish_mark = clock >= self.next_mark;
        loop {
            let mark = self.next_mark.min(self.next_minute);
            if mark > clock {
                break;
            }
            self.fire_due(mark.saturating_sub(1));
            let unchanged_until = self.book.next_due().clamp(mark, clock);
            if mark == self.next_mark {
                self.output.publish_changes(&mut self.book, &self.rules);
                self.next_mark = self.rules.next_mark(unchanged_until);
            } else {
                self.output.publish_watched(&mut self.book, &self.rules);
            }
            if mark == self.next_minute {
                self.next_minute = next_minute(unchanged_until);
            }
        }
        if is_publish_mark {
            self.book.forget(clock - self.rules.policy.late_window_ms - DAY - 2 * HOUR);
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

    /// Fires the timers of every position that are due at `clock`.
    fn fire_due(&mut self, clock: Millis) {
        let Group { book, rules, output, .. } = self;
        while let Some(rows) = book.take_due(clock) {
            for ahead in rows.chunks(AHEAD) {
                let due = ahead.iter().map(|row| book.rows[*row as usize].next_due);
                if due.fold(Millis::MAX, Millis::min) <= clock {
                    ahead.iter().for_each(|row| schedule::fire(book, rules, output, *row, clock));
                }
            }
        }
    }

    /// Applies a record of a policy or of inputs. What was due before fires under the old ones.
    fn change_rules(&mut self, m: &Movement<'_>) -> Result<(), CoreError> {
        self.tick(m.clock);
        self.fire_due(m.clock);
        rule_change::apply(&mut self.book, &mut self.rules, &mut self.output, m)?;
        self.next_mark = self.rules.next_mark(m.clock);
        Ok(())
    }
}
