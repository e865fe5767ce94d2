//! The times in stock of the open day, of the positions that have one: beside the rows, because most have none.

use crate::stock::position::{RowId, StockTime};
use crate::values::slots::Entry;
use crate::values::table::Table;

/// A position's time in stock, with the number of its row + 1.
#[derive(Clone, Copy, Debug)]
struct Timed {
    key: u32,
    time: StockTime,
}

impl Entry for Timed {
    const FREE: Timed = Timed { key: 0, time: StockTime { exposure: 0.0, stocked_since: 0.0, unlearned: 0.0 } };

    #[inline]
    fn is_free(&self) -> bool {
        self.key == 0
    }

    #[inline]
    fn hash(&self) -> u64 {
        hash(self.key)
    }
}

#[inline]
fn hash(key: u32) -> u64 {
    u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Times in stock by row; never walked, so their order cannot show.
#[derive(Debug, Default)]
pub struct StockTimes {
    table: Table<Timed>,
}

impl StockTimes {
    /// The time in stock of a position; that of a day without any if it has none.
    pub fn get(&self, row: RowId) -> StockTime {
        let key = row + 1;
        self.table.find(hash(key), |timed| timed.key == key).map_or_else(StockTime::default, |timed| timed.time)
    }

    /// The time in stock of a position, to change it; it has one from now on.
    pub fn get_mut(&mut self, row: RowId) -> &mut StockTime {
        let (key, is) = (row + 1, |timed: &Timed| timed.key == row + 1);
        if self.table.find(hash(key), is).is_none() {
            self.table.add(Timed { key, time: StockTime::default() });
        }
        &mut self.table.find_mut(hash(key), is).expect("it was added").time
    }

    /// Takes the time in stock of a position out.
    pub fn take(&mut self, row: RowId) -> StockTime {
        let key = row + 1;
        self.table.remove(hash(key), |timed| timed.key == key).map_or_else(StockTime::default, |timed| timed.time)
    }
}
