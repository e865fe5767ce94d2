//! Timers are due at event times; many positions share one due time, so they share one slot.

use std::collections::BTreeMap;

use crate::values::instant::Millis;

/// Positions by the time at which one of their timers may be due. A position that moved its timer is skipped when met.
#[derive(Debug, Default)]
pub struct Timers {
    slots: BTreeMap<Millis, Vec<u32>>,
}

impl Timers {
    #[inline]
    pub fn set(&mut self, due: Millis, position: u32) {
        self.slots.entry(due).or_default().push(position);
    }

    /// Takes the earliest slot that is due at or before `clock`.
    pub fn pop(&mut self, clock: Millis) -> Option<(Millis, Vec<u32>)> {
        let slot = self.slots.first_entry()?;
        if *slot.key() > clock {
            return None;
        }
        Some(slot.remove_entry())
    }
}
