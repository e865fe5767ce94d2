//! The purchase orders and transfers of a position, by ref: what was ordered, shipped and received in all, and when it is due.
//!
//! Sums are never cut and of statements the latest holds, so a receipt may come before its order: what is still open is
//! computed from all of it. A ref that has nothing open is remembered for `ref_memory`, because the systems that
//! order send an order again when its status changes.

use crate::policy::Terms;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::deed::{RefKey, ref_key};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

/// What somebody said last about one thing: when, and what. A later event time wins, at the same time a later arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Statement {
    at: Millis,
    value: i64,
}

fn state(statement: &mut Option<Statement>, at: Millis, value: i64) {
    if statement.is_none_or(|before| at >= before.at) {
        *statement = Some(Statement { at, value });
    }
}

/// What came, or was sent, without an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unordered {
    Receipt = 0,
    Shipment = 1,
}

/// A purchase order or transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supply {
    pub reference: Box<str>,
    /// What is still to come: what was ordered less what was received, at least 0.
    pub remaining: Milli,
    /// When it is due; means nothing while nothing remains.
    pub due: Millis,
    /// The part of the remaining that is on its way.
    pub in_transit: Milli,
    /// The due of the earliest statement: when it was first promised.
    promised: Option<Statement>,
    /// When it was first ordered.
    placed: Option<Millis>,
    ordered: Option<Statement>,
    stated_due: Option<Statement>,
    /// The due of a shipment that does not name one: it holds while nobody names one.
    supposed_due: Option<Statement>,
    shipped: Milli,
    received: Milli,
    /// The latest event time of its records.
    last: Millis,
}

impl Supply {
    fn new(reference: &str) -> Supply {
        Supply {
            reference: reference.into(),
            remaining: 0,
            due: 0,
            in_transit: 0,
            promised: None,
            placed: None,
            ordered: None,
            stated_due: None,
            supposed_due: None,
            shipped: 0,
            received: 0,
            last: Millis::MIN,
        }
    }

    /// When it becomes overdue: its due time and the policy's grace.
    #[inline]
    pub fn overdue_at(&self, terms: &Terms) -> Millis {
        self.due + terms.grace_ms
    }

    /// When it was first ordered, and how much it is now in all; `None` without an order that holds.
    pub fn order_placed(&self) -> Option<(Millis, Milli)> {
        let ordered = self.ordered.filter(|order| order.value > 0)?;
        Some((self.placed?, ordered.value))
    }

    /// When it was first promised, if it is open and now due later than that.
    pub fn slipped_from(&self) -> Option<Millis> {
        let first = self.promised.map(|promised| promised.value)?;
        (self.remaining > 0 && self.due > first).then_some(first)
    }

    /// Shipped and received in all, if both are known and not the same. A cancelled order is settled.
    pub fn mismatch(&self) -> Option<(Milli, Milli)> {
        let settled = self.ordered.is_some_and(|order| order.value <= 0);
        let differs = self.shipped > 0 && self.received > 0 && self.shipped != self.received;
        (differs && !settled).then_some((self.shipped, self.received))
    }

    /// Whether it was received, or shipped, without an order; and since when nothing was said of it.
    pub fn unordered(&self) -> Option<(Unordered, Millis)> {
        let kind = match (self.ordered, self.shipped, self.received) {
            (None, shipped, _) if shipped > 0 => Unordered::Shipment,
            (None, _, received) if received > 0 => Unordered::Receipt,
            _ => return None,
        };
        Some((kind, self.last))
    }

    /// Whether it is not to be forgotten: it is open, or its last event is not before `oldest`.
    fn is_kept(&self, oldest: Millis) -> bool {
        self.remaining > 0 || self.last >= oldest
    }

    /// When it is forgotten, if nothing happens.
    pub fn forgotten_at(&self, memory_ms: i64) -> Option<Millis> {
        (self.remaining == 0).then(|| self.last + memory_ms + 1)
    }

    /// From when on what was shipped must have been received: some time after it is due, and after its last record.
    pub fn settles_at(&self, after_ms: i64) -> Millis {
        self.due.max(self.last) + after_ms
    }

    /// Whether it is what a delivery left open, and nothing of it is on its way.
    pub fn is_remainder(&self) -> bool {
        self.received > 0 && self.in_transit == 0
    }

    /// What was received in all.
    pub fn received(&self) -> Milli {
        self.received
    }

    /// What was ordered; without an order as much as was shipped.
    fn ordered(&self) -> Milli {
        self.ordered.map_or(self.shipped.max(0), |order| order.value)
    }

    /// What was received beyond what was ordered, where an order is known. A cancellation says nothing of what had come before it.
    fn over_received(&self) -> Milli {
        self.ordered.filter(|order| order.value > 0).map_or(0, |order| (self.received - order.value).max(0))
    }

    fn state_due(&mut self, due: Millis, at: Millis) {
        state(&mut self.stated_due, at, due);
        if self.promised.is_none_or(|promised| at < promised.at) {
            self.promised = Some(Statement { at, value: due });
        }
    }

    fn refresh(&mut self) {
        let received = self.received.max(0);
        self.remaining = (self.ordered() - received).max(0);
        self.in_transit = (self.shipped - received).clamp(0, self.remaining);
        self.due = self.stated_due.or(self.supposed_due).map_or(0, |due| due.value);
    }
}

/// The supply of one position: first what is open, sorted by (due, ref), then what is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplies {
    all: Vec<Supply>,
    open: u32,
    /// Whether some ref has another quantity shipped than received, or no order.
    doubtful: bool,
    /// What was received too much under refs that are forgotten.
    over_received: Milli,
}

impl Supplies {
    /// The open supply, earliest due first.
    pub fn as_slice(&self) -> &[Supply] {
        &self.all[..self.open as usize]
    }

    /// All that is remembered: open, and closed.
    pub fn all(&self) -> &[Supply] {
        &self.all
    }

    /// Whether one of the refs has another quantity shipped than received, or no order.
    pub fn are_doubtful(&self) -> bool {
        self.doubtful
    }

    /// All refs that are not to be forgotten yet, where one of them is doubtful; else none.
    pub fn doubtful(&self, oldest: Millis) -> impl Iterator<Item = &Supply> {
        let all: &[Supply] = if self.doubtful { &self.all } else { &[] };
        all.iter().filter(move |supply| supply.is_kept(oldest))
    }

    fn find_doubtful(&mut self) {
        self.doubtful = self.all.iter().any(|supply| supply.mismatch().is_some() || supply.unordered().is_some());
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.over_received == 0
    }

    pub fn on_order(&self) -> Milli {
        quantity::sum(self.as_slice().iter().map(|supply| supply.remaining))
    }

    pub fn in_transit(&self) -> Milli {
        quantity::sum(self.as_slice().iter().map(|supply| supply.in_transit))
    }

    /// What was received beyond what was ordered, of orders that are known.
    pub fn over_received(&self) -> Milli {
        quantity::add(self.over_received, quantity::sum(self.all.iter().map(Supply::over_received)))
    }

    /// An order says what was ordered in all, and when it is due; with quantity 0 it is cancelled.
    pub fn order(&mut self, reference: &str, quantity: Milli, due: Millis, at: Millis) {
        self.change(reference, at, |supply| {
            supply.placed = Some(supply.placed.map_or(at, |placed| placed.min(at)));
            state(&mut supply.ordered, at, quantity);
            supply.state_due(due, at);
        });
    }

    /// A shipment adds to what was shipped; its due is a statement if it names one, and else `usual_due` is supposed.
    pub fn ship(&mut self, reference: &str, quantity: Milli, due: Option<Millis>, usual_due: Millis, at: Millis) {
        self.change(reference, at, |supply| {
            supply.shipped = quantity::add(supply.shipped, quantity);
            match due {
                Some(due) => supply.state_due(due, at),
                None => state(&mut supply.supposed_due, at, usual_due),
            }
        });
    }

    /// A receipt adds to what was received, whether the ref is known yet or not.
    pub fn receive(&mut self, reference: &str, quantity: Milli, at: Millis) {
        self.change(reference, at, |supply| supply.received = quantity::add(supply.received, quantity));
    }

    /// Takes back what was received or shipped under a ref. Gives the ref if it is known: remembered here, or `named`.
    pub fn take_back(
        &mut self,
        key: RefKey,
        named: Option<&str>,
        received: Milli,
        shipped: Milli,
        at: Millis,
    ) -> Option<String> {
        let remembered = self.all.iter().map(|supply| &*supply.reference);
        let reference = remembered.chain(named).find(|reference| ref_key(Some(reference)) == key)?.to_owned();
        self.change(&reference, at, |supply| {
            supply.received = quantity::add(supply.received, -received);
            supply.shipped = quantity::add(supply.shipped, -shipped);
        });
        Some(reference)
    }

    /// Forgets refs that have nothing open and whose last event is older than `oldest`.
    pub fn forget(&mut self, oldest: Millis) {
        let mut too_much = 0;
        self.all.retain(|supply| {
            let keep = supply.is_kept(oldest);
            too_much = quantity::add(too_much, if keep { 0 } else { supply.over_received() });
            keep
        });
        self.over_received = quantity::add(self.over_received, too_much);
        self.find_doubtful();
    }

    fn change(&mut self, reference: &str, at: Millis, change: impl FnOnce(&mut Supply)) {
        let known = self.all.iter().position(|supply| &*supply.reference == reference);
        let place = known.unwrap_or_else(|| {
            self.all.reserve_exact(1);
            self.all.push(Supply::new(reference));
            self.all.len() - 1
        });
        let supply = &mut self.all[place];
        change(supply);
        supply.last = supply.last.max(at);
        supply.refresh();
        self.sort();
    }

    fn sort(&mut self) {
        self.all.sort_by(|a, b| (a.remaining == 0, a.due, &a.reference).cmp(&(b.remaining == 0, b.due, &b.reference)));
        self.open = self.all.partition_point(|supply| supply.remaining > 0) as u32;
        self.find_doubtful();
    }

    pub fn write(&self, e: &mut Encoder) {
        e.i64(self.over_received);
        e.u32(self.all.len() as u32);
        for supply in &self.all {
            e.text(&supply.reference);
            e.option(supply.placed);
            for statement in [supply.ordered, supply.stated_due, supply.supposed_due, supply.promised] {
                e.option(statement.map(|statement| statement.at));
                if let Some(statement) = statement {
                    e.i64(statement.value);
                }
            }
            [supply.shipped, supply.received, supply.last].into_iter().for_each(|value| e.i64(value));
        }
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Supplies, CoreError> {
        let mut supplies = Supplies { over_received: d.amount()?, ..Supplies::default() };
        for _ in 0..d.u32()? {
            let mut supply = Supply::new(d.text()?);
            supply.placed = d.optional_time()?;
            let Supply { ordered, stated_due, supposed_due, promised, .. } = &mut supply;
            for statement in [ordered, stated_due, supposed_due, promised] {
                *statement = match d.optional_time()? {
                    Some(at) => Some(Statement { at, value: d.amount()? }),
                    None => None,
                };
            }
            (supply.shipped, supply.received, supply.last) = (d.amount()?, d.amount()?, d.time()?);
            supply.refresh();
            supplies.all.push(supply);
        }
        supplies.sort();
        Ok(supplies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(supplies: &Supplies) -> Vec<(&str, Milli, Milli, Millis)> {
        supplies.as_slice().iter().map(|s| (&*s.reference, s.remaining, s.in_transit, s.due)).collect()
    }

    #[test]
    fn the_worked_case_in_any_order_of_arrival() {
        let steps: [fn(&mut Supplies); 3] = [
            |supplies| supplies.order("PO1", 40, 500, 1),
            |supplies| supplies.ship("PO1", 25, None, 900, 2),
            |supplies| supplies.receive("PO1", 30, 3),
        ];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut supplies = Supplies::default();
            order.iter().for_each(|step| steps[*step](&mut supplies));
            assert_eq!(open(&supplies), [("PO1", 10, 0, 500)], "{order:?}");
            supplies.receive("PO1", 15, 4);
            assert!(supplies.as_slice().is_empty() && supplies.over_received() == 5);
            supplies.order("PO1", 40, 600, 5);
            assert!(supplies.as_slice().is_empty(), "the order is sent again, and all of it is here");
        }
    }

    #[test]
    fn of_two_orders_the_later_one_holds_and_zero_cancels() {
        let mut supplies = Supplies::default();
        supplies.order("A", 60, 9, 2);
        supplies.order("A", 40, 5, 1);
        supplies.ship("B", 7, Some(3), 3, 1);
        assert_eq!(open(&supplies), [("B", 7, 7, 3), ("A", 60, 0, 9)]);
        supplies.order("A", 0, 9, 3);
        assert_eq!((supplies.on_order(), supplies.in_transit()), (7, 7));
    }

    #[test]
    fn what_is_taken_back_is_open_again() {
        let mut supplies = Supplies::default();
        supplies.order("A", 40, 9, 1);
        supplies.ship("A", 40, Some(8), 8, 2);
        supplies.receive("A", 40, 3);
        assert_eq!(supplies.take_back(ref_key(Some("A")), None, 10, 0, 4).as_deref(), Some("A"));
        assert_eq!(open(&supplies), [("A", 10, 10, 8)]);
        supplies.take_back(ref_key(Some("A")), None, 0, 40, 5);
        assert_eq!(open(&supplies), [("A", 10, 0, 8)], "the due that the shipment named stays");
        assert_eq!(supplies.take_back(ref_key(Some("B")), None, 1, 0, 5), None);
    }

    #[test]
    fn only_what_is_closed_and_old_is_forgotten() {
        let mut supplies = Supplies::default();
        supplies.order("open", 5, 9, 1);
        supplies.order("closed", 5, 9, 1);
        supplies.receive("closed", 7, 2);
        supplies.forget(2);
        assert_eq!(supplies.all.len(), 2);
        supplies.forget(3);
        assert_eq!((supplies.all.len(), supplies.over_received(), open(&supplies).len()), (1, 2, 1));
    }
}
