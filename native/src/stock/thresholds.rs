//! Levels let a sale that changes nothing only compare: they are redone when a day closes, not when stock moves.

use crate::demand::negbin::normal_quantile;
use crate::demand::projection::bound;
use crate::policy::{ReorderPoint, Terms};
use crate::stock::position::Row;
use crate::values::quantity::{self, Milli};

/// Sets `safe` of a row from what it has learned.
///
/// `safe`: with at least this much available p_stockout is at most the watch line today, and on every later day without
/// movement. Idle days in stock lower the mean and the doubt of the rate, and raise the dispersion to no
/// more than the larger of itself and the rate; supply only helps; so Cantelli's bound on those holds.
pub fn refresh(row: &mut Row, terms: &Terms) {
    let demand = &row.demand;
    let rate = demand.rate();
    let dispersion = demand.dispersion();
    if rate > 0.0 {
        let calm = dispersion.max(rate);
        let mean = rate * terms.most_exposure;
        let variance = calm * mean + mean * mean * calm / f64::from(demand.sold);
        let level =
            bound(mean, variance, terms.lines[0]).max(reorder_point(rate, calm, terms).map_or(0.0, |(units, _)| units));
        row.safe = quantity::from_units(level.min(1e12)).max(1);
    } else {
        row.safe = 1;
    }
    if let ReorderPoint::Fixed(level) = terms.reorder_point {
        row.safe = row.safe.max(level);
    }
}

/// Thousandths of demand in a day below which its upper tail is not looked at: `spike_min`, and two standard
/// deviations above the mean; none before `spike_after` days in stock are known.
pub fn spike(row: &Row, terms: &Terms) -> Milli {
    if f64::from(row.demand.days) < terms.spike_days {
        return Milli::MAX;
    }
    let mean = row.demand.rate() * terms.profile.day(row.day);
    let deviation = libm::sqrt(row.demand.dispersion() * mean + spread_of_rate(mean, row.demand.evidence()));
    quantity::from_units((mean + 2.0 * deviation).max(terms.spike_min))
}

/// The variance that comes from not knowing the rate: mean² / evidence.
pub fn spread_of_rate(mean: f64, evidence: f64) -> f64 {
    if evidence > 0.0 { mean * mean / evidence } else { 0.0 }
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
        ReorderPoint::Formula => {
            let formula = safety_stock(
                rate,
                libm::sqrt(dispersion * rate),
                terms.lead_time_days + terms.review_period_days,
                terms.lead_time_sd_days,
                terms.service_level,
            );
            Some((rate * (terms.lead_time_days + terms.review_period_days) + formula.safety_stock, Some(formula)))
        }
    }
}

/// Safety stock k √(L σd² + d² σL²) for a cycle service level.
pub fn safety_stock(d: f64, sd: f64, lead: f64, lead_sd: f64, service_level: f64) -> ReorderFormula {
    let k = normal_quantile(service_level);
    let sigma = libm::sqrt(lead * sd * sd + d * d * lead_sd * lead_sd);
    ReorderFormula { k, sigma, safety_stock: k * sigma }
}

/// Expected units short in a cycle, σ G(k), with the unit normal loss G(k) = φ(k) − k (1 − Φ(k)).
pub fn expected_shortage(formula: &ReorderFormula) -> f64 {
    let g = crate::demand::negbin::normal_pdf(formula.k) - formula.k * crate::demand::negbin::normal_sf(formula.k);
    formula.sigma * g
}

/// Units as stock for a reorder point: rounded to a thousandth.
pub fn as_stock(units: f64) -> Milli {
    quantity::from_units(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_1_of_the_domain() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 5e-7, "{a} is not {b}");
        let formula = safety_stock(20.0, 6.0, 9.0, 2.0, 0.95);
        near(formula.k, 1.644_854);
        near(formula.sigma, 43.863_424);
        near(formula.safety_stock, 72.148_913);
        near(20.0 * 9.0 + formula.safety_stock, 252.148_913);
        near(expected_shortage(&formula), 0.916_437);
        near(expected_shortage(&formula) / formula.sigma, 0.020_893);
        near(1.0 - expected_shortage(&formula) / 200.0, 0.995_418);
    }
}
