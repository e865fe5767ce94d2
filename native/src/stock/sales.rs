//! Sales and voids are demand: of the open day, of a closed day that is corrected, or too late to be learned.

use crate::stock::effects::Effect;
use crate::stock::position::flag;
use crate::stock::{days, thresholds, turnover};
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

impl Effect<'_> {
    #[inline(always)]
    pub(super) fn sell(&mut self) {
        let m = self.movement;
        let sold_on = self.local_day(m.event_time);
        let was_in_stock = self.position().has(flag::IN_STOCK);
        self.move_stock(-m.quantity, true);
        if self.rules.looks_for_silence && m.event_time >= self.position().last_event {
            let number = self.book.feeds.number(m.source);
            self.book.feeds.set_row(self.row, number);
        }
        if self.is_of_open_day(sold_on) {
            let position = self.position();
            position.today = quantity::add(position.today, m.quantity);
            position.set(flag::SOLD_TODAY | flag::SOLD, true);
            if !was_in_stock {
                self.book.stock_time_mut(self.row).unlearned += quantity::units(m.quantity) as f32;
            }
        } else {
            self.position().set(flag::SOLD, true);
            self.change_closed_day(sold_on, m.quantity);
        }
        let terms = self.terms();
        turnover::note(self.book, terms, self.row, sold_on, m.quantity);
    }

    /// Takes a sale back: stock comes back, and the demand of the void's day is less.
    pub(super) fn take_back_sale(&mut self, quantity: Milli) {
        let sold_on = self.local_day(self.movement.event_time);
        self.move_stock(quantity, true);
        if self.is_of_open_day(sold_on) {
            self.take_back_today(quantity);
        } else {
            self.change_closed_day(sold_on, -quantity);
        }
        let terms = self.terms();
        turnover::note(self.book, terms, self.row, sold_on, -quantity);
    }

    fn take_back_today(&mut self, quantity: Milli) {
        let position = self.position();
        position.today = quantity::add(position.today, -quantity);
        position.set(flag::SOLD_TODAY, true);
        let today = quantity::units(position.today.max(0)) as f32;
        if position.has(flag::STOCK_TIME) {
            let time = self.book.stock_time_mut(self.row);
            time.unlearned = time.unlearned.min(today);
        }
    }

    #[inline]
    fn local_day(&self, when: Millis) -> i32 {
        if self.day.contains(when) {
            return self.day.number;
        }
        self.rules.calendar(self.book.rows[self.row as usize].terms).number(when)
    }

    #[inline]
    fn is_of_open_day(&self, day: i32) -> bool {
        day == self.day.number && !self.rules.is_very_late(self.movement)
    }

    /// A late record: the day's row is written again at the next mark, and the estimate learns it unless it is very late, or its
    /// feed was silent on that day.
    fn change_closed_day(&mut self, day: i32, change: Milli) {
        let (terms, offset) = (self.terms(), self.movement.offset);
        if self.rules.is_very_late(self.movement) {
            return self.output.add_very_late(self.row, day, change, offset);
        }
        self.output.correct_day(self.row, day, offset);
        let row = &self.book.rows[self.row as usize];
        let demand = self.book.closed_day(self.row, day, self.rules.calendar(row.terms));
        let before = quantity::add(demand, -change);
        let position = self.position();
        let (change, before) = (quantity::units(change), quantity::units(before));
        if change > 0.0 {
            let days_since = (position.day - 1 - day).clamp(0, i32::from(u16::MAX));
            position.traces.correct(days_since as u16);
        }
        if days::was_silent(self.book, self.rules, self.row, day, self.movement.clock) {
            return; // the rest of the day taught nothing either
        }
        let position = self.position();
        position.demand.correct(change, before, day, position.day, &terms.prior);
        thresholds::refresh(self.book, self.rules, self.row);
    }
}
