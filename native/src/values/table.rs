//! A hash table that grows, shrinks and forgets a little at each insert, so that no insert waits for all entries.
//!
//! To grow, a table gets other [`Slots`], and each insert moves some entries over, in the order of their hashes. Those up to the hash
//! `cut` were moved; the others are still in the old slots. So each hash is looked for in one place, and a piece of the old slots is
//! given back as soon as its entries were moved.
//!
//! ```text
//! old   · · · · · · · · ▏d · e f · g h      entries with a hash above the cut
//! new   a · b · c · · · ▏· · · · · · · · ·  and up to it
//! ```

use crate::values::slots::{Entry, Slots};

/// A table is made larger when there would be four entries for five homes, and then has 15 homes for eight entries.
const FULL: (usize, usize) = (4, 5);
const ROOMY: (usize, usize) = (15, 8);
/// The fewest homes.
const FEWEST: usize = 16;
/// After so many inserts so many slots are moved: so all are, before a sixteenth of the old homes got new entries.
const INSERTS: usize = 8;
const SLOTS: usize = 128;
/// So many entries tell which part of all is to be kept.
const SAMPLE: usize = 2048;
/// A table gives back memory when it holds fewer than one entry in so many homes.
const SPARSE: usize = 8;

/// Entries that are found by their hash.
#[derive(Debug)]
pub struct Table<E> {
    slots: Slots<E>,
    length: usize,
    /// Slots whose entries are being moved, and how many are left there; without homes if none are moved.
    old: Slots<E>,
    left: usize,
    /// How many of the old slots were moved, and the new slot behind all entries.
    moved: usize,
    next: usize,
    /// The greatest hash that is not looked for in the old slots.
    cut: u64,
}

impl<E> Default for Table<E> {
    fn default() -> Table<E> {
        Table { slots: Slots::default(), length: 0, old: Slots::default(), left: 0, moved: 0, next: 0, cut: u64::MAX }
    }
}

impl<E: Entry> Table<E> {
    pub fn len(&self) -> usize {
        self.length + self.left
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry with this hash for which `is` holds.
    #[inline]
    pub fn find(&self, hash: u64, is: impl Fn(&E) -> bool) -> Option<E> {
        let slots = if hash <= self.cut { &self.slots } else { &self.old };
        slots.search(hash, is).ok().map(|at| slots.get(at))
    }

    /// The same, to change all but its hash.
    #[inline]
    pub fn find_mut(&mut self, hash: u64, is: impl Fn(&E) -> bool) -> Option<&mut E> {
        let slots = if hash <= self.cut { &mut self.slots } else { &mut self.old };
        slots.search(hash, is).ok().map(|at| slots.at(at))
    }

    /// Reads where an entry with this hash lies or would lie, so that it is in the cache when asked for.
    #[inline]
    pub fn look_ahead(&self, hash: u64) {
        if hash <= self.cut { self.slots.look_ahead(hash) } else { self.old.look_ahead(hash) }
    }

    /// Makes room for so many more entries at once. Entries that come in the order of their hashes need it: in a table that grows, each of
    /// them would lie behind all the others.
    pub fn reserve(&mut self, more: usize) {
        let homes = room_for(self.len() + more);
        if homes > self.slots.homes() {
            self.remake(homes);
        }
    }

    /// Adds an entry, unless one with its hash for which `is` holds is there: that is given, to change all but its hash.
    #[inline]
    pub fn add(&mut self, entry: E, is: impl Fn(&E) -> bool) -> Option<&mut E> {
        self.add_keeping(entry, is, |_| true, |_| ())
    }

    /// The same. Where entries are moved, those that `keeps` refuses are dropped, and `dropped` is told.
    #[inline]
    pub fn add_keeping(
        &mut self,
        entry: E,
        is: impl Fn(&E) -> bool,
        keeps: impl Fn(&E) -> bool,
        dropped: impl FnMut(&E),
    ) -> Option<&mut E> {
        if self.len().is_multiple_of(INSERTS) || self.is_full() {
            self.make_room(keeps, dropped);
        }
        let hash = entry.hash();
        let is_new = hash <= self.cut;
        let slots = if is_new { &mut self.slots } else { &mut self.old };
        match slots.search(hash, is) {
            Ok(at) => return Some(slots.at(at)),
            Err(at) if is_new => {
                self.next = self.next.max(slots.insert(at, entry) + 1);
                self.length += 1;
            }
            Err(at) => {
                slots.insert(at, entry);
                self.left += 1;
            }
        }
        None
    }

    /// Takes out the entry with this hash for which `is` holds.
    pub fn remove(&mut self, hash: u64, is: impl Fn(&E) -> bool) -> Option<E> {
        let (slots, count) =
            if hash <= self.cut { (&mut self.slots, &mut self.length) } else { (&mut self.old, &mut self.left) };
        let removed = slots.remove(hash, is)?;
        *count -= 1;
        if self.len().is_multiple_of(INSERTS) {
            let homes = self.slots.homes();
            if !self.is_moving() && homes > FEWEST && self.length * SPARSE < homes {
                self.begin(FEWEST.max(room_for(self.length) + homes / SPARSE));
            }
            self.step(&|_| true, &mut |_| ());
        }
        Some(removed)
    }

    /// All entries, in the order of their hashes.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        self.slots.iter_from(0).chain(self.old.iter_from(self.moved))
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.length * FULL.1 >= self.slots.homes() * FULL.0
    }

    #[inline]
    fn is_moving(&self) -> bool {
        self.old.homes() > 0
    }

    #[inline(never)]
    fn make_room(&mut self, keeps: impl Fn(&E) -> bool, mut dropped: impl FnMut(&E)) {
        if self.is_full() {
            if self.is_moving() {
                self.remake(room_for(self.len()));
            } else {
                self.begin(self.homes_for_kept(&keeps));
            }
        }
        self.step(&keeps, &mut dropped);
    }

    /// So many homes hold the entries that are to be kept, judged by some, and what is added while they are moved.
    fn homes_for_kept(&self, keeps: &impl Fn(&E) -> bool) -> usize {
        let (mut kept, mut seen) = (0, 0);
        for entry in self.slots.iter_from(0).take(SAMPLE) {
            (kept, seen) = (kept + usize::from(keeps(entry)), seen + 1);
        }
        let kept = if kept == seen { self.length } else { (self.length * kept).div_ceil(seen) };
        FEWEST.max(room_for(kept) + (self.length - kept) / 8)
    }

    /// Begins to move the entries to new slots with so many homes.
    fn begin(&mut self, homes: usize) {
        self.old = std::mem::replace(&mut self.slots, Slots::new(homes));
        (self.left, self.length) = (self.length, 0);
        (self.moved, self.next, self.cut) = (0, 0, if self.is_moving() { 0 } else { u64::MAX });
    }

    /// Moves some entries, up to a free slot: there no entry lies farther on whose home was moved already.
    fn step(&mut self, keeps: &impl Fn(&E) -> bool, dropped: &mut impl FnMut(&E)) {
        if !self.is_moving() {
            return;
        }
        let (least, homes) = (self.moved + SLOTS, self.old.homes());
        let (mut next, mut kept, mut passed) = (self.next, 0, 0);
        let free = 'moved: loop {
            let run = self.old.run(self.moved);
            for (entry, at) in run.iter().zip(self.moved..) {
                if !entry.is_free() {
                    passed += 1;
                    if keeps(entry) {
                        next = self.slots.append(next, *entry);
                        kept += 1;
                    } else {
                        dropped(entry);
                    }
                } else if at >= least && at < homes {
                    break 'moved Some(at);
                }
            }
            self.moved += run.len();
            if self.moved >= self.old.end() {
                break None;
            }
        };
        (self.next, self.length, self.left) = (next, self.length + kept, self.left - passed);
        match free {
            Some(at) => {
                (self.moved, self.cut) = (at + 1, self.old.greatest_hash(at));
                self.old.drop_before(self.moved);
            }
            None => (self.old, self.moved, self.cut) = (Slots::default(), 0, u64::MAX),
        }
    }

    /// Moves all entries at once: more came while some were moved than there was to be room for.
    #[cold]
    fn remake(&mut self, homes: usize) {
        let mut slots = Slots::new(homes);
        let next = self.iter().fold(0, |next, entry| slots.append(next, *entry));
        *self = Table { slots, length: self.len(), next, ..Table::default() };
    }
}

/// Homes for so many entries and some more.
fn room_for(entries: usize) -> usize {
    FEWEST.max(entries * ROOMY.0 / ROOMY.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Entry for u64 {
        const FREE: u64 = u64::MAX;

        fn is_free(&self) -> bool {
            *self == u64::MAX
        }

        /// Sixteen numbers have one hash.
        fn hash(&self) -> u64 {
            if self.is_free() { u64::MAX } else { hash(*self) }
        }
    }

    fn hash(number: u64) -> u64 {
        (number >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn holds(table: &Table<u64>, number: u64) -> bool {
        table.find(hash(number), |held| *held == number).is_some()
    }

    #[test]
    fn every_entry_is_found_while_others_are_moved() {
        let mut table = Table::default();
        let mut moving = 0;
        for number in 1..60_000u64 {
            assert!(table.add(number, |held| *held == number).is_none());
            moving += usize::from(table.is_moving());
            let earlier = number.wrapping_mul(0x2d35_8dcc_aa6c_78a5) % number + 1;
            assert!(holds(&table, number) && holds(&table, earlier) && !holds(&table, number + 1));
        }
        assert!(moving > 1000, "the entries were moved at once");
        assert!((1..60_000).all(|number| holds(&table, number)));
        assert!(table.iter().is_sorted_by_key(|number| hash(*number)));
        assert_eq!((table.iter().count(), table.len()), (59_999, 59_999));
        assert_eq!(table.add(77, |held| *held == 77), Some(&mut 77), "it is there already");
    }

    #[test]
    fn entries_in_the_order_of_their_hashes_lie_at_their_homes() {
        let mut in_order: Vec<u64> = (0..50_000).map(|number| number << 4).collect();
        in_order.sort_by_key(|number| hash(*number));
        let mut table = Table::default();
        (1..1000u64).for_each(|number| assert!(table.add(number << 24, |_| false).is_none()));
        table.reserve(in_order.len());
        let homes = table.slots.homes();
        for number in &in_order {
            let before = table.next;
            assert!(table.add(*number, |held| held == number).is_none());
            assert!(before == 0 || table.next < before + 5000, "it was carried over the others");
        }
        assert_eq!((table.slots.homes(), table.is_moving(), table.len()), (homes, false, 50_999));
        assert!(in_order.iter().all(|number| holds(&table, *number)));
    }

    #[test]
    fn no_insert_moves_many_entries() {
        let mut table = Table::default();
        for number in 1..300_000u64 {
            let before = table.moved;
            assert!(table.add(number, |held| *held == number).is_none());
            assert!(table.moved < before + SLOTS + 1000 && (before == 0 || table.moved > 0 || table.left == 0));
        }
    }

    #[test]
    fn what_is_not_kept_is_dropped_and_memory_follows_what_is() {
        let mut table = Table::default();
        let mut dropped = 0;
        for number in 1..400_000u64 {
            let oldest = number.saturating_sub(2000);
            table.add_keeping(
                number,
                |_| false,
                |held| *held >= oldest,
                |held| {
                    assert!(*held < oldest);
                    dropped += 1;
                },
            );
            assert!(table.slots.homes() < 5000 && (oldest.max(1)..=number).step_by(97).all(|held| holds(&table, held)));
        }
        assert_eq!(table.len() + dropped, 399_999);
    }

    #[test]
    fn a_table_that_is_emptied_gives_its_memory_back() {
        let mut table = Table::default();
        (1..50_000u64).for_each(|number| assert!(table.add(number, |_| false).is_none()));
        for number in 1..50_000u64 {
            assert_eq!(table.remove(hash(number), |held| *held == number), Some(number));
            assert!(!holds(&table, number) && (number == 49_999 || holds(&table, 49_999)));
            assert_eq!(table.remove(hash(number), |held| *held == number), None);
        }
        assert!(table.is_empty() && table.slots.homes() + table.old.homes() < 500);
    }

    #[test]
    fn a_table_takes_more_than_it_expected() {
        let mut table = Table::default();
        for number in 1..100_000u64 {
            table.add_keeping(number, |_| false, |held| *held > 20_000 || *held % 4096 > 2100, |_| ());
        }
        assert!((20_001..100_000).all(|number| holds(&table, number)));
    }
}
