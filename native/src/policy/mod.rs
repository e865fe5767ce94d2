//! A policy is layers of values; a position takes each value from the last layer that matches it, and knows which.
//!
//! Layers arrive compiled and sorted, least specific first (`lowtide.policy`, in Python, reads the YAML, checks
//! it and says line and column). Here they are matched once, at first sight of a position.

pub mod alert_type;
pub mod profile;
pub mod rules;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::policy::alert_type::TYPES;
use crate::policy::profile::Profile;
use crate::values::calendar::Calendar;
use crate::values::error::CoreError;
use crate::values::instant::{DAY, HOUR};

/// The compiled policy as Python hands it over.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Policy {
    pub version: String,
    pub dedup_window_ms: i64,
    pub late_window_ms: i64,
    pub max_ahead_ms: i64,
    pub max_record_bytes: usize,
    pub publish_every_ms: i64,
    pub negative_sale: String,
    #[serde(default)]
    pub naive_zone: Option<String>,
    #[serde(default)]
    pub profiles: BTreeMap<String, Vec<f64>>,
    pub layers: Vec<Layer>,
}

/// Values for the positions that match all of `match`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Layer {
    pub name: String,
    #[serde(rename = "match", default)]
    pub matching: BTreeMap<String, Vec<String>>,
    #[serde(rename = "set")]
    pub values: Map<String, Json>,
}

/// What a position is matched on.
pub struct Subject<'a> {
    pub location: &'a str,
    pub sku: &'a str,
    pub item: Option<&'a Item>,
}

/// One row of the catalogue, as far as policies match on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    pub category: String,
    pub department: String,
    pub supplier: String,
    pub abc: String,
}

/// The attributes of every SKU.
pub type Catalogue = HashMap<String, Item>;

impl Policy {
    /// A compiled policy from its text.
    pub fn read(text: &str) -> Result<Policy, CoreError> {
        let policy: Policy = serde_json::from_str(text)
            .map_err(|error| CoreError::policy(format!("the compiled policy cannot be read: {error}")))?;
        if policy.layers.is_empty() || policy.publish_every_ms <= 0 {
            return Err(CoreError::policy("the compiled policy has no layers, or no `publish_every_ms`"));
        }
        policy.terms(&[0])?;
        Ok(policy)
    }

    /// The policy as text; reading the text gives an equal policy.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a policy is numbers and texts")
    }
}

impl Layer {
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        self.matching.iter().all(|(key, patterns)| {
            let item = |pick: fn(&Item) -> &String| subject.item.map_or("", |item| pick(item).as_str());
            let text = match key.as_str() {
                "location" => subject.location,
                "sku" => subject.sku,
                "category" => item(|i| &i.category),
                "department" => item(|i| &i.department),
                "supplier" => item(|i| &i.supplier),
                "abc" => item(|i| &i.abc),
                _ => return false,
            };
            patterns.iter().any(|pattern| wildcard(pattern.as_bytes(), text.as_bytes()))
        })
    }
}

/// `*` matches any bytes; every other byte matches itself.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (p, t) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// The values of one position in a form that the hot loop reads; durations in milliseconds, lines as probabilities.
#[derive(Clone, Debug)]
pub struct Terms {
    pub time_zone: String,
    pub lead_time_days: f64,
    pub lead_time_sd_days: f64,
    pub review_period_days: f64,
    /// Buckets of a day in the horizon, 1 to 120.
    pub horizon: usize,
    pub service_level: f64,
    /// Entry lines of watch, warning and critical.
    pub lines: [f64; 3],
    pub exit_ratio: f64,
    pub clear_after_ms: i64,
    pub dwell_ms: i64,
    pub reorder_point: ReorderPoint,
    pub grace_ms: i64,
    pub spike_p: f64,
    pub spike_min: f64,
    /// `spike_min` in thousandths; a day below it is not examined further.
    pub spike_least: i64,
    pub spike_hold_ms: i64,
    pub flap_count: usize,
    pub flap_window_ms: i64,
    pub flap_hold_ms: i64,
    pub low_turnover_days: i32,
    /// Thousandths; 0 switches the exemption off.
    pub low_turnover_units: i64,
    pub revise_over: f64,
    pub returns_to_hold: bool,
    /// (days late, chance to have arrived by then), a step function.
    pub lateness: Vec<(f64, f64)>,
    pub discount: f64,
    /// The most days of demand in any horizon.
    pub most_exposure: f64,
    /// Discounted days that a position has learned from after `spike_after_days` whole days in stock.
    pub spike_days: f64,
    pub prior_days: f64,
    pub dispersion: f64,
    pub profile: Profile,
    /// Switched off, by number of the alert type.
    pub off: [bool; 6],
    /// Severity by number of the alert type, 1 watch to 3 critical.
    pub severity: [u8; 6],
    /// The layer of each value that does not come from the first layer.
    pub layers: Map<String, Json>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReorderPoint {
    Off,
    /// Thousandths.
    Fixed(i64),
    Formula,
}

impl Policy {
    /// The numbers of the layers that match, in order.
    pub fn matching(&self, subject: &Subject<'_>) -> Vec<usize> {
        (0..self.layers.len()).filter(|at| self.layers[*at].matches(subject)).collect()
    }

    /// Every value in force under these layers, with the name of the layer it came from.
    pub fn values(&self, layers: &[usize]) -> BTreeMap<String, (Json, String)> {
        let mut values = BTreeMap::new();
        for at in layers {
            for (key, value) in &self.layers[*at].values {
                values.insert(key.clone(), (value.clone(), self.layers[*at].name.clone()));
            }
        }
        values
    }

    pub fn terms(&self, layers: &[usize]) -> Result<Terms, CoreError> {
        let values = self.values(layers);
        let read = Reading { values: &values };
        let zone = read.text("time_zone")?;
        let (lead, review) = (read.number("lead_time_days")?, read.number("review_period_days")?);
        let profile_name = read.text("profile")?;
        let profile = match self.profiles.get(profile_name) {
            Some(weights) => Profile::new(weights)?,
            None if profile_name == "flat" => Profile::flat(),
            None => {
                return Err(CoreError::policy(format!(
                    "the policy names profile `{profile_name}`, which it does not define"
                )));
            }
        };
        let first = &self.layers[0].name;
        let layers = values.iter().filter(|(_, (_, layer))| layer != first);
        Calendar::new(zone).ok_or_else(|| CoreError::policy(format!("unknown time zone `{zone}`")))?;
        let discount = libm::pow(0.5, 1.0 / read.number("half_life_days")?.max(1e-3));
        let prior_days = read.number("prior_days")?;
        let horizon = ((lead + review).ceil() as usize).clamp(1, 120);
        Ok(Terms {
            time_zone: zone.to_owned(),
            lead_time_days: lead,
            lead_time_sd_days: read.number("lead_time_sd_days")?,
            review_period_days: review,
            horizon,
            service_level: read.number("service_level")?,
            lines: [read.number("watch")?, read.number("warning")?, read.number("critical")?],
            exit_ratio: read.number("exit_ratio")?,
            clear_after_ms: read.number("clear_after_ms")? as i64,
            dwell_ms: read.number("dwell_ms")? as i64,
            reorder_point: match read.value("reorder_point")? {
                Json::Null => ReorderPoint::Off,
                Json::Number(n) => ReorderPoint::Fixed(crate::values::quantity::from_units(n.as_f64().unwrap_or(0.0))),
                _ => ReorderPoint::Formula,
            },
            grace_ms: read.number("grace_ms")? as i64,
            spike_p: read.number("spike_p")?,
            spike_min: read.number("spike_min")?,
            spike_least: crate::values::quantity::from_units(read.number("spike_min")?),
            spike_hold_ms: read.number("spike_hold_ms")? as i64,
            flap_count: read.number("flap_count")? as usize,
            flap_window_ms: read.number("flap_window_ms")? as i64,
            flap_hold_ms: read.number("flap_hold_ms")? as i64,
            low_turnover_days: read.number("low_turnover_days")? as i32,
            low_turnover_units: crate::values::quantity::from_units(read.number("low_turnover_units")?),
            revise_over: read.number("revise_over")?,
            returns_to_hold: read.text("returns")? == "hold",
            lateness: read.steps("lateness")?,
            discount,
            most_exposure: profile.most(horizon),
            spike_days: days_after(read.number("spike_after_days")?, prior_days, discount),
            prior_days,
            dispersion: read.number("dispersion")?,
            profile,
            off: read.types("off")?,
            severity: read.severities("severity")?,
            layers: layers.map(|(key, (_, layer))| (key.clone(), layer.clone().into())).collect(),
        })
    }
}

/// The discounted days that a position has learned from after `days` whole days in stock, less a rounding error.
fn days_after(days: f64, prior_days: f64, discount: f64) -> f64 {
    let keep = libm::pow(discount, days);
    let sum = if discount < 1.0 { (1.0 - keep) / (1.0 - discount) } else { days };
    prior_days * keep + sum - 1e-3
}

struct Reading<'a> {
    values: &'a BTreeMap<String, (Json, String)>,
}

impl Reading<'_> {
    fn value(&self, key: &str) -> Result<&Json, CoreError> {
        self.values
            .get(key)
            .map(|(value, _)| value)
            .ok_or_else(|| CoreError::policy(format!("the compiled policy has no `{key}`")))
    }

    fn number(&self, key: &str) -> Result<f64, CoreError> {
        self.value(key)?
            .as_f64()
            .ok_or_else(|| CoreError::policy(format!("`{key}` of the compiled policy is no number")))
    }

    fn text(&self, key: &str) -> Result<&str, CoreError> {
        self.value(key)?.as_str().ok_or_else(|| CoreError::policy(format!("`{key}` of the compiled policy is no text")))
    }

    fn steps(&self, key: &str) -> Result<Vec<(f64, f64)>, CoreError> {
        serde_json::from_value(self.value(key)?.clone())
            .map_err(|_| CoreError::policy(format!("`{key}` of the compiled policy is no list of pairs")))
    }

    fn types(&self, key: &str) -> Result<[bool; 6], CoreError> {
        let names: Vec<String> = serde_json::from_value(self.value(key)?.clone()).unwrap_or_default();
        Ok(TYPES.map(|(_, name)| names.iter().any(|n| n == name)))
    }

    fn severities(&self, key: &str) -> Result<[u8; 6], CoreError> {
        let chosen = self.value(key)?;
        Ok(TYPES.map(|(kind, name)| match chosen.get(name).and_then(Json::as_str) {
            Some("watch") => 1,
            Some("warning") => 2,
            Some("critical") => 3,
            _ => kind.default_severity(),
        }))
    }
}

/// The default policy, as `lowtide.policy` compiles it from an empty file; for tests of the core alone.
pub fn defaults() -> Policy {
    let set = serde_json::json!({
        "time_zone": "UTC", "lead_time_days": 7.0, "lead_time_sd_days": 2.0, "review_period_days": 1.0, "service_level": 0.95,
        "watch": 0.3, "warning": 0.5, "critical": 0.8, "exit_ratio": 0.5, "clear_after_ms": 0, "dwell_ms": 0,
        "reorder_point": null, "grace_ms": DAY, "spike_p": 1e-4, "spike_min": 5.0, "spike_hold_ms": DAY,
        "spike_after_days": 7.0, "flap_count": 4, "flap_window_ms": 7 * DAY, "flap_hold_ms": DAY,
        "low_turnover_days": 180, "low_turnover_units": 0.0, "revise_over": 0.1, "returns": "stock",
        "lateness": [[0.0, 0.885], [5.0, 0.91375], [12.0, 0.9425], [25.0, 0.97125], [60.0, 1.0]],
        "half_life_days": 28.0, "prior_days": 3.0, "dispersion": 1.5, "profile": "flat", "off": [], "severity": {}
    });
    Policy {
        version: "defaults".to_owned(),
        dedup_window_ms: 7 * DAY,
        late_window_ms: 72 * HOUR,
        max_ahead_ms: 600_000,
        max_record_bytes: 65_536,
        publish_every_ms: 900_000,
        negative_sale: "return".to_owned(),
        naive_zone: None,
        profiles: BTreeMap::new(),
        layers: vec![Layer {
            name: "defaults".to_owned(),
            matching: BTreeMap::new(),
            values: set.as_object().expect("an object").clone(),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_layers_win_and_are_named() {
        let mut policy = defaults();
        let layer = |name: &str, key: &str, pattern: &str, days: f64| Layer {
            name: name.to_owned(),
            matching: BTreeMap::from([(key.to_owned(), vec![pattern.to_owned()])]),
            values: Map::from_iter([("lead_time_days".to_owned(), days.into())]),
        };
        policy.layers.push(layer("stores", "location", "33*", 3.0));
        policy.layers.push(layer("dairy", "category", "DAIRY", 2.0));
        let dairy = Item { category: "DAIRY".to_owned(), ..Item::default() };
        let subject = Subject { location: "330", sku: "1", item: Some(&dairy) };
        assert_eq!(policy.matching(&subject), [0, 1, 2]);
        let terms = policy.terms(&policy.matching(&subject)).unwrap();
        assert_eq!((terms.lead_time_days, terms.horizon), (2.0, 3));
        assert_eq!(terms.layers["lead_time_days"], "dairy");
        assert_eq!(policy.matching(&Subject { location: "340", sku: "1", item: None }), [0]);
    }

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcb", false),
            ("33*", "330", true),
            ("x", "xy", false),
            ("*a*", "bab", true),
        ] {
            assert_eq!(wildcard(pattern.as_bytes(), text.as_bytes()), fits, "{pattern} {text}");
        }
    }
}
