//! What of a position's stock is promised: reserved for orders, or on hold. Each ref has a balance of its own.
//!
//! ```text
//! balance of a ref = base + what went in − what came out, of movements in the late window        it counts if it is positive
//! base             = older movements in the order of their event time, cut at 0 at each step
//! ```
//! Within the window it is a plain sum, so a cancellation may come before its reservation.

use std::collections::BTreeMap;

use crate::values::bytes::{Decoder, Encoder};
use crate::values::deed::RefKey;
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

/// The balance of one ref.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Balance {
    base: Milli,
    /// What went in less what came out, by event time; at one time what goes in counts first, so the sum is enough.
    window: Vec<(Millis, Milli)>,
}

impl Balance {
    fn value(&self) -> Milli {
        self.window.iter().fold(self.base, |sum, (_, change)| quantity::add(sum, *change))
    }

    fn add(&mut self, at: Millis, change: Milli) {
        let place = self.window.partition_point(|(time, _)| *time < at);
        match self.window.get_mut(place) {
            Some((time, sum)) if *time == at => *sum = quantity::add(*sum, change),
            _ => self.window.insert(place, (at, change)),
        }
    }

    /// Takes movements before `oldest` into the base; gives what was cut off.
    fn fold(&mut self, oldest: Millis) -> Milli {
        let count = self.window.partition_point(|(time, _)| *time < oldest);
        let mut cut = 0;
        for (_, change) in self.window.drain(..count) {
            let left = quantity::add(self.base, change);
            self.base = left.max(0);
            cut = quantity::add(cut, (-left).max(0));
        }
        cut
    }

    /// The first event time at which more has come out than went in: when it is folded, the balance rises.
    fn dips_at(&self) -> Option<Millis> {
        let mut sum = self.base;
        self.window.iter().find_map(|(time, change)| {
            sum = quantity::add(sum, *change);
            (sum < 0).then_some(*time)
        })
    }
}

/// The reservations, or the holds, of one position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    balances: BTreeMap<RefKey, Balance>,
    /// Sum of the positive balances. It is exact, because a balance is taken out of it before it changes.
    total: i128,
    /// What folds have cut off: it was released and had never been promised.
    cut: Milli,
    /// No movement in any window is older.
    oldest: Option<Millis>,
    /// How many balances dip below 0 in their window.
    dips: usize,
}

impl Promises {
    /// Thousandths of a unit that are promised.
    pub fn total(&self) -> Milli {
        quantity::full(self.total)
    }

    pub fn is_empty(&self) -> bool {
        self.balances.is_empty() && self.cut == 0
    }

    /// Adds what goes in, or with a negative change what comes out, at its event time; what is before `oldest` is folded.
    pub fn add(&mut self, key: RefKey, at: Millis, change: Milli, oldest: Millis) {
        let mut balance = self.balances.remove(&key).unwrap_or_default();
        self.leave_out(&balance);
        balance.add(at, change);
        self.cut = quantity::add(self.cut, balance.fold(oldest));
        self.put_in(key, balance);
    }

    /// Folds what has left the window: movements before `oldest`.
    #[inline]
    pub fn fold(&mut self, oldest: Millis) {
        if self.oldest.is_some_and(|first| first < oldest) {
            self.fold_all(oldest);
        }
    }

    fn fold_all(&mut self, oldest: Millis) {
        let balances = std::mem::take(&mut self.balances);
        (self.total, self.dips, self.oldest) = (0, 0, None);
        for (key, mut balance) in balances {
            self.cut = quantity::add(self.cut, balance.fold(oldest));
            self.put_in(key, balance);
        }
    }

    fn leave_out(&mut self, balance: &Balance) {
        self.total -= i128::from(balance.value().max(0));
        self.dips -= usize::from(balance.dips_at().is_some());
    }

    /// Keeps a balance, unless nothing is left of it.
    fn put_in(&mut self, key: RefKey, balance: Balance) {
        if balance == Balance::default() {
            return;
        }
        self.total += i128::from(balance.value().max(0));
        self.dips += usize::from(balance.dips_at().is_some());
        let first = balance.window.first().map(|(time, _)| *time);
        self.oldest = [self.oldest, first].into_iter().flatten().min();
        self.balances.insert(key, balance);
    }

    /// The event time of the movement whose fold will next change the total.
    pub fn next_change(&self) -> Option<Millis> {
        if self.dips == 0 {
            return None;
        }
        self.balances.values().filter_map(Balance::dips_at).min()
    }

    /// What came out and had never gone in, as far as is known now.
    pub fn over_released(&self) -> Milli {
        quantity::add(self.cut, quantity::sum(self.balances.values().map(|balance| (-balance.value()).max(0))))
    }

    pub fn write(&self, e: &mut Encoder) {
        e.i64(self.cut);
        e.u32(self.balances.len() as u32);
        for (key, balance) in &self.balances {
            e.u64(*key);
            e.i64(balance.base);
            e.u32(balance.window.len() as u32);
            for (time, change) in &balance.window {
                e.i64(*time);
                e.i64(*change);
            }
        }
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Promises, CoreError> {
        let mut promises = Promises { cut: d.amount()?, ..Promises::default() };
        for _ in 0..d.u32()? {
            let (key, mut balance) = (d.u64()?, Balance { base: d.amount()?, window: Vec::new() });
            for _ in 0..d.u32()? {
                balance.window.push((d.time()?, d.amount()?));
            }
            promises.put_in(key, balance);
        }
        Ok(promises)
    }
}

/// What of a position's stock is promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promised {
    pub reservations: Promises,
    pub holds: Promises,
}

impl Promised {
    /// Thousandths of a unit that are on hand and not available.
    pub fn total(&self) -> Milli {
        quantity::add(self.reservations.total(), self.holds.total())
    }

    pub fn fold(&mut self, oldest: Millis) {
        self.reservations.fold(oldest);
        self.holds.fold(oldest);
    }

    /// The event time of the movement whose fold will next change what is available.
    pub fn next_change(&self) -> Option<Millis> {
        [self.reservations.next_change(), self.holds.next_change()].into_iter().flatten().min()
    }

    pub fn over_released(&self) -> Milli {
        quantity::add(self.reservations.over_released(), self.holds.over_released())
    }

    fn is_empty(&self) -> bool {
        self.reservations.is_empty() && self.holds.is_empty()
    }

    /// Writes the promises of a position; without any, those of one that has none.
    pub fn write(promised: Option<&Promised>, e: &mut Encoder) {
        let promised = promised.cloned().unwrap_or_default();
        promised.reservations.write(e);
        promised.holds.write(e);
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Option<Box<Promised>>, CoreError> {
        let promised = Promised { reservations: Promises::read(d)?, holds: Promises::read(d)? };
        Ok((!promised.is_empty()).then(|| Box::new(promised)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE_OLD: Millis = Millis::MIN;

    #[test]
    fn a_promise_belongs_to_its_ref() {
        let mut promises = Promises::default();
        for (key, change) in [(1, 5), (2, 10), (1, -5), (1, -5)] {
            promises.add(key, 1, change, NONE_OLD);
        }
        assert_eq!((promises.total(), promises.over_released()), (10, 5));
    }

    #[test]
    fn a_cancellation_may_come_first() {
        let mut promises = Promises::default();
        promises.add(1, 2, -5, NONE_OLD);
        assert_eq!((promises.total(), promises.next_change()), (0, Some(2)));
        promises.add(1, 1, 5, NONE_OLD);
        assert_eq!((promises.total(), promises.over_released(), promises.next_change()), (0, 0, None));
        promises.fold(3);
        assert_eq!(promises, Promises::default(), "nothing is left of it");
    }

    #[test]
    fn what_leaves_the_window_is_cut_at_zero_in_the_order_of_its_time() {
        let mut promises = Promises::default();
        promises.add(1, 1, -4, NONE_OLD);
        promises.add(1, 2, 10, NONE_OLD);
        assert_eq!((promises.total(), promises.next_change()), (6, Some(1)));
        promises.fold(2);
        assert_eq!((promises.total(), promises.over_released(), promises.next_change()), (10, 4, None));
        promises.fold(9);
        assert_eq!((promises.total(), promises.oldest), (10, None));
    }

    #[test]
    fn they_come_back_as_they_were() {
        let mut promises = Promises::default();
        for (key, at, change) in [(0, 5, 3), (9, 4, -7), (9, 6, 2), (3, 1, 8)] {
            promises.add(key, at, change, 2);
        }
        let mut e = Encoder::new(b"TEST");
        promises.write(&mut e);
        let bytes = e.finish();
        let mut d = Decoder::new(&bytes, b"TEST").unwrap();
        assert_eq!(Promises::read(&mut d).unwrap(), promises);
    }
}
