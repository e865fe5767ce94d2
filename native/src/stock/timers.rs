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

    /// Takes the earliest slot that is due at or before `clock`.
    pub fn pop(&mut self, clock: Millis) -> Option<Vec<RowId>> {
        let slot = self.slots.first_entry()?;
        (*slot.key() <= clock).then(|| slot.remove())
    }

    /// When the earliest slot is due.
    pub fn next(&self) -> Option<Millis> {
        self.slots.first_key_value().map(|(due, _)| *due)
    }
}
