//! A position's demand, learned a day at a time and only while in stock: three levels, their weights, and how uneven demand is.
//!
//! A level follows the day's sales quickly (half-life 3 days), at middle speed (17) or slowly (115). Each week shows which of them
//! foretold it best; their weights follow from that. `phi` is the variance of a day's demand over its mean. `kappa` says how
//! much more a week varies than seven days that do not depend on one another: the rate itself moves.
//!
//! ```text
//! rate r = Σ weight × level        mean over exposure X: m = r X        variance: phi m + kappa m²
//! ```
//! The state is single precision, because an estimate is never better than that; weights, r, phi and kappa are computed from it.

use crate::demand::negbin::NegBin;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;

/// Share of a day in each level, at least.
const STEPS: [f64; 3] = [0.006, 0.04, 0.2];
pub const WEEK: i32 = 7;
/// What a week keeps of the losses of the levels, and of the squared residuals of weeks.
const LOSS_MEMORY: f64 = 0.96;
const SPREAD_MEMORY: f64 = 0.97;
/// `SPREAD_MEMORY` to the power 1/7: what a day keeps of the squared residuals of days.
const DAY_MEMORY: f64 = 0.995_658_137_901_363_9;
/// kappa before weeks were seen.
const FIRST_KAPPA: f64 = 0.3;
/// The least dispersion: demand in shops is never calmer than Poisson.
const LEAST_PHI: f64 = 1.02;
/// Expected units for which the prior dispersion stands, by day and by week.
const PRIOR_MEAN: f64 = 2.1;
const PRIOR_WEEK_MEAN: f64 = 18.0;
/// Days that are learned before residuals are.
const FIRST_DAYS: f64 = 3.0;
/// A day that ended sold out is taken as at most this many times what it sold.
const MOST_SCALED: f64 = 4.0;

/// What is known before anything is learned: an input, such as the mean of a category.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Units a day.
    pub rate: f64,
    /// Days for which the rate stands.
    pub days: f64,
    /// Variance of a day's demand over its mean.
    pub dispersion: f64,
    /// How strongly a level's own sampling noise takes weight from it.
    pub calm: f64,
    /// Whether a day that ended sold out counts as a whole day.
    pub sold_out_is_whole: bool,
}

/// A local day as it is learned.
#[derive(Clone, Copy, Debug, Default)]
pub struct Day {
    pub number: i32,
    /// Sold while in stock.
    pub units: f64,
    /// Days of normal demand while in stock.
    pub exposure: f64,
    /// Days of normal demand in the whole day.
    pub full: f64,
    /// Whether it ended sold out.
    pub sold_out: bool,
    /// Whether anything was sold, in stock or not.
    pub sold: bool,
    /// Whether the feed of the position was silent for some of it: then nothing is learned of it.
    pub silent: bool,
}

impl Day {
    /// The day as it is learned: nothing of one on which the feed was silent; one that ended sold out is taken as a whole day of the
    /// same pace, where the prior says so.
    pub fn learned(self, prior: &Prior) -> Day {
        if self.silent {
            return Day { units: 0.0, exposure: 0.0, sold_out: false, ..self };
        }
        if !(self.sold_out && prior.sold_out_is_whole && self.exposure > 0.0) {
            return self;
        }
        let units = self.units * (self.full / self.exposure).min(MOST_SCALED);
        Day { units, exposure: self.full, sold_out: false, ..self }
    }

    /// Whether a week ends with it.
    #[inline]
    pub fn ends_week(&self) -> bool {
        (self.number + 1).rem_euclid(WEEK) == 0
    }
}

/// What was known before a day, and the week that ends with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closed {
    pub before: Estimate,
    /// The slow level before it, in units a day.
    pub slow: f64,
    pub week: Option<Week>,
}

/// A week that has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Week {
    /// Sold while in stock.
    pub units: f64,
    /// Days of normal demand while in stock.
    pub exposure: f64,
    /// The slow level with which it began, in units a day.
    pub slow: f64,
}

/// What a position has learned.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    level: [f32; 3],
    /// The levels with which the week began.
    week_level: [f32; 3],
    /// How badly each level foretold the weeks: discounted squares.
    loss: [f32; 3],
    /// Days learned, with those of the prior.
    days: f32,
    /// Of the week so far.
    units: f32,
    exposure: f32,
    /// Discounted squared residuals and means, of days and of weeks.
    squares: f32,
    means: f32,
    week_squares: f32,
    week_means: f32,
    /// phi before the last day that was learned: the weights follow from it.
    phi_before: f32,
}

/// What the state says about demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub weights: [f64; 3],
    /// Units a day of normal demand.
    pub rate: f64,
    pub phi: f64,
    pub kappa: f64,
}

impl Estimate {
    /// Demand over days of normal demand.
    pub fn over(&self, exposure: f64) -> NegBin {
        let mean = self.rate * exposure;
        NegBin { mean, variance: self.phi * mean + self.kappa * mean * mean }
    }
}

/// What demand can be at most while nothing is sold.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    rate: f64,
    phi: f64,
    weekly: f64,
}

impl Limit {
    /// Mean and variance over days of normal demand, neither of which is exceeded. kappa × rate is at most phi of weeks / 6.
    pub fn over(&self, exposure: f64) -> NegBin {
        let mean = self.rate * exposure;
        NegBin { mean, variance: (self.phi + self.weekly * exposure / f64::from(WEEK - 1)) * mean }
    }
}

impl Demand {
    pub fn new(prior: &Prior) -> Demand {
        let level = [prior.rate as f32; 3];
        let (days, phi_before) = (prior.days as f32, prior.dispersion as f32);
        Demand { level, week_level: level, days, phi_before, ..Demand::default() }
    }

    /// Whether any demand is known, by learning or by the prior. Before that the rate is 0.
    #[inline]
    pub fn is_known(&self) -> bool {
        self.level.iter().any(|level| *level > 0.0)
    }

    /// Days in stock that were learned.
    #[inline]
    pub fn learned_days(&self, prior: &Prior) -> f64 {
        f64::from(self.days) - prior.days
    }

    /// Units a day that the rate is not below.
    #[inline]
    pub fn least_rate(&self) -> f64 {
        f64::from(self.level[0].min(self.level[1]).min(self.level[2]))
    }

    pub fn levels(&self) -> [f64; 3] {
        self.level.map(f64::from)
    }

    /// The state, or as long as nothing is known one in which `units` sold today speak for one day. That is enough to say
    /// that customers want what is not on the shelf, but not enough to project a stockout.
    pub fn or_first_day(mut self, units: f32) -> Demand {
        if !self.is_known() {
            self.level = [units.max(0.0); 3];
        }
        self
    }

    pub fn estimate(&self, prior: &Prior) -> Estimate {
        let level = self.levels();
        let noise = prior.calm * f64::from(self.phi_before) / (2.0 * level[0].max(0.001));
        // A weight is 1 / (loss² (1 + step × noise)), over the sum of the three: with one division.
        let parts: [f64; 3] = std::array::from_fn(|k| {
            let loss = f64::from(self.loss[k]).min(1e30) + 1e-9;
            loss * loss * (1.0 + STEPS[k] * noise)
        });
        let products = [parts[1] * parts[2], parts[0] * parts[2], parts[0] * parts[1]];
        let scale = 1.0 / (products[0] + products[1] + products[2]);
        let weights = products.map(|product| product * scale);
        let rate = weights[0] * level[0] + weights[1] * level[1] + weights[2] * level[2];
        let daily = self.daily_phi(prior);
        let weekly = ((f64::from(self.week_squares) + PRIOR_WEEK_MEAN * first_weekly(daily, rate))
            / (f64::from(self.week_means) + PRIOR_WEEK_MEAN))
            .max(LEAST_PHI);
        let kappa = ((weekly - daily) / (f64::from(WEEK - 1) * rate.max(1e-6))).max(0.0);
        let phi = if kappa == 0.0 { weekly } else { (daily - kappa * rate).max(LEAST_PHI) };
        Estimate { weights, rate, phi, kappa }
    }

    fn daily_phi(&self, prior: &Prior) -> f64 {
        let squares = f64::from(self.squares) + PRIOR_MEAN * prior.dispersion;
        (squares / (f64::from(self.means) + PRIOR_MEAN)).max(LEAST_PHI)
    }

    /// Closes a local day, given as it is learned; `None` where it taught nothing. Days are closed in their order; days on which nothing
    /// can be learned may be left out, but for the last of each week.
    #[inline(always)]
    pub fn close(&mut self, day: &Day, prior: &Prior) -> Option<Closed> {
        let Day { units, exposure, .. } = *day;
        let learns = exposure > 0.0 || units > 0.0;
        let ends_week = day.ends_week();
        if !learns && !ends_week {
            return None;
        }
        let (before, slow) = (self.estimate(prior), self.slow_level());
        if learns {
            self.add(units, exposure, before.rate);
        }
        let week = ends_week.then(|| Week {
            units: self.units.into(),
            exposure: self.exposure.into(),
            slow: self.week_level[0].into(),
        });
        let judged = ends_week && self.close_week(&before, prior);
        if learns || judged {
            self.phi_before = before.phi as f32;
        }
        Some(Closed { before, slow, week })
    }

    /// Whether anything that was learned was sold since the week began.
    pub fn sold_this_week(&self) -> bool {
        self.units > 0.0
    }

    /// The slow level, or that with which the week began if it was higher; in units a day.
    pub fn most_slow_level(&self) -> f64 {
        self.level[0].max(self.week_level[0]).into()
    }

    /// The slow level, in units a day.
    pub fn slow_level(&self) -> f64 {
        self.level[0].into()
    }

    fn add(&mut self, units: f64, exposure: f64, rate: f64) {
        if f64::from(self.days) >= FIRST_DAYS {
            let mean = rate * exposure;
            let residual = units - mean;
            self.squares = (DAY_MEMORY * f64::from(self.squares) + residual * residual) as f32;
            self.means = (DAY_MEMORY * f64::from(self.means) + mean) as f32;
        }
        let days = f64::from(self.days) + if exposure > 0.0 { exposure } else { 1.0 };
        self.days = days as f32;
        let first = 1.0 / days.max(1.0);
        for (level, least) in self.level.iter_mut().zip(STEPS) {
            let old = f64::from(*level);
            *level = (old + least.max(first) * (units - exposure * old)).max(0.0) as f32;
        }
        self.units = (f64::from(self.units) + units) as f32;
        self.exposure = (f64::from(self.exposure) + exposure) as f32;
    }

    /// Judges the levels with which the week began; whether there was enough to judge.
    fn close_week(&mut self, before: &Estimate, prior: &Prior) -> bool {
        let (units, exposure) = (f64::from(self.units), f64::from(self.exposure));
        let week = f64::from(WEEK);
        let enough = exposure >= week / 4.0 && self.learned_days(prior) > week + 2.0;
        if enough {
            let mut mean = 0.0;
            for k in 0..3 {
                let foretold = exposure * f64::from(self.week_level[k]);
                mean += before.weights[k] * foretold;
                let missed = units - foretold;
                self.loss[k] = (LOSS_MEMORY * f64::from(self.loss[k]) + missed * missed) as f32;
            }
            let missed = units - mean;
            self.week_squares = (SPREAD_MEMORY * f64::from(self.week_squares) + missed * missed) as f32;
            self.week_means = (SPREAD_MEMORY * f64::from(self.week_means) + mean) as f32;
        }
        (self.units, self.exposure, self.week_level) = (0.0, 0.0, self.level);
        enough
    }

    /// A late sale (or a late void, negative) of a day that is closed, which sold `units` without it; `open_day` is the local
    /// day up to which days are closed. Levels, week and residuals become what they would be if it had come in time, as if
    /// the position had been in stock on every day since.
    pub fn correct(&mut self, change: f64, units: f64, day: i32, open_day: i32, prior: &Prior) {
        let days_since = f64::from(open_day - 1 - day).max(0.0);
        let learned = f64::from(self.days) - days_since;
        let mut shares = STEPS.map(|least| least.max(1.0 / learned.max(1.0)));
        let mut at_week_start = [0.0; 3];
        for later in day..open_day {
            if later > day {
                let first = 1.0 / (learned + f64::from(later - day)).max(1.0);
                shares.iter_mut().zip(STEPS).for_each(|(share, least)| *share *= 1.0 - least.max(first));
            }
            if (later + 1).rem_euclid(WEEK) == 0 {
                at_week_start = shares;
            }
        }
        let add = |level: &mut f32, share: f64| *level = (f64::from(*level) + share * change).max(0.0) as f32;
        if learned >= FIRST_DAYS {
            let residual = units - self.estimate(prior).rate;
            let more = change * (2.0 * residual + change) * libm::pow(DAY_MEMORY, days_since);
            self.squares = (f64::from(self.squares) + more).max(0.0) as f32;
        }
        self.level.iter_mut().zip(shares).for_each(|(level, share)| add(level, share));
        self.week_level.iter_mut().zip(at_week_start).for_each(|(level, share)| add(level, share));
        if day.div_euclid(WEEK) == open_day.div_euclid(WEEK) {
            self.units = (f64::from(self.units) + change).max(0.0) as f32;
        }
    }

    /// What demand can be at most, today and on every later day on which nothing is sold, if no day has more than `most_day` days of
    /// normal demand.
    ///
    /// On such days levels only fall, so the rate stays under the highest level. Residuals of idle days are the mean squared, so that
    /// phi of days stays under the largest of its present value, the prior's and the rate of a day; likewise that of weeks.
    pub fn limit(&self, prior: &Prior, most_day: f64) -> Limit {
        let highest = |levels: &[f32; 3]| f64::from(levels.iter().copied().fold(0.0, f32::max));
        let (rate, week_rate) = (highest(&self.level), highest(&self.week_level));
        let (units, exposure) = (f64::from(self.units), f64::from(self.exposure));
        let week = f64::from(WEEK) * most_day;
        let daily = self.daily_phi(prior).max(prior.dispersion).max(rate * most_day);
        let first = first_weekly(daily, rate);
        let missed = units.max((exposure + week) * week_rate - units);
        let squares = f64::from(self.week_squares) + missed * missed / SPREAD_MEMORY + PRIOR_WEEK_MEAN * first;
        let weekly = (squares / (f64::from(self.week_means) + PRIOR_WEEK_MEAN)).max(first).max(week * rate);
        Limit { rate, phi: daily.max(weekly), weekly }
    }

    pub fn write(&self, e: &mut Encoder) {
        self.values().into_iter().for_each(|value| e.f32(value));
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Demand, CoreError> {
        let mut three = || -> Result<[f32; 3], CoreError> { Ok([d.f32()?, d.f32()?, d.f32()?]) };
        let (level, week_level, loss) = (three()?, three()?, three()?);
        let (days, units, exposure) = (d.f32()?, d.f32()?, d.f32()?);
        let (squares, means, week_squares, week_means) = (d.f32()?, d.f32()?, d.f32()?, d.f32()?);
        let phi_before = d.f32()?;
        Ok(Demand {
            level,
            week_level,
            loss,
            days,
            units,
            exposure,
            squares,
            means,
            week_squares,
            week_means,
            phi_before,
        })
    }

    fn values(&self) -> impl IntoIterator<Item = f32> {
        let of_levels = [self.level, self.week_level, self.loss].into_iter().flatten();
        let rest = [self.days, self.units, self.exposure, self.squares, self.means, self.week_squares];
        of_levels.chain(rest).chain([self.week_means, self.phi_before])
    }
}

/// phi of weeks before weeks were seen.
fn first_weekly(daily: f64, rate: f64) -> f64 {
    daily + f64::from(WEEK) * FIRST_KAPPA * rate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::projection::bound;

    fn prior() -> Prior {
        Prior { rate: 0.0, days: 1.0, dispersion: 1.5, calm: 1.0, sold_out_is_whole: true }
    }

    fn day(number: i32, units: f64, exposure: f64) -> Day {
        Day { number, units, exposure, full: 1.0, sold_out: false, sold: units > 0.0, silent: false }
    }

    /// levels, weights, rate, phi, kappa and the variance of seven days.
    fn state(demand: &Demand, prior: &Prior) -> [f64; 10] {
        let (l, e) = (demand.levels(), demand.estimate(prior));
        [l[0], l[1], l[2], e.weights[0], e.weights[1], e.weights[2], e.rate, e.phi, e.kappa, e.over(7.0).variance]
    }

    fn assert_state(demand: &Demand, prior: &Prior, expected: [f64; 10]) {
        for (said, right) in state(demand, prior).into_iter().zip(expected) {
            assert!((said - right).abs() <= 1e-6 * right.abs().max(1.0), "{said} is not {right}");
        }
    }

    #[test]
    fn the_vector_of_steady_sales() {
        let (prior, mut demand) = (prior(), Demand::new(&prior()));
        let sales = [3, 2, 4, 3, 0, 5, 3, 2, 4, 3, 3, 1, 4, 6, 2, 3, 3, 5, 1, 2, 4];
        for (number, units) in sales.into_iter().enumerate() {
            demand.close(&day(number as i32, f64::from(units), 1.0), &prior);
            match number + 1 {
                1 => assert_state(
                    &demand,
                    &prior,
                    [1.5, 1.5, 1.5, 0.345405, 0.339648, 0.314947, 1.5, 1.02, 0.35, 49.2975],
                ),
                7 => assert_state(
                    &demand,
                    &prior,
                    [2.5, 2.5, 2.6288, 0.340505, 0.337172, 0.322323, 2.541515, 1.02, 0.35, 128.923408],
                ),
                21 => assert_state(
                    &demand,
                    &prior,
                    [2.863636, 2.863636, 3.028491, 0.385692, 0.383373, 0.230936, 2.901707, 1.02, 0.0985, 61.357001],
                ),
                _ => {}
            }
        }
    }

    #[test]
    fn the_vector_of_a_sparse_shelf() {
        let prior = Prior { rate: 0.1, days: 28.0, ..prior() };
        let mut demand = Demand::new(&prior);
        for number in 0..21 {
            let units = [(2, 4.0), (11, 1.0), (18, 2.0)].into_iter().find(|(at, _)| *at == number);
            demand.close(&day(number, units.map_or(0.0, |(_, units)| units), 1.0), &prior);
            match number + 1 {
                3 => assert_state(
                    &demand,
                    &prior,
                    [0.219355, 0.248474, 0.8512, 0.39417, 0.357416, 0.248413, 0.386721, 7.630145, 0.35, 23.22],
                ),
                14 => assert_state(
                    &demand,
                    &prior,
                    [0.185714, 0.19545, 0.201118, 0.805062, 0.193878, 0.00106, 0.187618, 3.894808, 0.057644, 5.21458],
                ),
                21 => assert_state(
                    &demand,
                    &prior,
                    [0.2, 0.220598, 0.298177, 0.560077, 0.425738, 0.014185, 0.210162, 3.554033, 0.0, 5.22846],
                ),
                _ => {}
            }
        }
    }

    #[test]
    fn the_vector_of_days_out_of_stock() {
        let (prior, mut demand) = (prior(), Demand::new(&prior()));
        let sales = [6, 5, 7, 6, 3, 0, 0, 0, 8, 7, 6, 5, 9, 7, 15, 12, 18, 14, 16, 13, 17];
        for (number, units) in sales.into_iter().enumerate() {
            let exposure = [(4, 0.5), (5, 0.0), (6, 0.0), (7, 0.5)].into_iter().find(|(at, _)| *at == number);
            let mut day = day(number as i32, f64::from(units), exposure.map_or(1.0, |(_, part)| part));
            day.sold_out = number == 4;
            demand.close(&day.learned(&prior), &prior);
            match number + 1 {
                5 | 7 => assert_state(
                    &demand,
                    &prior,
                    [5.0, 5.0, 5.04, 0.335891, 0.334731, 0.329378, 5.013175, 1.02, 0.35, 466.806577],
                ),
                8 => assert_state(
                    &demand,
                    &prior,
                    [4.615385, 4.615385, 4.536, 0.336102, 0.334845, 0.329053, 4.589263, 1.02, 0.35, 393.969211],
                ),
                21 => assert_state(
                    &demand,
                    &prior,
                    [
                        9.076923,
                        9.076923,
                        13.347261,
                        0.305158,
                        0.30372,
                        0.391122,
                        10.747148,
                        1.02,
                        0.712445,
                        4108.860558,
                    ],
                ),
                _ => {}
            }
        }
    }

    #[test]
    fn idle_days_before_the_first_sale_do_not_make_the_first_burst_certain() {
        let (prior, mut demand) = (prior(), Demand::new(&prior()));
        (0..60).for_each(|number| {
            demand.close(&day(number, 0.0, 1.0), &prior);
        });
        assert!(!demand.is_known());
        demand.close(&day(60, 12.0, 1.0), &prior);
        let seven = demand.estimate(&prior).over(7.0);
        assert!(seven.mean < 8.0 && seven.variance > 3.0 * seven.mean, "{seven:?}");
    }

    #[test]
    fn the_first_sales_stand_in_until_a_day_has_closed() {
        let (prior, mut demand) = (prior(), Demand::new(&prior()));
        assert!(!demand.is_known() && demand.or_first_day(0.0) == demand);
        assert!((demand.or_first_day(4.0).estimate(&prior).rate - 4.0).abs() < 1e-6);
        demand.close(&day(0, 6.0, 1.0), &prior);
        assert!(demand.is_known() && demand.or_first_day(4.0) == demand);
        assert_eq!(demand.learned_days(&prior), 1.0);
    }

    #[test]
    fn a_late_sale_is_learned_as_if_it_had_come_in_time() {
        let (prior, sales) = (prior(), [4.0, 2.0, 5.0, 3.0, 6.0, 2.0, 4.0, 3.0, 5.0, 4.0, 1.0, 4.0]);
        for late in 6..12 {
            let (mut in_time, mut later) = (Demand::new(&prior), Demand::new(&prior));
            for (number, units) in sales.into_iter().enumerate() {
                let missing = if number == late { 3.0 } else { 0.0 };
                in_time.close(&day(number as i32, units + missing, 1.0), &prior);
                later.close(&day(number as i32, units, 1.0), &prior);
            }
            later.correct(3.0, sales[late], late as i32, 12, &prior);
            for (one, other) in in_time.levels().into_iter().zip(later.levels()) {
                assert!((one - other).abs() < 1e-5, "{one} {other}");
            }
            let units = [in_time.units, later.units];
            assert!((units[0] - units[1]).abs() < 1e-5, "{units:?}");
        }
    }

    #[test]
    fn the_bound_holds_today_and_after_any_number_of_idle_days() {
        let prior = prior();
        for (units, every) in [(0.5, 3), (3.0, 3), (40.0, 3), (3.0, 1), (30.0, 20), (1.0, 9)] {
            for days in [1, 4, 9, 30, 80] {
                let mut demand = Demand::new(&prior);
                let sold = |number| if number % every == 0 { units * f64::from(1 + number % 3) } else { 0.0 };
                (0..days).for_each(|number| {
                    demand.close(&day(number, sold(number), 1.0), &prior);
                });
                let limit = demand.limit(&prior, 1.0).over(8.0);
                let bound = bound(limit.mean, limit.variance, 0.4);
                for idle in 0..90 {
                    let reached = demand.estimate(&prior).over(8.0).at_least(bound);
                    assert!(reached <= 0.4, "{units} every {every} for {days}, {idle} idle days: {reached}");
                    demand.close(&day(days + idle, 0.0, 1.0), &prior);
                }
            }
        }
    }

    #[test]
    fn an_estimate_comes_back() {
        let prior = prior();
        let mut demand = Demand::new(&prior);
        (0..20).for_each(|number| {
            demand.close(&day(number, f64::from(number % 4), 0.75), &prior);
        });
        let mut e = Encoder::new(b"TEST");
        demand.write(&mut e);
        let bytes = e.finish();
        assert_eq!(Demand::read(&mut Decoder::new(&bytes, b"TEST").unwrap()), Ok(demand));
    }
}
