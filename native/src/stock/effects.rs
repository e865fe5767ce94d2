//! What each kind of movement does to a position: the table of semantics.md section 2, line by line.

use crate::policy::Terms;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::history::Past;
use crate::stock::output::Output;
use crate::stock::position::{Row, RowId};
use crate::stock::rows::{StockCount, SupplyEvent};
use crate::values::calendar::LocalDay;
use crate::values::instant::{DAY, Millis};
use crate::values::movement::{Kind, Movement};
use crate::values::quantity::{self, Milli};

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
            Kind::Void => self.void(),
            Kind::Return => {
                self.move_stock(quantity, false);
                if self.terms().returns_to_hold {
                    self.block(0, quantity);
                }
            }
            Kind::Receipt | Kind::TransferIn => {
                self.move_stock(quantity, false);
                if let Some(reference) = m.reference {
                    self.book.supplies_mut(self.row).receive(reference, quantity);
                    self.note_supply(None);
                }
            }
            Kind::TransferOut => self.move_stock(-quantity, false),
            Kind::Adjustment => self.move_stock(quantity, false),
            Kind::Order => {
                let due = m.due.unwrap_or_else(|| self.usual_due());
                self.book.supplies_mut(self.row).order(m.reference.unwrap_or(""), quantity, due);
                self.note_supply(Some(due));
            }
            Kind::Shipment => {
                let due_if_new = m.due.unwrap_or_else(|| self.usual_due());
                self.book.supplies_mut(self.row).ship(m.reference.unwrap_or(""), quantity, m.due, due_if_new);
                self.note_supply(m.due);
            }
            Kind::Count => self.count(),
            Kind::Hold => self.block(0, quantity),
            Kind::Release => self.block(0, -quantity),
            Kind::Reserve => self.block(quantity, 0),
            Kind::Unreserve => self.block(-quantity, 0),
            Kind::Heartbeat | Kind::Policy => {}
        }
    }

    #[inline]
    pub(super) fn position(&mut self) -> &mut Row {
        &mut self.book.rows[self.row as usize]
    }

    #[inline]
    pub(super) fn terms(&self) -> &'a Terms {
        self.rules.terms(self.book.rows[self.row as usize].terms)
    }

    fn note_supply(&mut self, due: Option<Millis>) {
        let (position, m) = (&self.book.rows[self.row as usize], self.movement);
        self.output.tables.supply.push(SupplyEvent {
            offset: m.offset,
            location: position.location,
            sku: position.sku,
            reference: m.reference.unwrap_or("").to_owned(),
            kind: m.kind,
            event_time: m.event_time,
            quantity: m.quantity,
            due,
        });
    }

    /// When supply without a due time is expected: after the policy's lead time.
    fn usual_due(&self) -> Millis {
        self.movement.event_time + (self.terms().lead_time_days * DAY as f64) as i64
    }

    fn block(&mut self, allocated: Milli, held: Milli) {
        let blocked = &mut self.book.extras_mut(self.row).blocked;
        blocked.allocate(allocated);
        blocked.hold(held);
        self.position().blocked = self.book.extras_mut(self.row).blocked.total();
    }

    /// Changes on hand, unless a count at or after the movement's time has absorbed it.
    #[inline(always)]
    pub(super) fn move_stock(&mut self, change: Milli, demand: bool) {
        let m = self.movement;
        let position = self.position();
        if m.event_time > position.counted_at {
            position.on_hand = quantity::add(position.on_hand, change);
        }
        if !self.rules.is_very_late(m) {
            self.book.remember(self.row, m.clock, Past { event_time: m.event_time, effect: change, demand });
        }
    }

    /// on_hand at the count's time becomes what was counted; movements after that time still apply on top.
    fn count(&mut self) {
        let (m, position) = (self.movement, self.book.rows[self.row as usize]);
        let older = m.event_time < position.counted_at;
        let in_window = !self.rules.is_very_late(m);
        let as_of = if in_window { m.event_time } else { m.clock };
        let after: Milli = self.book.past(self.row).filter(|p| p.event_time > as_of).map(|p| p.effect).sum();
        let mark = match (older, in_window) {
            (true, _) => "older",
            (false, true) => "applied",
            (false, false) => "out_of_window",
        };
        if !older {
            let position = self.position();
            position.on_hand = quantity::add(m.quantity, after);
            position.counted_at = as_of;
        }
        self.output.tables.counts.push(StockCount {
            offset: m.offset,
            location: position.location,
            sku: position.sku,
            event_time: m.event_time,
            quantity: m.quantity,
            recorded: position.on_hand - after,
            mark,
            source: m.source.to_owned(),
            id: m.id.to_owned(),
        });
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
            book.add(names, terms, rules.terms(terms), &rules.calendar(terms).day(0));
            Shop { book, rules, output: Output::default(), next: 0 }
        }

        fn apply(&mut self, kind: Kind, quantity: Milli, event_time: Millis, reference: Option<&str>) -> PositionRow {
            let movement = Movement {
                kind,
                quantity,
                event_time,
                due: None,
                clock: 12 * HOUR,
                offset: self.next,
                id: "1",
                source: "till",
                location: "330",
                sku: "milk",
                reference,
            };
            self.next += 1;
            let day = self.rules.calendar(0).day(movement.clock);
            let Shop { book, rules, output, .. } = self;
            Effect { book, rules, output, row: 0, movement: &movement, day: &day }.apply();
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
    fn blocked_stock_is_not_available() {
        let mut shop = Shop::new();
        shop.apply(Kind::Receipt, 9000, HOUR, None);
        shop.apply(Kind::Reserve, 2000, HOUR, None);
        assert_eq!(shop.apply(Kind::Hold, 3000, HOUR, None).available(), 4000);
        assert_eq!((shop.apply(Kind::Release, 9000, HOUR, None).available(), shop.book.rows[0].blocked), (7000, 2000));
    }

    #[test]
    fn a_void_undoes_no_more_demand_than_there_was() {
        let mut shop = Shop::new();
        shop.apply(Kind::Sale, 2000, HOUR, None);
        assert_eq!(shop.apply(Kind::Void, 3000, 2 * HOUR, None).on_hand, 1000);
        assert_eq!(shop.book.rows[0].today, 0);
    }
}
