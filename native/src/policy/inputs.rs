//! Inputs are what was learned beforehand from the history of many positions, or is known from elsewhere: profiles, seasons, priors,
//! lateness by supplier, promotions and closed days, classes, forecasts of others. Like a policy they have a version, and a
//! record of the log puts them in force.
//!
//! Their layers stand above the first layer of the policy, its defaults, and below its own layers: who sets a value wins over
//! what was learned.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type};
use arrow_array::{Array, RecordBatch};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::demand::forecast::DayForecast;
use crate::policy::factors::{Driver, Season};
use crate::policy::profile::Profile;
use crate::policy::{Layer, Policy, catalogue, table};
use crate::values::error::CoreError;
use crate::values::instant;

/// The values that inputs may set.
const KEYS: [&str; 15] = [
    "profile",
    "season",
    "prior_rate",
    "prior_days",
    "dispersion",
    "calm",
    "lateness",
    "remainder",
    "lead_time_days",
    "lead_time_sd_days",
    "review_period_days",
    "horizon",
    "watch",
    "warning",
    "critical",
];

/// Inputs of one version.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Their hash; empty where a log has no inputs.
    pub version: Arc<str>,
    profiles: BTreeMap<String, Vec<f64>>,
    seasons: BTreeMap<String, Season>,
    layers: Vec<Layer>,
    pub drivers: Vec<Arc<Driver>>,
    /// By location and SKU.
    forecasts: HashMap<String, Vec<DayForecast>>,
    /// By location and SKU. Few classes stand for many positions.
    classes: HashMap<String, Arc<Class>>,
}

/// ABC and XYZ class of a position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    pub abc: String,
    pub xyz: String,
}

/// The inputs that a process knows, by version.
pub type Known = BTreeMap<String, Arc<Inputs>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    profiles: BTreeMap<String, Vec<f64>>,
    #[serde(default)]
    seasons: BTreeMap<String, Vec<f64>>,
    #[serde(default)]
    layers: Vec<Layer>,
    #[serde(default)]
    drivers: Vec<DriverText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DriverText {
    name: String,
    #[serde(rename = "match", default)]
    matching: BTreeMap<String, Vec<String>>,
    from: String,
    to: String,
    factor: f64,
}

/// A position's key in the tables of forecasts and classes.
fn key(location: &str, sku: &str) -> String {
    format!("{location}\0{sku}")
}

impl Inputs {
    /// Inputs from their document, forecasts (location, sku, day, mean, variance) and classes (location, sku, abc, xyz).
    pub fn read(
        version: &str,
        document: &[u8],
        forecasts: Option<&RecordBatch>,
        classes: Option<&RecordBatch>,
    ) -> Result<Inputs, CoreError> {
        let wrong = |place: &str, what: String| CoreError::policy(format!("inputs {version}: {place}: {what}"));
        let text: Document =
            serde_json::from_slice(document).map_err(|error| wrong("inputs.json", error.to_string()))?;
        if text.version != 1 {
            return Err(wrong("inputs.json", format!("format {} is not known, this program reads 1", text.version)));
        }
        for (name, weights) in &text.profiles {
            Profile::new(weights).map_err(|error| wrong(&format!("profile `{name}`"), error.message))?;
        }
        let mut seasons = BTreeMap::new();
        for (name, weeks) in text.seasons {
            let season = Season::new(&weeks).map_err(|what| wrong(&format!("season `{name}`"), what))?;
            seasons.insert(name, season);
        }
        let mut layers = text.layers;
        for layer in &mut layers {
            let place = format!("layer `{}`", layer.name);
            faults(layer, &seasons).map_err(|what| wrong(&place, what))?;
            layer.name = format!("inputs: {}", layer.name);
            if layer.matching.is_empty() {
                layer.matching.insert("location".to_owned(), vec!["*".to_owned()]);
            }
        }
        let drivers = drivers(text.drivers).map_err(|what| wrong("drivers", what))?;
        Ok(Inputs {
            version: version.into(),
            profiles: text.profiles,
            seasons,
            layers,
            drivers,
            forecasts: forecasts.map(read_forecasts).transpose()?.unwrap_or_default(),
            classes: classes.map(read_classes).transpose()?.unwrap_or_default(),
        })
    }

    /// The policy with these inputs between its first layer and its own.
    pub fn under(&self, policy: &Policy) -> Policy {
        let mut all = policy.clone();
        all.profiles.extend(self.profiles.iter().map(|(name, weights)| (name.clone(), weights.clone())));
        let own = all.layers.split_off(all.layers.len().min(1));
        all.layers.extend(self.layers.iter().cloned());
        all.layers.extend(own);
        all
    }

    /// Why they cannot be used with a policy, if they cannot.
    pub fn fault_with(&self, policy: &Policy) -> Option<String> {
        self.under(policy).checked().err().map(|error| error.message)
    }

    pub fn season(&self, name: &str) -> Option<&Season> {
        self.seasons.get(name)
    }

    pub fn class(&self, location: &str, sku: &str) -> Option<&Class> {
        if self.classes.is_empty() { None } else { self.classes.get(&key(location, sku)).map(|class| &**class) }
    }

    /// What somebody foretells for a position, by day; empty where nobody does.
    #[inline]
    pub fn forecast<'a>(&self, names: impl FnOnce() -> (&'a str, &'a str)) -> &[DayForecast] {
        if self.forecasts.is_empty() {
            return &[];
        }
        let (location, sku) = names();
        self.forecasts.get(&key(location, sku)).map_or(&[], Vec::as_slice)
    }
}

/// What is wrong with a layer, seen alone.
fn faults(layer: &Layer, seasons: &BTreeMap<String, Season>) -> Result<(), String> {
    if let Some(unknown) = layer.matching.keys().find(|key| !catalogue::KEYS.contains(&key.as_str())) {
        return Err(format!("unknown word `{unknown}` in `match`: use one of {}", catalogue::KEYS.join(", ")));
    }
    for (key, value) in &layer.values {
        if !KEYS.contains(&key.as_str()) {
            return Err(format!("inputs cannot set `{key}`: they set {}", KEYS.join(", ")));
        }
        if let Some(fault) = table::kind_of(key).and_then(|kind| kind.fault(value)) {
            return Err(format!("`{key}`: {fault}"));
        }
    }
    match layer.values.get("season").and_then(Json::as_str) {
        Some(name) if !seasons.contains_key(name) => Err(format!("there is no season `{name}`")),
        _ => Ok(()),
    }
}

/// Drivers of one name and one `match` become one, so that a year of daily factors is one driver.
fn drivers(texts: Vec<DriverText>) -> Result<Vec<Arc<Driver>>, String> {
    let mut all: Vec<Driver> = Vec::new();
    let mut known: HashMap<(String, BTreeMap<String, Vec<String>>), usize> = HashMap::new();
    for text in texts {
        let day = |date: &str| {
            let day = instant::parse_date(date.as_bytes()).and_then(|day| i32::try_from(day).ok());
            day.ok_or_else(|| format!("`{}`: `{date}` is not a date such as 2026-04-01", text.name))
        };
        let (from, to) = (day(&text.from)?, day(&text.to)?);
        if from > to || to - from > 3660 {
            return Err(format!("`{}`: from {} to {} is no span of up to ten years", text.name, text.from, text.to));
        }
        if !(0.0..=1000.0).contains(&text.factor) {
            return Err(format!("`{}`: write a factor from 0 up to 1000 (it is {})", text.name, text.factor));
        }
        if let Some(unknown) = text.matching.keys().find(|key| !catalogue::KEYS.contains(&key.as_str())) {
            return Err(format!("`{}`: unknown word `{unknown}` in `match`", text.name));
        }
        let at = *known.entry((text.name.clone(), text.matching.clone())).or_insert_with(|| {
            let layer = Layer { name: text.name.clone(), matching: text.matching.clone(), values: Map::new() };
            all.push(Driver { layer, days: HashMap::new() });
            all.len() - 1
        });
        (from..=to).for_each(|day| *all[at].days.entry(day).or_insert(1.0) *= text.factor);
    }
    Ok(all.into_iter().map(Arc::new).collect())
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Result<Vec<&'a str>, CoreError> {
    let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let column = column.ok_or_else(|| CoreError::policy(format!("the inputs have no text column `{name}`")))?;
    Ok((0..column.len()).map(|row| if column.is_null(row) { "" } else { column.value(row) }).collect())
}

fn read_forecasts(batch: &RecordBatch) -> Result<HashMap<String, Vec<DayForecast>>, CoreError> {
    let missing = |name: &str| CoreError::policy(format!("the forecast has no column `{name}` of numbers or days"));
    let numbers = |name: &str| {
        let column = batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<Float64Type>());
        column.ok_or_else(|| missing(name))
    };
    let days = batch.column_by_name("day").and_then(|column| column.as_primitive_opt::<Date32Type>());
    let days = days.ok_or_else(|| missing("day"))?;
    let (locations, skus) = (texts(batch, "location")?, texts(batch, "sku")?);
    let (means, variances) = (numbers("mean")?, numbers("variance")?);
    let mut forecasts: HashMap<String, Vec<DayForecast>> = HashMap::new();
    for row in 0..batch.num_rows() {
        let (day, mean, variance) = (days.value(row), means.value(row), variances.value(row));
        if !(mean.is_finite() && mean >= 0.0 && variance.is_finite() && variance >= 0.0) {
            let (location, sku) = (locations[row], skus[row]);
            let day = instant::format_day(day);
            let message = format!("the forecast of {sku} at {location} for {day} is mean {mean}, variance {variance}");
            return Err(CoreError::policy(message));
        }
        let days = forecasts.entry(key(locations[row], skus[row])).or_default();
        days.push(DayForecast { day, mean, variance });
    }
    forecasts.values_mut().for_each(|days| days.sort_by_key(|one| one.day));
    Ok(forecasts)
}

fn read_classes(batch: &RecordBatch) -> Result<HashMap<String, Arc<Class>>, CoreError> {
    let (locations, skus) = (texts(batch, "location")?, texts(batch, "sku")?);
    let (abc, xyz) = (texts(batch, "abc")?, texts(batch, "xyz")?);
    let mut known: HashMap<(&str, &str), Arc<Class>> = HashMap::new();
    let mut class = |abc, xyz| {
        let make = || Arc::new(Class { abc: str::to_owned(abc), xyz: str::to_owned(xyz) });
        known.entry((abc, xyz)).or_insert_with(make).clone()
    };
    Ok((0..batch.num_rows()).map(|row| (key(locations[row], skus[row]), class(abc[row], xyz[row]))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;

    fn read(document: &str) -> Result<Inputs, String> {
        Inputs::read("abc", document.as_bytes(), None, None).map_err(|error| error.message)
    }

    #[test]
    fn their_layers_stand_between_the_defaults_and_the_policys_own() {
        let inputs =
            read(r#"{"version":1,"layers":[{"name":"all","set":{"prior_rate":0.5,"dispersion":3.0}}]}"#).unwrap();
        let mut policy = policy::defaults();
        policy.layers.push(Layer {
            name: "milk".to_owned(),
            matching: [("sku".to_owned(), vec!["milk".to_owned()])].into(),
            values: [("dispersion".to_owned(), Json::from(2.0))].into_iter().collect(),
        });
        assert_eq!(inputs.fault_with(&policy), None);
        let prior = inputs.under(&policy).terms(&[0, 1, 2]).unwrap().prior;
        assert_eq!((prior.rate, prior.dispersion), (0.5, 2.0));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (document, words) in [
            ("{}", "missing field"),
            (r#"{"version":2}"#, "format 2 is not known"),
            (r#"{"version":1,"profiles":{"a":[1]}}"#, "profile `a`: a profile needs 168"),
            (r#"{"version":1,"seasons":{"a":[1]}}"#, "season `a`: a season needs 53"),
            (r#"{"version":1,"layers":[{"name":"x","set":{"time_zone":"UTC"}}]}"#, "cannot set `time_zone`"),
            (r#"{"version":1,"layers":[{"name":"x","set":{"calm":-1}}]}"#, "`calm`: write a number from 0"),
            (r#"{"version":1,"layers":[{"name":"x","set":{"season":"s"}}]}"#, "no season `s`"),
            (r#"{"version":1,"layers":[{"name":"x","match":{"colour":["red"]},"set":{}}]}"#, "unknown word `colour`"),
            (r#"{"version":1,"drivers":[{"name":"e","from":"x","to":"y","factor":1}]}"#, "`x` is not a date"),
            (
                r#"{"version":1,"drivers":[{"name":"e","from":"2026-04-02","to":"2026-04-01","factor":1}]}"#,
                "no span of up to ten years",
            ),
            (
                r#"{"version":1,"drivers":[{"name":"e","from":"2026-04-02","to":"2026-04-02","factor":-1}]}"#,
                "a factor from 0",
            ),
        ] {
            let refused = read(document).unwrap_err();
            assert!(refused.contains(words), "{refused}");
        }
    }

    #[test]
    fn days_of_one_driver_are_together() {
        let day = |date: &str, factor: f64| {
            format!(
                r#"{{"name":"rain","match":{{"category":["ICE"]}},"from":"{date}","to":"{date}","factor":{factor}}}"#
            )
        };
        let document = format!(r#"{{"version":1,"drivers":[{},{}]}}"#, day("2026-04-01", 0.5), day("2026-04-02", 0.8));
        let drivers = read(&document).unwrap().drivers;
        assert_eq!(drivers.iter().map(|driver| driver.days.len()).collect::<Vec<_>>(), [2]);
    }
}
