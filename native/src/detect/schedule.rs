//! A timer is set for the one moment at which a position's answer may change by itself; most positions have none.

use crate::alert::entry::Cause;
use crate::group::{AHEAD, Group};
use crate::policy::alert_type::AlertType;
use crate::policy::{ReorderPoint, Terms};
use crate::stock::position::{NO_TIMER, Row, Side, flag};
use crate::stock::thresholds;
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

impl Group {
    /// Fires the timers of every position that are due.
    pub(crate) fn fire_due(&mut self) {
        while let Some((_, positions)) = self.timers.pop(self.clock) {
            for ahead in positions.chunks(AHEAD) {
                // Reading all rows first lets their cache misses overlap.
                let due = ahead.iter().map(|at| self.rows[*at as usize].next_due);
                if due.fold(Millis::MAX, Millis::min) <= self.clock {
                    ahead.iter().for_each(|at| self.fire(*at, self.clock));
                }
            }
        }
    }

    /// Fires one position's timers due at or before `clock`, in order of time.
    #[inline]
    pub(crate) fn fire(&mut self, at: u32, clock: Millis) {
        while self.rows[at as usize].next_due <= clock {
            let due = self.rows[at as usize].next_due;
            self.touch(at);
            self.rows[at as usize].next_due = NO_TIMER;
            let day = self.roll(at, due);
            if self.needs_look(at) {
                self.detect(at, due, &day, Cause::Timer, None, None);
                self.schedule(at, due, &day);
            } else {
                self.close_at_day_end(at, &day);
            }
        }
    }

    /// All that a position with nothing to look at waits for: the end of a day on which it sold.
    #[inline]
    pub(crate) fn close_at_day_end(&mut self, at: u32, day: &LocalDay) {
        if self.rows[at as usize].has(flag::SOLD_TODAY) && self.rows[at as usize].next_due > day.end {
            self.set_timer(at, day.end);
        }
    }

    #[inline]
    pub(crate) fn set_timer(&mut self, at: u32, due: Millis) {
        let row = &mut self.rows[at as usize];
        if row.next_due != due {
            row.next_due = due;
            if due != NO_TIMER {
                self.timers.set(due, at);
            }
        }
    }

    /// Whether a detector has anything to look at: otherwise a movement only compares.
    #[inline]
    pub(crate) fn needs_look(&self, at: u32) -> bool {
        let row = &self.rows[at as usize];
        row.available() < row.safe
            || self.may_be_spike(row)
            || self.side(at).is_some_and(|side| {
                side.alerts.as_ref().is_some_and(|alerts| !alerts.watches.is_empty()) || !side.supplies.is_empty()
            })
    }

    #[inline]
    pub(crate) fn may_be_spike(&self, row: &Row) -> bool {
        let terms = &self.terms[row.terms as usize];
        row.today >= terms.spike_least && row.has(flag::SOLD_TODAY) && row.today >= thresholds::spike(row, terms)
    }

    /// Sets the position's next timer: the turn of its day if that can change its answer, a hold that ends, an order that becomes overdue.
    pub(crate) fn schedule(&mut self, at: u32, now: Millis, day: &LocalDay) {
        let row = self.rows[at as usize];
        let terms = self.terms[row.terms as usize].clone();
        let mut next = if row.has(flag::SOLD_TODAY) { day.end } else { NO_TIMER };
        if let Some(side) = self.side(at) {
            let holds = side.watches().iter().filter_map(|watch| watch.due(&terms)).filter(|due| *due > now);
            next = holds.fold(next, Millis::min);
            let overdue = side.supplies.iter().map(|s| s.due + terms.grace_ms).filter(|due| *due > now);
            next = overdue.fold(next, Millis::min);
            if let Some(at) = side.spiked_at().map(|at| at + terms.spike_hold_ms).filter(|due| *due > now) {
                next = next.min(at);
            }
        }
        if next > day.end && self.changes_with_time(at, &row, &terms, day) {
            next = day.end;
        }
        self.set_timer(at, next);
    }

    /// Whether the mere turn of a day can change one of the position's alerts.
    pub(crate) fn changes_with_time(&self, at: u32, row: &Row, terms: &Terms, day: &LocalDay) -> bool {
        let open = |kind| self.open_watch(at, kind).is_some();
        if open(AlertType::ProjectedStockout) || open(AlertType::BelowReorderPoint) {
            return true;
        }
        if row.available() <= 0 {
            let may_expire = terms.low_turnover_units > 0 && open(AlertType::OutOfStock);
            return may_expire || (terms.reorder_point != ReorderPoint::Off && row.available() < row.safe);
        }
        if row.available() >= row.safe || row.demand.sold <= 0.0 && terms.reorder_point == ReorderPoint::Off {
            return false;
        }
        !self.is_low_turnover(at, day, terms)
    }

    /// True where sales of the last `low_turnover_days` do not exceed `low_turnover_units`.
    pub(crate) fn is_low_turnover(&self, at: u32, day: &LocalDay, terms: &Terms) -> bool {
        if terms.low_turnover_units <= 0 {
            return false;
        }
        let since = day.number - terms.low_turnover_days;
        let sold = self.side(at).map_or(&[][..], Side::sold).iter().filter(|(day, _)| *day > since);
        sold.map(|(_, units)| units).sum::<Milli>() <= terms.low_turnover_units
    }
}
