//! How a position is ordered for, learned from its own orders: at stock and open orders of s or less, Q more.
//!
//! At the end of each local day x is what is available and open from orders of earlier days. A day with an order moves s half the
//! way up to x, a day without one moves it below x: with no order at x, s is less than x. So an order that is usual is expected
//! before it is placed (quality.md 3.3).

use crate::demand::projection::{Arrival, arrival_days};
use crate::policy::Terms;
use crate::stock::supply::Supply;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::calendar::Calendar;
use crate::values::error::CoreError;
use crate::values::quantity::{self, Milli};

/// Reorder point s and quantity Q in units as far as they are known, and the days from the last order to its due day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ordering {
    pub point: f32,
    pub quantity: f32,
    pub lead_days: u8,
}

/// An order that is expected within the horizon.
#[derive(Clone, Debug)]
pub struct ExpectedOrder {
    /// Stock and open orders now.
    pub position: Milli,
    /// The day of the horizon on which the order is expected, today being 0.
    pub on_day: usize,
    /// Days from today until it is due.
    pub due_in: i32,
    pub arrival: Arrival,
}

impl Ordering {
    /// Ends local day `number` with so much available and this supply: open, and closed but remembered.
    pub fn close<'a>(
        &mut self,
        number: i32,
        available: Milli,
        supplies: impl Iterator<Item = &'a Supply>,
        calendar: &Calendar,
    ) {
        let (mut position, mut ordered) = (available, 0);
        for supply in supplies {
            match supply.order_placed() {
                Some((at, quantity)) if calendar.number(at) == number => {
                    ordered = quantity::add(ordered, quantity);
                    position = quantity::add(position, -supply.received());
                    self.lead_days = (calendar.number(supply.due) - number).clamp(0, 255) as u8;
                }
                _ => position = quantity::add(position, supply.remaining),
            }
        }
        self.learn(quantity::units(position), quantity::units(ordered));
    }

    /// Learns from a day that ended with a position of x units and an order of `ordered`, 0 for none.
    fn learn(&mut self, x: f64, ordered: f64) {
        let s = f64::from(self.point);
        let s = if ordered > 0.0 {
            self.quantity = ordered as f32;
            if s == 0.0 { x } else { s + (x - s).max(0.0) / 2.0 }
        } else if s >= x {
            (x - 1.0).max(0.0)
        } else {
            return;
        };
        self.point = s as f32;
    }

    /// Whether a reorder point is known.
    #[inline]
    pub fn is_known(&self) -> bool {
        self.point > 0.0 && self.quantity > 0.0
    }

    /// The order to come, where stock and open orders less the mean demand fall to s within the horizon. `means`: units from the
    /// start of today to the end of each day of the horizon, so that the day does not move within today.
    pub fn expected(
        &self,
        position: Milli,
        mut means: impl Iterator<Item = f64>,
        terms: &Terms,
    ) -> Option<ExpectedOrder> {
        if !self.is_known() {
            return None;
        }
        let (point, x) = (f64::from(self.point), quantity::units(position));
        let on_day = means.position(|mean| x - mean <= point)?;
        let due_in = on_day as i32 + i32::from(self.lead_days);
        let on = arrival_days(due_in, &terms.lateness, terms.horizon);
        let remaining = quantity::from_units(f64::from(self.quantity));
        Some(ExpectedOrder { position, on_day, due_in, arrival: Arrival { remaining, on } })
    }

    pub fn write(&self, e: &mut Encoder) {
        e.f32(self.point);
        e.f32(self.quantity);
        e.u32(u32::from(self.lead_days));
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Ordering, CoreError> {
        Ok(Ordering { point: d.f32()?, quantity: d.f32()?, lead_days: d.u32()? as u8 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;

    #[test]
    fn the_point_is_found_between_days_with_and_without_an_order() {
        let mut ordering = Ordering::default();
        for (x, ordered) in [(30.0, 0.0), (19.0, 50.0), (60.0, 0.0), (21.0, 0.0), (20.0, 50.0), (18.0, 0.0)] {
            ordering.learn(x, ordered);
        }
        assert_eq!((ordering.point, ordering.quantity), (17.0, 50.0));
        ordering.learn(0.5, 0.0);
        assert!(!ordering.is_known());
    }

    #[test]
    fn an_order_is_expected_where_the_position_falls_to_the_point() {
        let terms = policy::defaults().terms(&[0]).unwrap();
        let ordering = Ordering { point: 10.0, quantity: 40.0, lead_days: 2 };
        let means = || (1..=terms.horizon).map(|day| 3.0 * day as f64);
        let expected = ordering.expected(18_000, means(), &terms).unwrap();
        assert_eq!((expected.on_day, expected.due_in, expected.arrival.remaining), (2, 4, 40_000));
        assert!((expected.arrival.on[4] - 0.885).abs() < 1e-12);
        assert!(ordering.expected(90_000, means(), &terms).is_none());
        assert!(Ordering::default().expected(0, means(), &terms).is_none());
    }
}
