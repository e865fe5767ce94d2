//! A position is one row of 184 bytes; what only some positions have lies beside it, in [`crate::stock::extras`].

use crate::demand::estimate::Demand;
use crate::policy::Terms;
use crate::policy::rules::Rules;
use crate::stock::history;
use crate::stock::ordering::Ordering;
use crate::stock::traces::Traces;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

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
    pub const DIRTY: u16 = 1;
    /// The open day has demand records.
    pub const SOLD_TODAY: u16 = 2;
    /// In stock; since the start of the open day unless the position has a [`super::StockTime`].
    pub const IN_STOCK: u16 = 4;
    /// Has a [`super::StockTime`] of the open day.
    pub const STOCK_TIME: u16 = 8;
    /// Changed since the state was last saved.
    pub const UNSAVED: u16 = 16;
    /// Something was ordered for it.
    pub const ORDERED: u16 = 32;
    /// Something was received since its first count.
    pub const RECEIVED: u16 = 64;
    /// In the sample whose chances are written at each midnight.
    pub const SAMPLED: u16 = 128;
    /// Something said what is there: a count, a receipt or a transfer in. Sales alone say nothing of its stock.
    pub const STATED: u16 = 256;
    /// Something of it was sold.
    pub const SOLD: u16 = 512;
    /// Has [`crate::stock::lots::Lots`].
    pub const LOTS: u16 = 1024;
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
    /// At or above so many units available nothing about reorder alerts needs looking at: today, and on every day on which nothing
    /// happens. The largest number says that none is enough.
    pub safe_today: u32,
    pub safe_idle: u32,
    /// event_time of the latest count, [`NEVER`] without one.
    pub counted_at: Millis,
    pub last_event: Millis,
    /// Offset of the last record that touched the position: the version of its published rows.
    pub offset: u64,
    /// When the next timer is due, [`NO_TIMER`] without one.
    pub next_due: Millis,
    /// Latest entry in [`history::History`].
    pub latest: u32,
    pub extras: u32,
    pub location: u32,
    pub sku: u32,
    pub terms: u32,
    /// Number of the open local day.
    pub day: i32,
    pub flags: u16,
    order_lead_days: u8,
    /// Of a dirty position: the number of the publish interval in which it became dirty, modulo 256.
    pub interval: u8,
    order_point: f32,
    order_quantity: f32,
    /// Last: only days that close, and looks, need them.
    pub demand: Demand,
    pub traces: Traces,
}

impl Row {
    /// A position that no movement has changed yet. `location` and `sku` are numbers of names.
    pub fn new(location: u32, sku: u32, terms: u32, day: i32, demand: Demand) -> Row {
        Row {
            on_hand: 0,
            blocked: 0,
            today: 0,
            safe_today: 1,
            safe_idle: 1,
            counted_at: NEVER,
            last_event: NEVER,
            offset: 0,
            next_due: NO_TIMER,
            demand,
            traces: Traces::default(),
            latest: history::NONE,
            extras: NO_EXTRAS,
            location,
            sku,
            terms,
            day,
            order_point: 0.0,
            order_quantity: 0.0,
            order_lead_days: 0,
            interval: 0,
            flags: 0,
        }
    }

    #[inline]
    pub fn available(&self) -> Milli {
        quantity::add(self.on_hand, -self.blocked)
    }

    #[inline]
    pub fn is_safe(&self, units: u32) -> bool {
        units < u32::MAX && self.available() >= i64::from(units) * 1000
    }

    /// Whether anybody plans the position: something was ordered for it, or received since its first count.
    #[inline]
    pub fn is_planned(&self) -> bool {
        self.flags & (flag::ORDERED | flag::RECEIVED) != 0
    }

    /// Whether nobody plans the position, and so nobody is told to order: not in a log that has no order and no receipt at all.
    pub fn is_silent(&self, terms: &Terms, rules: &Rules, now: Millis) -> bool {
        self.may_be_silent(terms) && now > rules.planned_since
    }

    /// Whether it is silent as soon as the log shows that somebody plans.
    pub fn may_be_silent(&self, terms: &Terms) -> bool {
        terms.unplanned_is_silent && !self.is_planned()
    }

    /// Whether any demand is expected of it: it was learned, or somebody else foretells it.
    pub fn is_foretold(&self) -> bool {
        self.demand.is_known() || self.safe_idle == u32::MAX
    }

    /// How it is ordered for.
    pub fn ordering(&self) -> Ordering {
        Ordering { point: self.order_point, quantity: self.order_quantity, lead_days: self.order_lead_days }
    }

    pub fn set_ordering(&mut self, ordering: Ordering) {
        let Ordering { point, quantity, lead_days } = ordering;
        (self.order_point, self.order_quantity, self.order_lead_days) = (point, quantity, lead_days);
    }

    #[inline]
    pub fn has(&self, bits: u16) -> bool {
        self.flags & bits != 0
    }

    #[inline]
    pub fn set(&mut self, bit: u16, on: bool) {
        if on { self.flags |= bit } else { self.flags &= !bit }
    }

    /// Writes it with its time in stock and the number of the source that it last sold through.
    pub fn write(&self, time: StockTime, feed: u16, e: &mut Encoder) {
        for value in [self.on_hand, self.blocked, self.today, self.counted_at, self.last_event] {
            e.i64(value);
        }
        e.u32(self.safe_today);
        e.u32(self.safe_idle);
        e.u64(self.offset);
        e.i64(self.next_due);
        self.demand.write(e);
        time.write(e);
        let has_extras = u32::from(self.extras != NO_EXTRAS);
        self.ordering().write(e);
        self.traces.write(e);
        let flags = u32::from(self.flags) | u32::from(feed) << 16;
        for value in [self.latest, self.location, self.sku, self.day as u32, flags, has_extras] {
            e.u32(value);
        }
    }

    /// The row, its time in stock, the number of its source, and whether its extras follow. The number of its terms is not part of a state.
    pub fn read(d: &mut Decoder<'_>) -> Result<(Row, StockTime, u16, bool), CoreError> {
        let mut row = Row::new(0, 0, 0, 0, Demand::default());
        (row.on_hand, row.blocked, row.today) = (d.amount()?, d.amount()?, d.amount()?);
        (row.counted_at, row.last_event) = (d.time()?, d.time()?);
        (row.safe_today, row.safe_idle) = (d.u32()?, d.u32()?);
        (row.offset, row.next_due) = (d.u64()?, d.time()?);
        row.demand = Demand::read(d)?;
        let time = StockTime::read(d)?;
        row.set_ordering(Ordering::read(d)?);
        row.traces = Traces::read(d)?;
        (row.latest, row.location, row.sku) = (d.u32()?, d.u32()?, d.u32()?);
        row.day = d.u32()? as i32;
        let flags = d.u32()?;
        row.flags = flags as u16;
        Ok((row, time, (flags >> 16) as u16, d.u32()? == 1))
    }
}

/// The open day of a position that was not in stock all day; the others do not need one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StockTime {
    /// Days of demand (by the profile) in stock before `stocked_since`.
    pub exposure: f32,
    /// Share of the day at which the position last came into stock.
    pub stocked_since: f32,
    /// Demand from time out of stock, in units: counted, not learned.
    pub unlearned: f32,
}

impl StockTime {
    fn write(&self, e: &mut Encoder) {
        [self.exposure, self.stocked_since, self.unlearned].into_iter().for_each(|value| e.f32(value));
    }

    fn read(d: &mut Decoder<'_>) -> Result<StockTime, CoreError> {
        Ok(StockTime { exposure: d.f32()?, stocked_since: d.f32()?, unlearned: d.f32()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::extras::Extras;

    #[test]
    fn the_row_stays_packed() {
        assert_eq!((size_of::<Row>(), size_of::<Extras>()), (184, 64));
    }
}
