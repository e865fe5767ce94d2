//! Finds a position's row by the numbers of its location and SKU. The table holds row numbers only: the rows hold the key.

use hashbrown::HashTable;

use crate::stock::position::{Row, RowId};

/// Rows by (location, SKU).
#[derive(Debug, Default)]
pub struct Index {
    table: HashTable<RowId>,
}

#[inline]
fn hash(location: u32, sku: u32) -> u64 {
    let key = u64::from(location) << 32 | u64::from(sku);
    let mixed = u128::from(key ^ 0x2d35_8dcc_aa6c_78a5) * 0x9e37_79b9_7f4a_7c15;
    (mixed as u64) ^ ((mixed >> 64) as u64)
}

impl Index {
    #[inline]
    pub fn find(&self, rows: &[Row], location: u32, sku: u32) -> Option<RowId> {
        let is = |row: &RowId| rows[*row as usize].location == location && rows[*row as usize].sku == sku;
        self.table.find(hash(location, sku), is).copied()
    }

    /// Adds a row, which must be in `rows` already.
    pub fn insert(&mut self, rows: &[Row], row: RowId) {
        let key = |row: &RowId| hash(rows[*row as usize].location, rows[*row as usize].sku);
        self.table.insert_unique(key(&row), row, key);
    }
}
