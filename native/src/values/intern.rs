//! A string is stored once and is a number afterwards.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;

/// Strings by number, numbers by string. All text lies in one buffer.
#[derive(Debug, Default)]
pub struct Interner {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
}

impl Interner {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    #[inline]
    pub fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    pub fn find(&self, text: &str) -> Option<u32> {
        self.table.find(xxh3_64(text.as_bytes()), |number| self.get(*number) == text).copied()
    }

    #[inline]
    pub fn intern(&mut self, text: &str) -> u32 {
        let hash = xxh3_64(text.as_bytes());
        if let Some(number) = self.table.find(hash, |number| self.get(*number) == text) {
            return *number;
        }
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        let (all, ends) = (&self.text, &self.ends);
        self.table.insert_unique(hash, number, |number| {
            let at = *number as usize;
            let start = if at == 0 { 0 } else { ends[at - 1] as usize };
            xxh3_64(&all.as_bytes()[start..ends[at] as usize])
        });
        number
    }

    /// Writes the strings from number `from` on.
    pub fn write(&self, from: u32, e: &mut Encoder) {
        let length = self.len() as u32;
        e.u32(from);
        e.u32(length - from);
        (from..length).for_each(|number| e.text(self.get(number)));
    }

    /// Adds the strings that were written, which must begin with the next number.
    pub fn read(&mut self, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        follows(d.u32()? as usize == self.len())?;
        for _ in 0..d.u32()? {
            self.intern(d.text()?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_the_same_number() {
        let mut names = Interner::default();
        let numbers: Vec<u32> = (0..5000).map(|i| names.intern(&format!("sku-{i}"))).collect();
        assert_eq!(numbers, (0..5000).collect::<Vec<_>>());
        assert_eq!((names.intern("sku-77"), names.get(4999), names.find("none")), (77, "sku-4999", None));
        assert_eq!(names.intern(""), 5000);
        assert_eq!(names.get(5000), "");
    }
}
