//! What a position keeps of its closed days for signs: faults that the record of stock does not show.
//!
//! ```text
//! score of low sales = drought + quiet × idle       natural log of a surprise; one idle day adds `quiet`
//! odds that the shelf is empty: o := (o + HIDES) e^quiet for each idle day, 0 after a sale or a count
//! shift: a two-sided CUSUM of weekly sales against `usual`, a level that does not learn the shift away (Page 1954)
//! ```
//! Small integers hold all but `usual`, so that no machine drifts from another.

use crate::demand::estimate::{Closed, Day, Demand, Estimate, Prior, WEEK, Week};
use crate::policy::signs::Signs;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;

/// Chance of a day that goods vanish while the record says that they are there.
pub const HIDES: f64 = 0.0006;
/// Of a drought: sales at this share of what is usual speak for it.
const DRY: f64 = 0.1;
/// Of a shift: sales at these multiples of what is usual speak for it.
const UP: f64 = 2.5;
const DOWN: f64 = 0.25;
/// What one week adds to a CUSUM at most: a single week, such as a promotion, is no shift.
const MOST_OF_A_WEEK: f64 = 4.0;
/// Share of a week in the usual level, and of a day in the share of days with a sale.
const MEMORY_OF_USUAL: f64 = 0.1;
const MEMORY_OF_SHARE: f64 = 0.01;
/// Days of normal demand in stock that make a day, and a week, worth judging.
const WHOLE_DAY: f64 = 0.5;
const LEAST_OF_A_WEEK: f64 = 1.75;
/// What sells less than so much a week is not told to sell less.
const LEAST_TO_FALL: f64 = 1.0;
/// The least usual level, in units a day.
const LEAST: f64 = 0.001;

const SHARE: f64 = 65536.0;
const QUIET: f64 = 4096.0;
const DROUGHT: f64 = 1024.0;
const SHIFT: f64 = 8.0;
const SHIFTED: u8 = 128;

/// Traces of closed days; part of the row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traces {
    /// Units a day of normal demand, 0 while none is known.
    usual: f32,
    /// Share of whole days in stock with a sale, in 65,536ths.
    share: u16,
    /// The surprise of one idle day of the present run, frozen at the last day with a sale, in 4,096ths; 0: not known.
    quiet: u16,
    /// The score of low sales up to the last day with a sale, in 1,024ths.
    drought: u16,
    /// Whole days in stock without a sale since the last sale, count or restock.
    idle: u16,
    /// Closed days that ended in stock since the last sale.
    pub idle_days: u16,
    /// The CUSUM in eighths: above 0 for more sales than usual, below 0 for less.
    shift: i8,
    /// The number of the week, modulo 128, in which the CUSUM left 0; and whether it has passed its line since.
    since: u8,
}

impl Default for Traces {
    fn default() -> Traces {
        Traces { usual: 0.0, share: 32768, quiet: 0, drought: 0, idle: 0, idle_days: 0, shift: 0, since: 0 }
    }
}

/// Times a unit, as a whole number from 0 to `most`.
fn fixed(value: f64, unit: f64, most: u16) -> u16 {
    ((value * unit).clamp(0.0, f64::from(most)) + 0.5) as u16
}

impl Traces {
    /// Closes a local day, given as `demand` learns it: what was sold, and whether the position was in stock at its end.
    #[inline(always)]
    pub fn close(&mut self, demand: &mut Demand, day: &Day, in_stock: bool, prior: &Prior, signs: &Signs) {
        if day.sold {
            self.idle_days = 0;
        } else if in_stock && !day.silent {
            self.idle_days = self.idle_days.saturating_add(1);
        }
        if signs.of_demand {
            self.learn(demand, day, in_stock, prior, signs);
        } else {
            demand.close(day, prior);
        }
    }

    #[inline(never)]
    fn learn(&mut self, demand: &mut Demand, day: &Day, in_stock: bool, prior: &Prior, signs: &Signs) {
        let sale = day.units > 0.0;
        let closed = demand.close(day, prior);
        let learned = demand.learned_days(prior);
        let knows = learned >= signs.after_days - 1e-3;
        if day.exposure >= WHOLE_DAY {
            let share = self.share_of_days();
            let step = MEMORY_OF_SHARE.max(1.0 / (learned + 1.0).max(1.0));
            self.share = fixed(share + step * (f64::from(u8::from(sale)) - share), SHARE, u16::MAX);
        }
        if let Some(closed) = closed.as_ref().filter(|_| sale) {
            let after = knows.then(|| (demand.estimate(prior), demand.slow_level()));
            self.sell(day, closed, after, signs);
        } else if day.exposure >= WHOLE_DAY {
            self.idle = self.idle.saturating_add(1);
        }
        if !in_stock || (day.silent && day.sold) {
            self.begin();
        }
        if let Some(Closed { before, week: Some(week), .. }) = closed {
            let of_week = before.phi + f64::from(WEEK) * before.kappa * before.rate;
            self.close_week(day.number.div_euclid(WEEK), &week, of_week, || demand.estimate(prior).rate, knows, signs);
        }
    }

    /// A day with a sale ends a run. `after`: the estimate with the day, where enough is known.
    fn sell(&mut self, day: &Day, closed: &Closed, after: Option<(Estimate, f64)>, signs: &Signs) {
        let Closed { before, slow, .. } = *closed;
        let spread = before.phi + before.kappa * before.rate;
        let expected = (1.0 - DRY) * before.rate.min(slow) * day.exposure;
        let score = self.score().min(signs.drought_line) + (day.units * libm::log(DRY) + expected) / spread;
        self.idle = 0;
        (self.drought, self.quiet) = (0, 0);
        if let Some((after, slow)) = after {
            let spread = after.phi + after.kappa * after.rate;
            let none = after.rate.min(slow) * libm::log(spread) / (spread - 1.0);
            self.drought = fixed(score, DROUGHT, u16::MAX);
            self.quiet = fixed(none.min(-libm::log1p(-self.share_of_days())), QUIET, u16::MAX);
        }
    }

    /// A week ends. `spread` is the variance of a week's demand over its mean, `rate` what is learned by now.
    fn close_week(
        &mut self,
        number: i32,
        week: &Week,
        spread: f64,
        rate: impl Fn() -> f64,
        knows: bool,
        signs: &Signs,
    ) {
        if week.exposure < LEAST_OF_A_WEEK || (self.usual == 0.0 && !knows) {
            return;
        }
        if self.usual == 0.0 {
            self.usual = week.slow.max(LEAST) as f32;
        }
        let mean = f64::from(self.usual) * week.exposure;
        let up = (week.units * libm::log(UP) - (UP - 1.0) * mean) / spread;
        let down = (week.units * libm::log(DOWN) + (1.0 - DOWN) * mean) / spread;
        let add = |before: i8, more: f64| {
            fixed(f64::from(before.max(0)) / SHIFT + more.min(MOST_OF_A_WEEK), SHIFT, 127) as i8
        };
        let up = if self.is_shifted() && self.shift < 0 { 0 } else { add(self.shift, up) };
        let may_fall = f64::from(self.usual) * f64::from(WEEK) >= LEAST_TO_FALL;
        let down = if !may_fall || self.is_shifted() && self.shift > 0 { 0 } else { add(-self.shift, down) };
        let new = if up >= down { up } else { -down };
        if new.signum() != self.shift.signum() {
            self.since = (self.since & SHIFTED) | (number & 127) as u8;
        }
        self.shift = new;
        if self.is_shifted() && (new == 0 || self.age(number) >= signs.shift_weeks) {
            if new == 0 {
                self.follow(week);
            } else {
                self.usual = rate().max(LEAST) as f32;
            }
            self.shift = 0;
            self.since &= !SHIFTED;
            return;
        }
        if f64::from(new.unsigned_abs()) >= SHIFT * signs.shift_line {
            self.since |= SHIFTED;
        }
        if !self.is_shifted() {
            self.follow(week);
        }
    }

    fn follow(&mut self, week: &Week) {
        let usual = f64::from(self.usual);
        let share = MEMORY_OF_USUAL * (week.exposure / f64::from(WEEK)).min(1.0);
        self.usual = (usual + share * (week.units / week.exposure - usual)).max(LEAST) as f32;
    }

    /// A new run of days begins: somebody counted, and knows whether the shelf is empty, or the record itself says so.
    pub fn begin(&mut self) {
        (self.idle, self.drought) = (0, 0);
    }

    /// A late sale of a closed day, so many closed days before the open one.
    pub fn correct(&mut self, days_since: u16) {
        self.idle = self.idle.min(days_since);
        self.idle_days = self.idle_days.min(days_since);
    }

    fn share_of_days(&self) -> f64 {
        f64::from(self.share) / SHARE
    }

    /// Whole days in stock without a sale since the last sale, count or restock.
    pub fn idle(&self) -> u16 {
        self.idle
    }

    /// The surprise of one idle day of the present run; 0 where it is not known.
    pub fn quiet(&self) -> f64 {
        f64::from(self.quiet) / QUIET
    }

    /// The score of low sales: the natural log of how much better a drought explains them than usual demand.
    pub fn score(&self) -> f64 {
        self.score_of_sales() + self.quiet() * f64::from(self.idle)
    }

    /// The part of the score that days with sales have.
    pub fn score_of_sales(&self) -> f64 {
        f64::from(self.drought) / DROUGHT
    }

    /// Odds that the shelf is empty: a rank, and no chance.
    pub fn odds(&self) -> f64 {
        if self.quiet == 0 || self.idle == 0 {
            return 0.0;
        }
        let run = (self.quiet() * f64::from(self.idle)).min(80.0);
        HIDES * libm::exp(self.quiet()) * libm::expm1(run) / libm::expm1(self.quiet())
    }

    /// The usual level in units a day; 0 where none is known.
    pub fn usual(&self) -> f64 {
        f64::from(self.usual)
    }

    /// The CUSUM of weekly sales: above 0 for more than usual, below 0 for less.
    pub fn shift(&self) -> f64 {
        f64::from(self.shift) / SHIFT
    }

    /// Whether the CUSUM has passed its line, and has not come back.
    pub fn is_shifted(&self) -> bool {
        self.since & SHIFTED != 0
    }

    /// The first local day of the week in which the CUSUM left 0, as seen on a day.
    pub fn shifted_since(&self, today: i32) -> i32 {
        let week = today.div_euclid(WEEK);
        WEEK * (week - i32::from(self.age(week)))
    }

    fn age(&self, week: i32) -> u16 {
        ((week - i32::from(self.since & 127)) & 127) as u16
    }

    /// Idle days, from today on, after which the odds reach a line; `None` if they will not by themselves, or only in a run of more
    /// than `most` days.
    pub fn days_to_odds(&self, line: f64, most: u16) -> Option<u16> {
        if self.quiet == 0 {
            return None;
        }
        let quiet = self.quiet();
        let days = libm::log1p(line * libm::expm1(quiet) / (HIDES * libm::exp(quiet))) / quiet;
        self.days_left(days, most)
    }

    /// The same for the score.
    pub fn days_to_score(&self, line: f64, most: u16) -> Option<u16> {
        self.days_left((line - self.score_of_sales()) / self.quiet(), most)
    }

    fn days_left(&self, days: f64, most: u16) -> Option<u16> {
        let days = (days - 1e-6).ceil().max(1.0);
        let left = days - f64::from(self.idle);
        (self.quiet > 0 && left >= 1.0 && days <= f64::from(most)).then_some(left as u16)
    }

    /// Whether the CUSUM may pass its line at the end of a week by what was sold in it.
    pub fn may_rise(&self, line: f64) -> bool {
        self.shift().max(0.0) + MOST_OF_A_WEEK + 1.0 / (2.0 * SHIFT) >= line
    }

    /// Weeks, this one being the first, after which the CUSUM may pass its line although nothing is sold; `None` if it will not.
    pub fn weeks_to_shift(&self, slow: f64, most_day: f64, line: f64) -> Option<u16> {
        if self.is_shifted() {
            return Some(1);
        }
        let usual = if self.usual > 0.0 { f64::from(self.usual) } else { slow };
        if usual * f64::from(WEEK) < LEAST_TO_FALL {
            return None;
        }
        let week = (1.0 - DOWN) * usual * f64::from(WEEK) * most_day / 1.02;
        let step = week.min(MOST_OF_A_WEEK) + 1.0 / (2.0 * SHIFT);
        Some(((line - (-self.shift()).max(0.0)) / step).ceil().clamp(1.0, 1000.0) as u16)
    }

    pub fn write(&self, e: &mut Encoder) {
        e.f32(self.usual);
        for [low, high] in [[self.share, self.quiet], [self.drought, self.idle]] {
            e.u32(u32::from(low) | u32::from(high) << 16);
        }
        e.u32(u32::from(self.idle_days) | u32::from(self.shift as u8) << 16 | u32::from(self.since) << 24);
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Traces, CoreError> {
        let usual = d.f32()?;
        let (first, second, third) = (d.u32()?, d.u32()?, d.u32()?);
        Ok(Traces {
            usual: if usual.is_finite() { usual.max(0.0) } else { 0.0 },
            share: first as u16,
            quiet: (first >> 16) as u16,
            drought: second as u16,
            idle: (second >> 16) as u16,
            idle_days: third as u16,
            shift: ((third >> 16) as u8 as i8).max(-127),
            since: (third >> 24) as u8,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;

    /// Days of one position from day 2800 on, which begins a week.
    struct Shelf {
        demand: Demand,
        traces: Traces,
        prior: Prior,
        signs: Signs,
        days: i32,
    }

    const STEADY: [i32; 21] = [3, 2, 4, 3, 0, 5, 3, 2, 4, 3, 3, 1, 4, 6, 2, 3, 3, 5, 1, 2, 4];

    impl Shelf {
        fn new() -> Shelf {
            let prior = Prior { rate: 0.0, days: 1.0, dispersion: 1.5, calm: 1.0, sold_out_is_whole: true };
            let mut signs = policy::defaults().terms(&[0]).unwrap().signs;
            signs.of_demand = true;
            Shelf { demand: Demand::new(&prior), traces: Traces::default(), prior, signs, days: 0 }
        }

        fn day(&mut self, units: i32, exposure: f64, in_stock: bool) {
            let units = f64::from(units);
            let day = Day {
                number: 2800 + self.days,
                units,
                exposure,
                full: 1.0,
                sold_out: !in_stock && exposure > 0.0,
                sold: units > 0.0,
                silent: false,
            };
            self.traces.close(&mut self.demand, &day.learned(&self.prior), in_stock, &self.prior, &self.signs);
            self.days += 1;
        }

        fn sell(&mut self, sales: &[i32]) {
            sales.iter().for_each(|units| self.day(*units, 1.0, true));
        }

        fn fixed(&self) -> [i32; 5] {
            let t = &self.traces;
            [i32::from(t.share), i32::from(t.quiet), i32::from(t.idle), i32::from(t.drought), i32::from(t.shift)]
        }
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{a} is not {b}");
    }

    #[test]
    fn the_vector_of_an_empty_shelf() {
        let mut shelf = Shelf::new();
        shelf.sell(&STEADY);
        shelf.sell(&STEADY[..7]);
        assert_eq!(shelf.fixed(), [59886, 10039, 0, 0, 0]);
        shelf.sell(&STEADY[7..]);
        assert_eq!(shelf.fixed(), [61726, 11459, 0, 0, 0]);
        near(shelf.traces.usual(), 2.900448);
        assert_eq!((shelf.traces.days_to_odds(4.0, 60), shelf.traces.days_to_score(12.0, 60)), (Some(4), Some(5)));
        for (odds, score) in [(0.00984321, 2.7976), (0.171324, 5.5952), (2.82048, 8.3928), (46.2808, 11.1904)] {
            shelf.sell(&[0]);
            near(shelf.traces.odds(), odds);
            assert!((shelf.traces.score() - score).abs() < 1e-4);
        }
        shelf.sell(&[0, 0, 0]);
        assert_eq!(shelf.fixed(), [53085, 11459, 7, 0, -32]);
        near(shelf.traces.usual(), 2.610403);
        assert_eq!((shelf.traces.since, shelf.traces.is_shifted()), (22, false));
        shelf.sell(&[0, 0, 0, 2]);
        assert_eq!(shelf.fixed()[..4], [50366, 5765, 0, 10191]);
        assert_eq!((shelf.traces.days_to_odds(4.0, 60), shelf.traces.days_to_score(12.0, 60)), (Some(7), Some(2)));
    }

    #[test]
    fn the_vector_of_a_new_level() {
        let mut shelf = Shelf::new();
        shelf.sell(&STEADY);
        shelf.sell(&STEADY);
        STEADY.iter().for_each(|units| shelf.sell(&[3 * units]));
        assert!(shelf.traces.is_shifted() && shelf.traces.shift > 0);
        assert_eq!(shelf.traces.shifted_since(2800 + 62), 2800 + 42);
        near(shelf.traces.usual(), 3.467546);
        for shift in [68, 84, 103, 125, 127] {
            shelf.sell(&[9; 7]);
            assert_eq!(shelf.traces.shift, shift);
        }
        shelf.sell(&[9; 14]);
        assert!(shelf.traces.is_shifted());
        shelf.sell(&[9; 7]);
        near(shelf.traces.usual(), 8.877521);
        assert_eq!((shelf.traces.shift, shelf.traces.is_shifted()), (0, false));
    }

    #[test]
    fn the_vector_of_a_drought() {
        let mut shelf = Shelf::new();
        (0..3).for_each(|_| shelf.sell(&STEADY));
        assert_eq!(shelf.fixed(), [61953, 11905, 0, 0, 0]);
        shelf.sell(&[1]);
        assert_eq!(shelf.fixed()[1..4], [11715, 0, 355]);
        shelf.sell(&[0, 0, 1]);
        assert_eq!(shelf.fixed()[..4], [60236, 10301, 0, 6302]);
        shelf.sell(&[0, 0, 0]);
        assert!((shelf.traces.score() - 13.699).abs() < 1e-3);
        assert_eq!(shelf.fixed(), [57691, 10301, 3, 6302, -32]);
        shelf.sell(&[1, 0, 0, 1, 0, 0, 0]);
        assert_eq!((shelf.traces.shift, shelf.traces.is_shifted()), (-63, true));
        near(shelf.traces.odds(), 0.100116);
    }

    #[test]
    fn an_empty_record_and_closed_days_begin_a_new_run() {
        let mut shelf = Shelf::new();
        shelf.sell(&STEADY);
        shelf.sell(&STEADY);
        shelf.sell(&[0, 0]);
        assert_eq!(shelf.fixed()[..3], [58982, 11459, 2]);
        shelf.day(0, 0.0, false);
        assert_eq!(shelf.fixed()[..4], [58982, 11459, 0, 0]);
        shelf.day(0, 0.3, true);
        assert_eq!(shelf.traces.idle, 0);
        shelf.sell(&[0]);
        assert_eq!(shelf.fixed()[..3], [57708, 11459, 1]);
        shelf.sell(&[3]);
        assert_eq!(shelf.fixed()[..4], [57873, 8791, 0, 0]);
        shelf.traces.idle = 5;
        shelf.traces.correct(2);
        assert_eq!(shelf.traces.idle, 2);
        shelf.traces.begin();
        assert_eq!((shelf.traces.idle, shelf.traces.drought), (0, 0));
    }

    #[test]
    fn traces_come_back() {
        let mut shelf = Shelf::new();
        shelf.sell(&STEADY);
        shelf.sell(&[0, 9, 9, 9, 0]);
        shelf.traces.shift = -77;
        let mut e = Encoder::new(b"TEST");
        shelf.traces.write(&mut e);
        let bytes = e.finish();
        assert_eq!(Traces::read(&mut Decoder::new(&bytes, b"TEST").unwrap()), Ok(shelf.traces));
    }
}
