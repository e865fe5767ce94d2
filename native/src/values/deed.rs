//! What a record did, for each unit of its quantity: kept with its id, so that a void can take it back.
//!
//! ```text
//! 64 bits, the lowest first   kind 5   negative 1   held 1   has a ref 1   tag of the position 14   0 0   ref 40
//! ```
//! Tag and ref are parts of a hash: a void says itself which position it is of, and a position has few refs.

use xxhash_rust::xxh3::xxh3_64;

use crate::values::movement::Kind;

const NEGATIVE: u64 = 1 << 5;
const HELD: u64 = 1 << 6;
const HAS_REF: u64 = 1 << 7;

/// What a record did, packed into 64 bits. Without a ref it is less than 2^22.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed(u64);

/// A ref as a number of 40 bits; 0 is no ref.
pub type RefKey = u64;

/// The number of a ref. Of the 2^40 numbers 0 is left out.
pub fn ref_key(reference: Option<&str>) -> RefKey {
    reference.map_or(0, |text| (xxh3_64(text.as_bytes()) >> 24).max(1))
}

impl Deed {
    /// `tag` is that of the record's position: `tag_of_names`.
    #[inline]
    pub fn new(kind: Kind, negative: bool, held: bool, reference: Option<&str>, tag: u16) -> Deed {
        let mut bits = kind as u64 | u64::from(tag >> 2) << 8;
        bits |= if negative { NEGATIVE } else { 0 } | if held { HELD } else { 0 };
        if let Some(reference) = reference.filter(|_| kind.keeps_ref()) {
            bits |= HAS_REF | ref_key(Some(reference)) << 24;
        }
        Deed(bits)
    }

    /// What a void of a record that is not known takes back at once: only stock and demand, as its field `of` says.
    pub fn guess(of: Kind) -> Option<Deed> {
        let stock = matches!(of, Kind::Sale | Kind::Return | Kind::Receipt | Kind::TransferOut | Kind::TransferIn);
        stock.then(|| Deed::new(of, false, false, None, 0))
    }

    pub fn kind(self) -> Kind {
        Kind::from_code((self.0 & 31) as u8).unwrap_or(Kind::Heartbeat)
    }

    /// Whether the quantity was negative: of an adjustment.
    pub fn is_negative(self) -> bool {
        self.0 & NEGATIVE != 0
    }

    /// Whether what was returned was put on hold.
    pub fn is_held(self) -> bool {
        self.0 & HELD != 0
    }

    /// The number of its ref; `None` without a ref.
    pub fn ref_key(self) -> Option<RefKey> {
        (self.0 & HAS_REF != 0).then_some(self.0 >> 24)
    }

    /// Whether it may be of the position with this tag; a record without a position is of any.
    pub fn may_be_of(self, tag: u16) -> bool {
        !self.kind().has_position() || self.0 >> 8 & 0x3fff == u64::from(tag >> 2)
    }

    /// The bits without the ref, less than 2^22, and the bits of the ref.
    pub fn parts(self) -> (u64, u64) {
        (self.0 & ((1 << 22) - 1), self.0 >> 24 << 24)
    }

    pub fn bits(self) -> u64 {
        self.0
    }

    pub const fn from_bits(bits: u64) -> Deed {
        Deed(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_keeps_what_a_void_needs() {
        let position = 0xabcd;
        let receipt = Deed::new(Kind::Receipt, false, false, Some("PO1"), position);
        assert_eq!((receipt.kind(), receipt.ref_key()), (Kind::Receipt, Some(ref_key(Some("PO1")))));
        assert!(receipt.may_be_of(position) && !receipt.may_be_of(0));
        assert_eq!(Deed::from_bits(receipt.bits()), receipt);
        let sale = Deed::new(Kind::Sale, false, false, Some("ticket 7"), position);
        assert!(sale.ref_key().is_none() && sale.bits() < 1 << 22);
        let shrink = Deed::new(Kind::Adjustment, true, false, None, position);
        assert!(shrink.is_negative() && !shrink.is_held());
        assert!(Deed::new(Kind::Heartbeat, false, false, None, 0).may_be_of(position));
        assert_eq!((Deed::guess(Kind::Hold), Deed::guess(Kind::Receipt).unwrap().ref_key()), (None, None));
    }
}
