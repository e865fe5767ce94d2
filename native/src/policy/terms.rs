//! The terms of a position are the values in force for it, in a form that the hot loop reads.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::demand::estimate::Prior;
use crate::policy::alert_type::{COUNT, SEVERITIES, TYPES};
use crate::policy::factors::Factors;
use crate::policy::lines::lines;
use crate::policy::profile::Profile;
use crate::policy::signs::Signs;
use crate::policy::table;
use crate::policy::written::Written;
use crate::policy::{LONGEST_HORIZON, Policy};
use crate::values::calendar::weekday;
use crate::values::error::CoreError;
use crate::values::{normal, quantity};

/// The values of one position; durations in milliseconds, lines as probabilities.
#[derive(Clone, Debug)]
pub struct Terms {
    pub time_zone: String,
    pub lead_time_days: f64,
    pub lead_time_sd_days: f64,
    pub review_period_days: f64,
    /// Buckets of a day in the horizon, 1 to 365.
    pub horizon: usize,
    pub service_level: f64,
    /// The normal quantile of the service level.
    pub service_k: f64,
    pub service: Service,
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
    /// How long a ref with nothing open is remembered.
    pub ref_memory_ms: i64,
    /// (days late, chance to have arrived by then), a step function.
    pub lateness: Vec<(f64, f64)>,
    /// The chance that what a delivery left open still comes, when nothing of it is on its way.
    pub remainder: f64,
    /// Whether a position that nobody plans gets no reorder alert.
    pub unplanned_is_silent: bool,
    /// The most days of demand in any horizon, and in any day.
    pub most_exposure: f64,
    pub most_day: f64,
    /// Days of demand from the start of a day to the end of each day, as far as the horizon and the lead time, by weekday.
    pub whole_days: [Box<[f32]>; 7],
    /// Days that a position has to learn from before a spike is one.
    pub spike_after_days: f64,
    pub prior: Prior,
    pub profile: Profile,
    /// The name of the season.
    pub season: Option<String>,
    /// What makes single days different from others of their weekday.
    pub factors: Option<Box<Factors>>,
    /// Switched off, by number of the alert type: listed in `off`, or a sign that is not looked for.
    pub off: [bool; COUNT],
    /// Severity by number of the alert type, 1 watch to 3 critical.
    pub severity: [u8; COUNT],
    pub signs: Signs,
    /// The layer of each value that does not come from the first layer.
    pub layers: Map<String, Json>,
    pub written: Written,
}

/// What a service level is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Cycles that pass without a stockout.
    Cycle,
    /// Units that are served from stock.
    Fill,
}

/// When a position is below its reorder point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReorderPoint {
    Off,
    /// Thousandths.
    Fixed(i64),
    /// Computed from demand and lead time.
    Formula,
}

impl Terms {
    /// Takes the factors of single days into account.
    pub fn vary(&mut self, factors: Option<Box<Factors>>) {
        let most = factors.as_ref().map_or(1.0, |factors| factors.most());
        (self.most_day, self.most_exposure) = (self.most_day * most, self.most_exposure * most);
        self.factors = factors;
    }

    #[inline]
    fn factor(&self, number: i32) -> f64 {
        self.factors.as_ref().map_or(1.0, |factors| factors.of_day(number))
    }

    /// Days of normal demand between two shares (0 to 1) of local day `number`.
    pub fn exposure(&self, number: i32, from: f64, to: f64) -> f64 {
        self.profile.between(number, from, to) * self.factor(number)
    }

    /// Days of normal demand in the whole of local day `number`.
    #[inline]
    pub fn day_exposure(&self, number: i32) -> f64 {
        self.profile.day(number) * self.factor(number)
    }

    /// Days of normal demand from the start of local day `number` to the end of each of `count` days, cumulative.
    pub fn whole_days_from(&self, number: i32, count: usize) -> impl Iterator<Item = f64> + '_ {
        let mut total = 0.0;
        (number..).take(count).map(move |day| {
            total += self.day_exposure(day);
            total
        })
    }

    /// Days of normal demand from the start of local day `number` to the end of its horizon.
    pub fn horizon_exposure(&self, number: i32) -> f64 {
        match self.factors {
            None => f64::from(self.whole_days[weekday(number)][self.horizon - 1]),
            Some(_) => self.whole_days_from(number, self.horizon).last().unwrap_or(0.0),
        }
    }

    /// Days that an order placed now covers: lead time and review period.
    pub fn cover_days(&self) -> f64 {
        self.lead_time_days + self.review_period_days
    }

    /// Days to which a position's expected demand is published: the horizon, and the lead time.
    pub fn published_days(&self) -> usize {
        self.whole_days[0].len()
    }
}

impl Policy {
    /// The terms under these layers. They are never refused where the policy was checked.
    pub fn terms(&self, layers: &[usize]) -> Result<Terms, CoreError> {
        let values = self.values(layers);
        let read = PolicyValues { values: &values };
        let (lead, review) = (read.number("lead_time_days")?, read.number("review_period_days")?);
        let profile = self.profile(read.text("profile")?)?;
        let first = layers.first().map(|at| &self.layers[*at].name);
        let layers = values.iter().filter(|(_, (_, layer))| Some(layer) != first);
        let service_level = read.number("service_level")?;
        let horizon = (read.horizon(lead, review)?.ceil() as usize).clamp(1, LONGEST_HORIZON);
        let layers = layers.map(|(key, (_, layer))| (key.clone(), layer.clone().into())).collect();
        let lateness = read.steps("lateness")?;
        let prior = Prior {
            rate: read.number("prior_rate")?,
            days: read.number("prior_days")?,
            dispersion: read.number("dispersion")?,
            calm: read.number("calm")?,
            sold_out_is_whole: read.text("sold_out_day")? == "whole",
        };
        let entries = [read.option("watch")?, read.option("warning")?, read.option("critical")?];
        let (lines, exit_ratio) = (lines(entries, horizon, lead + review), read.number("exit_ratio")?);
        let off = read.off()?;
        let written = Written::new(&prior, &lateness, lines, exit_ratio, &layers)?;
        Ok(Terms {
            time_zone: read.text("time_zone")?.to_owned(),
            lead_time_days: lead,
            lead_time_sd_days: read.number("lead_time_sd_days")?,
            review_period_days: review,
            horizon,
            service_level,
            service_k: normal::quantile(service_level),
            service: if read.text("service")? == "fill" { Service::Fill } else { Service::Cycle },
            lines,
            exit_ratio,
            clear_after_ms: read.number("clear_after_ms")? as i64,
            dwell_ms: read.number("dwell_ms")? as i64,
            reorder_point: match read.value("reorder_point")? {
                Json::Null => ReorderPoint::Off,
                Json::String(_) => ReorderPoint::Formula,
                _ => ReorderPoint::Fixed(quantity::from_units(read.number("reorder_point")?)),
            },
            grace_ms: read.number("grace_ms")? as i64,
            spike_p: read.number("spike_p")?,
            spike_min: read.number("spike_min")?,
            spike_least: quantity::from_units(read.number("spike_min")?),
            spike_hold_ms: read.number("spike_hold_ms")? as i64,
            flap_count: read.number("flap_count")? as usize,
            flap_window_ms: read.number("flap_window_ms")? as i64,
            flap_hold_ms: read.number("flap_hold_ms")? as i64,
            low_turnover_days: read.number("low_turnover_days")? as i32,
            low_turnover_units: quantity::from_units(read.number("low_turnover_units")?),
            revise_over: read.number("revise_over")?,
            returns_to_hold: read.text("returns")? == "hold",
            ref_memory_ms: read.number("ref_memory_ms")? as i64,
            lateness,
            remainder: read.number("remainder")?,
            unplanned_is_silent: read.text("unplanned")? == "silent",
            most_exposure: profile.most(horizon),
            most_day: profile.most(1),
            whole_days: std::array::from_fn(|start| {
                let days = horizon.max(lead.ceil() as usize).min(LONGEST_HORIZON) as i32;
                profile.whole_days(start as i32, days)
            }),
            spike_after_days: read.number("spike_after_days")?,
            prior,
            profile,
            season: read.value("season")?.as_str().map(str::to_owned),
            factors: None,
            off,
            severity: read.severities("severity")?,
            signs: Signs::read(&read, &off)?,
            layers,
            written,
        })
    }

    fn profile(&self, name: &str) -> Result<Profile, CoreError> {
        match self.profiles.get(name) {
            Some(weights) => Profile::new(weights),
            None if name == "flat" => Ok(Profile::flat()),
            None => Err(CoreError::policy(format!("there is no profile `{name}`"))),
        }
    }
}

/// Values by name, read by their type.
pub(super) struct PolicyValues<'a> {
    values: &'a BTreeMap<String, (Json, String)>,
}

impl PolicyValues<'_> {
    fn value(&self, key: &str) -> Result<&Json, CoreError> {
        self.values.get(key).map(|(value, _)| value).ok_or_else(|| CoreError::policy(format!("`{key}` is missing")))
    }

    /// A value of the form that `read` takes out of it.
    fn typed<'a, T>(&'a self, key: &str, read: impl FnOnce(&'a Json) -> Option<T>) -> Result<T, CoreError> {
        let value = self.value(key)?;
        read(value).ok_or_else(|| CoreError::policy(format!("`{key}` cannot be {value}")))
    }

    fn number(&self, key: &str) -> Result<f64, CoreError> {
        self.typed(key, Json::as_f64)
    }

    /// A number that no layer has to set.
    pub fn number_or_usual(&self, key: &str) -> Result<f64, CoreError> {
        self.values
            .get(key)
            .and_then(|(value, _)| value.as_f64())
            .or_else(|| table::unset(key)?.as_f64())
            .ok_or_else(|| CoreError::policy(format!("`{key}` is missing")))
    }

    /// Which of these words a list has that no layer has to set.
    pub fn words_or_usual<const N: usize>(&self, key: &str, words: [&str; N]) -> [bool; N] {
        let usual = table::unset(key).unwrap_or_default();
        let said = self.values.get(key).map_or(&usual, |(value, _)| value).as_array();
        words.map(|word| said.is_some_and(|said| said.iter().any(|one| one == word)))
    }

    /// A number, or null.
    fn option(&self, key: &str) -> Result<Option<f64>, CoreError> {
        Ok(self.value(key)?.as_f64())
    }

    /// The horizon in days.
    fn horizon(&self, lead: f64, review: f64) -> Result<f64, CoreError> {
        Ok(match self.value("horizon")?.as_str() {
            Some("lead") => lead,
            Some("lead+review") => lead + review,
            Some(_) => 2.0 * lead,
            None => self.option("horizon")?.unwrap_or_else(|| (lead + review).max(7.0)),
        })
    }

    fn text(&self, key: &str) -> Result<&str, CoreError> {
        self.typed(key, Json::as_str)
    }

    fn steps(&self, key: &str) -> Result<Vec<(f64, f64)>, CoreError> {
        self.typed(key, |value| serde_json::from_value(value.clone()).ok())
    }

    fn off(&self) -> Result<[bool; COUNT], CoreError> {
        let names = self.typed("off", Json::as_array)?;
        let sought = self.words_or_usual("look_for", TYPES.map(|(_, name)| name));
        Ok(TYPES.map(|(kind, name)| names.iter().any(|n| n == name) || (kind.is_sign() && !sought[kind as usize])))
    }

    fn severities(&self, key: &str) -> Result<[u8; COUNT], CoreError> {
        let chosen = self.typed(key, Json::as_object)?;
        Ok(TYPES.map(|(kind, name)| {
            let level = chosen.get(name).and_then(|chosen| SEVERITIES.iter().position(|severity| chosen == severity));
            level.map_or(kind.default_severity(), |level| level as u8)
        }))
    }
}
