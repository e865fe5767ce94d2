//! The bytes of a record of several rows, for the rows that keep it: the first get all of it, the others its beginning.
//!
//! A record of 64 KiB may hold ten thousand rows. If each of them kept the whole record, they would take a gigabyte.

use std::cell::Cell;

/// What the rows of one record keep all together: in a log, and in a sorter, which has a disk for it.
pub const OF_LOG: usize = 2 << 20;
pub const OF_SORTER: usize = 16 << 20;
/// The bytes that a row keeps of its record after that.
pub const SHORT: usize = 256;

/// See the module.
pub struct OfRecord<'a> {
    record: &'a [u8],
    left: Cell<usize>,
}

impl<'a> OfRecord<'a> {
    /// The rows that keep the whole record take at most `most` bytes together.
    pub fn new(record: &'a [u8], most: usize) -> OfRecord<'a> {
        OfRecord { record, left: Cell::new(most) }
    }

    /// What the next row keeps.
    pub fn bytes(&self) -> Vec<u8> {
        let (left, whole) = (self.left.get(), self.record.len());
        self.left.set(left.saturating_sub(whole));
        self.record[..if whole <= left { whole } else { whole.min(SHORT) }].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_record_until_they_keep_too_much() {
        let record = [7u8; 10_000];
        let kept = OfRecord::new(&record, 25_000);
        assert_eq!([0; 4].map(|_| kept.bytes().len()), [10_000, 10_000, SHORT, SHORT]);
        assert_eq!(OfRecord::new(b"short", 0).bytes(), b"short");
    }
}
