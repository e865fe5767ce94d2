//! Thresholds of stock are computed once a day, so that most sales need one comparison.

use crate::demand::rate::Demand;
use crate::policy::{ReorderPoint, Terms};
use crate::stock::position::{Row, flag};
use crate::values::quantity::{self, Milli};

/// Sets `safe` of a row from what it has learned. To be called when that changes: when a day closes, when a late record
/// corrects one, when the policy changes.
pub fn refresh(row: &mut Row, terms: &Terms) {
    row.safe = safe(&row.demand, terms);
}

/// With at least this much available, at least one thousandth, the position is not out of stock, p_stockout is at most the
/// watch line and the stock is not below its reorder point: today, and on every later day without movement.
///
/// Supply only helps. What idle days can do to the estimate is in [`Demand::bound`] and [`Demand::idle_dispersion`].
fn safe(demand: &Demand, terms: &Terms) -> Milli {
    let mut safe = 1;
    if demand.is_known() {
        let reorder = reorder_point(demand.rate(), demand.idle_dispersion(), terms).map_or(0.0, |(units, _)| units);
        safe = quantity::from_units(demand.bound(terms).max(reorder).min(1e12)).max(1);
    }
    match terms.reorder_point {
        ReorderPoint::Fixed(level) => safe.max(level),
        _ => safe,
    }
}

/// Whether the demand of the open day may be a spike, so that its upper tail is worth computing: it is at least `spike_min`, and
/// at least two standard deviations above the mean of what was learned from `spike_after` days in stock.
#[inline]
pub fn may_be_spike(row: &Row, terms: &Terms) -> bool {
    row.today >= terms.spike_least && row.has(flag::SOLD_TODAY) && row.today >= spike(row, terms)
}

fn spike(row: &Row, terms: &Terms) -> Milli {
    if !row.demand.has_learned(terms.spike_days) {
        return Milli::MAX;
    }
    let today = row.demand.today(terms, row.day);
    quantity::from_units((today.mean + 2.0 * libm::sqrt(today.variance)).max(terms.spike_min))
}

/// What the formula of a reorder point was made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReorderFormula {
    pub k: f64,
    /// Standard deviation of demand over lead time and review period.
    pub sigma: f64,
    pub safety_stock: f64,
}

/// ROP = d (L + R) + k √((L + R) σd² + d² σL²), in units (King 2011, "Crack the Code", periodic review);
/// the fixed level where the policy sets one; `None` where it sets neither.
pub fn reorder_point(rate: f64, dispersion: f64, terms: &Terms) -> Option<(f64, Option<ReorderFormula>)> {
    match terms.reorder_point {
        ReorderPoint::Off => None,
        ReorderPoint::Fixed(level) => Some((quantity::units(level), None)),
        ReorderPoint::Formula { k } => {
            let formula = safety_stock(
                rate,
                libm::sqrt(dispersion * rate),
                terms.lead_time_days + terms.review_period_days,
                terms.lead_time_sd_days,
                k,
            );
            Some((rate * (terms.lead_time_days + terms.review_period_days) + formula.safety_stock, Some(formula)))
        }
    }
}

/// Safety stock k √(L σd² + d² σL²), where k is the normal quantile of the cycle service level.
pub fn safety_stock(d: f64, sd: f64, lead: f64, lead_sd: f64, k: f64) -> ReorderFormula {
    let sigma = libm::sqrt(lead * sd * sd + d * d * lead_sd * lead_sd);
    ReorderFormula { k, sigma, safety_stock: k * sigma }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::normal;

    #[test]
    fn vector_1_of_the_domain() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 5e-7, "{a} is not {b}");
        let formula = safety_stock(20.0, 6.0, 9.0, 2.0, normal::quantile(0.95));
        near(formula.k, 1.644_854);
        near(formula.sigma, 43.863_424);
        near(formula.safety_stock, 72.148_913);
        near(20.0 * 9.0 + formula.safety_stock, 252.148_913);
    }
}
