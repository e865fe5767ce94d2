//! Thresholds of stock are computed once a day, so that most sales need one comparison.

use crate::demand::negbin::NegBin;
use crate::demand::projection::bound;
use crate::policy::rules::Rules;
use crate::policy::{ReorderPoint, Terms};
use crate::stock::book::Book;
use crate::stock::position::{Row, RowId, flag};
use crate::values::quantity::{self, Milli};

/// Sets the safe levels of a position from what it has learned. To be called when that changes: when a day closes, when a late
/// record corrects one, when the policy changes.
pub fn refresh(book: &mut Book, rules: &Rules, row: RowId) {
    let (location, sku) = book.name(row);
    let is_foretold = !rules.inputs.forecast(location, sku).is_empty();
    let position = &mut book.rows[row as usize];
    let terms = rules.terms(position.terms);
    (position.safe_today, position.safe_idle) = if is_foretold { (u32::MAX, u32::MAX) } else { safe(position, terms) };
}

/// With at least so many units available, at least one, the position is not out of stock, p_stockout is under the watch line
/// and the stock is not below its reorder point: today, and on every later day on which nothing happens.
///
/// Supply only helps, and within a day the demand that is left falls. What idle days can do is in [`Demand::limit`].
///
/// [`Demand::limit`]: crate::demand::estimate::Demand::limit
fn safe(row: &Row, terms: &Terms) -> (u32, u32) {
    let least = match terms.reorder_point {
        ReorderPoint::Fixed(level) => quantity::units(level),
        _ => 0.0,
    };
    let level = |horizon: NegBin, day: NegBin| {
        let reorder = formula(day, terms).map_or(0.0, |(units, _)| units);
        let units = bound(horizon.mean, horizon.variance, terms.lines[0]).max(reorder).max(least).ceil();
        units.clamp(1.0, f64::from(u32::MAX)) as u32
    };
    if !row.demand.is_known() {
        let units = (least.ceil() as u32).max(1);
        return (units, units);
    }
    let (estimate, limit) = (row.demand.estimate(&terms.prior), row.demand.limit(&terms.prior, terms.most_day));
    let today = level(estimate.over(terms.horizon_exposure(row.day)), estimate.over(1.0));
    (today, level(limit.over(terms.most_exposure), limit.over(1.0)).max(today))
}

/// Whether the demand of the open day may be a spike, so that its upper tail is worth computing: it is at least `spike_min`, and
/// at least two standard deviations above the mean of what was learned from `spike_after` days in stock.
#[inline]
pub fn may_be_spike(row: &Row, terms: &Terms) -> bool {
    row.today >= terms.spike_least && row.has(flag::SOLD_TODAY) && row.today >= spike(row, terms)
}

fn spike(row: &Row, terms: &Terms) -> Milli {
    if row.demand.learned_days(&terms.prior) < terms.spike_after_days - 1e-3 {
        return Milli::MAX;
    }
    let today = row.demand.estimate(&terms.prior).over(terms.day_exposure(row.day));
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

/// The reorder point in units, for a day's demand: the formula, the fixed level where the policy sets one, `None` where it sets
/// neither.
pub fn reorder_point(day: NegBin, terms: &Terms) -> Option<(f64, Option<ReorderFormula>)> {
    match terms.reorder_point {
        ReorderPoint::Fixed(level) => Some((quantity::units(level), None)),
        _ => formula(day, terms),
    }
}

/// ROP = d (L + R) + k √((L + R) σd² + d² σL²), in units (King 2011, "Crack the Code", periodic review).
fn formula(day: NegBin, terms: &Terms) -> Option<(f64, Option<ReorderFormula>)> {
    let ReorderPoint::Formula { k } = terms.reorder_point else { return None };
    let days = terms.lead_time_days + terms.review_period_days;
    let formula = safety_stock(day.mean, libm::sqrt(day.variance), days, terms.lead_time_sd_days, k);
    Some((day.mean * days + formula.safety_stock, Some(formula)))
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
