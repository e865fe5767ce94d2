//! Rows for the tables of positions, days, counts and supply; their version is an offset, so a replay writes the same rows.

use std::sync::Arc;

use crate::demand::estimate::Estimate;
use crate::demand::forecast::{Forecast, Given};
use crate::demand::negbin::NegBin;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::planning::{Safety, available_to_promise};
use crate::stock::position::{NEVER, RowId};
use crate::stock::promises::Promised;
use crate::values::calendar::weekday;
use crate::values::instant::Millis;
use crate::values::movement::Kind;
use crate::values::quantity::{self, Milli};

/// Bits of a version that count what time alone has changed.
const TIME_BITS: u32 = 20;

/// A position as it was after the record at `offset`.
#[derive(Clone, Debug, PartialEq)]
pub struct PositionRow {
    pub offset: u64,
    pub location: u32,
    pub sku: u32,
    pub on_hand: Milli,
    pub allocated: Milli,
    pub held: Milli,
    pub on_order: Milli,
    pub in_transit: Milli,
    /// How often time alone has changed it.
    pub time_changes: u32,
    /// What was released, and had not been promised.
    pub over_released: Milli,
    /// What was received beyond what was ordered.
    pub over_received: Milli,
    pub last_event: Millis,
    /// Days of [`ExpectedDemand`] that belong to the row.
    pub days: u32,
    /// Days of [`ExpectedDemand`] on which something can be promised, that belong to the row.
    pub promises: u32,
    pub safety_stock: Milli,
    pub reorder_point: Milli,
    /// The policy's lead time; 0 where no days belong to the row.
    pub lead_time_days: f32,
}

/// Demand as it is expected from the start of a position's open day to the end of each day, cumulative, in units: mean and variance of
/// the days of one row after those of another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpectedDemand {
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
    /// Available to promise: the open day, and each later one on which supply is due.
    pub promise_days: Vec<i32>,
    pub promises: Vec<Milli>,
}

impl ExpectedDemand {
    /// Where the days and the promises of the next row begin.
    pub fn end(&self) -> (usize, usize) {
        (self.mean.len(), self.promises.len())
    }

    /// Moves what stands from `begins` to the end to `place`, over as many days and promises of another row.
    pub fn move_last(&mut self, begins: (usize, usize), place: (usize, usize)) {
        for days in [&mut self.mean, &mut self.variance] {
            days.copy_within(begins.0.., place.0);
            days.truncate(begins.0);
        }
        self.promise_days.copy_within(begins.1.., place.1);
        self.promise_days.truncate(begins.1);
        self.promises.copy_within(begins.1.., place.1);
        self.promises.truncate(begins.1);
    }

    /// Adds that of a position, as far as its horizon and its lead time; how many days they are.
    fn push(&mut self, book: &Book, rules: &Rules, row: RowId, estimate: Estimate) -> u32 {
        let position = &book.rows[row as usize];
        let terms = rules.terms(position.terms);
        let given = rules.inputs.forecast(|| book.name(row));
        if terms.factors.is_some() || !given.is_empty() {
            let exposure: Vec<f64> = terms.whole_days_from(position.day, terms.published_days()).collect();
            let given = Given::of(given, position.day, &exposure, |number| terms.day_exposure(number));
            let forecast = Forecast { estimate, exposure, given };
            let demand: Vec<NegBin> = (0..forecast.horizon()).map(|bucket| forecast.to(bucket)).collect();
            self.mean.extend(demand.iter().map(|demand| demand.mean as f32));
            self.variance.extend(demand.iter().map(|demand| demand.variance as f32));
            return demand.len() as u32;
        }
        let exposure = &terms.whole_days[weekday(position.day)][..];
        let (rate, phi, kappa) = (estimate.rate as f32, estimate.phi as f32, estimate.kappa as f32);
        self.mean.extend(exposure.iter().map(|days| rate * days));
        self.variance.extend(exposure.iter().map(|days| {
            let mean = rate * days;
            mean * phi + mean * mean * kappa
        }));
        exposure.len() as u32
    }
}

impl PositionRow {
    /// A position as it is now.
    pub fn of(book: &Book, row: RowId) -> PositionRow {
        let position = &book.rows[row as usize];
        let extras = book.extras(row);
        let promised = book.promised(row);
        PositionRow {
            offset: position.offset,
            location: position.location,
            sku: position.sku,
            on_hand: position.on_hand,
            allocated: promised.map_or(0, |promised| promised.reservations.total()),
            held: promised.map_or(0, |promised| promised.holds.total()),
            on_order: extras.map_or(0, |extras| extras.supplies.on_order()),
            in_transit: extras.map_or(0, |extras| extras.supplies.in_transit()),
            time_changes: extras.map_or(0, |extras| extras.time_changes),
            over_released: promised.map_or(0, Promised::over_released),
            over_received: extras.map_or(0, |extras| extras.supplies.over_received()),
            last_event: position.last_event,
            days: 0,
            promises: 0,
            safety_stock: 0,
            reorder_point: 0,
            lead_time_days: 0.0,
        }
    }

    /// A position as it is now, with the demand that is expected behind the days in `to`.
    pub fn with_demand(book: &Book, rules: &Rules, row: RowId, to: &mut ExpectedDemand) -> PositionRow {
        let position = &book.rows[row as usize];
        let terms = rules.terms(position.terms);
        let estimate = position.demand.estimate(&terms.prior);
        let (days, promises) = (to.push(book, rules, row, estimate), to.promises.len());
        let safety = Safety::of_estimate(&estimate, position.ordering(), terms);
        let calendar = rules.calendar(position.terms);
        available_to_promise(position.day, position.available(), book.supplies(row), calendar, |day, units| {
            to.promise_days.push(day);
            to.promises.push(units);
        });
        PositionRow {
            days,
            promises: (to.promises.len() - promises) as u32,
            safety_stock: quantity::from_units(safety.stock()),
            reorder_point: quantity::from_units(safety.reorder_point()),
            lead_time_days: terms.lead_time_days as f32,
            ..PositionRow::of(book, row)
        }
    }

    /// Every position that a record touched, sorted by location and SKU.
    pub fn all(book: &Book, rules: &Rules, to: &mut ExpectedDemand) -> Vec<PositionRow> {
        let touched = |row: &RowId| book.rows[*row as usize].last_event != NEVER;
        let mut all: Vec<RowId> = (0..book.rows.len() as RowId).filter(touched).collect();
        all.sort_by(|a, b| book.name(*a).cmp(&book.name(*b)));
        all.into_iter().map(|row| PositionRow::with_demand(book, rules, row, to)).collect()
    }

    /// Which of the rows of a position is the latest: by offset, then by what time alone has changed.
    pub fn version(&self) -> u64 {
        (self.offset << TIME_BITS) | u64::from(self.time_changes) & ((1 << TIME_BITS) - 1)
    }

    pub fn available(&self) -> Milli {
        quantity::add(self.on_hand, -quantity::add(self.allocated, self.held))
    }
}

/// What was said of a position at the midnight with which a local day begins; written once.
#[derive(Clone, Debug, PartialEq)]
pub struct Chance {
    pub offset: u64,
    pub location: u32,
    pub sku: u32,
    pub day: i32,
    /// When the day began.
    pub midnight: Millis,
    pub p_stockout: f64,
    pub available: Milli,
    pub horizon_days: u32,
    /// Whether anybody plans the position.
    pub planned: bool,
    pub policy_version: Arc<str>,
    pub inputs_version: Arc<str>,
}

/// Demand of one local day; that of very late records is a row of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
