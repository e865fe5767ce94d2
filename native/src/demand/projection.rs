//! The chance that the shelf is empty: demand as a distribution against the days on which supply may come.
//!
//! P(out by t) = P(D(t) ≥ available + S(t)) for the end of each day t of the horizon is the curve. p_stockout is taken over arrival
//! dates: for each pair of days on which the two earliest supplies may come, M is the largest P(D(b) ≥ available + what has come
//! by b), and p_stockout is the mean of M over the pairs (semantics.md section 3). So "too little before the truck" and "the truck
//! is late" add up. Later supplies count by their expectation.

use crate::demand::forecast::Forecast;
use crate::demand::negbin::NegBin;
use crate::values::quantity::{self, Milli, units};

/// How many supplies count by the days on which they may come.
const BRANCHES: usize = 2;
/// The most that can be in stock.
const MOST_UNITS: i64 = 1_000_000_000_000_000;

/// One supply as the projection sees it.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub remaining: Milli,
    /// The chance of each day of the horizon to be the one on which it comes; the last: of none of them.
    pub on: Vec<f64>,
}

impl Arrival {
    /// The same where it is not certain that it comes at all.
    pub fn with_chance(mut self, chance: f64) -> Arrival {
        if chance < 1.0 {
            self.on.iter_mut().for_each(|on| *on *= chance);
            *self.on.last_mut().expect("the chance of no day") += 1.0 - chance;
        }
        self
    }

    /// The chance to have come by the end of each bucket.
    fn by(&self) -> impl Iterator<Item = f64> + '_ {
        let days = &self.on[..self.on.len() - 1];
        days.iter().scan(0.0, |sum, chance| {
            *sum += chance;
            Some(*sum)
        })
    }
}

/// The chances of a supply due `due_in` days from today (negative: overdue) to come on each day of the horizon, or on none, by
/// (days late, share that has come by then). What has not come until yesterday moves right: the chances are conditional on that.
pub fn arrival_days(due_in: i32, lateness: &[(f64, f64)], horizon: usize) -> Vec<f64> {
    let come = |days_late: i32| {
        let mut steps = lateness.iter().rev();
        steps.find(|(days, _)| f64::from(days_late) >= *days).map_or(0.0, |(_, share)| *share)
    };
    let missed = come(-due_in - 1);
    let mut on = vec![0.0; horizon + 1];
    if missed >= 1.0 {
        on[horizon] = 1.0;
        return on;
    }
    let mut before = missed;
    for (day, chance) in on[..horizon].iter_mut().enumerate() {
        let now = come(day as i32 - due_in);
        *chance = ((now - before) / (1.0 - missed)).max(0.0);
        before = now.max(before);
    }
    on[horizon] = ((1.0 - before) / (1.0 - missed)).max(0.0);
    on
}

/// A position's projection at one moment.
pub struct Projection<'a> {
    forecast: &'a Forecast,
    near: Vec<&'a Arrival>,
    /// What is expected of the later supplies by the end of each bucket, in thousandths; empty without any.
    later: Vec<f64>,
    /// The buckets at which the chance can be largest, each with the demand to its end.
    looks: Vec<(usize, NegBin)>,
    /// For each near supply, the chance to come before look 0, 1, … and, last, after all of them.
    dates: [Vec<f64>; BRANCHES],
}

impl Projection<'_> {
    /// The projection of a forecast against supplies, the earliest due first.
    pub fn new<'a>(forecast: &'a Forecast, arrivals: &'a [Arrival]) -> Projection<'a> {
        // What surely does not come within the horizon takes no branch from what may.
        let mut may_come = arrivals.iter().filter(|arrival| arrival.on.last().is_none_or(|none| *none < 1.0));
        let near: Vec<&Arrival> = may_come.by_ref().take(BRANCHES).collect();
        let far: Vec<&Arrival> = may_come.collect();
        let horizon = forecast.horizon();
        let mut later = vec![0.0; if far.is_empty() { 0 } else { horizon }];
        for arrival in &far {
            let expected = arrival.by().map(|by| by * units(arrival.remaining));
            later.iter_mut().zip(expected).for_each(|(sum, more)| *sum += more);
        }
        later.iter_mut().for_each(|sum| *sum = (*sum * 1000.0).round());
        // Until something comes the chance only rises: it is largest on the day before, or on the last day.
        let comes = |day: usize| day < horizon && near.iter().any(|arrival| arrival.on[day] > 0.0);
        let at = (0..horizon).filter(|bucket| *bucket == horizon - 1 || !far.is_empty() || comes(bucket + 1));
        let looks: Vec<_> = at.map(|bucket| (bucket, forecast.to(bucket))).collect();
        let mut dates = [Vec::new(), Vec::new()];
        for (dates, arrival) in dates.iter_mut().zip(&near) {
            *dates = vec![0.0; looks.len() + 1];
            for (day, chance) in arrival.on.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
                dates[looks.partition_point(|(bucket, _)| *bucket < day)] += chance;
            }
        }
        Projection { forecast, near, later, looks, dates }
    }

    fn stock(&self, available: Milli, bucket: usize) -> f64 {
        available as f64 + self.later.get(bucket).copied().unwrap_or(0.0)
    }

    /// P(out by t) for the end of every bucket, with `available` in thousandths.
    pub fn curve(&self, available: Milli) -> Vec<f64> {
        let by: Vec<Vec<f64>> = self.near.iter().map(|arrival| arrival.by().collect()).collect();
        let out_by = |bucket: usize| {
            let (demand, base) = (self.forecast.to(bucket), self.stock(available, bucket));
            let mut out = 0.0;
            for branch in 0..1usize << by.len() {
                let (mut chance, mut stock) = (1.0, base);
                for (at, (by, arrival)) in by.iter().zip(&self.near).enumerate() {
                    if branch >> at & 1 == 1 {
                        chance *= by[bucket];
                        stock += arrival.remaining as f64;
                    } else {
                        chance *= 1.0 - by[bucket];
                    }
                }
                if chance > 0.0 {
                    out += chance * demand.at_least((stock / 1000.0).ceil());
                }
            }
            out.min(1.0)
        };
        (0..self.forecast.horizon()).map(out_by).collect()
    }

    /// The chance that demand reaches the stock at each look, if `come` has come by then.
    fn reached(&self, available: Milli, come: Milli) -> Vec<f64> {
        self.each_reached(available, come).collect()
    }

    fn each_reached(&self, available: Milli, come: Milli) -> impl Iterator<Item = f64> + '_ {
        self.looks.iter().map(move |(bucket, demand)| {
            demand.at_least(((self.stock(available, *bucket) + come as f64) / 1000.0).ceil())
        })
    }

    /// p_stockout, to the six decimals that are compared, stored and shown.
    pub fn p_stockout(&self, available: Milli) -> f64 {
        let p = match self.near[..] {
            [] => self.each_reached(available, 0).fold(0.0, f64::max),
            [one] => {
                let none = self.reached(available, 0);
                let come = from_each(&self.reached(available, one.remaining));
                mean(&self.dates[0], &before_each(&none), |at| come[at])
            }
            [one, other, ..] => {
                let both = from_each(&self.reached(available, one.remaining + other.remaining));
                let none = before_each(&self.reached(available, 0));
                let [first, second] = &self.dates;
                // The one comes first, or at once with the other; then the other comes first.
                let with_one = self.reached(available, one.remaining);
                let with_other = self.reached(available, other.remaining);
                pairs(first, second, &none, &with_one, &both, 0) + pairs(second, first, &none, &with_other, &both, 1)
            }
        };
        rounded(p.min(1.0))
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
        quantity::add(high * 1000, 0)
    }
}

/// The largest of the values before place 0, 1, …, n.
fn before_each(values: &[f64]) -> Vec<f64> {
    let mut most = 0.0;
    let mut before = vec![0.0];
    before.extend(values.iter().map(|value| {
        most = f64::max(most, *value);
        most
    }));
    before
}

/// The largest of the values from place 0, 1, …, n on.
fn from_each(values: &[f64]) -> Vec<f64> {
    let mut from: Vec<f64> = values.iter().rev().copied().collect();
    from = before_each(&from);
    from.reverse();
    from
}

/// The mean over the dates of one supply of the larger of what was before it and what is after.
fn mean(dates: &[f64], before: &[f64], after: impl Fn(usize) -> f64) -> f64 {
    let dated = dates.iter().enumerate().filter(|(_, chance)| **chance > 0.0);
    dated.map(|(at, chance)| chance * before[at].max(after(at))).sum()
}

/// The part of the mean in which `first` comes before `second`, by at least `apart` looks.
fn pairs(first: &[f64], second: &[f64], none: &[f64], between: &[f64], both: &[f64], apart: usize) -> f64 {
    let mut sum = 0.0;
    for (one, chance) in first.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
        let mut most = none[one];
        for (other, next) in second.iter().enumerate().skip(one) {
            if other > one {
                most = most.max(between[other - 1]);
            }
            if other >= one + apart && *next > 0.0 {
                sum += chance * next * most.max(both[other]);
            }
        }
    }
    sum
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
    use crate::demand::estimate::Estimate;

    fn forecast() -> Forecast {
        let estimate = Estimate { weights: [1.0, 0.0, 0.0], rate: 3.0, phi: 2.0, kappa: 0.0 };
        Forecast::new(estimate, (1..=8).map(f64::from).collect())
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6, "{a} is not {b}");
    }

    const LATENESS: [(f64, f64); 5] = [(0.0, 0.885), (5.0, 0.91375), (12.0, 0.9425), (25.0, 0.97125), (60.0, 1.0)];

    #[test]
    fn the_vector_without_supply() {
        let forecast = forecast();
        let projection = Projection::new(&forecast, &[]);
        near(projection.p_stockout(20_000), 0.728_808);
        let curve = projection.curve(20_000);
        assert_eq!([0.1, 0.5, 0.9].map(|chance| first_past(&curve, chance)), [Some(5), Some(7), None]);
        assert_eq!([0.3, 0.5, 0.8].map(|line| projection.trip_level(line)), [28_000, 25_000, 19_000]);
    }

    #[test]
    fn the_vectors_with_a_supply_that_may_be_late() {
        let forecast = forecast();
        let arrivals = [Arrival { remaining: 15_000, on: arrival_days(3, &LATENESS, 8) }];
        let projection = Projection::new(&forecast, &arrivals);
        near(projection.p_stockout(20_000), 0.149_305);
        assert_eq!([0.3, 0.5, 0.8].map(|line| projection.trip_level(line)), [15_000, 11_000, 7_000]);
        let certain = [Arrival { remaining: 15_000, on: arrival_days(3, &[(0.0, 1.0)], 8) }];
        near(Projection::new(&forecast, &certain).p_stockout(20_000), 0.074_003);
        let daily = [(0.0, 0.885), (1.0, 0.9), (2.0, 0.92), (5.0, 0.95), (12.0, 1.0)];
        let arrivals = [Arrival { remaining: 15_000, on: arrival_days(3, &daily, 8) }];
        for (chance, right) in arrivals[0].on.iter().zip([0.0, 0.0, 0.0, 0.885, 0.015, 0.02, 0.0, 0.0, 0.08]) {
            near(*chance, right);
        }
        let projection = Projection::new(&forecast, &arrivals);
        near(projection.p_stockout(20_000), 0.128_835);
        near(projection.p_stockout(10_000), 0.498_211);
    }

    #[test]
    fn overdue_supply_moves_right_and_is_never_already_here() {
        let lateness = [(0.0, 0.9), (5.0, 0.95), (10.0, 1.0)];
        let on = arrival_days(-2, &lateness, 10);
        assert!((on[3] - 0.5).abs() < 1e-12 && (on[8] - 0.5).abs() < 1e-12 && on[10].abs() < 1e-12, "{on:?}");
        assert_eq!(arrival_days(-11, &lateness, 5), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        near(arrival_days(0, &lateness, 1)[0], 0.9);
    }

    /// Against the definition: every pair of days, every bucket.
    #[test]
    fn the_mean_over_arrival_dates_is_that_of_all_pairs_of_days() {
        let forecast = forecast();
        let lateness = [(0.0, 0.5), (1.0, 0.6), (3.0, 0.9)];
        for dues in [vec![2], vec![-3], vec![0, 3], vec![3, 3], vec![-2, 5], vec![1, 2, 4], vec![0, 0, 1, 7]] {
            let supply = |(i, due): (usize, &i32)| Arrival {
                remaining: 4000 + 2500 * i as i64,
                on: arrival_days(*due, &lateness, 8),
            };
            let arrivals: Vec<Arrival> = dues.iter().enumerate().map(supply).collect();
            let projection = Projection::new(&forecast, &arrivals);
            let never = Arrival { remaining: 0, on: [vec![0.0; 8], vec![1.0]].concat() };
            let one = arrivals.first().unwrap_or(&never);
            let other = arrivals.get(1).unwrap_or(&never);
            for available in (500..40_000).step_by(3300) {
                let mut mean = 0.0;
                for (d1, p1) in one.on.iter().enumerate() {
                    for (d2, p2) in other.on.iter().enumerate() {
                        let reached = (0..8).map(|b| {
                            let come = if d1 <= b { one.remaining } else { 0 };
                            let come = come + if d2 <= b { other.remaining } else { 0 };
                            let stock = projection.stock(available, b) + come as f64;
                            forecast.to(b).at_least((stock / 1000.0).ceil())
                        });
                        mean += p1 * p2 * reached.fold(0.0, f64::max);
                    }
                }
                near(projection.p_stockout(available), mean);
                let most = projection.curve(available).into_iter().fold(0.0, f64::max);
                assert!(projection.p_stockout(available) >= rounded(most) - 1e-9);
            }
            let last = forecast.to(7);
            for line in [0.1, 0.3, 0.8] {
                assert!(projection.p_stockout((bound(last.mean, last.variance, line) * 1000.0) as i64) <= line);
                let level = projection.trip_level(line);
                assert!(projection.p_stockout(level) < line);
                assert!(level == 0 || projection.p_stockout(level - 1000) >= line);
            }
        }
    }

    /// No policy that is checked has such lines or such a dispersion; a search that never ends would stop the whole log.
    #[test]
    fn a_trip_level_is_found_or_the_search_ends() {
        for line in [0.0, f64::NAN, 5e-324, 0.5, 1.0] {
            for rate in [1e-300, 3.0, 1e12, f64::INFINITY] {
                for phi in [0.0, 1000.0, 1e300, f64::NAN] {
                    for kappa in [0.0, 1e300] {
                        let estimate = Estimate { weights: [1.0, 0.0, 0.0], rate, phi, kappa };
                        let forecast = Forecast::new(estimate, vec![1.0]);
                        let level = Projection::new(&forecast, &[]).trip_level(line);
                        assert!((0..=MOST_UNITS * 1000).contains(&level), "{line} {forecast:?}");
                    }
                }
            }
        }
    }
}
