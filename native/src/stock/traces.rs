//! What a position keeps of its closed days for signs: faults that the record of stock does not show.

use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;

/// Traces of closed days; part of the row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traces {
    /// Closed days in stock since the last sale.
    pub idle_days: u16,
    /// Number of the source that it last sold through ([`crate::stock::feeds`]); 0 if none is known.
    pub feed: u16,
}

impl Traces {
    /// Closes a local day: whether something was sold, and whether it was in stock at the end.
    #[inline]
    pub fn close(&mut self, sold: bool, in_stock: bool) {
        if sold {
            self.idle_days = 0;
        } else if in_stock {
            self.idle_days = self.idle_days.saturating_add(1);
        }
    }

    pub fn write(&self, e: &mut Encoder) {
        e.u32(u32::from(self.idle_days) | u32::from(self.feed) << 16);
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Traces, CoreError> {
        let both = d.u32()?;
        Ok(Traces { idle_days: both as u16, feed: (both >> 16) as u16 })
    }
}
