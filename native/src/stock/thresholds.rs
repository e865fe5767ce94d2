//! Thresholds of stock are computed once a day, so that most sales need one comparison.

use crate::demand::negbin::NegBin;
use crate::demand::projection::bound;
use crate::policy::rules::Rules;
use crate::policy::{ReorderPoint, Terms};
use crate::stock::book::Book;
use crate::stock::planning::Safety;
use crate::stock::position::{Row, RowId, flag};
use crate::values::quantity::{self, Milli};

/// Sets the safe levels of a position from what it has learned. To be called when that changes: when a day closes, when a late
/// record corrects one, when the policy changes.
pub fn refresh(book: &mut Book, rules: &Rules, row: RowId) {
    let is_foretold = !rules.inputs.forecast(|| book.name(row)).is_empty();
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
    let level = |horizon: NegBin, rate: f64, cover: NegBin| {
        let reorder = match terms.reorder_point {
            ReorderPoint::Off => 0.0,
            ReorderPoint::Fixed(level) => quantity::units(level),
            ReorderPoint::Formula => {
                let safety = Safety::of(rate, cover, row.ordering(), terms);
                safety.reorder_point().max(safety.mean)
            }
        };
        let units = bound(horizon.mean, horizon.variance, terms.lines[0]).max(reorder).ceil();
        units.clamp(1.0, f64::from(u32::MAX)) as u32
    };
    if !row.demand.is_known() {
        let fixed = if let ReorderPoint::Fixed(level) = terms.reorder_point { level } else { 0 };
        let units = (fixed.max(0) as u64).div_ceil(1000).clamp(1, u64::from(u32::MAX)) as u32;
        return (units, units);
    }
    let (estimate, limit) = (row.demand.estimate(&terms.prior), row.demand.limit(&terms.prior, terms.most_day));
    let cover = terms.cover_days();
    let today = level(estimate.over(terms.horizon_exposure(row.day)), estimate.rate, estimate.over(cover));
    (today, level(limit.over(terms.most_exposure), limit.over(1.0).mean, limit.over(cover)).max(today))
}

/// Whether the demand of the open day may be a spike, so that its upper tail is worth computing: it is at least `spike_min`, and
/// at least two standard deviations above the mean of what was learned from `spike_after` days in stock.
#[inline]
pub fn may_be_spike(row: &Row, terms: &Terms) -> bool {
    row.today >= terms.spike_least
        && row.has(flag::SOLD_TODAY)
        && quantity::units(row.today) >= row.demand.least_rate() * terms.day_exposure(row.day)
        && row.today >= spike(row, terms)
}

fn spike(row: &Row, terms: &Terms) -> Milli {
    if row.demand.learned_days(&terms.prior) < terms.spike_after_days - 1e-3 {
        return Milli::MAX;
    }
    let today = row.demand.estimate(&terms.prior).over(terms.day_exposure(row.day));
    quantity::from_units((today.mean + 2.0 * libm::sqrt(today.variance)).max(terms.spike_min))
}
