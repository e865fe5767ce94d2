//! Stock that is on hand but not available: allocated to reservations, or held.

use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::quantity::{self, Milli};

/// Thousandths of a unit, each at least 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blocked {
    pub allocated: Milli,
    pub held: Milli,
}

impl Blocked {
    /// A reservation, or with a negative quantity the end of one.
    pub fn allocate(&mut self, quantity: Milli) {
        self.allocated = quantity::add(self.allocated, quantity).max(0);
    }

    /// A hold, or with a negative quantity the end of one.
    pub fn hold(&mut self, quantity: Milli) {
        self.held = quantity::add(self.held, quantity).max(0);
    }

    pub fn total(&self) -> Milli {
        quantity::add(self.allocated, self.held)
    }

    pub fn write(&self, e: &mut Encoder) {
        e.i64(self.allocated);
        e.i64(self.held);
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Blocked, CoreError> {
        Ok(Blocked { allocated: d.i64()?, held: d.i64()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_never_frees_more_than_is_held() {
        let mut blocked = Blocked::default();
        blocked.hold(5);
        blocked.allocate(3);
        blocked.hold(-9);
        assert_eq!((blocked.total(), blocked), (3, Blocked { allocated: 3, held: 0 }));
    }
}
