//! Finds a position's row by the numbers of its location and SKU. The rows hold the key; the index holds a part of its hash.

use crate::stock::position::{Row, RowId};
use crate::values::slots::Entry;
use crate::values::table::Table;

/// The upper half of a key's hash, and the number of the row below.
#[derive(Clone, Copy, Debug)]
struct Placed(u64);

const TAG: u64 = !0 << 32;

impl Placed {
    #[inline]
    fn row(self) -> RowId {
        self.0 as u32
    }
}

impl Entry for Placed {
    const FREE: Placed = Placed(u64::MAX);

    #[inline]
    fn is_free(&self) -> bool {
        self.0 == u64::MAX
    }

    #[inline]
    fn hash(&self) -> u64 {
        self.0 & TAG
    }
}

/// Rows by (location, SKU).
#[derive(Debug, Default)]
pub struct Index {
    table: Table<Placed>,
}

#[inline]
fn tag(location: u32, sku: u32) -> u64 {
    let key = u64::from(location) << 32 | u64::from(sku);
    let mixed = u128::from(key ^ 0x2d35_8dcc_aa6c_78a5) * 0x9e37_79b9_7f4a_7c15;
    ((mixed as u64) ^ ((mixed >> 64) as u64)) & TAG
}

impl Index {
    #[inline]
    pub fn find(&self, rows: &[Row], location: u32, sku: u32) -> Option<RowId> {
        let is = |row: &Row| row.location == location && row.sku == sku;
        let found = self.table.find(tag(location, sku), |placed| is(&rows[placed.row() as usize]));
        found.map(Placed::row)
    }

    /// Adds a row, which must not be there yet.
    pub fn insert(&mut self, position: &Row, row: RowId) {
        self.table.add(Placed(tag(position.location, position.sku) | u64::from(row)), |_| false);
    }
}
