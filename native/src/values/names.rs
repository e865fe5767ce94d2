//! A position is named by its location and its SKU.

use xxhash_rust::xxh3::xxh3_64;

/// A stable hash of a position's names, the same in every process and version.
pub fn hash_of_names(location: &str, sku: &str) -> u64 {
    let mixed = xxh3_64(location.as_bytes()).rotate_left(32) ^ xxh3_64(sku.as_bytes());
    xxh3_64(&mixed.to_le_bytes())
}
