//! What each kind of movement does to a position: the table of semantics.md section 2, line by line.

use crate::policy::Terms;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::policy::signs::{ADJUSTMENT_WITHOUT_REASON, RECEIPT_WITHOUT_ORDER, RETURN_WITHOUT_SALE};
use crate::stock::book::Book;
use crate::stock::extras::Variance;
use crate::stock::history::Past;
use crate::stock::output::Output;
use crate::stock::position::{NEVER, Row, RowId, flag};
use crate::stock::rows::{StockCount, SupplyEvent};
use crate::stock::supply::Supplies;
use crate::values::calendar::LocalDay;
use crate::values::deed::{Deed, RefKey, ref_key};
use crate::values::instant::{DAY, Millis};
use crate::values::movement::{Kind, Movement};
use crate::values::quantity::{self, Milli};

/// The key of holds and reservations without a ref.
const UNNAMED: RefKey = 0;

/// One movement on its way into a position, on the open local day.
pub struct Effect<'a> {
    pub book: &'a mut Book,
    pub rules: &'a Rules,
    pub output: &'a mut Output,
    pub row: RowId,
    pub movement: &'a Movement<'a>,
    pub day: &'a LocalDay,
}

impl<'a> Effect<'a> {
    /// Changes the position as the movement's kind says.
    #[inline(always)]
    pub fn apply(mut self) {
        let (m, quantity) = (self.movement, self.movement.quantity);
        match m.kind {
            Kind::Sale => self.sell(),
            Kind::Void => m.deed.into_iter().for_each(|deed| self.take_back(deed, quantity)),
            Kind::Return => {
                if !self.position().has(flag::SOLD) {
                    self.note_hole(RETURN_WITHOUT_SALE);
                }
                self.move_stock(quantity, false);
                if self.terms().returns_to_hold {
                    self.hold(UNNAMED, quantity);
                }
            }
            Kind::Receipt | Kind::TransferIn => {
                self.position().set(flag::STATED, true);
                self.move_stock(quantity, false);
                self.receive_lot(quantity);
                self.note_receipt(quantity);
                if m.reference.is_none() && self.position().has(flag::ORDERED) {
                    self.note_hole(RECEIPT_WITHOUT_ORDER);
                }
                if let Some(reference) = m.reference {
                    self.supplies().receive(reference, quantity, m.event_time);
                    self.note_supply(m.kind, reference, quantity, None);
                }
            }
            Kind::TransferOut => self.move_stock(-quantity, false),
            Kind::Adjustment => {
                if !m.has_reason {
                    self.note_hole(ADJUSTMENT_WITHOUT_REASON);
                }
                self.move_stock(quantity, false);
            }
            Kind::Order => {
                let (reference, due) = (m.reference.unwrap_or(""), m.due.unwrap_or_else(|| self.usual_due()));
                self.supplies().order(reference, quantity, due, m.event_time);
                self.note_order(quantity);
                self.note_supply(m.kind, reference, quantity, Some(due));
            }
            Kind::Shipment => {
                let (reference, usual_due) = (m.reference.unwrap_or(""), self.usual_due());
                self.supplies().ship(reference, quantity, m.due, usual_due, m.event_time);
                self.note_order(quantity);
                self.note_supply(m.kind, reference, quantity, m.due);
            }
            Kind::Count => self.count(),
            Kind::Hold => self.hold(ref_key(m.reference), quantity),
            Kind::Release => self.hold(ref_key(m.reference), -quantity),
            Kind::Reserve => self.reserve(ref_key(m.reference), quantity),
            Kind::Unreserve => self.reserve(ref_key(m.reference), -quantity),
            Kind::Heartbeat | Kind::Policy | Kind::Inputs => {}
        }
    }

    /// Takes back what a record did, at the time of the void; with a negative quantity, what a void took back.
    fn take_back(&mut self, deed: Deed, quantity: Milli) {
        let key = deed.ref_key();
        match deed.kind() {
            Kind::Sale => self.take_back_sale(quantity),
            Kind::Return => {
                self.move_stock(-quantity, false);
                if deed.is_held() {
                    self.hold(UNNAMED, -quantity);
                }
            }
            Kind::Receipt | Kind::TransferIn => {
                self.move_stock(-quantity, false);
                self.take_back_lot(quantity);
                key.into_iter().for_each(|key| self.take_back_supply(deed.kind(), key, quantity));
            }
            Kind::Shipment => key.into_iter().for_each(|key| self.take_back_supply(deed.kind(), key, quantity)),
            Kind::TransferOut => self.move_stock(quantity, false),
            Kind::Adjustment if deed.is_negative() => self.move_stock(quantity, false),
            Kind::Adjustment => self.move_stock(-quantity, false),
            Kind::Hold => self.hold(key.unwrap_or(UNNAMED), -quantity),
            Kind::Release => self.hold(key.unwrap_or(UNNAMED), quantity),
            Kind::Reserve => self.reserve(key.unwrap_or(UNNAMED), -quantity),
            Kind::Unreserve => self.reserve(key.unwrap_or(UNNAMED), quantity),
            _ => {}
        }
    }

    /// A shipment or a receipt of this ref did not happen, as far as the ref is remembered.
    fn take_back_supply(&mut self, kind: Kind, key: RefKey, quantity: Milli) {
        let (received, shipped) = if kind == Kind::Shipment { (0, quantity) } else { (quantity, 0) };
        let (at, named) = (self.movement.event_time, self.movement.reference);
        if let Some(reference) = self.supplies().take_back(key, named, received, shipped, at) {
            self.note_supply(kind, &reference, -quantity, None);
        }
    }

    /// Somebody plans a position for which something is ordered or sent.
    fn note_order(&mut self, quantity: Milli) {
        if quantity > 0 {
            self.position().set(flag::ORDERED, true);
        }
    }

    /// Somebody plans a position that received something after its first count.
    fn note_receipt(&mut self, quantity: Milli) {
        let first_of_several = self.book.alerts(self.row).and_then(|alerts| alerts.first_counted);
        let when = self.movement.event_time;
        let position = self.position();
        if quantity > 0 && when > first_of_several.unwrap_or(position.counted_at) {
            position.set(flag::RECEIVED, true);
        }
    }

    /// The supply of the position, without what is forgotten by now.
    fn supplies(&mut self) -> &mut Supplies {
        let oldest = self.movement.clock - self.terms().ref_memory_ms;
        let supplies = self.book.supplies_mut(self.row);
        supplies.forget(oldest);
        supplies
    }

    #[inline]
    pub(super) fn position(&mut self) -> &mut Row {
        &mut self.book.rows[self.row as usize]
    }

    #[inline]
    pub(super) fn terms(&self) -> &'a Terms {
        self.rules.terms(self.book.rows[self.row as usize].terms)
    }

    fn note_supply(&mut self, kind: Kind, reference: &str, quantity: Milli, due: Option<Millis>) {
        let (position, m) = (&self.book.rows[self.row as usize], self.movement);
        self.output.tables.supply.push(SupplyEvent {
            offset: m.offset,
            location: position.location,
            sku: position.sku,
            reference: reference.to_owned(),
            kind,
            event_time: m.event_time,
            quantity,
            due,
        });
    }

    /// When supply without a due time is expected: after the policy's lead time.
    fn usual_due(&self) -> Millis {
        self.movement.event_time + (self.terms().lead_time_days * DAY as f64) as i64
    }

    /// Puts on hold under a ref, or with a negative quantity releases.
    fn hold(&mut self, key: RefKey, quantity: Milli) {
        let (at, oldest) = self.window();
        self.book.change_promised(self.row, |promised| promised.holds.add(key, at, quantity, oldest));
    }

    /// Reserves under a ref, or with a negative quantity ends a reservation.
    fn reserve(&mut self, key: RefKey, quantity: Milli) {
        let (at, oldest) = self.window();
        self.book.change_promised(self.row, |promised| promised.reservations.add(key, at, quantity, oldest));
    }

    /// The movement's time, and the oldest time in the late window.
    fn window(&self) -> (Millis, Millis) {
        (self.movement.event_time, self.movement.clock - self.rules.policy.late_window_ms)
    }

    /// Changes on hand, unless a count at or after the movement's time has absorbed it.
    #[inline(always)]
    pub(super) fn move_stock(&mut self, change: Milli, demand: bool) {
        let m = self.movement;
        let position = self.position();
        let (absorbed, has_lots) = (m.event_time <= position.counted_at, position.has(flag::LOTS));
        if absorbed {
            self.correct_variance(change);
        } else {
            position.on_hand = quantity::add(position.on_hand, change);
        }
        if has_lots {
            self.note_for_lots(change);
        }
        if !self.rules.is_very_late(m) {
            let received = change > 0 && matches!(m.kind, Kind::Receipt | Kind::TransferIn);
            self.book.remember(self.row, m.clock, Past { event_time: m.event_time, effect: change, demand, received });
        }
    }

    /// on_hand at the count's time becomes what was counted; movements after that time still apply on top.
    fn count(&mut self) {
        self.position().set(flag::STATED, true);
        let (m, position) = (self.movement, self.book.rows[self.row as usize]);
        let older = m.event_time < position.counted_at;
        let in_window = !self.rules.is_very_late(m);
        let as_of = if in_window { m.event_time } else { m.clock };
        let after = quantity::sum(self.book.past(self.row).filter(|p| p.event_time > as_of).map(|p| p.effect));
        let came_after = self.book.past(self.row).any(|p| p.event_time > as_of && p.received);
        let mark = match (older, in_window) {
            (true, _) => "older",
            (false, true) => "applied",
            (false, false) => "out_of_window",
        };
        if !older {
            let position = self.position();
            let first = position.counted_at == NEVER;
            if first && !came_after {
                position.set(flag::RECEIVED, false); // what came before the first count is part of what was counted
            } else if !first && !position.is_planned() {
                let before = position.counted_at;
                self.book.extras_mut(self.row).alerts_mut().first_counted.get_or_insert(before);
            }
            let position = self.position();
            let before = position.on_hand;
            position.traces.begin();
            position.on_hand = quantity::add(m.quantity, after);
            position.counted_at = as_of;
            let change = quantity::add(position.on_hand, -before);
            if position.has(flag::LOTS) {
                self.note_count_for_lots(as_of, change);
            }
        }
        let recorded = quantity::add(position.on_hand, -after);
        if !older && position.counted_at != NEVER {
            self.note_variance(recorded, position.counted_at);
        }
        self.output.tables.counts.push(StockCount {
            offset: m.offset,
            location: position.location,
            sku: position.sku,
            event_time: m.event_time,
            quantity: m.quantity,
            recorded,
            mark,
            source: m.source.to_owned(),
            id: m.id.to_owned(),
        });
    }
}

impl Effect<'_> {
    /// Counts a record that should have had another before it; `place` in [`HOLES`].
    ///
    /// [`HOLES`]: crate::policy::signs::HOLES
    #[cold]
    fn note_hole(&mut self, place: usize) {
        let terms = self.terms();
        if terms.off[AlertType::ProcessHole as usize] || !terms.signs.holes[place] {
            return;
        }
        let at = self.movement.clock;
        let holes = self.book.extras_mut(self.row).alerts_mut().holes.get_or_insert_default();
        holes.at = at;
        holes.counts[place] = holes.counts[place].saturating_add(1);
    }

    /// A record from before the last count came after it: what was recorded at the time of the count is another number.
    #[cold]
    fn correct_variance(&mut self, change: Milli) {
        let (row, at) = (self.row, self.movement.event_time);
        let of_last = self.book.alerts(row).is_some_and(|alerts| alerts.variance.is_some_and(|last| at > last.since));
        if of_last && let Some(last) = &mut self.book.extras_mut(row).alerts_mut().variance {
            last.recorded = quantity::add(last.recorded, change);
        }
    }

    /// Remembers a count and what was `recorded`, as long as records from before it may come. `since` is the time of the count before it.
    fn note_variance(&mut self, recorded: Milli, since: Millis) {
        if !self.terms().off[AlertType::CountVariance as usize] {
            let (counted, at) = (self.movement.quantity, self.movement.clock);
            self.book.extras_mut(self.row).alerts_mut().variance = Some(Variance { at, since, counted, recorded });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{self, Catalogue};
    use crate::stock::rows::PositionRow;
    use crate::values::instant::HOUR;

    /// A book of one position, the movements of which come in the order of their time.
    struct Shop {
        book: Book,
        rules: Rules,
        output: Output,
        next: u64,
    }

    impl Shop {
        fn new() -> Shop {
            let mut rules = Rules::new(policy::defaults(), Catalogue::new());
            let terms = rules.resolve("330", "milk").unwrap();
            let mut book = Book::default();
            let names = book.number("330", "milk");
            book.add(names, terms, &rules, &rules.calendar(terms).day(0));
            Shop { book, rules, output: Output::default(), next: 0 }
        }

        fn apply(&mut self, kind: Kind, quantity: Milli, event_time: Millis, reference: Option<&str>) -> PositionRow {
            let movement = Movement {
                kind,
                quantity,
                event_time,
                due: None,
                expiry: None,
                clock: 12 * HOUR,
                offset: self.next,
                id: "1",
                source: "till",
                location: "330",
                sku: "milk",
                reference,
                deed: None,
                has_reason: false,
                joined: false,
            };
            self.apply_movement(&movement)
        }

        /// A void at a time of what a record of this kind did.
        fn void(&mut self, of: Kind, reference: Option<&str>, quantity: Milli, event_time: Millis) -> PositionRow {
            let deed = Some(Deed::new(of, false, false, reference, 0));
            let void = Movement {
                kind: Kind::Void,
                quantity,
                event_time,
                due: None,
                expiry: None,
                clock: 12 * HOUR,
                offset: self.next,
                id: "v",
                source: "till",
                location: "330",
                sku: "milk",
                reference: Some("1"),
                deed,
                has_reason: false,
                joined: false,
            };
            self.apply_movement(&void)
        }

        fn apply_movement(&mut self, movement: &Movement<'_>) -> PositionRow {
            self.next += 1;
            let day = self.rules.calendar(0).day(movement.clock);
            let Shop { book, rules, output, .. } = self;
            Effect { book, rules, output, row: 0, movement, day: &day }.apply();
            PositionRow::of(&self.book, 0)
        }
    }

    #[test]
    fn a_count_absorbs_what_was_before_it_and_keeps_what_came_after() {
        let mut shop = Shop::new();
        shop.apply(Kind::Receipt, 9000, HOUR, None);
        shop.apply(Kind::Sale, 2000, 3 * HOUR, None);
        assert_eq!(shop.apply(Kind::Count, 8000, 2 * HOUR, None).on_hand, 6000);
        assert_eq!(shop.apply(Kind::Sale, 1000, HOUR, None).on_hand, 6000, "before the count");
        assert_eq!(shop.apply(Kind::Count, 1000, HOUR, None).on_hand, 6000, "an older count");
        let counts = shop.output.take().counts;
        assert_eq!(
            counts.iter().map(|c| (c.mark, c.recorded)).collect::<Vec<_>>(),
            [("applied", 9000), ("older", 8000)]
        );
    }

    #[test]
    fn supply_is_promised_sent_and_received() {
        let mut shop = Shop::new();
        let ordered = shop.apply(Kind::Order, 5000, HOUR, Some("PO-1"));
        assert_eq!((ordered.on_order, ordered.in_transit, ordered.on_hand), (5000, 0, 0));
        assert_eq!(shop.apply(Kind::Shipment, 4000, 2 * HOUR, Some("PO-1")).in_transit, 4000);
        let received = shop.apply(Kind::Receipt, 3000, 3 * HOUR, Some("PO-1"));
        assert_eq!((received.on_order, received.in_transit, received.on_hand), (2000, 1000, 3000));
        let usual = HOUR + (shop.rules.terms(0).lead_time_days * DAY as f64) as i64;
        let events = shop.output.take().supply;
        assert_eq!(events.iter().map(|event| event.due).collect::<Vec<_>>(), [Some(usual), None, None]);
    }

    #[test]
    fn promised_stock_is_not_available() {
        let mut shop = Shop::new();
        shop.apply(Kind::Receipt, 12_000, HOUR, None);
        shop.apply(Kind::Reserve, 10_000, HOUR, Some("A"));
        assert_eq!(shop.apply(Kind::Hold, 5000, HOUR, None).available(), -3000);
        assert_eq!(shop.apply(Kind::Release, 9000, HOUR, None).available(), 2000);
        assert_eq!(shop.book.promised(0).unwrap().over_released(), 4000);
        shop.apply(Kind::Unreserve, 4000, HOUR, Some("A"));
        shop.apply(Kind::Unreserve, 8000, HOUR, Some("A"));
        assert_eq!(shop.apply(Kind::Reserve, 3000, HOUR, Some("B")).allocated, 3000);
    }

    #[test]
    fn sums_of_the_largest_records_stop_where_their_columns_end() {
        const FULL: Milli = 999_999_999_999_999_999;
        let mut shop = Shop::new();
        let kinds = [Kind::Receipt, Kind::Shipment, Kind::Reserve, Kind::Hold, Kind::Sale, Kind::Release, Kind::Order];
        for number in 0..3000 {
            let reference = format!("{number}");
            for kind in kinds {
                shop.apply(kind, quantity::LIMIT, HOUR + number, Some(&reference));
            }
        }
        shop.apply(Kind::Count, quantity::LIMIT, 0, None);
        for number in 0..3000 {
            let reference = format!("{number}");
            shop.apply(Kind::Order, quantity::LIMIT, 2 * HOUR, Some(&reference));
            shop.apply(Kind::TransferOut, quantity::LIMIT, HOUR, None);
        }
        shop.apply(Kind::Order, quantity::LIMIT, 2 * HOUR, Some("one more"));
        let row = PositionRow::of(&shop.book, 0);
        let sums = [row.on_hand, row.allocated, row.held, row.available(), shop.book.rows[0].available()];
        assert_eq!(sums, [-FULL, FULL, 0, -FULL, -FULL]);
        assert_eq!((row.on_order, row.in_transit, shop.book.rows[0].today), (quantity::LIMIT, 0, FULL));
        let counts = shop.output.take().counts;
        assert_eq!((counts[0].recorded, counts[0].quantity), (0, quantity::LIMIT));
        for (number, reference) in (0..3000).map(|number| (number, format!("{number}"))) {
            shop.apply(Kind::Unreserve, quantity::LIMIT, HOUR + number, Some(&reference));
        }
        assert_eq!(PositionRow::of(&shop.book, 0).allocated, 0, "what stopped comes back exactly");
    }

    #[test]
    fn a_void_takes_back_what_its_record_did() {
        let mut shop = Shop::new();
        shop.apply(Kind::Order, 5000, HOUR, Some("PO-1"));
        shop.apply(Kind::Receipt, 5000, 2 * HOUR, Some("PO-1"));
        let voided = shop.void(Kind::Receipt, Some("PO-1"), 5000, 3 * HOUR);
        assert_eq!((voided.on_hand, voided.on_order), (0, 5000));
        shop.apply(Kind::Sale, 2000, HOUR, None);
        assert_eq!(shop.void(Kind::Sale, None, 3000, 2 * HOUR).on_hand, 1000);
        assert_eq!(shop.book.rows[0].today, -1000, "a sum is not cut");
        shop.apply(Kind::Reserve, 700, HOUR, Some("A"));
        assert_eq!(shop.void(Kind::Reserve, Some("A"), 700, HOUR).allocated, 0);
    }
}
