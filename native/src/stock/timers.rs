//! Timers are due at event times; many positions share one due time, so they share one slot.

use std::collections::BTreeMap;

use crate::stock::position::RowId;
use crate::values::instant::Millis;

/// Positions by the time at which one of their timers may be due. A position that moved its timer since is still in the old
/// slot: its row says when it is due.
#[derive(Debug, Default)]
pub struct Timers {
    slots: BTreeMap<Millis, Vec<RowId>>,
}

impl Timers {
    #[inline]
    pub fn set(&mut self, due: Millis, row: RowId) {
        self.slots.entry(due).or_default().push(row);
    }

    /// Moves positions of the earliest slot that is due at or before `clock` to `rows`: at most `most` of them.
    pub fn take_due(&mut self, clock: Millis, most: usize, rows: &mut Vec<RowId>) {
        let Some(mut slot) = self.slots.first_entry().filter(|slot| *slot.key() <= clock) else { return };
        let all = slot.get_mut();
        rows.extend(all.drain(all.len().saturating_sub(most)..));
        if all.is_empty() {
            slot.remove();
        }
    }

    /// Whether any slot is due at or before `clock`.
    pub fn are_due(&self, clock: Millis) -> bool {
        self.slots.first_key_value().is_some_and(|(due, _)| *due <= clock)
    }
}
