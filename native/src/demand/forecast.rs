//! What was learned, or what somebody else foretells, says how much demand to expect until the end of each day of the horizon.

use crate::demand::estimate::Estimate;
use crate::demand::negbin::NegBin;
use crate::values::quantity;

/// Demand from now to the end of each bucket, in units.
#[derive(Clone, Debug)]
pub struct Forecast {
    pub estimate: Estimate,
    /// Days of normal demand from now to the end of each bucket, cumulative; its length is the horizon.
    pub exposure: Vec<f64>,
    /// What somebody else foretells, where somebody does.
    pub given: Option<Box<Given>>,
}

/// What somebody foretells for one local day, in units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayForecast {
    pub day: i32,
    pub mean: f64,
    pub variance: f64,
}

/// A forecast that comes from outside, for the days that it covers.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Mean and variance of the covered days, cumulative to the end of each bucket.
    pub mean: Vec<f64>,
    pub variance: Vec<f64>,
    /// Days of normal demand of the other days, cumulative.
    pub rest: Vec<f64>,
}

impl Given {
    /// What `days` say, sorted by day, of the days from `first` on, of which each bucket holds `exposure` (cumulative) out of `whole`;
    /// `None` if they cover none of them.
    pub fn of(days: &[DayForecast], first: i32, exposure: &[f64], whole: impl Fn(i32) -> f64) -> Option<Box<Given>> {
        let from = days.partition_point(|one| one.day < first);
        let mut covered = days[from..].iter().peekable();
        if covered.peek().is_none_or(|one| one.day >= first + exposure.len() as i32) {
            return None;
        }
        let mut given = Given::default();
        let (mut mean, mut variance, mut rest, mut before) = (0.0, 0.0, 0.0, 0.0);
        for (day, to) in (first..).zip(exposure) {
            match covered.next_if(|one| one.day == day) {
                Some(one) => {
                    // Of today only what is left; on a closed day, what somebody foretells nevertheless.
                    let part = if day == first && whole(day) > 0.0 { (to - before) / whole(day) } else { 1.0 };
                    mean += one.mean * part;
                    variance += one.variance * part;
                }
                None => rest += to - before,
            }
            before = *to;
            given.mean.push(mean);
            given.variance.push(variance);
            given.rest.push(rest);
        }
        Some(Box::new(given))
    }
}

impl Forecast {
    pub fn new(estimate: Estimate, exposure: Vec<f64>) -> Forecast {
        Forecast { estimate, exposure, given: None }
    }

    /// Demand from now to the end of `bucket`.
    pub fn to(&self, bucket: usize) -> NegBin {
        match &self.given {
            None => self.estimate.over(self.exposure[bucket]),
            Some(given) => {
                let rest = self.estimate.over(given.rest[bucket]);
                NegBin { mean: given.mean[bucket] + rest.mean, variance: given.variance[bucket] + rest.variance }
            }
        }
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
        self.horizon().checked_sub(1).map_or(0.0, |last| self.to(last).mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variance_grows_with_the_square_of_the_mean_where_the_rate_moves() {
        let estimate = Estimate { weights: [1.0, 0.0, 0.0], rate: 3.0, phi: 2.0, kappa: 0.1 };
        let mut forecast = Forecast::new(estimate, vec![1.0, 2.5]);
        assert_eq!(forecast.to(0), NegBin { mean: 3.0, variance: 6.0 + 0.1 * 9.0 });
        assert_eq!(forecast.to(1), NegBin { mean: 7.5, variance: 15.0 + 0.1 * 56.25 });
        assert_eq!((forecast.total(), forecast.horizon(), forecast.is_any()), (7.5, 2, true));
        let days = [(3, 1.0), (5, 9.0), (9, 2.0)].map(|(day, mean)| DayForecast { day, mean, variance: 12.0 });
        forecast.given = Given::of(&days, 4, &[1.0, 2.5], |_| 1.5);
        assert_eq!(forecast.to(1), NegBin { mean: 12.0, variance: 12.0 + 6.0 + 0.1 * 9.0 });
        forecast.given = Given::of(&days, 5, &[0.5, 2.0], |_| 1.5);
        assert_eq!(forecast.to(0), NegBin { mean: 3.0, variance: 4.0 });
        assert!(Given::of(&days, 10, &[1.0], |_| 1.0).is_none() && Given::of(&days, 7, &[1.0], |_| 1.0).is_none());
    }
}
