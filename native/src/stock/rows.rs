//! Rows for the tables of positions, days and counts; their version is an offset, so a replay writes the same rows.

use crate::group::Group;
use crate::stock::position::{NEVER, flag};
use crate::values::instant::Millis;
use crate::values::movement::Kind;
use crate::values::quantity::Milli;

/// A position as it was after the record at `offset`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionRow {
    pub offset: u64,
    pub location: u32,
    pub sku: u32,
    pub on_hand: Milli,
    pub allocated: Milli,
    pub held: Milli,
    pub on_order: Milli,
    pub in_transit: Milli,
    pub last_event: Millis,
}

impl PositionRow {
    pub fn available(&self) -> Milli {
        self.on_hand - self.allocated - self.held
    }
}

/// Demand of one local day; that of very late records is a row of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandDay {
    pub offset: u64,
    pub location: u32,
    pub sku: u32,
    pub day: i32,
    pub very_late: bool,
    pub demand: Milli,
}

/// A stock count and what the record said at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockCount {
    pub offset: u64,
    pub location: u32,
    pub sku: u32,
    pub event_time: Millis,
    pub quantity: Milli,
    pub recorded: Milli,
    /// `applied`, `older` (a later count is known: nothing changed) or `out_of_window` (applied as of the clock).
    pub mark: &'static str,
    pub source: String,
    pub id: String,
}

/// A movement that names an order: what was promised, sent or received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplyEvent {
    pub offset: u64,
    pub location: u32,
    pub sku: u32,
    pub reference: String,
    pub kind: Kind,
    pub event_time: Millis,
    pub quantity: Milli,
    pub due: Option<Millis>,
}

impl Group {
    pub(crate) fn position_row(&self, at: u32) -> PositionRow {
        let row = &self.rows[at as usize];
        let side = self.side(at);
        PositionRow {
            offset: row.offset,
            location: row.location,
            sku: row.sku,
            on_hand: row.on_hand,
            allocated: side.map_or(0, |s| s.allocated),
            held: side.map_or(0, |s| s.held),
            on_order: side.map_or(0, |s| s.on_order()),
            in_transit: side.map_or(0, |s| s.in_transit()),
            last_event: row.last_event,
        }
    }

    /// Publishes one position now: one of its alerts got an entry.
    pub(crate) fn publish(&mut self, at: u32) {
        let row = self.position_row(at);
        self.output.positions.push(row);
        self.rows[at as usize].set(flag::DIRTY, false);
    }

    /// Publishes what changed since the last mark.
    pub(crate) fn publish_changes(&mut self) {
        self.dirty_published();
        for at in std::mem::take(&mut self.dirty) {
            if self.rows[at as usize].has(flag::DIRTY) {
                self.publish(at);
            }
        }
        for ((at, day), offset) in std::mem::take(&mut self.changed) {
            let demand = self.closed_day(at, day);
            self.push_day(at, day, false, demand, offset);
        }
        for ((at, day), offset) in std::mem::take(&mut self.very_late_changed) {
            let demand = self.very_late.get(&(at, day)).copied().unwrap_or(0);
            self.push_day(at, day, true, demand, offset);
        }
    }

    fn push_day(&mut self, at: u32, day: i32, very_late: bool, demand: Milli, offset: u64) {
        let row = &self.rows[at as usize];
        self.output.demand.push(DemandDay { offset, location: row.location, sku: row.sku, day, very_late, demand });
    }

    pub(crate) fn publish_open_day(&mut self, at: u32) {
        let row = &self.rows[at as usize];
        let (day, demand, offset) = (row.day, row.today, row.offset);
        self.push_day(at, day, false, demand, offset);
    }

    /// The open days of all positions, at the end of a finite source.
    pub(crate) fn publish_open_days(&mut self) {
        for at in 0..self.rows.len() as u32 {
            if self.rows[at as usize].has(flag::SOLD_TODAY) {
                self.publish_open_day(at);
            }
        }
    }

    /// Every position that a record touched, sorted by location and SKU.
    pub fn all_positions(&self) -> Vec<PositionRow> {
        let touched = |at: &u32| self.rows[*at as usize].last_event != NEVER;
        let mut all: Vec<u32> = (0..self.rows.len() as u32).filter(touched).collect();
        let name = |at: &u32| {
            (self.locations.get(self.rows[*at as usize].location), self.skus.get(self.rows[*at as usize].sku))
        };
        all.sort_by(|a, b| name(a).cmp(&name(b)));
        all.into_iter().map(|at| self.position_row(at)).collect()
    }
}
