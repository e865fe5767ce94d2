//! The rules of a key group: its policy and its catalogue, and the terms of each position, resolved once for every set of layers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::policy::alert_type::AlertType;
use crate::policy::factors::Factors;
use crate::policy::{Catalogue, Inputs, Known, Policy, Subject, Terms};
use crate::values::calendar::Calendar;
use crate::values::error::{CoreError, Kind as ErrorKind};
use crate::values::instant::Millis;
use crate::values::movement::Movement;

/// What is decided from outside. Only a record of a policy or of inputs changes it.
pub struct Rules {
    pub policy: Policy,
    pub catalogue: Catalogue,
    /// The inputs in force, and those that a record can put in force.
    pub inputs: Arc<Inputs>,
    pub known: Arc<Known>,
    /// The policy with the layers of the inputs.
    all: Policy,
    /// The policy's version, as the ledger names it.
    pub version: Arc<str>,
    /// How often the policy or the inputs were replaced.
    pub revision: u64,
    /// The clock of the log's first record that shows a plan: an order, a shipment or a receipt. After it a position without
    /// any is one that nobody plans.
    pub planned_since: Millis,
    /// Whether any layer looks for silent feeds.
    pub looks_for_silence: bool,
    terms: Vec<Terms>,
    calendars: Vec<Calendar>,
    /// The number of the terms for each set of layers and of drivers that matched a position.
    matched: BTreeMap<[Vec<usize>; 2], u32>,
    /// The layers that hold for some SKU of a location: a layer for a region lists thousands of locations, and is asked once.
    here: HashMap<String, Vec<usize>>,
}

impl Rules {
    pub fn new(policy: Policy, catalogue: Catalogue) -> Rules {
        Rules {
            version: policy.version.as_str().into(),
            all: policy.clone(),
            looks_for_silence: policy.looks_for(AlertType::SilentFeed),
            policy,
            catalogue,
            inputs: Arc::default(),
            known: Arc::default(),
            revision: 0,
            planned_since: Millis::MAX,
            terms: Vec::new(),
            calendars: Vec::new(),
            matched: BTreeMap::new(),
            here: HashMap::new(),
        }
    }

    /// Knows these inputs; those with the hash `version` are in force, or none if it is empty.
    pub fn with_inputs(mut self, known: Arc<Known>, version: &str) -> Result<Rules, CoreError> {
        self.known = known;
        self.use_inputs(version)?;
        Ok(self)
    }

    /// Puts inputs in force, or with an empty hash none.
    pub fn use_inputs(&mut self, version: &str) -> Result<(), CoreError> {
        if version.is_empty() {
            self.inputs = Arc::default();
        } else {
            self.inputs = find(&self.known, version)?.clone();
        }
        self.renew();
        Ok(())
    }

    /// Replaces the policy. Numbers of terms that were given before are not valid any more: resolve them again.
    pub fn replace(&mut self, policy: Policy) {
        self.version = policy.version.as_str().into();
        self.policy = policy;
        self.renew();
    }

    fn renew(&mut self) {
        self.all = self.inputs.under(&self.policy);
        self.looks_for_silence = self.policy.looks_for(AlertType::SilentFeed);
        self.revision += 1;
        self.terms.clear();
        self.calendars.clear();
        self.matched.clear();
        self.here.clear();
    }

    fn subject<'a>(&'a self, location: &'a str, sku: &'a str) -> Subject<'a> {
        Subject { location, sku, item: self.catalogue.get(sku), class: self.inputs.class(location, sku) }
    }

    /// Every value in force for a position, with the name of the layer it came from; `shipped` for a horizon and lines that none sets.
    pub fn values(&self, location: &str, sku: &str) -> BTreeMap<String, (Json, String)> {
        let layers = self.all.matching(&self.subject(location, sku));
        let mut values = self.all.values(&layers);
        let Ok(terms) = self.all.terms(&layers) else { return values };
        let lines = ["watch", "warning", "critical"].into_iter().zip(terms.lines).map(|(key, line)| (key, line.into()));
        for (key, shipped) in lines.chain([("horizon", Json::from(terms.horizon))]) {
            if values.get(key).is_some_and(|(value, _)| value.is_null()) {
                values.insert(key.to_owned(), (shipped, "shipped".to_owned()));
            }
        }
        values.insert("horizon_days".to_owned(), (terms.horizon.into(), values["horizon"].1.clone()));
        values
    }

    /// The number of a position's terms.
    pub fn resolve(&mut self, location: &str, sku: &str) -> Result<u32, CoreError> {
        if !self.here.contains_key(location) {
            let here = (0..self.all.layers.len()).filter(|at| self.all.layers[*at].holds_at(location));
            self.here.insert(location.to_owned(), here.collect());
        }
        let subject = self.subject(location, sku);
        let here = self.here[location].iter().copied();
        let layers: Vec<usize> = here.filter(|at| self.all.layers[*at].holds_for(&subject)).collect();
        let drivers = &self.inputs.drivers;
        let drivers = (0..drivers.len()).filter(|at| drivers[*at].layer.matches(&subject)).collect();
        let matched = [layers, drivers];
        if let Some(terms) = self.matched.get(&matched) {
            return Ok(*terms);
        }
        let mut terms = self.all.terms(&matched[0])?;
        let season = terms.season.as_ref().and_then(|name| self.inputs.season(name)).cloned();
        let drivers = matched[1].iter().map(|at| self.inputs.drivers[*at].clone()).collect();
        terms.vary(Factors::new(season, drivers));
        let number = self.terms.len() as u32;
        let zone = || CoreError::policy(format!("there is no time zone `{}`", terms.time_zone));
        self.calendars.push(Calendar::new(&terms.time_zone).ok_or_else(zone)?);
        self.terms.push(terms);
        self.matched.insert(matched, number);
        Ok(number)
    }

    #[inline]
    pub fn terms(&self, number: u32) -> &Terms {
        &self.terms[number as usize]
    }

    #[inline]
    pub fn calendar(&self, number: u32) -> &Calendar {
        &self.calendars[number as usize]
    }

    /// Whether a record is older than `late_window` allows: its demand is counted, but not learned from.
    #[inline]
    pub fn is_very_late(&self, m: &Movement<'_>) -> bool {
        m.clock - m.event_time > self.policy.late_window_ms
    }

    /// The first multiple of `publish_every` after `clock`.
    pub fn next_mark(&self, clock: Millis) -> Millis {
        (clock.div_euclid(self.policy.publish_every_ms) + 1) * self.policy.publish_every_ms
    }
}

/// Inputs by their hash.
pub fn find<'a>(known: &'a Known, version: &str) -> Result<&'a Arc<Inputs>, CoreError> {
    let missing = || {
        let have = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let have = if have.is_empty() { "none".to_owned() } else { have };
        CoreError::new(ErrorKind::Inputs, format!("the log asks for inputs `{version}`, and there are {have}"))
    };
    known.get(version).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{self, Layer};
    use crate::values::instant::HOUR;

    fn layer(location: &str, days: f64) -> Layer {
        Layer {
            name: location.to_owned(),
            matching: [("location".to_owned(), vec![location.to_owned()])].into(),
            values: [("lead_time_days".to_owned(), days.into())].into_iter().collect(),
        }
    }

    #[test]
    fn positions_under_the_same_layers_share_their_terms() {
        let mut policy = policy::defaults();
        policy.layers.push(layer("33*", 2.0));
        let mut rules = Rules::new(policy, Catalogue::new());
        let (first, second, other) = (
            rules.resolve("330", "milk").unwrap(),
            rules.resolve("331", "salt").unwrap(),
            rules.resolve("340", "milk").unwrap(),
        );
        assert_eq!((first, second, other), (0, 0, 1));
        assert_eq!(rules.terms(first).lead_time_days, 2.0);
        assert_eq!(rules.values("340", "milk")["lead_time_days"].1, "defaults");
    }

    #[test]
    fn a_new_policy_gives_new_terms() {
        let mut rules = Rules::new(policy::defaults(), Catalogue::new());
        let lead = rules.resolve("330", "milk").unwrap();
        let before = rules.terms(lead).lead_time_days;
        let mut policy = policy::defaults();
        policy.version = "second".to_owned();
        policy.layers.push(layer("330", before + 1.0));
        rules.replace(policy);
        let lead = rules.resolve("330", "milk").unwrap();
        assert_eq!((rules.terms(lead).lead_time_days, &*rules.version, rules.revision), (before + 1.0, "second", 1));
    }

    #[test]
    fn a_mark_is_after_the_clock() {
        let mut rules = Rules::new(policy::defaults(), Catalogue::new());
        rules.policy.publish_every_ms = HOUR;
        assert_eq!([-1, 0, 1, HOUR].map(|clock| rules.next_mark(clock)), [0, HOUR, HOUR, 2 * HOUR]);
    }
}
