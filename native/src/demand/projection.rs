//! The chance that the shelf is empty: demand as a distribution against supply that may come late.
//!
//! For the end of each day t of the horizon, P(out by t) = P(D(t) ≥ available + S(t)), with D(t) a negative binomial
//! and S(t) the open supplies, each arriving by t with its own chance; the four earliest by their distributions, later
//! ones by their expectation. p_stockout is the largest of these (semantics.md section 3).

use crate::demand::forecast::Forecast;
use crate::values::quantity::{Milli, units};

/// How many supplies count by their distribution.
const BRANCHES: usize = 4;
/// The most that can be in stock.
const MOST_UNITS: i64 = 1_000_000_000_000_000;

/// One open supply as the projection sees it.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub remaining: Milli,
    /// The chance to have arrived by the end of each bucket.
    pub by: Vec<f64>,
}

/// The chance to have arrived by each bucket's end of a supply due `due_in` days from today (negative: overdue),
/// by the policy's lateness. What has not come until yesterday moves right: the chances are conditional on that.
pub fn arrival_chances(due_in: i32, lateness: &[(f64, f64)], horizon: usize) -> Vec<f64> {
    let by = |days_late: i32| {
        let steps = lateness.iter().rev();
        steps.clone().find(|(days, _)| f64::from(days_late) >= *days).map_or(0.0, |(_, chance)| *chance)
    };
    let missed = by(-1 - due_in);
    (0..horizon as i32)
        .map(|bucket| if missed >= 1.0 { 0.0 } else { ((by(bucket - due_in) - missed) / (1.0 - missed)).max(0.0) })
        .collect()
}

/// A position's projection at one moment.
pub struct Projection<'a> {
    pub forecast: &'a Forecast,
    /// Earliest due first.
    pub arrivals: &'a [Arrival],
}

impl Projection<'_> {
    /// P(out by the end of `bucket`) with `available` in thousandths.
    pub fn out_by(&self, available: Milli, bucket: usize) -> f64 {
        let demand = self.forecast.to(bucket);
        let (near, far) = self.arrivals.split_at(self.arrivals.len().min(BRANCHES));
        let expected: f64 = far.iter().map(|a| a.by[bucket] * units(a.remaining)).sum();
        let base = available as f64 + (expected * 1000.0).round();
        let mut out = 0.0;
        for branch in 0..1u32 << near.len() {
            let (mut chance, mut stock) = (1.0, base);
            for (at, arrival) in near.iter().enumerate() {
                if branch >> at & 1 == 1 {
                    chance *= arrival.by[bucket];
                    stock += arrival.remaining as f64;
                } else {
                    chance *= 1.0 - arrival.by[bucket];
                }
            }
            if chance > 0.0 {
                out += chance * demand.at_least((stock / 1000.0).ceil());
            }
        }
        out.min(1.0)
    }

    /// Buckets at which P(out by t) can be largest: the last before any arrival's chance grows, and the last of all.
    fn peaks(&self) -> impl Iterator<Item = usize> + '_ {
        let last = self.forecast.horizon() - 1;
        (0..=last).filter(move |t| *t == last || self.arrivals.iter().any(|a| a.by[t + 1] > a.by[*t]))
    }

    /// The largest P(out by t) over the horizon, to the six decimals that are compared, stored and shown.
    pub fn p_stockout(&self, available: Milli) -> f64 {
        rounded(self.peaks().map(|t| self.out_by(available, t)).fold(0.0, f64::max))
    }

    /// P(out by t) for every bucket.
    pub fn curve(&self, available: Milli) -> Vec<f64> {
        (0..self.forecast.horizon()).map(|t| self.out_by(available, t)).collect()
    }

    /// The least whole number of units available at which p_stockout stays under `line`, at most 10^15 units: the search has
    /// an end even for a line that is never reached.
    pub fn trip_level(&self, line: f64) -> Milli {
        let calm = |whole: i64| self.p_stockout(whole * 1000) < line;
        if calm(0) {
            return 0;
        }
        let last = self.forecast.to(self.forecast.horizon() - 1);
        let (mut low, mut high) = (0, (bound(last.mean, last.variance, line).min(1e12) as i64).max(1));
        while high < MOST_UNITS && !calm(high) {
            (low, high) = (high, (high * 2).min(MOST_UNITS));
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if calm(middle) { high = middle } else { low = middle }
        }
        high * 1000
    }
}

/// A level that demand with at most this mean and variance reaches with a chance of at most `line`, whatever its
/// shape (Cantelli's inequality). It costs a square root; the exact level lies below it.
pub fn bound(mean: f64, variance: f64, line: f64) -> f64 {
    (mean + libm::sqrt(variance * (1.0 - line) / line)).ceil() + 1.0
}

/// A probability as it is compared, stored and shown: six decimals.
pub fn rounded(p: f64) -> f64 {
    (p * 1e6).round() / 1e6
}

/// The day (1 is today) on which the curve first passes `chance`.
pub fn first_past(curve: &[f64], chance: f64) -> Option<u16> {
    curve.iter().position(|p| *p >= chance).map(|at| at as u16 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast() -> Forecast {
        Forecast { rate: 3.0, dispersion: 2.0, evidence: f64::INFINITY, exposure: (1..=8).map(f64::from).collect() }
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 5e-7, "{a} is not {b}");
    }

    #[test]
    fn the_vector_without_supply() {
        let forecast = forecast();
        let projection = Projection { forecast: &forecast, arrivals: &[] };
        near(projection.p_stockout(20_000), 0.728_808);
        let curve = projection.curve(20_000);
        assert_eq!([0.1, 0.5, 0.9].map(|chance| first_past(&curve, chance)), [Some(5), Some(7), None]);
        assert_eq!([0.3, 0.5, 0.8].map(|line| projection.trip_level(line)), [28_000, 25_000, 19_000]);
    }

    #[test]
    fn the_vector_with_a_supply_that_may_be_late() {
        let forecast = forecast();
        let lateness = [(0.0, 0.885), (5.0, 0.91375), (12.0, 0.9425), (25.0, 0.97125), (60.0, 1.0)];
        let by = arrival_chances(3, &lateness, 8);
        assert_eq!(by, [0.0, 0.0, 0.0, 0.885, 0.885, 0.885, 0.885, 0.885]);
        let arrivals = [Arrival { remaining: 15_000, by }];
        let projection = Projection { forecast: &forecast, arrivals: &arrivals };
        near(projection.p_stockout(20_000), 0.149_305);
        assert_eq!([0.3, 0.5, 0.8].map(|line| projection.trip_level(line)), [15_000, 11_000, 6_000]);
        let certain = [Arrival { remaining: 15_000, by: vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0] }];
        near(Projection { forecast: &forecast, arrivals: &certain }.p_stockout(20_000), 0.074_003);
    }

    #[test]
    fn overdue_supply_moves_right_and_is_never_already_here() {
        let lateness = [(0.0, 0.9), (5.0, 0.95), (10.0, 1.0)];
        let by = arrival_chances(-2, &lateness, 10);
        assert_eq!(by[..3], [0.0, 0.0, 0.0]);
        assert!((by[3] - 0.5).abs() < 1e-12 && (by[9] - 1.0).abs() < 1e-12, "{by:?}");
        assert!(arrival_chances(-11, &lateness, 5).iter().all(|p| *p == 0.0));
        assert_eq!(arrival_chances(0, &lateness, 1), [0.9]);
    }

    /// No policy that is checked has such lines or such a dispersion; a search that never ends would stop the whole log.
    #[test]
    fn a_trip_level_is_found_or_the_search_ends() {
        for line in [0.0, f64::NAN, 5e-324, 0.5, 1.0] {
            for rate in [1e-300, 3.0, 1e12, f64::INFINITY] {
                for dispersion in [0.0, 1000.0, 1e300, f64::NAN] {
                    for evidence in [1e-300, f64::INFINITY] {
                        let forecast = Forecast { rate, dispersion, evidence, exposure: vec![1.0] };
                        let level = Projection { forecast: &forecast, arrivals: &[] }.trip_level(line);
                        assert!((0..=MOST_UNITS * 1000).contains(&level), "{line} {forecast:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_peaks_are_enough_and_the_bound_holds() {
        let forecast = forecast();
        for (due, remaining) in [(0, 5), (2, 30), (-3, 12), (6, 8)] {
            let arrivals: Vec<Arrival> = (0..6)
                .map(|i| Arrival {
                    remaining: (remaining + i) * 1000,
                    by: arrival_chances(due + i as i32, &[(0.0, 0.8), (2.0, 1.0)], 8),
                })
                .collect();
            let projection = Projection { forecast: &forecast, arrivals: &arrivals };
            for available in (500..60_000).step_by(3300) {
                let most = projection.curve(available).into_iter().fold(0.0, f64::max);
                assert_eq!(projection.p_stockout(available), rounded(most));
            }
            let last = forecast.to(7);
            for line in [0.1, 0.3, 0.8] {
                assert!(projection.p_stockout((bound(last.mean, last.variance, line) * 1000.0) as i64) <= line);
            }
        }
    }
}
