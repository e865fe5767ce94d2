//! What each kind of movement does to a position: the table of semantics.md section 2, line by line.

use crate::group::Group;
use crate::stock::history::Past;
use crate::stock::position::flag;
use crate::stock::rows::{StockCount, SupplyEvent};
use crate::stock::thresholds;
use crate::values::calendar::LocalDay;
use crate::values::instant::{DAY, Millis};
use crate::values::movement::{Kind, Movement};
use crate::values::quantity::{self, Milli};

impl Group {
    pub(crate) fn effect(&mut self, at: u32, m: &Movement<'_>, day: &LocalDay) {
        let q = m.quantity;
        match m.kind {
            Kind::Sale => self.sell(at, m, day),
            Kind::Void => self.void(at, m, day),
            Kind::Return => {
                self.stock(at, m, q, false);
                if self.terms[self.rows[at as usize].terms as usize].returns_to_hold {
                    self.block(at, 0, q);
                }
            }
            Kind::Receipt | Kind::TransferIn => {
                self.stock(at, m, q, false);
                if let Some(reference) = m.reference {
                    self.side_mut(at).receive(reference, q);
                    self.note_supply(at, m, None);
                }
            }
            Kind::TransferOut => self.stock(at, m, -q, false),
            Kind::Adjustment => self.stock(at, m, q, false),
            Kind::Order => {
                let due = m.due.unwrap_or_else(|| self.usual_due(at, m.event_time));
                self.side_mut(at).order(m.reference.unwrap_or(""), q, due);
                self.note_supply(at, m, Some(due));
            }
            Kind::Shipment => {
                let due = m.due.unwrap_or_else(|| self.usual_due(at, m.event_time));
                self.side_mut(at).ship(m.reference.unwrap_or(""), q, m.due, due);
                self.note_supply(at, m, m.due);
            }
            Kind::Count => self.count(at, m),
            Kind::Hold => self.block(at, 0, q),
            Kind::Release => self.block(at, 0, -q),
            Kind::Reserve => self.block(at, q, 0),
            Kind::Unreserve => self.block(at, -q, 0),
            Kind::Heartbeat | Kind::Policy => {}
        }
    }

    fn note_supply(&mut self, at: u32, m: &Movement<'_>, due: Option<Millis>) {
        let row = &self.rows[at as usize];
        self.output.supply.push(SupplyEvent {
            offset: m.offset,
            location: row.location,
            sku: row.sku,
            reference: m.reference.unwrap_or("").to_owned(),
            kind: m.kind,
            event_time: m.event_time,
            quantity: m.quantity,
            due,
        });
    }

    fn usual_due(&self, at: u32, event_time: Millis) -> Millis {
        let terms = &self.terms[self.rows[at as usize].terms as usize];
        event_time + (terms.lead_time_days * DAY as f64) as i64
    }

    fn block(&mut self, at: u32, allocated: Milli, held: Milli) {
        let side = self.side_mut(at);
        side.allocated = quantity::add(side.allocated, allocated).max(0);
        side.held = quantity::add(side.held, held).max(0);
        let blocked = quantity::add(side.allocated, side.held);
        self.rows[at as usize].blocked = blocked;
    }

    /// Changes on hand unless a count at or after the movement's time has absorbed it.
    #[inline]
    fn stock(&mut self, at: u32, m: &Movement<'_>, change: Milli, demand: bool) {
        let row = &mut self.rows[at as usize];
        if m.event_time > row.counted_at {
            row.on_hand = quantity::add(row.on_hand, change);
        }
        if m.clock - m.event_time <= self.policy.late_window_ms {
            let past = Past { event_time: m.event_time, effect: change, demand };
            row.latest = self.history.push(m.clock, past, row.latest);
        }
    }

    #[inline]
    fn sell(&mut self, at: u32, m: &Movement<'_>, day: &LocalDay) {
        let sold_on = if day.contains(m.event_time) { day.number } else { self.local_day(at, m.event_time) };
        let stocked = self.rows[at as usize].has(flag::IN_STOCK);
        self.stock(at, m, -m.quantity, true);
        if self.is_very_late(m) {
            self.add_very_late(at, sold_on, m.quantity, m.offset);
        } else if sold_on == day.number {
            let row = &mut self.rows[at as usize];
            row.today = quantity::add(row.today, m.quantity);
            row.set(flag::SOLD_TODAY, true);
            if !stocked {
                self.account_mut(at).unlearned += quantity::units(m.quantity) as f32;
            }
        } else {
            self.correct_closed_day(at, sold_on, m.quantity, m.offset);
        }
        self.note_turnover(at, sold_on, m.quantity);
    }

    fn void(&mut self, at: u32, m: &Movement<'_>, day: &LocalDay) {
        let sold_on = self.local_day(at, m.event_time);
        let known = if self.is_very_late(m) {
            m.quantity // the day is long closed: its parts are added, and kept from falling below zero, where they are read
        } else if sold_on == day.number {
            self.rows[at as usize].today
        } else {
            self.closed_day(at, sold_on)
        };
        let undone = m.quantity.min(known.max(0));
        self.stock(at, m, undone, true);
        if undone != m.quantity {
            self.stock(at, m, m.quantity - undone, false);
        }
        if self.is_very_late(m) {
            self.add_very_late(at, sold_on, -undone, m.offset);
        } else if sold_on == day.number {
            let row = &mut self.rows[at as usize];
            row.today -= undone;
            row.set(flag::SOLD_TODAY, true);
            let today = quantity::units(row.today) as f32;
            if row.has(flag::ACCOUNT) {
                let account = self.account_mut(at);
                account.unlearned = account.unlearned.min(today);
            }
        } else {
            self.correct_closed_day(at, sold_on, -undone, m.offset);
        }
        self.note_turnover(at, sold_on, -undone);
    }

    fn local_day(&self, at: u32, when: Millis) -> i32 {
        self.calendars[self.rows[at as usize].terms as usize].number(when)
    }

    fn is_very_late(&self, m: &Movement<'_>) -> bool {
        m.clock - m.event_time > self.policy.late_window_ms
    }

    fn add_very_late(&mut self, at: u32, day: i32, change: Milli, offset: u64) {
        *self.very_late.entry((at, day)).or_default() += change;
        self.very_late_changed.insert((at, day), offset);
    }

    /// A late record changes a day that is closed: its row is written again at the next mark, and the rate learns it.
    fn correct_closed_day(&mut self, at: u32, day: i32, change: Milli, offset: u64) {
        self.changed.insert((at, day), offset);
        let terms = self.terms[self.rows[at as usize].terms as usize].clone();
        let row = &mut self.rows[at as usize];
        row.demand.correct(quantity::units(change), row.day - day, terms.discount);
        thresholds::refresh(row, &terms);
    }

    /// Keeps the latest sales that are just enough to lift the low-turnover exemption.
    #[inline]
    fn note_turnover(&mut self, at: u32, day: i32, change: Milli) {
        let terms = &self.terms[self.rows[at as usize].terms as usize];
        let enough = terms.low_turnover_units;
        if enough <= 0 {
            return;
        }
        let sold = &mut self.side_mut(at).alerts_mut().sold;
        match sold.binary_search_by_key(&day, |(day, _)| *day) {
            Ok(at) => sold[at].1 = (sold[at].1 + change).max(0),
            Err(at) if change > 0 => {
                sold.reserve_exact(1);
                sold.insert(at, (day, change));
            }
            Err(_) => {}
        }
        let mut total: Milli = sold.iter().map(|(_, units)| units).sum();
        while sold.len() > 1 && total - sold[0].1 > enough {
            total -= sold[0].1;
            sold.remove(0);
        }
    }

    /// on_hand at the count's time becomes what was counted; movements after that time still apply on top.
    fn count(&mut self, at: u32, m: &Movement<'_>) {
        let row = self.rows[at as usize];
        let older = m.event_time < row.counted_at;
        let in_window = m.clock - m.event_time <= self.policy.late_window_ms;
        let as_of = if in_window { m.event_time } else { m.clock };
        let after: Milli = self.history.chain(row.latest).filter(|p| p.event_time > as_of).map(|p| p.effect).sum();
        let recorded = row.on_hand - after;
        let mark = match (older, in_window) {
            (true, _) => "older",
            (false, true) => "applied",
            (false, false) => "out_of_window",
        };
        if !older {
            let row = &mut self.rows[at as usize];
            row.on_hand = quantity::add(m.quantity, after);
            row.counted_at = as_of;
        }
        self.output.counts.push(StockCount {
            offset: m.offset,
            location: row.location,
            sku: row.sku,
            event_time: m.event_time,
            quantity: m.quantity,
            recorded,
            mark,
            source: m.source.to_owned(),
            id: m.id.to_owned(),
        });
    }
}
