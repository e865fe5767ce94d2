//! The outlook is what the detectors see of a position at one moment: its stock, its policy, demand and supply to the horizon.

use crate::demand::forecast::Forecast;
use crate::demand::negbin::NegBin;
use crate::demand::projection::{Arrival, Projection, arrival_chances};
use crate::demand::rate::Demand;
use crate::policy::Terms;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::position::{Row, RowId};
use crate::stock::thresholds;
use crate::values::calendar::{Calendar, LocalDay};
use crate::values::instant::Millis;
use crate::values::quantity;

/// What the detectors see of a position at one moment.
pub struct Outlook<'a> {
    pub row: RowId,
    /// The position as it was when the look began.
    pub position: Row,
    pub terms: &'a Terms,
    pub calendar: &'a Calendar,
    pub now: Millis,
    pub day: LocalDay,
    /// What is known of the demand, or what today's sales say as long as nothing is.
    pub demand: Demand,
    pub forecast: Forecast,
    /// The open supply as the projection sees it, in the order of [`Book::supplies`].
    pub arrivals: Vec<Arrival>,
}

impl<'a> Outlook<'a> {
    pub fn of(book: &Book, rules: &'a Rules, row: RowId, now: Millis, day: &LocalDay) -> Outlook<'a> {
        let position = book.rows[row as usize];
        let (terms, calendar) = (rules.terms(position.terms), rules.calendar(position.terms));
        let demand = position.demand;
        let unlearned = book.stock_time(row).unlearned;
        let demand = demand.or_first_day(quantity::units(position.today) as f32 - unlearned);
        let arrivals = book
            .supplies(row)
            .iter()
            .map(|supply| Arrival {
                remaining: supply.remaining,
                by: arrival_chances(calendar.number(supply.due) - day.number, &terms.lateness, terms.horizon),
            })
            .collect();
        let forecast = demand.forecast(exposure(terms, now, day));
        Outlook { row, position, terms, calendar, now, day: *day, demand, forecast, arrivals }
    }

    /// The forecast as it will be at another time of the open day, if nothing happens until then.
    pub fn forecast_at(&self, now: Millis) -> Forecast {
        self.demand.forecast(exposure(self.terms, now, &self.day))
    }

    pub fn projection(&self) -> Projection<'_> {
        Projection { forecast: &self.forecast, arrivals: &self.arrivals }
    }

    /// The reorder point in units, where the policy has one.
    pub fn reorder_point(&self) -> Option<(f64, Option<thresholds::ReorderFormula>)> {
        thresholds::reorder_point(self.forecast.rate, self.forecast.dispersion, self.terms)
    }

    /// Demand of the whole open day.
    pub fn today(&self) -> NegBin {
        self.demand.today(self.terms, self.day.number)
    }
}

/// Days of demand from the last full hour to the end of each day of the horizon, cumulative.
fn exposure(terms: &Terms, now: Millis, day: &LocalDay) -> Vec<f64> {
    let mut exposure = Vec::with_capacity(terms.horizon);
    let mut total = terms.profile.between(day.number, day.share_of_hours(now), 1.0);
    exposure.push(total);
    for ahead in 1..terms.horizon as i32 {
        total += terms.profile.day(day.number + ahead);
        exposure.push(total);
    }
    exposure
}
