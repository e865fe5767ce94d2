//! An id for rows that have none: the hash of some columns, and its number where it occurs more than once in a document.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_128;

use crate::map::cell::Cell;
use crate::map::lookup::nfc;

/// Which columns make the id.
pub struct Identity {
    pub columns: Vec<usize>,
    /// Whether the second row of a document with the same hash ends with `-2`.
    pub occurrence: bool,
}

impl Identity {
    /// The hash of the cells as they were read, after NFC: each with its length in bytes as u32 little-endian before it, an absent
    /// one as four bytes ff.
    pub fn hash(&self, cells: &[Cell<'_>], buffer: &mut Vec<u8>) -> u128 {
        buffer.clear();
        for at in &self.columns {
            let text = match &cells[*at] {
                Cell::Group(text) => Some((*text).into()),
                cell => cell.text(),
            };
            match text {
                None => buffer.extend_from_slice(&[0xff; 4]),
                Some(text) => {
                    let text = nfc(&text);
                    buffer.extend_from_slice(&(text.len() as u32).to_le_bytes());
                    buffer.extend_from_slice(text.as_bytes());
                }
            }
        }
        xxh3_128(buffer)
    }
}

/// How often each hash of one rule occurred in the document so far.
#[derive(Default)]
pub struct Occurrences(HashTable<(u128, u32)>);

impl Occurrences {
    /// The number of this occurrence, from 1.
    pub fn count(&mut self, hash: u128) -> u32 {
        let entry = self.0.entry(hash as u64, |known| known.0 == hash, |known| known.0 as u64);
        let count = entry.or_insert((hash, 0)).into_mut();
        count.1 += 1;
        count.1
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_that_the_docs_name() {
        let identity = Identity { columns: vec![0, 1, 2], occurrence: true };
        let hash = |cells: &[Cell<'_>]| identity.hash(cells, &mut Vec::new());
        let texts = ["2026-11-22", "00123", "2.5"].map(|text| Cell::Text(text.into()));
        assert_eq!(format!("{:032x}", hash(&texts)), "ebbf74ebc7c95ab0a7fc571961044916");
        let number = [texts[0].clone(), texts[1].clone(), Cell::Number("2.5".into())];
        assert_eq!(hash(&number), hash(&texts));
        let absent = [texts[0].clone(), texts[1].clone(), Cell::Absent];
        let empty = [texts[0].clone(), texts[1].clone(), Cell::Text("".into())];
        assert_ne!(hash(&absent), hash(&empty));
    }

    #[test]
    fn equal_lines_are_numbered() {
        let mut occurrences = Occurrences::default();
        assert_eq!([7, 7, 8, 7].map(|hash| occurrences.count(hash)), [1, 2, 1, 3]);
        occurrences.clear();
        assert_eq!(occurrences.count(7), 1);
    }
}
