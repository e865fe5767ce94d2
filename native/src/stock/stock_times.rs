//! The times in stock of the open day, of the positions that have one: beside the rows, because most have none.

use crate::stock::position::{RowId, StockTime};
use crate::values::slots::Entry;
use crate::values::table::Table;

/// A position's time in stock.
#[derive(Clone, Copy, Debug)]
struct Timed {
    row: RowId,
    time: StockTime,
}

const NO_ROW: RowId = RowId::MAX;

impl Entry for Timed {
    const FREE: Timed = Timed { row: NO_ROW, time: StockTime { exposure: 0.0, stocked_since: 0.0, unlearned: 0.0 } };

    #[inline]
    fn is_free(&self) -> bool {
        self.row == NO_ROW
    }

    #[inline]
    fn hash(&self) -> u64 {
        hash(self.row)
    }
}

/// Of no row, and only of it, it is the greatest.
#[inline]
fn hash(row: RowId) -> u64 {
    !u64::from(!row).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Times in stock by row; never walked, so their order cannot show.
#[derive(Debug, Default)]
pub struct StockTimes {
    table: Table<Timed>,
}

impl StockTimes {
    /// The time in stock of a position; that of a day without any if it has none.
    pub fn get(&self, row: RowId) -> StockTime {
        self.table.find(hash(row), |_| true).map_or_else(StockTime::default, |timed| timed.time)
    }

    /// The time in stock of a position, to change it; it has one from now on.
    pub fn get_mut(&mut self, row: RowId) -> &mut StockTime {
        self.table.add(Timed { row, time: StockTime::default() }, |_| true);
        &mut self.table.find_mut(hash(row), |_| true).expect("it was added").time
    }

    /// Takes the time in stock of a position out.
    pub fn take(&mut self, row: RowId) -> StockTime {
        self.table.remove(hash(row), |_| true).map_or_else(StockTime::default, |timed| timed.time)
    }
}
