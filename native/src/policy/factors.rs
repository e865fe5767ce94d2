//! What makes a day's demand larger or smaller than that of other days of its weekday: the season, and drivers such as promotions,
//! holidays and the weather.

use std::collections::HashMap;
use std::sync::Arc;

use crate::policy::Layer;
use crate::values::instant;

/// Weeks of a year that have a factor; the last has one or two days.
const WEEKS: usize = 53;

/// Factors of the weeks of a year: week 0 begins on 1 January.
#[derive(Clone, Debug)]
pub struct Season(Arc<[f64; WEEKS]>);

impl Season {
    /// Refused unless it is 53 factors from 0 up, not all 0.
    pub fn new(weeks: &[f64]) -> Result<Season, String> {
        let good = weeks.iter().all(|week| week.is_finite() && *week >= 0.0) && weeks.iter().any(|week| *week > 0.0);
        let weeks: Option<[f64; WEEKS]> = weeks.try_into().ok().filter(|_| good);
        weeks
            .map(|weeks| Season(Arc::new(weeks)))
            .ok_or_else(|| "a season needs 53 factors from 0 up, not all 0".to_owned())
    }

    fn factor(&self, day: i32) -> f64 {
        let year = instant::civil_from_days(i64::from(day)).0;
        let of_year = i64::from(day) - instant::days_from_civil(year, 1, 1);
        self.0[(of_year / 7).clamp(0, WEEKS as i64 - 1) as usize]
    }
}

/// A promotion, a holiday, a closed day, the weather: factors of single local days, for the positions that match.
#[derive(Clone, Debug)]
pub struct Driver {
    /// Its name, and what it is for.
    pub layer: Layer,
    pub days: HashMap<i32, f64>,
}

/// The factors of a position's days.
#[derive(Clone, Debug, Default)]
pub struct Factors {
    season: Option<Season>,
    drivers: Vec<Arc<Driver>>,
    /// The product of all drivers of a day.
    days: HashMap<i32, f64>,
}

impl Factors {
    /// `None` where no day has a factor.
    pub fn new(season: Option<Season>, drivers: Vec<Arc<Driver>>) -> Option<Box<Factors>> {
        if season.is_none() && drivers.is_empty() {
            return None;
        }
        let mut days = HashMap::new();
        for driver in &drivers {
            driver.days.iter().for_each(|(day, factor)| *days.entry(*day).or_insert(1.0) *= factor);
        }
        Some(Box::new(Factors { season, drivers, days }))
    }

    pub fn of_day(&self, day: i32) -> f64 {
        let season = self.season.as_ref().map_or(1.0, |season| season.factor(day));
        season * self.days.get(&day).copied().unwrap_or(1.0)
    }

    /// The largest factor that any day has.
    pub fn most(&self) -> f64 {
        let season = self.season.as_ref().map_or(1.0, |season| season.0.iter().copied().fold(0.0, f64::max));
        season * self.days.values().copied().fold(1.0, f64::max)
    }

    /// Names of the drivers with a factor on one of `count` days.
    pub fn drivers_of(&self, first: i32, count: i32) -> Vec<&str> {
        let acts = |driver: &&Arc<Driver>| (first..first + count).any(|day| driver.days.contains_key(&day));
        self.drivers.iter().filter(acts).map(|driver| driver.layer.name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    #[test]
    fn a_day_has_the_factor_of_its_week_times_those_of_its_drivers() {
        let mut weeks = [1.0; WEEKS];
        (weeks[0], weeks[52]) = (2.0, 4.0);
        let layer = |name: &str| Layer { name: name.to_owned(), matching: Default::default(), values: Map::new() };
        let new_year = instant::days_from_civil(2027, 1, 1) as i32;
        let sale = Arc::new(Driver { layer: layer("sale"), days: [(new_year + 6, 3.0)].into() });
        let rain = Arc::new(Driver { layer: layer("rain"), days: [(new_year + 6, 0.5), (new_year + 7, 0.5)].into() });
        let factors = Factors::new(Some(Season::new(&weeks).unwrap()), vec![sale, rain]).unwrap();
        let days = [-1, 0, 6, 7].map(|day| factors.of_day(new_year + day));
        assert_eq!(days, [4.0, 2.0, 3.0, 0.5]);
        assert_eq!(factors.drivers_of(new_year + 7, 3), ["rain"]);
        assert_eq!(factors.most(), 12.0 / 2.0);
        assert!(Factors::new(None, Vec::new()).is_none());
    }
}
