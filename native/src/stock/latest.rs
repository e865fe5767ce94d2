//! Of the rows of a position that wait together only the latest is kept: no reader of the table could see the others.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::stock::position::RowId;
use crate::stock::rows::{ExpectedDemand, PositionRow};

/// Where the rows that wait stand, by position.
#[derive(Debug, Default)]
pub struct Latest {
    waiting: HashTable<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    row: RowId,
    at: usize,
    /// Where its days and its promises begin in the [`ExpectedDemand`].
    begins: (usize, usize),
}

fn hash(row: RowId) -> u64 {
    u64::from(row).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Latest {
    /// Adds the row of a position to those that wait, whose days are the last in `expected`, from `begins` on.
    ///
    /// It takes the place of the position's earlier row. If it has more or fewer days, it stands at the end, and the earlier row
    /// stays: the table drops that one.
    pub fn add(
        &mut self,
        row: RowId,
        made: PositionRow,
        begins: (usize, usize),
        rows: &mut Vec<PositionRow>,
        expected: &mut ExpectedDemand,
    ) {
        let here = Waiting { row, at: rows.len(), begins };
        match self.waiting.entry(hash(row), |waiting| waiting.row == row, |waiting| hash(waiting.row)) {
            Entry::Occupied(mut found) => {
                let earlier = &mut rows[found.get().at];
                if (earlier.days, earlier.promises) == (made.days, made.promises) {
                    *earlier = made;
                    expected.move_last(begins, found.get().begins);
                    return;
                }
                *found.get_mut() = here;
            }
            Entry::Vacant(free) => {
                free.insert(here);
            }
        }
        rows.push(made);
    }

    /// No row waits any more.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}
