//! A policy is layers of values; a position takes each value from the last layer that matches it, and knows which.
//!
//! Layers arrive compiled and sorted, least specific first (`lowtide.policy`, in Python, reads the YAML and says line and
//! column). [`check`] refuses a policy that is wrong; then the layers are matched at first sight of a position.

pub mod alert_type;
pub mod catalogue;
pub mod check;
pub mod factors;
pub mod inputs;
pub mod layer;
pub mod lines;
pub mod profile;
pub mod rules;
pub mod signs;
pub mod table;
pub mod terms;
pub mod written;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::policy::alert_type::AlertType;
pub use crate::policy::catalogue::{Catalogue, Item, Subject};
pub use crate::policy::inputs::{Inputs, Known};
pub use crate::policy::layer::Layer;
pub use crate::policy::table::defaults;
pub use crate::policy::terms::{ReorderPoint, Terms};
use crate::values::error::CoreError;

/// What `naive_zone` says when the zone of each position holds.
pub const ZONE_OF_POSITION: &str = "position";
/// The most days that a projection looks ahead.
pub const LONGEST_HORIZON: usize = 365;

/// The compiled policy, as it stands in a policy record, in a state and in the table `policy_version`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
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
    /// One position in so many has its chance written at each midnight, to be judged; 0: none.
    pub calibration_sample: u64,
    #[serde(default)]
    pub profiles: BTreeMap<String, Vec<f64>>,
    pub layers: Vec<Layer>,
}

impl Policy {
    /// A compiled policy from its text; an error if anything in it is wrong.
    pub fn read(text: &str) -> Result<Policy, CoreError> {
        serde_json::from_str::<Policy>(text).map_err(|error| CoreError::policy(error.to_string()))?.checked()
    }

    /// The policy itself, if nothing in it is wrong.
    pub fn checked(self) -> Result<Policy, CoreError> {
        let Some(fault) = self.faults().into_iter().next() else { return Ok(self) };
        let place = match fault.layer {
            Some(at) => format!("layer `{}`", self.layers[at].name),
            None => fault.keys.join("."),
        };
        Err(CoreError::policy(format!("{place}: {}", fault.message)))
    }

    /// The policy as text; reading the text gives an equal policy.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a policy is numbers and texts")
    }

    /// Whether a sign is looked for somewhere: any layer names it, or the first one leaves it to the default, which does.
    pub fn looks_for(&self, sign: AlertType) -> bool {
        let usual =
            table::unset("look_for").filter(|_| self.layers.first().is_none_or(|first| !first.sets("look_for")));
        let layers = self.layers.iter().filter_map(|layer| layer.values.get("look_for"));
        usual.iter().chain(layers).filter_map(Json::as_array).flatten().any(|name| name == sign.name())
    }

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
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn layer(name: &str, key: &str, pattern: &str, values: Json) -> Layer {
        let matching = BTreeMap::from([(key.to_owned(), vec![pattern.to_owned()])]);
        Layer { name: name.to_owned(), matching, values: values.as_object().unwrap().clone() }
    }

    fn over_the_defaults(layers: &[Layer]) -> Policy {
        let mut policy = defaults();
        policy.layers.extend_from_slice(layers);
        policy
    }

    #[test]
    fn later_layers_win_and_are_named() {
        let policy = over_the_defaults(&[
            layer("stores", "location", "33*", json!({"lead_time_days": 3.0})),
            layer("dairy", "category", "DAIRY", json!({"lead_time_days": 2.0})),
        ]);
        let dairy = Item { category: "DAIRY".to_owned(), ..Item::default() };
        let subject = Subject { location: "330", sku: "1", item: Some(&dairy), class: None };
        assert_eq!(policy.matching(&subject), [0, 1, 2]);
        let terms = policy.terms(&policy.matching(&subject)).unwrap();
        assert_eq!((terms.lead_time_days, terms.horizon), (2.0, 7));
        assert_eq!(terms.layers["lead_time_days"], "dairy");
        assert_eq!(policy.matching(&Subject { location: "340", sku: "1", item: None, class: None }), [0]);
    }

    #[test]
    fn a_wrong_value_is_refused_in_whatever_layer_it_stands() {
        let good = layer("stores", "location", "33*", json!({"reorder_point": 50, "lead_time_days": 3}));
        assert!(Policy::read(&over_the_defaults(std::slice::from_ref(&good)).text()).is_ok());
        let bad = layer("dairy", "category", "DAIRY", json!({"reorder_point": 50, "lead_time_days": "soon"}));
        for layers in [vec![bad.clone(), good.clone()], vec![good, bad]] {
            let refused = Policy::read(&over_the_defaults(&layers).text()).unwrap_err().message;
            assert_eq!(refused, "layer `dairy`: `lead_time_days`: write a number from 0 up to 3660 (it is \"soon\")");
        }
    }

    #[test]
    fn what_would_not_match_or_not_be_known_is_refused() {
        let good = || over_the_defaults(&[layer("a", "sku", "1", json!({}))]);
        for (wrong, words) in [
            ((|p: &mut Policy| p.layers.clear()) as fn(&mut Policy), "a first layer with all values"),
            (|p| drop(p.layers.remove(0)), "the first layer holds for every position"),
            (|p| drop(p.layers[0].values.remove("watch")), "`watch` is missing"),
            (|p| p.layers[1].matching.clear(), "each other one matches on something"),
            (
                |p| drop(p.layers[1].matching.insert("colour".to_owned(), vec!["red".to_owned()])),
                "unknown word `colour`",
            ),
            (|p| drop(p.layers[1].matching.insert("sku".to_owned(), vec![])), "at least one pattern"),
            (|p| drop(p.layers[1].values.insert("wach".to_owned(), 0.2.into())), "unknown word `\"wach\"`"),
            (|p| p.layers[1].name = "defaults".to_owned(), "`defaults` stands twice"),
            (|p| p.publish_every_ms = 0, "publish_every_ms: write a whole number from 1000"),
            (|p| p.negative_sale = "ignore".to_owned(), "`return` or `reject`"),
            (|p| p.naive_zone = Some("Mars".to_owned()), "time zone"),
            (|p| drop(p.profiles.insert("a".to_owned(), vec![0.0; 168])), "168 weights"),
            (|p| drop(p.profiles.insert("flat".to_owned(), vec![1.0; 168])), "built in"),
            (|p| drop(p.layers[1].values.insert("profile".to_owned(), "x".into())), "use one of flat"),
        ] {
            let mut policy = good();
            wrong(&mut policy);
            let refused = Policy::read(&policy.text()).unwrap_err().message;
            assert!(refused.contains(words), "{refused}");
        }
        assert!(Policy::read(&good().text()).is_ok() && Policy::read("{}").is_err() && Policy::read("").is_err());
        assert!(Policy::read(&good().text().replacen('{', "{\"more\":1,", 1)).is_err());
    }

    /// What is wrong with these layers over the defaults, which set no line.
    fn refusal(layers: &[Layer]) -> Option<String> {
        Policy::read(&over_the_defaults(layers).text()).err().map(|refused| refused.message)
    }

    #[test]
    fn two_layers_that_can_meet_must_agree() {
        let north = layer("north", "location", "33*", json!({"watch": 0.6, "warning": 0.7}));
        let milk = layer("milk", "sku", "1", json!({"warning": 0.55}));
        let said = refusal(&[north.clone(), milk.clone()]).unwrap();
        assert!(
            said.starts_with("layer `milk`: lines must rise from watch to warning to critical, but `watch` is 0.6"),
            "{said}"
        );
        assert!(said.contains("layer `north` matches as well"), "{said}");

        let apart = layer("south", "location", "44*", json!({"warning": 0.55}));
        assert_eq!(refusal(&[north.clone(), apart]), None, "they never meet");
        let whole = layer("milk", "sku", "1", json!({"watch": 0.2, "warning": 0.55}));
        assert_eq!(refusal(&[north.clone(), whole]), None, "the later one sets both");
        let mut between = layer("milk in the north", "sku", "1", json!({"watch": 0.5}));
        between.matching.insert("location".to_owned(), vec!["33*".to_owned()]);
        assert_eq!(
            refusal(&[north.clone(), milk.clone(), between.clone()]),
            None,
            "a third one sets it where they meet"
        );
        between.matching.insert("location".to_owned(), vec!["330".to_owned()]);
        assert!(refusal(&[north, milk, between]).is_some(), "a third one for some of it is not enough");
    }

    /// Whoever may write a record into a log may write this one: it must not hold up the run.
    #[test]
    fn a_policy_that_cannot_be_held_against_itself_in_time_is_refused() {
        let started = std::time::Instant::now();
        let of = |name: &str, key: &str, patterns: Vec<String>, values: Json| {
            let matching = BTreeMap::from([(key.to_owned(), patterns)]);
            Layer { name: name.to_owned(), matching, values: values.as_object().unwrap().clone() }
        };
        let each = |letter: &str, end: &str| (0..6000).map(|at| format!("{letter}{at}{end}")).collect::<Vec<_>>();
        let two = |end: &str| {
            [
                of("one", "sku", each("a", end), json!({"watch": 0.6, "warning": 0.7})),
                of("two", "sku", each("b", end), json!({"warning": 0.5})),
            ]
        };
        assert_eq!(refusal(&two("")), None, "names without a star are looked up");
        assert!(refusal(&two("*")).unwrap().contains("too many to be held against one another"));

        let (sku, place) = (json!({"watch": 0.6, "warning": 0.7}), json!({"watch": 0.2, "warning": 0.5}));
        let mut layers: Vec<_> =
            (0..350).map(|at| of(&format!("a{at}"), "sku", vec![format!("a{at}")], sku.clone())).collect();
        layers.extend((0..350).map(|at| of(&format!("b{at}"), "location", vec![format!("b{at}")], place.clone())));
        layers.push(of("all", "location", vec!["*".to_owned()], json!({"watch": 0.3, "warning": 0.5})));
        assert!(over_the_defaults(&layers).text().len() < 65_536);
        assert!(refusal(&layers).unwrap().contains("too many"), "each pair is held against all layers behind it");
        assert!(started.elapsed().as_secs() < 30);
    }

    #[test]
    fn what_would_be_kept_for_every_entry_or_every_day_is_not_long() {
        let steps: Vec<(f64, f64)> = (0..401).map(|day| (f64::from(day), 1.0)).collect();
        let good = || over_the_defaults(&[layer("a", "sku", "1", json!({}))]);
        for (wrong, words) in [
            ((|p, _| p.version = "x".repeat(201)) as fn(&mut Policy, &Json), "version: write at most 200 characters"),
            (|p, _| p.layers[1].name = "é".repeat(201), "a name of at most 200 characters"),
            (|p, steps| drop(p.layers[1].values.insert("lateness".to_owned(), steps.clone())), "at most 400 steps"),
            (
                |p, _| drop(p.layers[1].values.insert("lateness".to_owned(), json!([[0, 0.5], [1e300, 1]]))),
                "steps with",
            ),
            (|p, _| drop(p.layers[1].values.insert("spike_min".to_owned(), json!(1e300))), "up to 1000000000000"),
            (|p, _| drop(p.profiles.insert("a".to_owned(), vec![1e300; 168])), "up to 168"),
        ] {
            let mut policy = good();
            wrong(&mut policy, &json!(steps));
            let refused = Policy::read(&policy.text()).unwrap_err().message;
            assert!(refused.contains(words), "{refused}");
        }
    }

    #[test]
    fn two_layers_that_can_meet_have_a_horizon_together() {
        let far = layer("far", "supplier", "sea*", json!({"lead_time_days": 340}));
        let rare = layer("rare", "location", "9", json!({"review_period_days": 30}));
        assert!(refusal(&[far.clone(), rare]).unwrap().contains("at most 365 days"));
        assert_eq!(refusal(&[far, layer("often", "location", "9", json!({"review_period_days": 7}))]), None);
    }
}
