//! A position is one row of 104 bytes; what only some positions have lies beside it, in [`crate::stock::extras`].

use crate::demand::rate::Demand;
use crate::stock::history;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

/// The number of a position's row: the order in which positions were first named.
pub type RowId = u32;

/// The position does not have [`crate::stock::extras::Extras`].
pub const NO_EXTRAS: u32 = u32::MAX;
/// There was no count, no record.
pub const NEVER: Millis = Millis::MIN;
/// No timer is set.
pub const NO_TIMER: Millis = Millis::MAX;

/// Bits of [`Row::flags`].
pub mod flag {
    /// Changed since its row was last published.
    pub const DIRTY: u32 = 1;
    /// The open day has demand records.
    pub const SOLD_TODAY: u32 = 2;
    /// In stock; since the start of the open day unless the position has a [`super::StockTime`].
    pub const IN_STOCK: u32 = 4;
    /// Has a [`super::StockTime`] of the open day.
    pub const STOCK_TIME: u32 = 8;
    /// Changed since the state was last saved.
    pub const UNSAVED: u32 = 16;
}

/// The hot part of a position.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Row {
    pub on_hand: Milli,
    /// allocated + held; their parts lie in [`crate::stock::promises::Promised`].
    pub blocked: Milli,
    /// Demand of the open day.
    pub today: Milli,
    /// At or above this much available nothing about reorder alerts needs looking at.
    pub safe: Milli,
    /// event_time of the latest count, [`NEVER`] without one.
    pub counted_at: Millis,
    pub last_event: Millis,
    /// Offset of the last record that touched the position: the version of its published rows.
    pub offset: u64,
    /// When the next timer is due, [`NO_TIMER`] without one.
    pub next_due: Millis,
    pub demand: Demand,
    /// Latest entry in [`history::History`].
    pub latest: u32,
    pub extras: u32,
    pub location: u32,
    pub sku: u32,
    pub terms: u32,
    /// Number of the open local day.
    pub day: i32,
    pub flags: u32,
}

impl Row {
    /// A position that no movement has changed yet. `location` and `sku` are numbers of names.
    pub fn new(location: u32, sku: u32, terms: u32, day: i32, demand: Demand) -> Row {
        Row {
            on_hand: 0,
            blocked: 0,
            today: 0,
            safe: 1,
            counted_at: NEVER,
            last_event: NEVER,
            offset: 0,
            next_due: NO_TIMER,
            demand,
            latest: history::NONE,
            extras: NO_EXTRAS,
            location,
            sku,
            terms,
            day,
            flags: 0,
        }
    }

    #[inline]
    pub fn available(&self) -> Milli {
        self.on_hand - self.blocked
    }

    #[inline]
    pub fn has(&self, bit: u32) -> bool {
        self.flags & bit != 0
    }

    #[inline]
    pub fn set(&mut self, bit: u32, on: bool) {
        if on { self.flags |= bit } else { self.flags &= !bit }
    }

    pub fn write(&self, time: StockTime, e: &mut Encoder) {
        for value in [self.on_hand, self.blocked, self.today, self.safe, self.counted_at, self.last_event] {
            e.i64(value);
        }
        e.u64(self.offset);
        e.i64(self.next_due);
        self.demand.write(e);
        time.write(e);
        let has_extras = u32::from(self.extras != NO_EXTRAS);
        for value in [self.latest, self.location, self.sku, self.day as u32, self.flags, has_extras] {
            e.u32(value);
        }
    }

    /// The row, its time in stock, and whether its extras follow. The number of its terms is not part of a state.
    pub fn read(d: &mut Decoder<'_>) -> Result<(Row, StockTime, bool), CoreError> {
        let mut row = Row::new(0, 0, 0, 0, Demand::default());
        (row.on_hand, row.blocked, row.today, row.safe) = (d.i64()?, d.i64()?, d.i64()?, d.i64()?);
        (row.counted_at, row.last_event, row.offset, row.next_due) = (d.i64()?, d.i64()?, d.u64()?, d.i64()?);
        row.demand = Demand::read(d)?;
        let time = StockTime::read(d)?;
        (row.latest, row.location, row.sku) = (d.u32()?, d.u32()?, d.u32()?);
        (row.day, row.flags) = (d.u32()? as i32, d.u32()?);
        Ok((row, time, d.u32()? == 1))
    }
}

/// The open day of a position that was not in stock all day; the others do not need one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StockTime {
    /// Days of demand (by the profile) in stock before `stocked_since`.
    pub exposure: f32,
    /// Share of the day in stock before `stocked_since`, 0 to 1.
    pub share: f32,
    /// Share of the day at which the position last came into stock.
    pub stocked_since: f32,
    /// Demand from time out of stock, in units: counted, not learned.
    pub unlearned: f32,
}

impl StockTime {
    fn write(&self, e: &mut Encoder) {
        [self.exposure, self.share, self.stocked_since, self.unlearned].into_iter().for_each(|value| e.f32(value));
    }

    fn read(d: &mut Decoder<'_>) -> Result<StockTime, CoreError> {
        Ok(StockTime { exposure: d.f32()?, share: d.f32()?, stocked_since: d.f32()?, unlearned: d.f32()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::extras::Extras;

    #[test]
    fn the_row_stays_packed() {
        assert_eq!((size_of::<Row>(), size_of::<Extras>()), (104, 64));
    }
}
