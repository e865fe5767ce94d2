//! A seasonal profile says how a week's demand is spread over its 168 hours; it is an input, like the policy.

use crate::values::calendar::weekday;
use crate::values::error::CoreError;

/// The largest weight: then all other hours have none.
const MOST: f64 = 168.0;

/// Weights of the hours of the week, Monday 00h first, with mean 1.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Cumulative days of demand within each weekday at each hour, 0 to 24; `None` when flat.
    within: Option<Box<[[f64; 25]; 7]>>,
    /// Days of demand in each weekday, mean 1.
    days: [f64; 7],
}

impl Profile {
    pub fn flat() -> Profile {
        Profile { within: None, days: [1.0; 7] }
    }

    /// Refused unless it is 168 weights from 0 to [`MOST`], not all 0. The compiler of policies has made their mean 1.
    pub fn new(weights: &[f64]) -> Result<Profile, CoreError> {
        let sum: f64 = weights.iter().sum();
        if weights.len() != 168 || !weights.iter().all(|weight| (0.0..=MOST).contains(weight)) || sum <= 0.0 {
            return Err(CoreError::policy("a profile needs 168 weights from 0 up to 168, not all 0"));
        }
        let mut within = Box::new([[0.0; 25]; 7]);
        let mut days = [0.0; 7];
        for (day, hours) in within.iter_mut().enumerate() {
            for hour in 0..24 {
                hours[hour + 1] = hours[hour] + weights[day * 24 + hour] / 24.0;
            }
            days[day] = hours[24];
        }
        Ok(Profile { within: Some(within), days })
    }

    /// Days of demand in the whole of local day `number`.
    pub fn day(&self, number: i32) -> f64 {
        self.days[weekday(number)]
    }

    /// Days of demand from the start of a day to the end of each of `count` days, cumulative; `start` is a weekday, Monday 0.
    pub fn whole_days(&self, start: i32, count: i32) -> Box<[f32]> {
        let mut total = 0.0;
        let days = (start..start + count).map(|day| {
            total += self.days[day.rem_euclid(7) as usize];
            total as f32
        });
        days.collect()
    }

    /// Days of demand between two shares (0 to 1) of local day `number`.
    pub fn between(&self, number: i32, from: f64, to: f64) -> f64 {
        let Some(within) = &self.within else { return to - from };
        let hours = &within[weekday(number)];
        let upto = |share: f64| {
            let at = (share * 24.0).clamp(0.0, 24.0);
            let hour = (at as usize).min(23);
            hours[hour] + (hours[hour + 1] - hours[hour]) * (at - hour as f64)
        };
        upto(to) - upto(from)
    }

    /// The most days of demand that any `horizon` days in a row hold.
    pub fn most(&self, horizon: usize) -> f64 {
        (0..7).map(|start| (0..horizon).map(|day| self.days[(start + day) % 7]).sum()).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_day_add_up() {
        let weights: Vec<f64> = (0..168).map(|hour| if hour >= 120 { 2.0 } else { 0.6 }).collect();
        let profile = Profile::new(&weights).unwrap();
        let saturday = 2; // 1970-01-03
        assert!((profile.day(saturday) - 2.0).abs() < 1e-12);
        assert!((profile.between(saturday, 0.0, 0.3) + profile.between(saturday, 0.3, 1.0) - 2.0).abs() < 1e-12);
        assert!((profile.most(8) - 9.0).abs() < 1e-9);
        assert_eq!(Profile::flat().between(0, 0.25, 0.75), 0.5);
    }
}
