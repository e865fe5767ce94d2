//! The outlook is what the detectors see of a position at one moment: its stock, its policy, demand and supply to the horizon.

use crate::demand::estimate::{Demand, Estimate};
use crate::demand::forecast::{DayForecast, Forecast, Given};
use crate::demand::negbin::NegBin;
use crate::demand::projection::{Arrival, Projection, arrival_days};
use crate::policy::Terms;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::ordering::ExpectedOrder;
use crate::stock::planning::{self, Safety};
use crate::stock::position::{Row, RowId};
use crate::stock::supply::Supply;
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
    /// What was learned, or what today's sales say as long as nothing is.
    pub demand: Demand,
    /// What somebody else foretells, by day.
    given: &'a [DayForecast],
    pub forecast: Forecast,
    /// Supply as the projection sees it: what is open in the order of [`Book::supplies`], then the order that is expected.
    pub arrivals: Vec<Arrival>,
    pub expected_order: Option<ExpectedOrder>,
}

impl<'a> Outlook<'a> {
    pub fn of(book: &Book, rules: &'a Rules, row: RowId, now: Millis, day: &LocalDay) -> Outlook<'a> {
        let position = book.rows[row as usize];
        let (terms, calendar) = (rules.terms(position.terms), rules.calendar(position.terms));
        let unlearned = book.stock_time(row).unlearned;
        let demand = position.demand.or_first_day(quantity::units(position.today) as f32 - unlearned);
        let supplies = book.supplies(row);
        let arrival_of = |supply: &Supply| {
            let due_in = calendar.number(supply.due) - day.number;
            let arrival =
                Arrival { remaining: supply.remaining, on: arrival_days(due_in, &terms.lateness, terms.horizon) };
            if supply.is_remainder() { arrival.with_chance(terms.remainder) } else { arrival }
        };
        let mut arrivals: Vec<Arrival> = supplies.iter().map(arrival_of).collect();
        let given = rules.inputs.forecast(|| book.name(row));
        let forecast = forecast(terms, demand.estimate(&terms.prior), given, now, day, terms.horizon);
        let ordering = position.ordering();
        let expected_order = if ordering.is_known() {
            let open = quantity::sum(supplies.iter().map(|supply| supply.remaining));
            let whole = self::forecast(terms, forecast.estimate, given, day.start, day, terms.horizon);
            let means = (0..terms.horizon).map(|bucket| whole.to(bucket).mean);
            ordering.expected(quantity::add(position.available(), open), means, terms)
        } else {
            None
        };
        arrivals.extend(expected_order.iter().map(|order| order.arrival.clone()));
        let day = *day;
        Outlook { row, position, terms, calendar, now, day, demand, given, forecast, arrivals, expected_order }
    }

    /// The forecast as it will be at another time of the open day, if nothing happens until then.
    pub fn forecast_at(&self, now: Millis) -> Forecast {
        forecast(self.terms, self.forecast.estimate, self.given, now, &self.day, self.terms.horizon)
    }

    /// The forecast for so many days, today included, which may be more than the horizon.
    pub fn forecast_of(&self, days: usize) -> Forecast {
        forecast(self.terms, self.forecast.estimate, self.given, self.now, &self.day, days)
    }

    pub fn projection(&self) -> Projection<'_> {
        Projection::new(&self.forecast, &self.arrivals)
    }

    /// The chance of a stockout with what is available.
    pub fn p_stockout(&self) -> f64 {
        self.projection().p_stockout(self.position.available())
    }

    /// The safety stock of the position.
    pub fn safety(&self) -> Safety {
        Safety::of_estimate(&self.forecast.estimate, self.position.ordering(), self.terms)
    }

    /// The reorder point in units, where the policy has one.
    pub fn reorder_point(&self) -> Option<f64> {
        planning::reorder_point(self.terms, &self.safety())
    }

    /// Demand of the whole open day.
    pub fn today(&self) -> NegBin {
        self.forecast.estimate.over(self.terms.day_exposure(self.day.number))
    }
}

fn forecast(
    terms: &Terms,
    estimate: Estimate,
    given: &[DayForecast],
    now: Millis,
    day: &LocalDay,
    days: usize,
) -> Forecast {
    let exposure = exposure(terms, now, day, days);
    let given = Given::of(given, day.number, &exposure, |number| terms.day_exposure(number));
    Forecast { estimate, exposure, given }
}

/// Days of normal demand from the last full hour to the end of each of so many days, cumulative.
fn exposure(terms: &Terms, now: Millis, day: &LocalDay, days: usize) -> Vec<f64> {
    let mut exposure = Vec::with_capacity(days);
    let mut total = terms.exposure(day.number, day.share_of_hours(now), 1.0);
    exposure.push(total);
    for ahead in 1..days as i32 {
        total += terms.day_exposure(day.number + ahead);
        exposure.push(total);
    }
    exposure
}
