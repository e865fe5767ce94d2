//! A number that is found in a table by the hash of what it stands for.

use crate::values::slots::Entry;

/// The upper half of the hash, and the number below. The key itself lies elsewhere: a few others may have the same upper half.
#[derive(Clone, Copy, Debug)]
pub struct Numbered(u64);

const UPPER: u64 = !0 << 32;

impl Numbered {
    /// `tag` comes from [`Numbered::tag`].
    #[inline]
    pub fn new(tag: u64, number: u32) -> Numbered {
        Numbered(tag | u64::from(number))
    }

    /// What a number with this hash is looked for by.
    #[inline]
    pub fn tag(hash: u64) -> u64 {
        hash & UPPER
    }

    #[inline]
    pub fn number(self) -> u32 {
        self.0 as u32
    }
}

impl Entry for Numbered {
    const FREE: Numbered = Numbered(u64::MAX);

    #[inline]
    fn is_free(&self) -> bool {
        self.0 == u64::MAX
    }

    #[inline]
    fn hash(&self) -> u64 {
        self.0 & UPPER
    }
}
