//! A string is stored once and is a number afterwards.

use xxhash_rust::xxh3::xxh3_64;

use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;
use crate::values::slots::Entry;
use crate::values::table::Table;

/// The upper half of a string's hash, and its number below.
#[derive(Clone, Copy, Debug)]
struct Known(u64);

const TAG: u64 = !0 << 32;

impl Known {
    #[inline]
    fn number(self) -> u32 {
        self.0 as u32
    }
}

impl Entry for Known {
    const FREE: Known = Known(u64::MAX);

    #[inline]
    fn is_free(&self) -> bool {
        self.0 == u64::MAX
    }

    #[inline]
    fn hash(&self) -> u64 {
        self.0 & TAG
    }
}

/// Where a string lies in the table; a few others lie there too.
#[inline]
fn tag(text: &str) -> u64 {
    xxh3_64(text.as_bytes()) & TAG
}

/// Strings by number, numbers by string. All text lies in one buffer.
#[derive(Debug, Default)]
pub struct Interner {
    text: String,
    ends: Vec<u32>,
    table: Table<Known>,
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

    #[inline]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.find_tagged(tag(text), text)
    }

    #[inline]
    fn find_tagged(&self, tag: u64, text: &str) -> Option<u32> {
        self.table.find(tag, |known| self.get(known.number()) == text).map(Known::number)
    }

    #[inline]
    pub fn intern(&mut self, text: &str) -> u32 {
        let tag = tag(text);
        if let Some(number) = self.find_tagged(tag, text) {
            return number;
        }
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.table.add(Known(tag | u64::from(number)), |_| false);
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
