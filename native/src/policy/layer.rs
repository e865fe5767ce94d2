//! A layer holds for the positions that match each key of its `match`; two layers meet where one position can match both.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::policy::catalogue::Subject;

/// Values for the positions that match all of `match`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    pub name: String,
    #[serde(rename = "match", default)]
    pub matching: BTreeMap<String, Vec<String>>,
    #[serde(rename = "set")]
    pub values: Map<String, Json>,
}

impl Layer {
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        self.holds_at(subject.location) && self.holds_for(subject)
    }

    /// Whether it holds for some SKU of a location.
    pub fn holds_at(&self, location: &str) -> bool {
        self.matching.get("location").is_none_or(|patterns| fits_any(patterns, location))
    }

    /// Whether everything but the location matches.
    pub fn holds_for(&self, subject: &Subject<'_>) -> bool {
        let mut rest = self.matching.iter().filter(|(key, _)| *key != "location");
        rest.all(|(key, patterns)| subject.text(key).is_some_and(|text| fits_any(patterns, text)))
    }

    pub fn sets(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    pub fn number(&self, key: &str) -> Option<f64> {
        self.values.get(key).and_then(Json::as_f64)
    }

    /// Whether some position could match both, whatever the catalogue says. Each comparison of two patterns takes one from `left`;
    /// when there is nothing left, the answer is no.
    pub fn meets(&self, other: &Layer, left: &Cell<u64>) -> bool {
        self.matching
            .iter()
            .all(|(key, patterns)| other.matching.get(key).is_none_or(|others| meet(patterns, others, left)))
            && left.get() > 0
    }

    /// Whether each position that matches both of these layers matches this one too, as far as the patterns tell; `left` as above.
    pub fn covers(&self, one: &Layer, other: &Layer, left: &Cell<u64>) -> bool {
        self.matching.iter().all(|(key, patterns)| {
            [one, other].iter().filter_map(|layer| layer.matching.get(key)).any(|narrower| {
                let holds = |p: &String, text: &String| is_left(left, p, text) && fits(p.as_bytes(), text.as_bytes());
                narrower.iter().all(|text| left.get() > 0 && patterns.iter().any(|pattern| holds(pattern, text)))
            })
        }) && is_left(left, "", "")
    }
}

/// Whether some text fits a pattern of each list. Patterns without a star, of which a list may have thousands, are looked up.
fn meet(patterns: &[String], others: &[String], left: &Cell<u64>) -> bool {
    let has_star = |pattern: &&String| pattern.contains('*');
    let plain: HashSet<&String> = others.iter().filter(|q| !has_star(q)).collect();
    let starred: Vec<&String> = others.iter().filter(has_star).collect();
    let compare = |p: &String, q: &String| is_left(left, p, q) && overlap(p.as_bytes(), q.as_bytes());
    patterns.iter().any(|p| {
        let found = if has_star(&p) { others.iter().any(|q| compare(p, q)) } else { plain.contains(p) };
        found || is_left(left, "", "") && !has_star(&p) && starred.iter().any(|q| compare(p, q))
    })
}

/// Takes one comparison of two patterns from what is left: more for long ones. Whether it may be made.
fn is_left(left: &Cell<u64>, one: &str, other: &str) -> bool {
    left.set(left.get().saturating_sub(1 + (one.len() + other.len()) as u64 / 64));
    left.get() > 0
}

fn fits_any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| fits(pattern.as_bytes(), text.as_bytes()))
}

/// Whether a text fits a pattern: `*` matches any bytes, every other byte matches itself. With a pattern as the text: whether
/// every text that fits that pattern fits this one.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
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

/// Whether some text fits both patterns.
fn overlap(one: &[u8], other: &[u8]) -> bool {
    if !one.contains(&b'*') {
        return fits(other, one);
    }
    if !other.contains(&b'*') {
        return fits(one, other);
    }
    // Up to its first star and from its last star on, each pattern is literal; what is between can always be put together.
    let both_start = one.iter().zip(other).take_while(|(a, b)| **a != b'*' && **b != b'*').all(|(a, b)| a == b);
    let ends = one.iter().rev().zip(other.iter().rev());
    both_start && ends.take_while(|(a, b)| **a != b'*' && **b != b'*').all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(matching: &[(&str, &[&str])]) -> Layer {
        let patterns =
            |(key, texts): &(&str, &[&str])| ((*key).to_owned(), texts.iter().map(|t| (*t).to_owned()).collect());
        Layer { name: String::new(), matching: matching.iter().map(patterns).collect(), values: Map::new() }
    }

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abcb", false),
            ("33*", "330", true),
            ("x", "xy", false),
            ("*a*", "bab", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }

    /// Against all texts of up to six letters: patterns of up to four and three need no more.
    #[test]
    fn patterns_overlap_where_a_text_fits_both() {
        let mut texts = vec![String::new()];
        let mut at = 0;
        while texts[at].len() < 6 {
            for letter in ["a", "b"] {
                texts.push(format!("{}{letter}", texts[at]));
            }
            at += 1;
        }
        let mut patterns = vec![String::new()];
        for at in 0..40 {
            for letter in ["a", "b", "*"] {
                patterns.push(format!("{}{letter}", patterns[at]));
            }
        }
        for one in &patterns {
            for other in patterns.iter().filter(|other| other.len() <= 3) {
                let (a, b) = (one.as_bytes(), other.as_bytes());
                let meet = texts.iter().any(|text| fits(a, text.as_bytes()) && fits(b, text.as_bytes()));
                assert_eq!(overlap(a, b), meet, "{one} {other}");
            }
        }
    }

    #[test]
    fn layers_meet_unless_a_key_keeps_them_apart() {
        let north = layer(&[("location", &["33*"])]);
        let (dairy, meat) = (layer(&[("category", &["DAIRY"])]), layer(&[("category", &["MEAT", "FISH"])]));
        let both = layer(&[("category", &["DAIRY"]), ("location", &["330", "33*"])]);
        let left = Cell::new(1000);
        let meet = |one: &Layer, other: &Layer| one.meets(other, &left);
        assert!(meet(&north, &dairy) && meet(&dairy, &both) && !meet(&dairy, &meat) && !meet(&meat, &both));
        assert!(both.covers(&north, &dairy, &left) && north.covers(&dairy, &both, &left));
        assert!(!dairy.covers(&north, &meat, &left) && !layer(&[("location", &["330"])]).covers(&north, &dairy, &left));
        assert!(left.get() < 1000 && !north.meets(&dairy, &Cell::new(0)));
    }
}
