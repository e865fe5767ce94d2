//! A position is named by its location and its SKU.

use xxhash_rust::xxh3::xxh3_64;

/// A stable hash of a position's names, the same in every process and version.
pub fn hash_of_names(location: &str, sku: &str) -> u64 {
    let mixed = xxh3_64(location.as_bytes()).rotate_left(32) ^ xxh3_64(sku.as_bytes());
    xxh3_64(&mixed.to_le_bytes())
}

/// Sixteen bits that tell positions apart where a record of the same source and id is known already: cheaper than the hash.
#[inline]
pub fn tag_of_names(location: &str, sku: &str) -> u16 {
    let ends = ends_of(location).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ends_of(sku).rotate_left(29);
    (ends.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 48) as u16
}

/// The first and the last bytes of a text and its length, as a number.
#[inline]
fn ends_of(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes.iter().fold(bytes.len() as u64, |sum, byte| sum << 8 | u64::from(*byte));
    };
    let first = u64::from_le_bytes(*bytes.first_chunk::<8>().expect("it has a last chunk"));
    u64::from_le_bytes(*last) ^ first.rotate_left(23) ^ bytes.len() as u64
}
