//! A string is stored once and is a number afterwards.

use xxhash_rust::xxh3::xxh3_64;

use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;
use crate::values::numbered::Numbered;
use crate::values::table::Table;

/// Where a string lies in the table; a few others lie there too.
#[inline]
fn tag(text: &str) -> u64 {
    Numbered::tag(xxh3_64(text.as_bytes()))
}

/// Strings by number, numbers by string. All text lies in one buffer.
#[derive(Debug, Default)]
pub struct Interner {
    text: String,
    ends: Vec<u32>,
    table: Table<Numbered>,
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
        self.table.find(tag, |known| self.get(known.number()) == text).map(Numbered::number)
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
        self.table.add(Numbered::new(tag, number), |_| false);
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
