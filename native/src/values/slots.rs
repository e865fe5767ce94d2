//! The slots of a [`crate::values::table::Table`]: entries in the order of their hashes, in pieces of 2 MB.
//!
//! The home of an entry is the slot `hash × homes / 2^64`. Where it is taken, the entry lies in one of the next slots: never behind an
//! entry with a greater hash, and with no free slot between its home and itself. So a search ends at the first greater hash, and
//! the same entries over more homes are the same sequence with other gaps.

use crate::values::pages::{HUGE, Pages};

/// What a slot can hold.
pub trait Entry: Copy {
    /// A slot that holds nothing. Its hash is the greatest that there is.
    const FREE: Self;

    fn is_free(&self) -> bool;

    /// Where the entry belongs: spread over all 64 bits, or at least over the upper 32.
    fn hash(&self) -> u64;
}

/// Slots that can be there behind the last home before the last piece grows.
const SPARE: usize = 32;

/// So many bytes are compared without a branch: an entry is seldom farther from its home.
const NEAR: usize = 64;

/// A sequence of slots. A piece has no memory before one of its slots is used.
#[derive(Debug)]
pub struct Slots<E> {
    homes: usize,
    pieces: Vec<Pages<E>>,
}

impl<E> Default for Slots<E> {
    fn default() -> Slots<E> {
        Slots { homes: 0, pieces: Vec::new() }
    }
}

impl<E: Entry> Slots<E> {
    const SHIFT: u32 = (HUGE / size_of::<E>()).ilog2();
    /// Slots of a piece; the last one may have fewer.
    const PIECE: usize = 1 << Self::SHIFT;
    const NEAR: usize = NEAR / size_of::<E>();

    pub fn new(homes: usize) -> Slots<E> {
        Slots { homes, pieces: Vec::new() }
    }

    /// How many homes there are.
    pub fn homes(&self) -> usize {
        self.homes
    }

    /// Behind this slot nothing lies.
    pub fn end(&self) -> usize {
        self.pieces.last().map_or(0, |last| ((self.pieces.len() - 1) << Self::SHIFT) + last.len())
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.homes as u128) >> 64) as usize
    }

    /// The greatest hash whose home is this slot or one before it.
    pub fn greatest_hash(&self, at: usize) -> u64 {
        u64::try_from((((at as u128 + 1) << 64) - 1) / self.homes as u128).unwrap_or(u64::MAX)
    }

    /// The slots from `at` to the end of its piece.
    #[inline]
    pub fn run(&self, at: usize) -> &[E] {
        self.pieces.get(at >> Self::SHIFT).and_then(|piece| piece.get(at & (Self::PIECE - 1)..)).unwrap_or(&[])
    }

    #[inline]
    pub fn get(&self, at: usize) -> E {
        self.run(at).first().copied().unwrap_or(E::FREE)
    }

    fn put(&mut self, at: usize, entry: E) {
        let (piece, within) = (at >> Self::SHIFT, at & (Self::PIECE - 1));
        if self.pieces.get(piece).is_none_or(|piece| piece.len() <= within) {
            self.make(piece, within);
        }
        self.pieces[piece][within] = entry;
    }

    /// Makes a piece, or a longer one, in which there is a slot `within`.
    #[cold]
    fn make(&mut self, piece: usize, within: usize) {
        while self.pieces.len() <= piece {
            self.pieces.push(Pages::default());
        }
        let wanted = (self.homes + SPARE).saturating_sub(piece << Self::SHIFT).max(within + SPARE);
        let mut longer = Pages::filled(E::FREE, wanted.min(Self::PIECE));
        longer[..self.pieces[piece].len()].copy_from_slice(&self.pieces[piece]);
        self.pieces[piece] = longer;
    }

    /// The first slot from the home of a hash on that is free or has at least this hash.
    #[inline]
    fn lower(&self, hash: u64) -> usize {
        let mut at = self.home(hash);
        while let Some(near) = self.run(at).get(..Self::NEAR) {
            let before: usize = near.iter().map(|entry| usize::from(entry.hash() < hash)).sum();
            at += before;
            if before < Self::NEAR {
                return at;
            }
        }
        while self.get(at).hash() < hash {
            at += 1;
        }
        at
    }

    /// The slot of the entry with this hash for which `is` holds, or the one where an entry with this hash goes.
    #[inline]
    pub fn search(&self, hash: u64, is: impl Fn(&E) -> bool) -> Result<usize, usize> {
        let first = self.lower(hash);
        let mut at = first;
        loop {
            let entry = self.get(at);
            if entry.hash() != hash || entry.is_free() {
                return Err(first);
            }
            if is(&entry) {
                return Ok(at);
            }
            at += 1;
        }
    }

    /// The entry in a slot that was found.
    #[inline]
    pub fn at(&mut self, at: usize) -> &mut E {
        &mut self.pieces[at >> Self::SHIFT][at & (Self::PIECE - 1)]
    }

    /// Reads the home of a hash, so that it is in the cache when an entry is asked for.
    #[inline]
    pub fn look_ahead(&self, hash: u64) {
        std::hint::black_box(self.get(self.home(hash)).is_free());
    }

    /// Adds an entry in the slot where it goes. The entries there and behind move on, up to a free slot, which is given.
    #[inline]
    pub fn insert(&mut self, at: usize, entry: E) -> usize {
        let (piece, within) = (at >> Self::SHIFT, at & (Self::PIECE - 1));
        let run = self.pieces.get_mut(piece).and_then(|piece| piece.get_mut(within..));
        if let Some(run) = run.filter(|run| !run.is_empty()) {
            let mut carried = entry;
            for (ahead, here) in run.iter_mut().enumerate() {
                carried = std::mem::replace(here, carried);
                if carried.is_free() {
                    return at + ahead;
                }
            }
            let next = at + run.len();
            return self.insert(next, carried);
        }
        self.put(at, entry);
        at
    }

    /// Adds an entry with a greater hash than all that are there, of which the last may be in the slot before `next`; gives the
    /// slot behind it.
    #[inline]
    pub fn append(&mut self, next: usize, entry: E) -> usize {
        let at = self.home(entry.hash()).max(next);
        self.put(at, entry);
        at + 1
    }

    /// Takes out the entry with this hash for which `is` holds. Those behind it move up to their homes.
    pub fn remove(&mut self, hash: u64, is: impl Fn(&E) -> bool) -> Option<E> {
        let mut at = self.search(hash, is).ok()?;
        let removed = self.get(at);
        loop {
            let next = self.get(at + 1);
            if next.is_free() || self.home(next.hash()) == at + 1 {
                self.put(at, E::FREE);
                return Some(removed);
            }
            self.put(at, next);
            at += 1;
        }
    }

    /// Gives back the memory of the pieces that lie before a slot.
    pub fn drop_before(&mut self, at: usize) {
        for piece in self.pieces[..at >> Self::SHIFT].iter_mut().rev() {
            if piece.is_empty() {
                return;
            }
            *piece = Pages::default();
        }
    }

    /// The entries from a slot on, in the order of their hashes.
    pub fn iter_from(&self, at: usize) -> impl Iterator<Item = &E> {
        (at..self.end()).flat_map(|at| self.run(at).first()).filter(|entry| !entry.is_free())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry that is its own hash.
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Own(u64);

    impl Entry for Own {
        const FREE: Own = Own(u64::MAX);

        fn is_free(&self) -> bool {
            self.0 == u64::MAX
        }

        fn hash(&self) -> u64 {
            self.0
        }
    }

    fn add(slots: &mut Slots<Own>, hash: u64) {
        let at = slots.search(hash, |_| true).unwrap_err();
        slots.insert(at, Own(hash));
    }

    #[test]
    fn entries_run_over_the_ends_of_pieces_and_behind_the_last_home() {
        let homes = 3 * Slots::<Own>::PIECE;
        let mut slots = Slots::<Own>::new(homes);
        let one = u64::MAX / homes as u64;
        let edges = [one * (homes as u64 / 3), one * (homes as u64 / 3 * 2), u64::MAX - 2000];
        for near in 0..1000 {
            edges.iter().for_each(|edge| add(&mut slots, edge + (near * 7919) % 1000));
        }
        assert!(slots.end() > homes && slots.iter_from(0).is_sorted_by_key(Own::hash));
        for near in 0..1000 {
            for edge in edges {
                assert_eq!(slots.remove(edge + near, |_| true), Some(Own(edge + near)));
                assert!(slots.search(edge + near, |_| true).is_err());
                assert!(near == 999 || slots.search(edge + 999, |_| true).is_ok());
            }
        }
        assert_eq!(slots.iter_from(0).count(), 0);
    }
}
