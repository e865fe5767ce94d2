//! Until when what came can be sold, and what records and midnights do to the lots of a position.
//!
//! Lots are kept only where the policy looks for `expiring`, and only of positions that have one ([`flag::LOTS`]).

use crate::log::dedup::fingerprint;
use crate::policy::alert_type::AlertType::Expiring;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::effects::Effect;
use crate::stock::lots::Lots;
use crate::stock::position::{RowId, flag};
use crate::values::calendar::{Calendar, LocalDay};
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

impl Effect<'_> {
    /// What came has the expiry that its record says, else that of its shelf life, else none: then it is of no lot.
    pub(super) fn receive_lot(&mut self, quantity: Milli) {
        if self.terms().off[Expiring as usize] || quantity == 0 {
            return;
        }
        let m = self.movement;
        let expiry = m.expiry.or_else(|| self.shelf_life());
        if expiry.is_none() && !self.position().has(flag::LOTS) {
            return;
        }
        let (key, at) = (fingerprint(m.source, m.id), m.event_time);
        self.lots().receive(key, expiry, at, quantity);
    }

    /// The end of the last day that the catalogue gives to goods that came on the day of the movement.
    fn shelf_life(&self) -> Option<Millis> {
        let days = self.rules.catalogue.get(self.movement.sku)?.shelf_life?;
        let calendar = self.calendar();
        Some(calendar.end_of_day(i64::from(calendar.number(self.movement.event_time)) + i64::from(days)) - 1)
    }

    /// A receipt did not happen. Where the void came before it, both come together here, the void first; a guess that is taken
    /// out with it took nothing from a lot.
    pub(super) fn take_back_lot(&mut self, quantity: Milli) {
        let m = self.movement;
        if quantity <= 0 || self.terms().off[Expiring as usize] {
            return;
        }
        let at = m.event_time;
        if m.joined {
            self.lots().foresee(fingerprint(m.source, m.id), at, quantity);
        } else if let (Some(id), true) = (m.reference, self.position().has(flag::LOTS)) {
            self.lots().take_back(fingerprint(m.source, id), at, quantity);
        }
    }

    /// Keeps what changed the stock of a position with lots by the day on which it did. What a count had seen already changed
    /// the stock before the count, and is not in it.
    #[cold]
    pub(super) fn note_for_lots(&mut self, change: Milli) {
        let (at, counted_at) = (self.movement.event_time, self.position().counted_at);
        let calendar = self.calendar();
        let day = calendar.number(at);
        let absorbed_on = (at <= counted_at).then(|| calendar.number(counted_at));
        let lots = self.lots();
        lots.note(day, change);
        absorbed_on.into_iter().for_each(|day| lots.note(day, -change));
    }

    /// Keeps by how much a count of this time differs from the record.
    pub(super) fn note_count_for_lots(&mut self, at: Millis, change: Milli) {
        let day = self.calendar().number(at);
        self.lots().note(day, change);
    }

    fn calendar(&self) -> &Calendar {
        self.rules.calendar(self.book.rows[self.row as usize].terms)
    }

    /// The lots of the position. With the first of them the days that are not settled begin.
    fn lots(&mut self) -> &mut Lots {
        if !self.position().has(flag::LOTS) {
            self.position().set(flag::LOTS, true);
            let mut lots = Box::new(Lots::default());
            let calendar = self.calendar();
            let first = calendar.number(self.day.end - self.rules.policy.late_window_ms);
            for past in self.book.past(self.row) {
                let day = calendar.number(past.event_time);
                if day >= first {
                    lots.note(day, past.effect);
                }
            }
            self.book.extras_mut(self.row).alerts_mut().lots = Some(lots);
        }
        self.book.extras_mut(self.row).alerts_mut().lots.get_or_insert_default()
    }
}

/// Cuts the lots that a position has, at the start of a day, to what was left of them before the late window.
#[cold]
pub(super) fn settle(book: &mut Book, rules: &Rules, row: RowId, day: &LocalDay) {
    let position = &book.rows[row as usize];
    let (on_hand, calendar) = (position.on_hand, rules.calendar(position.terms));
    let first = calendar.number(day.start - rules.policy.late_window_ms);
    let start = calendar.end_of_day(i64::from(first) - 1);
    let is_off = rules.terms(position.terms).off[Expiring as usize];
    let alerts = book.extras_mut(row).alerts_mut();
    let any = !is_off && alerts.lots.as_mut().is_some_and(|lots| lots.settle(first, start, on_hand));
    if !any {
        alerts.lots = None;
        book.rows[row as usize].set(flag::LOTS, false);
    }
}
