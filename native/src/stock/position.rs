//! A position is one row of 104 bytes; what few positions have lies beside it.

use hashbrown::HashTable;

use crate::alert::episode::Watch;
use crate::demand::rate::Demand;
use crate::stock::history;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

/// No side entry.
pub const NO_SIDE: u32 = u32::MAX;
/// No count yet, no timer set.
pub const NEVER: Millis = Millis::MIN;
pub const NO_TIMER: Millis = Millis::MAX;

/// Bits of [`Row::flags`].
pub mod flag {
    /// Changed since its row was last published.
    pub const DIRTY: u32 = 1;
    /// The open day has demand records.
    pub const SOLD_TODAY: u32 = 2;
    /// In stock; since the start of the open day unless the position has an [`Account`].
    pub const IN_STOCK: u32 = 4;
    /// Has an [`Account`] of the open day.
    pub const ACCOUNT: u32 = 8;
    /// Changed since the state was last saved.
    pub const TOUCHED: u32 = 16;
}

/// The hot part of a position.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Row {
    pub on_hand: Milli,
    /// allocated + held; their parts lie in [`Side`].
    pub blocked: Milli,
    /// Demand of the open day.
    pub today: Milli,
    /// At or above this much available nothing about reorder alerts needs looking at.
    pub safe: Milli,
    /// event_time of the latest count, [`NEVER`] without one.
    pub counted_at: Millis,
    pub last_event: Millis,
    /// Offset of the last record that touched the position: the version of its published rows.
    pub offset: u64,
    /// When the next timer is due, [`NO_TIMER`] without one.
    pub next_due: Millis,
    pub demand: Demand,
    /// Latest entry in [`history::History`].
    pub latest: u32,
    pub side: u32,
    pub location: u32,
    pub sku: u32,
    pub terms: u32,
    /// Number of the open local day.
    pub day: i32,
    pub flags: u32,
}

impl Row {
    pub fn new(location: u32, sku: u32, terms: u32, day: i32, demand: Demand) -> Row {
        Row {
            on_hand: 0,
            blocked: 0,
            today: 0,
            safe: 1,
            counted_at: NEVER,
            last_event: NEVER,
            offset: 0,
            next_due: NO_TIMER,
            demand,
            latest: history::NONE,
            side: NO_SIDE,
            location,
            sku,
            terms,
            day,
            flags: 0,
        }
    }

    #[inline]
    pub fn available(&self) -> Milli {
        self.on_hand - self.blocked
    }

    #[inline]
    pub fn has(&self, bit: u32) -> bool {
        self.flags & bit != 0
    }

    #[inline]
    pub fn set(&mut self, bit: u32, on: bool) {
        if on { self.flags |= bit } else { self.flags &= !bit }
    }
}

/// The open day of a position that was not in stock all day; others need none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Account {
    /// Days of demand (by the profile) in stock before `stocked_since`.
    pub exposure: f32,
    /// Share of the day in stock before `stocked_since`, 0 to 1.
    pub share: f32,
    /// Share of the day at which the position was last found in stock.
    pub stocked_since: f32,
    /// Demand from time out of stock, in units: counted, not learned.
    pub unlearned: f32,
}

/// An open purchase order or transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supply {
    pub reference: Box<str>,
    pub remaining: Milli,
    pub due: Millis,
    pub in_transit: Milli,
}

/// What few positions have: blocked stock, open supply, alerts.
#[derive(Clone, Debug, Default)]
pub struct Side {
    pub allocated: Milli,
    pub held: Milli,
    /// Sorted by (due, reference).
    pub supplies: Vec<Supply>,
    /// Alerts and sales, of positions that have had any.
    pub alerts: Option<Box<Alerts>>,
}

/// The part of [`Side`] that only positions with alerts, or under the low-turnover exemption, need.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    /// One for each alert type that the position has had or is about to have.
    pub watches: Vec<Watch>,
    /// (local day, demand) of the latest sales, oldest first, just enough to exceed `low_turnover_units`.
    pub sold: Vec<(i32, Milli)>,
    /// When the last record with a demand spike was seen.
    pub spiked_at: Option<Millis>,
}

impl Side {
    pub fn alerts_mut(&mut self) -> &mut Alerts {
        self.alerts.get_or_insert_default()
    }

    pub fn watches(&self) -> &[Watch] {
        self.alerts.as_ref().map_or(&[], |alerts| &alerts.watches)
    }

    pub fn sold(&self) -> &[(i32, Milli)] {
        self.alerts.as_ref().map_or(&[], |alerts| &alerts.sold)
    }

    pub fn spiked_at(&self) -> Option<Millis> {
        self.alerts.as_ref()?.spiked_at
    }

    pub fn on_order(&self) -> Milli {
        self.supplies.iter().map(|s| s.remaining).sum()
    }

    pub fn in_transit(&self) -> Milli {
        self.supplies.iter().map(|s| s.in_transit).sum()
    }

    fn find(&self, reference: &str) -> Option<usize> {
        self.supplies.iter().position(|s| &*s.reference == reference)
    }

    fn sort(&mut self) {
        self.supplies.sort_by(|a, b| (a.due, &a.reference).cmp(&(b.due, &b.reference)));
    }

    /// An order: opens, replaces, or with quantity 0 closes the supply of this reference.
    pub fn order(&mut self, reference: &str, quantity: Milli, due: Millis) {
        match (self.find(reference), quantity) {
            (Some(at), 0) => drop(self.supplies.remove(at)),
            (None, 0) => {}
            (Some(at), _) => {
                let supply = &mut self.supplies[at];
                (supply.remaining, supply.due, supply.in_transit) = (quantity, due, supply.in_transit.min(quantity));
            }
            (None, _) => self.open(reference, quantity, due, 0),
        }
        self.sort();
    }

    fn open(&mut self, reference: &str, remaining: Milli, due: Millis, in_transit: Milli) {
        self.supplies.reserve_exact(1);
        self.supplies.push(Supply { reference: reference.into(), remaining, due, in_transit });
    }

    /// A shipment: the part in transit, with a better due if it names one; `due_if_new` is for a reference never ordered.
    pub fn ship(&mut self, reference: &str, quantity: Milli, due: Option<Millis>, due_if_new: Millis) {
        match self.find(reference) {
            Some(at) => {
                let supply = &mut self.supplies[at];
                supply.in_transit = quantity.min(supply.remaining);
                supply.due = due.unwrap_or(supply.due);
            }
            None if quantity > 0 => self.open(reference, quantity, due_if_new, quantity),
            None => {}
        }
        self.sort();
    }

    /// A receipt against a reference; what is over or unknown changes nothing here.
    pub fn receive(&mut self, reference: &str, quantity: Milli) {
        if let Some(at) = self.find(reference) {
            let supply = &mut self.supplies[at];
            supply.remaining = (supply.remaining - quantity).max(0);
            supply.in_transit = (supply.in_transit - quantity).max(0);
            if supply.remaining == 0 {
                self.supplies.remove(at);
            }
        }
    }
}

/// Rows by (location, SKU).
#[derive(Debug, Default)]
pub struct Index {
    table: HashTable<u32>,
}

#[inline]
fn hash(location: u32, sku: u32) -> u64 {
    let key = u64::from(location) << 32 | u64::from(sku);
    let mixed = u128::from(key ^ 0x2d35_8dcc_aa6c_78a5) * 0x9e37_79b9_7f4a_7c15;
    (mixed as u64) ^ ((mixed >> 64) as u64)
}

impl Index {
    #[inline]
    pub fn find(&self, rows: &[Row], location: u32, sku: u32) -> Option<u32> {
        let is = |at: &u32| rows[*at as usize].location == location && rows[*at as usize].sku == sku;
        self.table.find(hash(location, sku), is).copied()
    }

    /// Adds the row at `at`, which must be in `rows` already.
    pub fn insert(&mut self, rows: &[Row], at: u32) {
        let row = &rows[at as usize];
        self.table.insert_unique(hash(row.location, row.sku), at, |at| {
            let row = &rows[*at as usize];
            hash(row.location, row.sku)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_stays_packed() {
        assert_eq!((size_of::<Row>(), size_of::<Side>()), (104, 48));
    }

    #[test]
    fn orders_shipments_and_receipts() {
        let mut side = Side::default();
        side.order("PO1", 40, 5);
        side.ship("PO1", 25, None, 0);
        side.receive("PO1", 30);
        assert_eq!(side.supplies, [Supply { reference: "PO1".into(), remaining: 10, due: 5, in_transit: 0 }]);
        side.receive("PO1", 15);
        assert!(side.supplies.is_empty());
        side.order("A", 40, 5);
        side.order("A", 60, 9);
        side.ship("B", 7, Some(3), 3);
        assert_eq!((side.on_order(), side.in_transit(), side.supplies[0].due), (67, 7, 3));
        side.order("A", 0, 9);
        side.receive("none", 3);
        assert_eq!(side.on_order(), 7);
    }
}
