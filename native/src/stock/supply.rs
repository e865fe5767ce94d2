//! The open purchase orders and transfers of a position, by reference: what was promised, sent and received.

use crate::policy::Terms;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

/// An open purchase order or transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supply {
    pub reference: Box<str>,
    pub remaining: Milli,
    pub due: Millis,
    pub in_transit: Milli,
}

impl Supply {
    /// When it becomes overdue: its due time and the policy's grace.
    #[inline]
    pub fn overdue_at(&self, terms: &Terms) -> Millis {
        self.due + terms.grace_ms
    }
}

/// The open supply of one position, sorted by (due, reference).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplies(Vec<Supply>);

impl Supplies {
    pub fn as_slice(&self) -> &[Supply] {
        &self.0
    }

    pub fn on_order(&self) -> Milli {
        self.0.iter().map(|s| s.remaining).sum()
    }

    pub fn in_transit(&self) -> Milli {
        self.0.iter().map(|s| s.in_transit).sum()
    }

    /// An order: opens, replaces, or with quantity 0 closes the supply of this reference.
    pub fn order(&mut self, reference: &str, quantity: Milli, due: Millis) {
        match (self.find(reference), quantity) {
            (Some(at), 0) => drop(self.0.remove(at)),
            (None, 0) => {}
            (Some(at), _) => {
                let supply = &mut self.0[at];
                (supply.remaining, supply.due, supply.in_transit) = (quantity, due, supply.in_transit.min(quantity));
            }
            (None, _) => self.open(reference, quantity, due, 0),
        }
        self.sort();
    }

    /// A shipment: the part in transit, with a better due time if it names one; `due_if_new` is for a reference without an order.
    pub fn ship(&mut self, reference: &str, quantity: Milli, due: Option<Millis>, due_if_new: Millis) {
        match self.find(reference) {
            Some(at) => {
                let supply = &mut self.0[at];
                supply.in_transit = quantity.min(supply.remaining);
                supply.due = due.unwrap_or(supply.due);
            }
            None if quantity > 0 => self.open(reference, quantity, due_if_new, quantity),
            None => {}
        }
        self.sort();
    }

    /// A receipt against a reference; a quantity beyond the order, or an unknown reference, changes nothing here.
    pub fn receive(&mut self, reference: &str, quantity: Milli) {
        if let Some(at) = self.find(reference) {
            let supply = &mut self.0[at];
            supply.remaining = (supply.remaining - quantity).max(0);
            supply.in_transit = (supply.in_transit - quantity).max(0);
            if supply.remaining == 0 {
                self.0.remove(at);
            }
        }
    }

    fn find(&self, reference: &str) -> Option<usize> {
        self.0.iter().position(|s| &*s.reference == reference)
    }

    fn open(&mut self, reference: &str, remaining: Milli, due: Millis, in_transit: Milli) {
        self.0.reserve_exact(1);
        self.0.push(Supply { reference: reference.into(), remaining, due, in_transit });
    }

    fn sort(&mut self) {
        self.0.sort_by(|a, b| (a.due, &a.reference).cmp(&(b.due, &b.reference)));
    }

    pub fn write(&self, e: &mut Encoder) {
        e.u32(self.0.len() as u32);
        for supply in &self.0 {
            e.text(&supply.reference);
            [supply.remaining, supply.due, supply.in_transit].into_iter().for_each(|value| e.i64(value));
        }
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Supplies, CoreError> {
        let mut supplies = Supplies::default();
        for _ in 0..d.u32()? {
            let reference = d.text()?.into();
            supplies.0.push(Supply { reference, remaining: d.i64()?, due: d.i64()?, in_transit: d.i64()? });
        }
        Ok(supplies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_shipments_and_receipts() {
        let mut supplies = Supplies::default();
        supplies.order("PO1", 40, 5);
        supplies.ship("PO1", 25, None, 0);
        supplies.receive("PO1", 30);
        assert_eq!(supplies.as_slice(), [Supply { reference: "PO1".into(), remaining: 10, due: 5, in_transit: 0 }]);
        supplies.receive("PO1", 15);
        assert!(supplies.as_slice().is_empty());
        supplies.order("A", 40, 5);
        supplies.order("A", 60, 9);
        supplies.ship("B", 7, Some(3), 3);
        assert_eq!((supplies.on_order(), supplies.in_transit(), supplies.as_slice()[0].due), (67, 7, 3));
        supplies.order("A", 0, 9);
        supplies.receive("none", 3);
        assert_eq!(supplies.on_order(), 7);
    }
}
