//! The negative binomial by its mean and variance: the chance that demand reaches a level.
//!
//! Only additions, multiplications and `libm` (one implementation on every machine) are used, so that the same
//! input gives the same bits everywhere.

use libm::{exp, lgamma, log, log1p, sqrt};

use crate::demand::projection::bound;
use crate::values::normal;

/// Above this mean the normal distribution with continuity correction stands in; the two differ by less than 1e-3.
const LARGE: f64 = 1e7;

/// A distribution of demand over 0, 1, 2, … units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegBin {
    pub mean: f64,
    pub variance: f64,
}

impl NegBin {
    /// P(D ≥ k) for a whole k; 1 for k ≤ 0. With n = mean² / (variance − mean) and p = mean / variance this is the
    /// regularised incomplete beta function I(1 − p; k, n).
    pub fn at_least(&self, k: f64) -> f64 {
        if k <= 0.0 {
            return 1.0;
        }
        if self.mean <= 0.0 {
            return 0.0;
        }
        let variance = self.variance.max(self.mean * 1.000_001);
        if self.mean > LARGE || k > LARGE {
            return normal::upper_tail((k - 0.5 - self.mean) / sqrt(variance));
        }
        let p = self.mean / variance;
        let n = self.mean * p / (1.0 - p);
        if k <= 40.0 && self.mean < k + 4.0 * sqrt(variance) && n < 1e6 {
            let (head, tail) = self.head(k, n, p);
            if head < 0.99 {
                return tail;
            }
        }
        beta_regularised(1.0 - p, k, n)
    }

    /// The units of a stock that demand is expected to leave: the mean of max(0, stock − D).
    ///
    /// With s = ⌈stock⌉ − 1 it is stock P(D ≤ s) − E(D; D ≤ s), and E(D; D ≤ s) = mean P(D' < s) where D' has n + 1 in the
    /// place of n.
    pub fn unsold(&self, stock: f64) -> f64 {
        if stock <= 0.0 {
            return 0.0;
        }
        if self.mean <= 0.0 {
            return stock;
        }
        let variance = self.variance.max(self.mean * 1.000_001);
        let whole = stock.ceil();
        if self.mean > LARGE || whole > LARGE {
            let (apart, deviation) = (stock - self.mean, sqrt(variance));
            let z = apart / deviation;
            let density = exp(-0.5 * z * z) / sqrt(2.0 * std::f64::consts::PI);
            return (apart * (1.0 - normal::upper_tail(z)) + deviation * density).clamp(0.0, stock);
        }
        let p = self.mean / variance;
        let next = self.mean + (1.0 - p) / p;
        let shifted = NegBin { mean: next, variance: next / p };
        let left = stock * (1.0 - self.at_least(whole)) - self.mean * (1.0 - shifted.at_least(whole - 1.0));
        left.clamp((stock - self.mean).max(0.0), stock)
    }

    /// The least whole s with P(D ≤ s) ≥ `level`, by bisection below a level that is surely enough.
    pub fn quantile(&self, level: f64) -> u64 {
        let passes = |s: u64| self.at_least(s as f64 + 1.0) > 1.0 - level;
        if self.mean <= 0.0 || !passes(0) {
            return 0;
        }
        let (mut below, mut enough) = (0, bound(self.mean, self.variance.max(self.mean), 1.0 - level) as u64);
        while enough - below > 1 {
            let middle = below + (enough - below) / 2;
            if passes(middle) { below = middle } else { enough = middle }
        }
        enough
    }

    /// (P(D < k), 1 − P(D < k)) by summing the first k probabilities.
    fn head(&self, k: f64, n: f64, p: f64) -> (f64, f64) {
        let q = 1.0 - p;
        let mut term = exp(n * log(p));
        let (mut sum, mut j) = (term, 1.0);
        while j < k {
            term *= (n + j - 1.0) / j * q;
            sum += term;
            j += 1.0;
        }
        (sum, (1.0 - sum).clamp(0.0, 1.0))
    }
}

/// I(x; a, b) by Lentz's continued fraction (Numerical Recipes, section 6.4).
pub fn beta_regularised(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if x < (a + 1.0) / (a + b + 2.0) {
        (front * fraction(x, a, b) / a).clamp(0.0, 1.0)
    } else {
        (1.0 - front * fraction(1.0 - x, b, a) / b).clamp(0.0, 1.0)
    }
}

fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..20_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-14 {
            break;
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, by: f64) {
        assert!((a - b).abs() <= by, "{a} is not {b}");
    }

    #[test]
    fn the_vectors_of_the_domain() {
        // semantics 3: mean 24, variance 48, 20 units
        near(NegBin { mean: 24.0, variance: 48.0 }.at_least(20.0), 0.728_808, 5e-7);
        // domain vector 4: X = 12, mean 4, k = 2 (variance 12)
        near(NegBin { mean: 4.0, variance: 12.0 }.at_least(12.0), 0.0385, 5e-5);
        near(NegBin { mean: 4.0, variance: 4.0 }.at_least(12.0), 0.0009, 5e-5);
        // domain vector 5: mean 3, k 2: P(no sale) 0.16
        near(1.0 - NegBin { mean: 3.0, variance: 7.5 }.at_least(1.0), 0.16, 1e-12);
    }

    #[test]
    fn the_least_stock_for_a_service_level() {
        assert_eq!(NegBin { mean: 24.0, variance: 48.0 }.quantile(0.95), 36);
        assert_eq!(NegBin { mean: 27.0, variance: 54.0 }.quantile(0.95), 40);
        assert_eq!(NegBin { mean: 0.0, variance: 0.0 }.quantile(0.95), 0);
        for (mean, ratio) in [(0.02, 1.1), (0.5, 1.5), (3.0, 2.0), (300.0, 5.0), (2e7, 3.0)] {
            let demand = NegBin { mean, variance: mean * ratio };
            for level in [0.5, 0.9, 0.999] {
                let s = demand.quantile(level) as f64;
                assert!(demand.at_least(s + 1.0) <= 1.0 - level, "{demand:?} {level}");
                assert!(s == 0.0 || demand.at_least(s) > 1.0 - level, "{demand:?} {level}");
            }
        }
    }

    #[test]
    fn both_ways_of_summing_agree_and_fall_with_k() {
        for (mean, ratio) in [(0.02, 1.1), (0.5, 1.5), (3.0, 2.0), (24.0, 2.0), (300.0, 5.0), (5000.0, 30.0)] {
            let d = NegBin { mean, variance: mean * ratio };
            let (p, mut last) = (1.0 / ratio, 1.0);
            for k in 0..400 {
                let k = f64::from(k);
                let sf = d.at_least(k);
                assert!(sf <= last + 1e-12, "rises at {k} of {d:?}");
                if k > 0.0 {
                    near(sf, beta_regularised(1.0 - p, k, mean * p / (1.0 - p)), 1e-10);
                }
                last = sf;
            }
        }
    }

    #[test]
    fn what_is_left_is_the_sum_over_all_outcomes() {
        for (mean, ratio) in [(0.02, 1.1), (0.5, 1.0), (3.0, 2.0), (24.0, 2.0), (300.0, 5.0)] {
            let demand = NegBin { mean, variance: mean * ratio };
            for stock in [0.25_f64, 1.0, 1.5, 7.0, 40.0, 350.5] {
                // each unit below the stock is left with the chance that demand does not reach it
                let steps = (0..stock.ceil() as i32).map(f64::from);
                let sum: f64 = steps.map(|unit| (stock - unit).min(1.0) * (1.0 - demand.at_least(unit + 1.0))).sum();
                near(demand.unsold(stock), sum, 1e-8 * stock.max(1.0));
            }
        }
        assert_eq!(NegBin { mean: 0.0, variance: 0.0 }.unsold(3.5), 3.5);
        assert_eq!(NegBin { mean: 2.0, variance: 3.0 }.unsold(-1.0), 0.0);
        near(NegBin { mean: 2e7, variance: 4e7 }.unsold(2e7 + 1e6), 1e6, 1.0);
    }

    #[test]
    fn nothing_is_never_reached_and_a_large_mean_is_no_trap() {
        assert_eq!(NegBin { mean: 0.0, variance: 0.0 }.at_least(1.0), 0.0);
        assert_eq!(NegBin { mean: 0.0, variance: 0.0 }.at_least(0.0), 1.0);
        near(NegBin { mean: 1e9, variance: 2e9 }.at_least(1e9), 0.5, 1e-4);
        near(NegBin { mean: 5e6, variance: 5e10 }.at_least(5e6), 0.487, 0.02);
    }
}
