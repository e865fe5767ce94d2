//! A list in pieces: it grows without moving what it holds.

use std::ops::{Index, IndexMut};

/// Items of a piece: of rows some 1.4 MB. The first piece grows like any list, the others are made whole.
const PIECE: usize = 8192;

/// Items by number, added at the end and taken from there.
#[derive(Debug)]
pub struct Chunks<T> {
    pieces: Vec<Vec<T>>,
}

impl<T> Default for Chunks<T> {
    fn default() -> Chunks<T> {
        Chunks { pieces: vec![Vec::new()] }
    }
}

impl<T> Chunks<T> {
    #[inline]
    pub fn len(&self) -> usize {
        (self.pieces.len() - 1) * PIECE + self.pieces[self.pieces.len() - 1].len()
    }

    pub fn is_empty(&self) -> bool {
        self.pieces[0].is_empty()
    }

    #[inline]
    pub fn get(&self, at: usize) -> Option<&T> {
        self.pieces.get(at / PIECE)?.get(at % PIECE)
    }

    #[inline]
    pub fn push(&mut self, item: T) {
        let last = self.pieces.len() - 1;
        if self.pieces[last].len() < PIECE {
            self.pieces[last].push(item);
        } else {
            self.add_piece(item);
        }
    }

    #[cold]
    fn add_piece(&mut self, item: T) {
        let mut piece = Vec::with_capacity(PIECE);
        piece.push(item);
        self.pieces.push(piece);
    }

    /// Moves at most `most` items from the end of the list to `to`; none when the list is empty.
    pub fn take_last(&mut self, most: usize, to: &mut Vec<T>) {
        let last = self.pieces.len() - 1;
        let piece = &mut self.pieces[last];
        to.extend(piece.drain(piece.len().saturating_sub(most)..));
        if piece.is_empty() && last > 0 {
            self.pieces.pop();
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone + '_ {
        self.iter_from(0)
    }

    /// The items from number `from` on.
    pub fn iter_from(&self, from: usize) -> impl Iterator<Item = &T> + Clone + '_ {
        let pieces = self.pieces.iter().enumerate().skip(from / PIECE);
        pieces.flat_map(move |(at, piece)| &piece[from.saturating_sub(at * PIECE).min(piece.len())..])
    }
}

impl<T> Index<usize> for Chunks<T> {
    type Output = T;

    #[inline]
    fn index(&self, at: usize) -> &T {
        &self.pieces[at / PIECE][at % PIECE]
    }
}

impl<T> IndexMut<usize> for Chunks<T> {
    #[inline]
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.pieces[at / PIECE][at % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stay_under_their_number_over_pieces() {
        let mut list = Chunks::default();
        let many = 2 * PIECE + 5;
        (0..many).for_each(|at| list.push(at));
        list[PIECE] += 1;
        assert_eq!((list.len(), list[PIECE], list[many - 1], list.get(many)), (many, PIECE + 1, many - 1, None));
        assert_eq!(list.iter().count(), many);
        for from in [0, 1, PIECE - 1, PIECE, many - 1, many] {
            assert_eq!(list.iter_from(from).count(), many - from);
        }
        assert_eq!(list.iter_from(PIECE + 1).next(), Some(&(PIECE + 1)));
    }

    #[test]
    fn items_are_taken_from_the_end_until_none_is_left() {
        let mut list = Chunks::default();
        (0..PIECE + 3).for_each(|at| list.push(at));
        let mut taken = Vec::new();
        while !list.is_empty() {
            list.take_last(100, &mut taken);
        }
        taken.sort_unstable();
        assert_eq!((taken, list.len()), ((0..PIECE + 3).collect(), 0));
    }
}
