//! What was learned says how much demand to expect: a mean, and a variance that contains the doubt about the rate itself.

use crate::demand::negbin::NegBin;
use crate::values::quantity;

/// Demand from now to the end of each bucket, in units.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Units a day.
    pub rate: f64,
    /// Variance of a day's demand over its mean.
    pub dispersion: f64,
    /// Sales behind the rate, in effect; infinite for a rate that is certain.
    pub evidence: f64,
    /// Days of demand from now to the end of each bucket, cumulative; its length is the horizon.
    pub exposure: Vec<f64>,
}

impl Forecast {
    /// Demand from now to the end of `bucket`.
    pub fn to(&self, bucket: usize) -> NegBin {
        spread(self.rate * self.exposure[bucket], self.dispersion, self.evidence)
    }

    pub fn horizon(&self) -> usize {
        self.exposure.len()
    }

    /// Whether any demand is expected within the horizon, to the thousandth.
    pub fn is_any(&self) -> bool {
        quantity::from_units(self.total()) > 0
    }

    /// The mean over the whole horizon, in units.
    pub fn total(&self) -> f64 {
        self.rate * self.exposure.last().copied().unwrap_or(0.0)
    }
}

/// Demand around `mean`. Its variance is dispersion × mean, and mean² / evidence because the rate is not known exactly.
pub(super) fn spread(mean: f64, dispersion: f64, evidence: f64) -> NegBin {
    let doubt = if evidence > 0.0 { mean * mean / evidence } else { 0.0 };
    NegBin { mean, variance: dispersion * mean + doubt }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_grows_with_the_square_of_the_mean_and_ends_with_evidence() {
        let forecast = |evidence| Forecast { rate: 3.0, dispersion: 2.0, evidence, exposure: vec![1.0, 2.5] };
        assert_eq!(forecast(9.0).to(0), NegBin { mean: 3.0, variance: 7.0 });
        assert_eq!(forecast(9.0).to(1), NegBin { mean: 7.5, variance: 21.25 });
        assert_eq!(forecast(f64::INFINITY).to(1), NegBin { mean: 7.5, variance: 15.0 });
        assert_eq!((forecast(0.0).to(1).variance, forecast(0.0).total(), forecast(0.0).horizon()), (15.0, 7.5, 2));
    }
}
