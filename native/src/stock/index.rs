//! Finds a position's row by the numbers of its location and SKU. The rows hold the key; the index holds a part of its hash.

use crate::stock::position::{Row, RowId};
use crate::values::numbered::Numbered;
use crate::values::table::Table;

/// Rows by (location, SKU).
#[derive(Debug, Default)]
pub struct Index {
    table: Table<Numbered>,
}

#[inline]
fn tag(location: u32, sku: u32) -> u64 {
    let key = u64::from(location) << 32 | u64::from(sku);
    let mixed = u128::from(key ^ 0x2d35_8dcc_aa6c_78a5) * 0x9e37_79b9_7f4a_7c15;
    Numbered::tag((mixed as u64) ^ ((mixed >> 64) as u64))
}

impl Index {
    #[inline]
    pub fn find(&self, rows: &[Row], location: u32, sku: u32) -> Option<RowId> {
        let is = |row: &Row| row.location == location && row.sku == sku;
        let found = self.table.find(tag(location, sku), |placed| is(&rows[placed.number() as usize]));
        found.map(Numbered::number)
    }

    /// Adds a row, which must not be there yet.
    pub fn insert(&mut self, position: &Row, row: RowId) {
        self.table.add(Numbered::new(tag(position.location, position.sku), row), |_| false);
    }
}
