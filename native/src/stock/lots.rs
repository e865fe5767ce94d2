//! The lots of a position: what came with an expiry, and how much of each may still be there.
//!
//! Nobody says of a sale from which lot it was. What expires first goes first, so what is on hand is what expires last: a lot has
//! what the stock holds beyond all later lots, at most what came of it. Stock of no lot goes before every lot.
//!
//! ```text
//! on hand 14      lot of Friday 10    lot of Sunday 8     the lot of Sunday has 8 left, that of Friday 14 − 8 = 6
//! ```
//! A lot that was sold out must not hide one that came later and expires earlier. So at each midnight the lots are cut to what was
//! left of them at the start of the first day in which a record may still come ([`Lots::settle`]). All records from before it
//! are known by then, and what the later ones did to the stock is kept by day. The outcome does not hang on the order of arrival.

use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

/// So many entries are kept; beyond them the lot that expires first is forgotten.
pub const MOST: usize = 32;

/// The expiry of a record that is about to come: its void came before it.
const UNKNOWN: Millis = Millis::MIN;

/// What a record added to a lot, or a void took from it. The key is the fingerprint of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    expiry: Millis,
    key: u64,
    at: Millis,
    quantity: Milli,
}

/// What may be left of all that expires at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The last millisecond at which it can be sold.
    pub expiry: Millis,
    /// The most that can be left: what came of it, cut at the last midnight.
    pub most: Milli,
    pub left: Milli,
}

/// The lots of one position, and what changed its stock on the days that are not settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lots {
    entries: Vec<Entry>,
    days: Vec<(i32, Milli)>,
}

impl Lots {
    /// A receipt of a lot; without an expiry it is of none, and what voids foresaw of it is dropped.
    pub fn receive(&mut self, key: u64, expiry: Option<Millis>, at: Millis, quantity: Milli) {
        let is_foreseen = |entry: &Entry| entry.key == key && entry.expiry == UNKNOWN;
        let Some(expiry) = expiry else { return self.entries.retain(|entry| !is_foreseen(entry)) };
        self.entries.iter_mut().filter(|entry| is_foreseen(entry)).for_each(|entry| entry.expiry = expiry);
        self.add(Entry { expiry, key, at, quantity });
    }

    /// Takes back what the record with this key brought, if it is of a lot that is known.
    pub fn take_back(&mut self, key: u64, at: Millis, quantity: Milli) {
        if let Some(expiry) = self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.expiry) {
            self.add(Entry { expiry, key, at, quantity: -quantity });
        }
    }

    /// A void of a record that comes right after it.
    pub fn foresee(&mut self, key: u64, at: Millis, quantity: Milli) {
        self.add(Entry { expiry: UNKNOWN, key, at, quantity: -quantity });
    }

    fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.entries.sort_unstable();
        while self.entries.len() > MOST {
            let first = (self.entries[0].expiry, self.entries[0].key);
            self.entries.retain(|entry| (entry.expiry, entry.key) != first);
        }
    }

    /// Notes what changed the stock on a local day.
    pub fn note(&mut self, day: i32, change: Milli) {
        match self.days.binary_search_by_key(&day, |known| known.0) {
            Ok(at) => self.days[at].1 = quantity::add(self.days[at].1, change),
            Err(at) => self.days.insert(at, (day, change)),
        }
    }

    /// Cuts the lots to what was left of them at `start`, when the local day `first` began: no record from before it may come any
    /// more. False if nothing is left to remember.
    #[must_use]
    pub fn settle(&mut self, first: i32, start: Millis, on_hand: Milli) -> bool {
        self.days.retain(|(day, _)| *day >= first);
        let since = quantity::sum(self.days.iter().map(|(_, change)| *change));
        let stock = quantity::add(on_hand, -since);
        let (settled, mut open): (Vec<Entry>, Vec<Entry>) =
            self.entries.iter().copied().partition(|entry| entry.at < start);
        let mut later = 0;
        for of_record in settled.chunk_by(|a, b| (a.expiry, a.key) == (b.expiry, b.key)).rev() {
            let net = quantity::sum(of_record.iter().map(|entry| entry.quantity)).max(0);
            let left = share(stock, later, net);
            later = quantity::add(later, net);
            if left > 0 {
                open.push(Entry { quantity: left, ..of_record[0] });
            }
        }
        open.sort_unstable();
        self.entries = open;
        !self.entries.is_empty()
    }

    /// What is left of the lots, those that expire first before the others.
    pub fn left(&self, on_hand: Milli) -> Vec<Left> {
        let mut found: Vec<Left> = Vec::new();
        let by_record = self.entries.chunk_by(|a, b| (a.expiry, a.key) == (b.expiry, b.key));
        for of_record in by_record.filter(|entries| entries[0].expiry != UNKNOWN) {
            let net = quantity::sum(of_record.iter().map(|entry| entry.quantity)).max(0);
            match found.last_mut().filter(|last| last.expiry == of_record[0].expiry) {
                Some(last) => last.most = quantity::add(last.most, net),
                None => found.push(Left { expiry: of_record[0].expiry, most: net, left: 0 }),
            }
        }
        found.retain(|lot| lot.most > 0);
        let mut later = 0;
        for lot in found.iter_mut().rev() {
            lot.left = share(on_hand, later, lot.most);
            later = quantity::add(later, lot.most);
        }
        found
    }

    pub fn write(&self, e: &mut Encoder) {
        e.u32(self.entries.len() as u32);
        for entry in &self.entries {
            e.i64(entry.expiry);
            e.u64(entry.key);
            e.i64(entry.at);
            e.i64(entry.quantity);
        }
        e.u32(self.days.len() as u32);
        for (day, change) in &self.days {
            e.u32(*day as u32);
            e.i64(*change);
        }
    }

    /// `None` where there is no lot.
    pub fn read(d: &mut Decoder<'_>) -> Result<Option<Lots>, CoreError> {
        let mut lots = Lots::default();
        for _ in 0..d.u32()? {
            lots.entries.push(Entry { expiry: d.time()?, key: d.u64()?, at: d.time()?, quantity: d.amount()? });
        }
        for _ in 0..d.u32()? {
            lots.days.push((d.u32()? as i32, d.amount()?));
        }
        Ok((!lots.entries.is_empty()).then_some(lots))
    }
}

/// What a lot has of the stock beyond all later lots.
fn share(stock: Milli, later: Milli, most: Milli) -> Milli {
    quantity::add(stock, -later).clamp(0, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(lots: &Lots, on_hand: Milli) -> Vec<(Millis, Milli)> {
        lots.left(on_hand).iter().map(|lot| (lot.expiry, lot.left)).collect()
    }

    #[test]
    fn what_expires_first_goes_first_whatever_came_first() {
        let mut lots = Lots::default();
        lots.receive(1, Some(700), 1, 8);
        lots.receive(2, Some(500), 2, 10);
        for (on_hand, friday, sunday) in [(30, 10, 8), (18, 10, 8), (14, 6, 8), (8, 0, 8), (3, 0, 3), (-2, 0, 0)] {
            assert_eq!(left(&lots, on_hand), [(500, friday), (700, sunday)], "{on_hand}");
        }
    }

    #[test]
    fn what_was_sold_out_does_not_hide_what_came_later_and_expires_earlier() {
        let mut lots = Lots::default();
        lots.receive(1, Some(900), 10, 100);
        assert!(lots.settle(2, 20, 5), "95 of it were sold");
        lots.receive(2, Some(300), 30, 10);
        lots.note(3, 10);
        assert_eq!(left(&lots, 15), [(300, 10), (900, 5)]);
        lots.note(3, -15);
        assert!(lots.settle(3, 25, 0), "sold since, but a record may still come");
        assert!(!lots.settle(4, 40, 0));
    }

    #[test]
    fn a_void_takes_from_its_own_lot_in_any_order() {
        let mut after = Lots::default();
        after.receive(1, Some(500), 1, 10);
        after.receive(2, Some(700), 1, 10);
        after.take_back(1, 2, 4);
        after.take_back(3, 2, 4);
        let mut before = Lots::default();
        before.receive(2, Some(700), 1, 10);
        before.foresee(1, 2, 4);
        assert_eq!(left(&before, 20), [(700, 10)], "of a record that has not come");
        before.receive(1, Some(500), 1, 10);
        assert_eq!((left(&after, 20), &after), (vec![(500, 6), (700, 10)], &before));
        before.foresee(9, 2, 4);
        before.receive(9, None, 2, 4);
        assert_eq!(after, before, "a record of no lot");
    }

    #[test]
    fn only_so_many_are_remembered_those_that_expire_last() {
        let mut lots = Lots::default();
        for number in 0..40 {
            lots.receive(number, Some((number * 7 % 40) as i64), 1, 1);
        }
        let expiries: Vec<Millis> = lots.left(100).iter().map(|lot| lot.expiry).collect();
        assert_eq!(expiries, (8..40).collect::<Vec<_>>());
    }

    #[test]
    fn lots_come_back_from_a_state() {
        let mut lots = Lots::default();
        lots.receive(u64::MAX, Some(500), 1, 10);
        lots.foresee(1, 2, 4);
        lots.note(-3, -7);
        let mut e = Encoder::new(b"TEST");
        lots.write(&mut e);
        let bytes = e.finish();
        let mut d = Decoder::new(&bytes, b"TEST").unwrap();
        assert_eq!((Lots::read(&mut d).unwrap(), d.end()), (Some(lots), Ok(())));
    }
}
