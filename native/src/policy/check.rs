//! The one reader of policies: everything that is wrong with a compiled policy, with its place.
//!
//! A policy record is refused by the first of these faults; the reader of YAML says all of them, with line and column. What
//! passes gives terms to every position, so that nobody needs a value to fall back to:
//!
//! 1. each value that a layer sets is what the table says, and the first layer sets all of them;
//! 2. each layer on top of the first, values that depend on one another agree;
//! 3. where two layers can meet in one position, they agree as well.
//!
//! The third takes longer with every layer. It stops after a number of comparisons, which is the same on every machine, and then the
//! policy is refused: whoever writes a policy record decides what it says, and not how long everybody waits.

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::Value as Json;

use crate::policy::profile::Profile;
use crate::policy::table::{self, OF_LOG, OF_POSITION, short};
use crate::policy::{Layer, Policy, catalogue};

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The number of the layer; `None`: what holds for the whole log.
    pub layer: Option<usize>,
    /// Names of the layer, of which one stands there; of the whole log, one in another.
    pub keys: Vec<String>,
    /// What would be right.
    pub message: String,
}

/// Two values that depend on one another.
struct Pair {
    keys: [&'static str; 2],
    holds: fn(f64, f64) -> bool,
    rule: &'static str,
}

/// How often patterns of layers are compared before a policy has too many of them.
const MOST_COMPARISONS: u64 = 20_000_000;
/// How many faults are told.
const MOST_FAULTS: usize = 1000;
/// Characters of the version and of the name of a layer: both stand in every entry of the ledger.
const LONGEST_NAME: usize = 200;

const RISE: &str = "lines must rise from watch to warning to critical";
const PAIRS: [Pair; 6] = [
    Pair { keys: ["watch", "warning"], holds: |watch, warning| watch <= warning, rule: RISE },
    Pair { keys: ["warning", "critical"], holds: |warning, critical| warning <= critical, rule: RISE },
    Pair {
        keys: ["lead_time_days", "review_period_days"],
        holds: |lead, review| lead + review <= super::LONGEST_HORIZON as f64,
        rule: "lead_time + review_period is at most 365 days",
    },
    Pair { keys: ["min_level", "max_level"], holds: |min, max| min <= max, rule: "max_level is at least min_level" },
    Pair {
        keys: ["overstock_exit_days", "overstock_days"],
        holds: |exit, entry| exit <= entry,
        rule: "overstock is at least overstock_exit",
    },
    Pair {
        keys: ["slow_days", "dead_days"],
        holds: |slow, dead| slow < dead,
        rule: "dead_days is more than slow_days",
    },
];

impl Policy {
    /// Everything that is wrong. Faults of single values come first; only without them are values held against one another.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.faults_of_log();
        faults.extend(self.faults_of_profiles());
        if self.layers.is_empty() {
            faults.push(fault(None, &["layers"], "a policy needs a first layer with all values".to_owned()));
        }
        let mut names = HashSet::new();
        for (at, layer) in self.layers.iter().enumerate() {
            if layer.name.is_empty() || layer.name.chars().nth(LONGEST_NAME).is_some() {
                let message = format!("a layer needs a name of at most {LONGEST_NAME} characters");
                faults.push(fault(Some(at), &["name"], message));
            } else if !names.insert(&layer.name) {
                let message = format!("layer `{}` stands twice: give each its own name", layer.name);
                faults.push(fault(Some(at), &["name"], message));
            }
            faults.extend(self.faults_of_match(at, layer));
            faults.extend(self.faults_of_values(at, layer));
            if faults.len() > MOST_FAULTS {
                faults.truncate(MOST_FAULTS);
                break;
            }
        }
        if faults.is_empty() {
            faults.extend((0..self.layers.len()).flat_map(|at| self.faults_on_first(at)));
        }
        if faults.is_empty() {
            let left = Cell::new(MOST_COMPARISONS);
            faults.extend(PAIRS.iter().flat_map(|pair| self.faults_of_meetings(pair, &left)).take(MOST_FAULTS));
            if left.get() == 0 {
                let message = "its layers are too many to be held against one another: join those that set the same";
                faults = vec![fault(None, &["layers"], message.to_owned())];
            }
        }
        faults
    }

    fn faults_of_log(&self) -> Vec<Fault> {
        let values: [Json; OF_LOG.len()] = [
            self.dedup_window_ms.into(),
            self.late_window_ms.into(),
            self.max_ahead_ms.into(),
            self.max_record_bytes.into(),
            self.publish_every_ms.into(),
            self.negative_sale.as_str().into(),
            self.naive_zone.clone().into(),
            self.calibration_sample.into(),
        ];
        let rows = OF_LOG.iter().zip(&values);
        let faults = rows.filter_map(|((name, kind, _), value)| Some(fault(None, &[*name], kind.fault(value)?)));
        let long = self.version.chars().nth(LONGEST_NAME).is_some();
        let long = long.then(|| fault(None, &["version"], format!("write at most {LONGEST_NAME} characters")));
        long.into_iter().chain(faults).collect()
    }

    fn faults_of_profiles(&self) -> Vec<Fault> {
        let wrong = |(name, weights): (&String, &Vec<f64>)| {
            let message = match name.as_str() {
                "flat" => "profile `flat` is built in: give yours another name".to_owned(),
                _ => Profile::new(weights).err()?.message,
            };
            Some(fault(None, &["profiles", name], message))
        };
        self.profiles.iter().filter_map(wrong).collect()
    }

    fn faults_of_match(&self, at: usize, layer: &Layer) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut say = |keys: &[&str], message: String| faults.push(fault(Some(at), keys, message));
        if (at == 0) != layer.matching.is_empty() {
            say(&["match"], "the first layer holds for every position, each other one matches on something".to_owned());
        }
        for (key, patterns) in &layer.matching {
            if !catalogue::KEYS.contains(&key.as_str()) {
                say(&["match"], format!("unknown word `{key}`: use one of {}", catalogue::KEYS.join(", ")));
            } else if patterns.is_empty() {
                say(&["match"], format!("`{key}` needs at least one pattern"));
            } else if let Some(message) = catalogue::fault_of_classes(key, patterns) {
                say(&[key, "match"], message);
            }
        }
        faults
    }

    fn faults_of_values(&self, at: usize, layer: &Layer) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut say = |key: &str, message: String| faults.push(fault(Some(at), &[key], message));
        for (key, value) in &layer.values {
            match table::kind_of(key) {
                None => say(key, format!("unknown word `{}`", short(&key.as_str().into()))),
                Some(kind) => {
                    if let Some(message) = kind.fault(value) {
                        say(key, format!("`{key}`: {message}"));
                    }
                }
            }
        }
        if let Some(name) = layer.values.get("profile").and_then(Json::as_str)
            && name != "flat"
            && !self.profiles.contains_key(name)
        {
            let known: Vec<&str> = ["flat"].into_iter().chain(self.profiles.keys().map(String::as_str)).collect();
            say("profile", format!("there is no profile `{name}`: use one of {}", known.join(", ")));
        }
        if at == 0 {
            for (key, ..) in OF_POSITION.iter().filter(|row| !layer.sets(row.0)) {
                say(key, format!("`{key}` is missing"));
            }
        }
        faults
    }

    /// A layer on top of the first. A line that nobody sets gives way to those that are set.
    fn faults_on_first(&self, at: usize) -> Vec<Fault> {
        let layers = [&self.layers[at], &self.layers[0]];
        let number =
            |key: &str| layers.iter().find_map(|layer| layer.number(key)).or_else(|| table::unset(key)?.as_f64());
        let both = |pair: &Pair| Some([number(pair.keys[0])?, number(pair.keys[1])?]);
        let pairs = PAIRS.iter().filter_map(|pair| Some((pair, both(pair)?)));
        let wrong = pairs.filter(|(pair, values)| !(pair.holds)(values[0], values[1]));
        wrong.map(|(pair, values)| fault(Some(at), &pair.keys, pair.say(values))).collect()
    }

    /// Two layers that both hold for some position, and of which each gives one value of the pair.
    fn faults_of_meetings(&self, pair: &Pair, left: &Cell<u64>) -> Vec<Fault> {
        let givers = |key| {
            let layers = self.layers.iter().enumerate().skip(1);
            layers.filter_map(|(at, layer)| Some((at, layer.number(key)?))).collect::<Vec<_>>()
        };
        let (first, second) = (givers(pair.keys[0]), givers(pair.keys[1]));
        let pairs = first.iter().flat_map(|one| second.iter().map(move |other| (*one, *other)));
        let wrong =
            pairs.filter(|((a, x), (b, y))| a != b && !(pair.holds)(*x, *y) && self.both_give(pair, *a, *b, left));
        let say = |((a, x), (b, y)): ((usize, f64), (usize, f64))| {
            let (low, high) = (a.min(b), a.max(b));
            let message = format!(
                "{}, in a position that layer `{}` matches as well: set `{}` and `{}` in this layer",
                pair.say([x, y]),
                self.layers[low].name,
                pair.keys[0],
                pair.keys[1],
            );
            fault(Some(high), &pair.keys, message)
        };
        wrong.map(say).take(MOST_FAULTS).collect()
    }

    /// Whether a position can take the first value from layer `a` and the second from layer `b`. What is `left` of comparisons falls.
    fn both_give(&self, pair: &Pair, a: usize, b: usize, left: &Cell<u64>) -> bool {
        let (one, other) = (&self.layers[a], &self.layers[b]);
        // A later layer that sets the value and holds wherever both do takes its place; it may be the other of the two.
        let gives = |at: usize, key: &str| {
            !self.layers.iter().skip(at + 1).any(|later| later.sets(key) && later.covers(one, other, left))
        };
        one.meets(other, left) && gives(a, pair.keys[0]) && gives(b, pair.keys[1])
    }
}

impl Pair {
    fn say(&self, values: [f64; 2]) -> String {
        let [first, second] = self.keys;
        format!("{}, but `{first}` is {} and `{second}` is {}", self.rule, values[0], values[1])
    }
}

fn fault(layer: Option<usize>, keys: &[&str], message: String) -> Fault {
    Fault { layer, keys: keys.iter().map(|key| (*key).to_owned()).collect(), message }
}
