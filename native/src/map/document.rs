//! The compiled form of a map as `lowtide.map` writes it: JSON, format 1. What only readers and intake need is not read here.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The version of the compiled form.
pub const FORMAT: u32 = 1;

#[derive(Deserialize)]
pub struct Document {
    pub format: u32,
    pub name: String,
    #[serde(default)]
    pub read: Read,
    pub zone: Option<String>,
    /// Zones by mapped location, where `zone` is `locations`.
    #[serde(default)]
    pub zones: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub only_first: bool,
    #[serde(default)]
    pub skip: Vec<Condition>,
    pub movements: Vec<Rule>,
    pub expect: Option<Expect>,
}

#[derive(Default, Deserialize)]
pub struct Read {
    #[serde(default)]
    pub format: String,
    pub root: Option<String>,
    pub each: Option<String>,
    #[serde(default)]
    pub fill_down: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub when: Option<Condition>,
    pub fields: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Part {
    Text {
        text: String,
    },
    Hole {
        hole: String,
        #[serde(default)]
        optional: bool,
    },
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    #[default]
    Keep,
    Upper,
    Lower,
}

/// What becomes of a text that the table does not have.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Else {
    #[default]
    Reject,
    Keep,
    Skip,
    Text(String),
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    #[default]
    Keep,
    Abs,
    Negate,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Value {
    pub parts: Vec<Part>,
    pub trim: bool,
    pub case: Option<Case>,
    pub strip_zeros: bool,
    pub pad: Option<usize>,
    pub after: Option<String>,
    pub before: Option<String>,
    pub gtin: bool,
    pub map: Option<BTreeMap<String, String>>,
    #[serde(rename = "else")]
    pub otherwise: Else,
    pub decimal: String,
    pub thousands: Option<String>,
    pub base64_scale: Option<u8>,
    pub sign: Sign,
    pub times: Option<Box<Value>>,
    pub unit: Option<Box<Value>>,
    pub units: Option<BTreeMap<String, String>>,
    pub units_by_sku: Option<BTreeMap<String, BTreeMap<String, String>>>,
    pub round: Option<u8>,
    pub format: Option<String>,
    pub zone: Option<String>,
    pub at: Option<String>,
    pub hash: Option<Vec<String>>,
    pub occurrence: bool,
}

impl Default for Value {
    fn default() -> Value {
        Value {
            parts: Vec::new(),
            trim: true,
            case: None,
            strip_zeros: false,
            pad: None,
            after: None,
            before: None,
            gtin: false,
            map: None,
            otherwise: Else::Reject,
            decimal: ".".into(),
            thousands: None,
            base64_scale: None,
            sign: Sign::Keep,
            times: None,
            unit: None,
            units: None,
            units_by_sku: None,
            round: None,
            format: None,
            zone: None,
            at: None,
            hash: None,
            occurrence: false,
        }
    }
}

/// One test, or several that are joined by `all` or `any`; exactly one of its keys is there beside `hole` and `optional`.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    pub all: Option<Vec<Condition>>,
    pub any: Option<Vec<Condition>>,
    pub hole: Option<String>,
    pub optional: bool,
    #[serde(rename = "in")]
    pub within: Option<Vec<String>>,
    pub not_in: Option<Vec<String>>,
    pub gt: Option<String>,
    pub ge: Option<String>,
    pub lt: Option<String>,
    pub le: Option<String>,
    pub present: Option<bool>,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum On {
    #[default]
    Warn,
    Reject,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Expect {
    pub on: On,
    pub quantity: Option<Bounds>,
    pub kind: Option<Vec<String>>,
    pub sku: Option<Vec<String>>,
    pub location: Option<Vec<String>>,
    pub event_time_within_ms: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Bounds {
    pub min: Option<String>,
    pub max: Option<String>,
}
