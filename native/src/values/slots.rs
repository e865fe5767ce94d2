//! The slots of a [`crate::values::table::Table`]: entries in the order of their hashes, in pieces of 2 MB.
//!
//! The home of an entry is the slot `hash × homes / 2^64`. Where it is taken, the entry lies in one of the next slots: never behind an
//! entry with a greater hash, and with no free slot between its home and itself. So a search ends at the first greater hash, and
//! the same entries over more homes are the same sequence with other gaps.

/// What a slot can hold.
pub trait Entry: Copy {
    /// A slot that holds nothing.
    const FREE: Self;

    fn is_free(&self) -> bool;

    /// Where the entry belongs: spread over all 64 bits, or at least over the upper 32.
    fn hash(&self) -> u64;
}

/// Slots that can be there behind the last home before the last piece grows.
const SPARE: usize = 32;

/// A sequence of slots. A piece has no memory before one of its slots is used.
#[derive(Debug)]
pub struct Slots<E> {
    homes: usize,
    pieces: Vec<Box<[E]>>,
}

impl<E> Default for Slots<E> {
    fn default() -> Slots<E> {
        Slots { homes: 0, pieces: Vec::new() }
    }
}

impl<E: Entry> Slots<E> {
    const SHIFT: u32 = ((2 << 20) / size_of::<E>()).ilog2();
    /// Slots of a piece; the last one may have fewer.
    const PIECE: usize = 1 << Self::SHIFT;

    pub fn new(homes: usize) -> Slots<E> {
        Slots { homes, pieces: Vec::new() }
    }

    /// How many homes there are.
    pub fn homes(&self) -> usize {
        self.homes
    }

    /// Behind this slot nothing lies.
    pub fn end(&self) -> usize {
        self.pieces.last().map_or(0, |last| (self.pieces.len() - 1 << Self::SHIFT) + last.len())
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        (u128::from(hash) * self.homes as u128 >> 64) as usize
    }

    /// The greatest hash whose home is this slot or one before it.
    pub fn greatest_hash(&self, at: usize) -> u64 {
        u64::try_from((((at as u128 + 1) << 64) - 1) / self.homes as u128).unwrap_or(u64::MAX)
    }

    /// The slots from `at` to the end of its piece.
    #[inline]
    fn run(&self, at: usize) -> &[E] {
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
            self.pieces.push(Box::default());
        }
        let wanted = (self.homes + SPARE).saturating_sub(piece << Self::SHIFT).max(within + SPARE);
        let mut longer = Vec::with_capacity(wanted.min(Self::PIECE));
        longer.extend_from_slice(&self.pieces[piece]);
        longer.resize(wanted.min(Self::PIECE), E::FREE);
        self.pieces[piece] = longer.into_boxed_slice();
    }

    /// The slot of the entry with this hash for which `is` holds.
    #[inline]
    fn place(&self, hash: u64, is: impl Fn(&E) -> bool) -> Option<usize> {
        let mut at = self.home(hash);
        loop {
            let run = self.run(at);
            for (ahead, entry) in run.iter().enumerate() {
                if entry.is_free() || entry.hash() > hash {
                    return None;
                }
                if entry.hash() == hash && is(entry) {
                    return Some(at + ahead);
                }
            }
            if run.is_empty() {
                return None;
            }
            at += run.len();
        }
    }

    #[inline]
    pub fn find(&self, hash: u64, is: impl Fn(&E) -> bool) -> Option<&E> {
        let at = self.place(hash, is)?;
        Some(&self.pieces[at >> Self::SHIFT][at & (Self::PIECE - 1)])
    }

    #[inline]
    pub fn find_mut(&mut self, hash: u64, is: impl Fn(&E) -> bool) -> Option<&mut E> {
        let at = self.place(hash, is)?;
        Some(&mut self.pieces[at >> Self::SHIFT][at & (Self::PIECE - 1)])
    }

    /// Reads the home of a hash, so that it is in the cache when an entry is asked for.
    #[inline]
    pub fn look_ahead(&self, hash: u64) {
        std::hint::black_box(self.get(self.home(hash)).is_free());
    }

    /// Adds an entry, behind those with its hash.
    #[inline]
    pub fn insert(&mut self, entry: E) {
        let hash = entry.hash();
        let mut at = self.home(hash);
        loop {
            let here = self.get(at);
            if here.is_free() {
                return self.put(at, entry);
            }
            if here.hash() > hash {
                break;
            }
            at += 1;
        }
        let mut carried = entry;
        while !carried.is_free() {
            let here = self.get(at);
            self.put(at, carried);
            (carried, at) = (here, at + 1);
        }
    }

    /// Takes out the entry with this hash for which `is` holds. Those behind it move up to their homes.
    pub fn remove(&mut self, hash: u64, is: impl Fn(&E) -> bool) -> Option<E> {
        let mut at = self.place(hash, is)?;
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
            *piece = Box::default();
        }
    }

    /// The entries from a slot on, in the order of their hashes.
    pub fn iter_from(&self, at: usize) -> impl Iterator<Item = &E> {
        (at..self.end()).flat_map(|at| self.run(at).first()).filter(|entry| !entry.is_free())
    }
}
