//! The rate of demand is a discounted gamma–Poisson estimate, learned a day at a time and only while in stock.
//!
//! Three numbers per position: `sold` (discounted sales, the shape of the gamma), `days` (discounted days in stock, its
//! rate; it starts with `prior_days` without a sale) and `spread` (discounted squared residuals in units of their
//! mean). The rate is sold / days, the dispersion spread / days, and the evidence behind the rate sold / dispersion.
//! Days on which nothing was sold are folded in closed form, so an idle position costs nothing.

use crate::demand::forecast::{Forecast, spread};
use crate::demand::negbin::NegBin;
use crate::demand::projection::bound;
use crate::policy::Terms;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;

/// What a position has learned. Single precision: the estimate is never better than that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    sold: f32,
    days: f32,
    spread: f32,
}

/// The least dispersion: demand in shops is never calmer than Poisson.
const CALMEST: f64 = 1.01;
/// A day's residual counts at most this many times the dispersion, so that one promotion does not ruin the estimate.
const WILDEST: f64 = 16.0;

impl Demand {
    pub fn new(terms: &Terms) -> Demand {
        let days = terms.prior_days.max(0.1);
        Demand { sold: 0.0, days: days as f32, spread: (terms.dispersion.max(CALMEST) * days) as f32 }
    }

    /// Whether a sale was learned. Before that the rate is 0.
    #[inline]
    pub fn is_known(&self) -> bool {
        self.sold > 0.0
    }

    /// Whether at least `days` discounted days in stock were learned from.
    #[inline]
    pub fn has_learned(&self, days: f64) -> bool {
        f64::from(self.days) >= days
    }

    /// The estimate, or as long as it is not known one in which `units` sold today speak for one day. That is enough to say
    /// that customers want what is not on the shelf, but not enough to project a stockout.
    pub fn or_first_day(mut self, units: f32) -> Demand {
        if !self.is_known() {
            self.sold = units.max(0.0) * self.days;
        }
        self
    }

    /// Units a day.
    pub fn rate(&self) -> f64 {
        f64::from(self.sold) / f64::from(self.days)
    }

    /// Variance of a day's demand over its mean.
    pub fn dispersion(&self) -> f64 {
        (f64::from(self.spread) / f64::from(self.days)).max(CALMEST)
    }

    /// Sales behind the rate, in effect: the rate's own variance is rate² / evidence.
    pub fn evidence(&self) -> f64 {
        f64::from(self.sold) / self.dispersion()
    }

    /// The largest dispersion that days without a sale can lead to: they raise it to the rate at most.
    pub fn idle_dispersion(&self) -> f64 {
        self.dispersion().max(self.rate())
    }

    /// Demand over a horizon; `exposure`: days of demand to the end of each bucket, cumulative.
    pub fn forecast(&self, exposure: Vec<f64>) -> Forecast {
        Forecast { rate: self.rate(), dispersion: self.dispersion(), evidence: self.evidence(), exposure }
    }

    /// Demand of the whole local day `number`.
    pub fn today(&self, terms: &Terms, number: i32) -> NegBin {
        spread(self.rate() * terms.profile.day(number), self.dispersion(), self.evidence())
    }

    /// Units that demand over any horizon reaches with a chance of at most the watch line, today and on every later day on
    /// which nothing is sold: idle days lower the mean and the doubt, and raise the dispersion to [`Demand::idle_dispersion`].
    pub fn bound(&self, terms: &Terms) -> f64 {
        let dispersion = self.idle_dispersion();
        let demand = spread(self.rate() * terms.most_exposure, dispersion, f64::from(self.sold) / dispersion);
        bound(demand.mean, demand.variance, terms.lines[0])
    }

    pub fn write(&self, e: &mut Encoder) {
        [self.sold, self.days, self.spread].into_iter().for_each(|value| e.f32(value));
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Demand, CoreError> {
        Ok(Demand { sold: d.f32()?, days: d.f32()?, spread: d.f32()? })
    }

    /// Closes a day: `units` sold in `exposure` (days of demand by the profile) over `share` (0 to 1) of the day in stock.
    pub fn close_day(&mut self, units: f64, exposure: f64, share: f64, discount: f64) {
        if share <= 0.0 && units <= 0.0 {
            return;
        }
        let keep = if share == 1.0 { discount } else { libm::pow(discount, share) };
        let expected = self.rate() * exposure;
        let dispersion = self.dispersion();
        let residual = if expected > 0.0 {
            ((units - expected) * (units - expected) / expected).min(WILDEST * dispersion)
        } else {
            dispersion
        };
        self.sold = (f64::from(self.sold) * keep + units.max(0.0)) as f32;
        self.days = (f64::from(self.days) * keep + exposure) as f32;
        self.spread = (f64::from(self.spread) * keep + residual * exposure) as f32;
    }

    /// Closes `count` whole days in stock from local day `first` on which nothing was sold.
    pub fn close_idle(&mut self, first: i32, count: i32, terms: &Terms) {
        if count <= 0 {
            return;
        }
        let (keep, exposure) = idle(first, count, terms);
        let expected_a_day = self.rate();
        self.sold = (f64::from(self.sold) * keep) as f32;
        self.days = (f64::from(self.days) * keep + exposure) as f32;
        self.spread = (f64::from(self.spread) * keep + expected_a_day * exposure) as f32;
    }

    /// A late sale (or a late void, negative) of a day that closed `days_ago` days ago.
    pub fn correct(&mut self, units: f64, days_ago: i32, discount: f64) {
        let weight = power(discount, days_ago.max(0));
        self.sold = (f64::from(self.sold) + units * weight).max(0.0) as f32;
    }
}

/// base^n by squaring: the same bits everywhere, and quick for the few days between two sales.
fn power(base: f64, n: i32) -> f64 {
    let (mut result, mut square, mut left) = (1.0, base, n);
    while left > 0 {
        if left & 1 == 1 {
            result *= square;
        }
        square *= square;
        left >>= 1;
    }
    result
}

/// (discount over `count` days, discounted days of demand in them).
fn idle(first: i32, count: i32, terms: &Terms) -> (f64, f64) {
    let d = terms.discount;
    let keep = power(d, count);
    let geometric =
        |ratio: f64, n: i32| if ratio < 1.0 { (1.0 - power(ratio, n)) / (1.0 - ratio) } else { f64::from(n) };
    if terms.profile.is_flat() {
        return (keep, geometric(d, count));
    }
    let (weeks, rest) = (count / 7, count % 7);
    let run = |from: i32, n: i32| (0..n).fold(0.0, |sum, day| sum * d + terms.profile.day(from + day));
    let weekly = run(first, 7) * geometric(power(d, 7), weeks);
    (keep, weekly * power(d, rest) + run(first + weeks * 7, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;

    fn terms() -> Terms {
        policy::defaults().terms(&[0]).unwrap()
    }

    #[test]
    fn a_steady_rate_is_learned() {
        let terms = terms();
        let mut demand = Demand::new(&terms);
        assert_eq!(demand.rate(), 0.0);
        for _ in 0..200 {
            demand.close_day(10.0, 1.0, 1.0, terms.discount);
        }
        assert!((demand.rate() - 10.0).abs() < 0.1, "{}", demand.rate());
        assert!(demand.dispersion() < 1.3);
    }

    #[test]
    fn idle_days_at_once_are_idle_days_one_by_one() {
        let mut terms = terms();
        for weights in [vec![1.0; 168], (0..168).map(|h| if h < 24 { 2.0 } else { 1.0 - 1.0 / 6.0 }).collect()] {
            terms.profile = policy::profile::Profile::new(&weights).unwrap();
            let mut start = Demand::new(&terms);
            start.close_day(4.0, 1.0, 1.0, terms.discount);
            let (mut at_once, mut singly) = (start, start);
            at_once.close_idle(19_000, 17, &terms);
            for day in 0..17 {
                singly.close_day(0.0, terms.profile.day(19_000 + day), 1.0, terms.discount);
            }
            assert!((at_once.rate() - singly.rate()).abs() < 1e-5, "{at_once:?} {singly:?}");
            assert!((at_once.days - singly.days).abs() < 1e-3);
        }
    }

    #[test]
    fn time_out_of_stock_teaches_nothing() {
        let terms = terms();
        let mut demand = Demand::new(&terms);
        demand.close_day(5.0, 1.0, 1.0, terms.discount);
        let before = demand;
        demand.close_day(0.0, 0.0, 0.0, terms.discount);
        assert_eq!(before, demand);
    }

    #[test]
    fn the_first_sales_stand_in_until_a_day_has_closed() {
        let terms = terms();
        let mut demand = Demand::new(&terms);
        assert!(!demand.is_known() && demand.or_first_day(0.0) == demand);
        assert!((demand.or_first_day(4.0).rate() - 4.0).abs() < 1e-6);
        demand.close_day(6.0, 1.0, 1.0, terms.discount);
        assert!(demand.is_known() && demand.or_first_day(4.0) == demand);
        assert!(demand.has_learned(3.5) && !demand.has_learned(4.5));
    }

    #[test]
    fn the_bound_holds_today_and_after_any_number_of_idle_days() {
        let terms = terms();
        let exposure: Vec<f64> = (1..=terms.horizon).map(|day| day as f64).collect();
        for units in [0.5, 3.0, 40.0] {
            let mut demand = Demand::new(&terms);
            (0..30).for_each(|day| demand.close_day(units * f64::from(day % 3), 1.0, 1.0, terms.discount));
            let bound = demand.bound(&terms);
            for idle in 0..60 {
                let reached = demand.forecast(exposure.clone()).to(terms.horizon - 1).at_least(bound);
                assert!(reached <= terms.lines[0], "{units} a day, {idle} idle days: {reached}");
                demand.close_idle(19_000 + idle, 1, &terms);
            }
        }
    }

    #[test]
    fn an_estimate_comes_back() {
        let terms = terms();
        let mut demand = Demand::new(&terms);
        demand.close_day(4.0, 0.75, 0.75, terms.discount);
        let mut e = Encoder::new(b"TEST");
        demand.write(&mut e);
        let bytes = e.finish();
        assert_eq!(Demand::read(&mut Decoder::new(&bytes, b"TEST").unwrap()), Ok(demand));
    }
}
