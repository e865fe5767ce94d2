//! What the detectors see of a position at one moment: its stock, its policy, demand and supply to the horizon.

use std::sync::Arc;

use crate::demand::negbin::NegBin;
use crate::demand::projection::{Arrival, Forecast, Projection, arrival_chances};
use crate::demand::rate::Demand;
use crate::group::Group;
use crate::policy::Terms;
use crate::stock::position::Row;
use crate::stock::thresholds;
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;
use crate::values::quantity;

/// What the detectors see of a position at one moment.
pub(crate) struct Sight {
    pub row: Row,
    pub terms: Arc<Terms>,
    pub now: Millis,
    pub day: LocalDay,
    pub forecast: Forecast,
    pub arrivals: Vec<Arrival>,
}

impl Sight {
    pub fn projection(&self) -> Projection<'_> {
        Projection { forecast: &self.forecast, arrivals: &self.arrivals }
    }

    /// The reorder point in units, where the policy has one.
    pub fn reorder_point(&self) -> Option<(f64, Option<thresholds::ReorderFormula>)> {
        thresholds::reorder_point(self.forecast.rate, self.forecast.dispersion, &self.terms)
    }

    /// Demand of the whole open day.
    pub fn today(&self) -> NegBin {
        let mean = self.forecast.rate * self.terms.profile.day(self.day.number);
        NegBin {
            mean,
            variance: self.forecast.dispersion * mean + thresholds::spread_of_rate(mean, self.forecast.evidence),
        }
    }
}

impl Group {
    pub(crate) fn sight(&self, at: u32, now: Millis, day: &LocalDay) -> Sight {
        let row = self.rows[at as usize];
        let terms = self.terms[row.terms as usize].clone();
        let hour = (day.share(now) * 24.0).floor() / 24.0;
        let mut exposure = Vec::with_capacity(terms.horizon);
        let mut total = terms.profile.between(day.number, hour, 1.0);
        exposure.push(total);
        for ahead in 1..terms.horizon as i32 {
            total += terms.profile.day(day.number + ahead);
            exposure.push(total);
        }
        let demand = estimate(&row, self.unlearned(at));
        let forecast =
            Forecast { rate: demand.rate(), dispersion: demand.dispersion(), evidence: demand.evidence(), exposure };
        let calendar = &self.calendars[row.terms as usize];
        let supplies = self.side(at).map_or(&[][..], |side| &side.supplies);
        let arrivals = supplies
            .iter()
            .map(|supply| Arrival {
                remaining: supply.remaining,
                by: arrival_chances(calendar.number(supply.due) - day.number, &terms.lateness, terms.horizon),
            })
            .collect();
        Sight { row, terms, now, day: *day, forecast, arrivals }
    }
}

/// What is known of the demand. Before the first day has closed, what was sold in stock today speaks for one day: enough to
/// say that an empty shelf is wanted, not to project a stockout.
fn estimate(row: &Row, unlearned: f32) -> Demand {
    let mut demand = row.demand;
    if demand.sold <= 0.0 {
        let sold = (quantity::units(row.today) as f32 - unlearned).max(0.0);
        demand.sold = sold * demand.days;
    }
    demand
}
