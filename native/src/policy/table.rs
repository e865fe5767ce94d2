//! Every value that a policy holds, with what may stand for it and its default: the one table of them.
//!
//! [`crate::policy::check`] refuses by it what a policy record says; `lowtide.policy`, in Python, takes ranges and defaults from it.
//! Names carry the unit: `_days`, `_ms`.

use std::ops::Bound::{self, Excluded, Included, Unbounded};
use std::ops::RangeBounds;

use serde_json::{Map, Value as Json};

use crate::policy::alert_type::{SEVERITIES, TYPES};
use crate::policy::signs::HOLES;
use crate::policy::{LONGEST_HORIZON, Policy, ZONE_OF_POSITION};
use crate::values::calendar::Calendar;
use crate::values::instant::DAY;

/// What may stand for a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Number(Range),
    /// A number of units, `formula`, or null.
    ReorderPoint(Range),
    /// The name of a time zone.
    Zone,
    /// The name of a time zone, `position`, or null.
    NaiveZone,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words.
    Words(&'static [&'static str]),
    /// A step function: [days late, chance to have arrived by then].
    Lateness,
    /// The name of a seasonal profile. Whether the policy has it is another question.
    Profile,
    /// The name of a season of the inputs, or null.
    Season,
    /// A chance, or null: the line that is shipped for the horizon.
    Line(Range),
    /// `lead`, `lead+review`, `2 lead`, a number of days, or null: the larger of lead time + review period and a week.
    Horizon(Range),
    /// A list of alert types.
    Types,
    /// A severity by alert type.
    Severities,
    /// `{up_to, p_over}`: money and a chance; or null, nothing is approved without a person.
    AutoApprove,
}

/// The least and the greatest that a number may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    least: Bound<f64>,
    most: Bound<f64>,
    /// Only whole numbers.
    whole: bool,
}

const fn number(least: Bound<f64>, most: Bound<f64>) -> Range {
    Range { least, most, whole: false }
}

const fn whole(least: f64, most: f64) -> Range {
    Range { least: Included(least), most: Included(most), whole: true }
}

const BELOW_ONE: Range = number(Excluded(0.0), Excluded(1.0));
const CHANCE: Kind = Kind::Number(BELOW_ONE);
const LINE: Kind = Kind::Line(BELOW_ONE);
const DAYS: Kind = Kind::Number(number(Included(0.0), Included(3660.0)));
const DURATION: Kind = Kind::Number(whole(0.0, 3660.0 * DAY as f64));
const FACTOR: Kind = Kind::Number(number(Included(0.0), Included(10.0)));
const AMOUNT: Kind = Kind::Number(number(Included(0.0), Included(1e12)));
const UNITS: Range = number(Included(0.0), Included(1e12));

/// The default lateness, a chance for every day: of what is late, half comes within three days. It was not fitted to anything; a
/// table whose tail is long says of an order one day late that it will hardly come this week.
const LATENESS: &str = "\
    [[0.0,0.885],[1.0,0.91],[2.0,0.93],[3.0,0.943],[4.0,0.9505],[5.0,0.958],[6.0,0.963],[7.0,0.968],\
    [8.0,0.9713],[9.0,0.9747],[10.0,0.978],[11.0,0.98],[12.0,0.982],[13.0,0.984],[14.0,0.986],\
    [15.0,0.9871],[16.0,0.9883],[17.0,0.9894],[18.0,0.9906],[19.0,0.9917],[20.0,0.9929],[21.0,0.994],\
    [22.0,0.9947],[23.0,0.9953],[24.0,0.996],[25.0,0.9967],[26.0,0.9973],[27.0,0.998],[28.0,0.9987],\
    [29.0,0.9993],[30.0,1.0]]";

/// How many steps a lateness may have: one a day of the longest horizon, and some.
const MOST_STEPS: usize = 400;

/// The words that stand for a horizon.
pub const HORIZONS: [&str; 3] = ["lead", "lead+review", "2 lead"];

/// (name, what may stand there, the default as JSON).
pub type Row = (&'static str, Kind, &'static str);

/// What holds for a whole log.
pub const OF_LOG: [Row; 8] = [
    ("dedup_window_ms", DURATION, "604800000"),
    ("late_window_ms", DURATION, "259200000"),
    ("max_ahead_ms", DURATION, "600000"),
    ("max_record_bytes", Kind::Number(whole(256.0, 16_777_216.0)), "65536"),
    ("publish_every_ms", Kind::Number(whole(1000.0, 3660.0 * DAY as f64)), "900000"),
    ("negative_sale", Kind::Word(&["return", "reject"]), r#""return""#),
    ("naive_zone", Kind::NaiveZone, "null"),
    ("calibration_sample", Kind::Number(whole(0.0, 1_000_000.0)), "16"),
];

/// What holds for a position; a layer sets some of them.
pub const OF_POSITION: [Row; 39] = [
    ("time_zone", Kind::Zone, r#""UTC""#),
    ("lead_time_days", DAYS, "7.0"),
    ("lead_time_sd_days", DAYS, "2.0"),
    ("review_period_days", DAYS, "1.0"),
    ("service_level", CHANCE, "0.95"),
    ("service", Kind::Word(&["cycle", "fill"]), r#""cycle""#),
    ("horizon", Kind::Horizon(number(Included(1.0), Included(LONGEST_HORIZON as f64))), "null"),
    ("watch", LINE, "null"),
    ("warning", LINE, "null"),
    ("critical", LINE, "null"),
    ("exit_ratio", Kind::Number(number(Excluded(0.0), Included(1.0))), "0.5"),
    ("clear_after_ms", DURATION, "0"),
    ("dwell_ms", DURATION, "0"),
    ("reorder_point", Kind::ReorderPoint(UNITS), "null"),
    ("grace_ms", DURATION, "86400000"),
    ("spike_p", CHANCE, "0.0001"),
    ("spike_min", AMOUNT, "5.0"),
    ("spike_hold_ms", DURATION, "86400000"),
    ("spike_after_days", DAYS, "7.0"),
    ("flap_count", Kind::Number(whole(0.0, 1000.0)), "4"),
    ("flap_window_ms", DURATION, "604800000"),
    ("flap_hold_ms", DURATION, "86400000"),
    ("low_turnover_days", Kind::Number(whole(1.0, 3660.0)), "180"),
    ("low_turnover_units", Kind::Number(UNITS), "0.0"),
    ("revise_over", AMOUNT, "0.1"),
    ("returns", Kind::Word(&["stock", "hold"]), r#""stock""#),
    ("ref_memory_ms", DURATION, "2592000000"),
    ("lateness", Kind::Lateness, LATENESS),
    ("remainder", Kind::Number(number(Included(0.0), Included(1.0))), "1.0"),
    ("unplanned", Kind::Word(&["silent", "alert"]), r#""silent""#),
    ("sold_out_day", Kind::Word(&["whole", "part"]), r#""whole""#),
    ("prior_rate", Kind::Number(UNITS), "0.0"),
    ("prior_days", Kind::Number(number(Included(0.1), Included(3660.0))), "1.0"),
    ("dispersion", Kind::Number(number(Included(1.0), Included(1000.0))), "1.5"),
    ("calm", Kind::Number(number(Included(0.0), Included(1000.0))), "1.0"),
    ("profile", Kind::Profile, r#""flat""#),
    ("season", Kind::Season, "null"),
    ("off", Kind::Types, "[]"),
    ("severity", Kind::Severities, "{}"),
];

/// What proposals go by: the core checks these and carries them, and does not use them. A policy that sets none of them is the same
/// policy as before there were any, so no layer has to set them.
pub const OF_PROPOSAL: [Row; 9] = [
    ("method", Kind::Word(&["order_up_to", "min_max", "ddmrp"]), r#""order_up_to""#),
    ("min_level", Kind::Number(UNITS), "0.0"),
    ("max_level", Kind::Number(UNITS), "0.0"),
    ("lead_time_factor", FACTOR, "0.5"),
    ("variability_factor", FACTOR, "0.5"),
    ("over_max", Kind::Word(&["down", "up", "ask"]), r#""down""#),
    ("propose_at", Kind::Word(&["watch", "warning", "critical"]), r#""warning""#),
    ("propose_before_ms", DURATION, "3600000"),
    ("auto_approve", Kind::AutoApprove, "null"),
];

/// What signs go by ([`crate::policy::signs`]). As with proposals, no layer has to set them, and what none sets has its default.
pub const OF_SIGNS: [Row; 25] = [
    ("look_for", Kind::Types, "[]"),
    ("mismatch_after_ms", DURATION, "86400000"),
    ("variance_units", AMOUNT, "5.0"),
    ("variance_share", FACTOR, "0.2"),
    ("variance_after_ms", DURATION, "86400000"),
    ("variance_hold_ms", DURATION, "604800000"),
    ("overstock_days", DAYS, "120.0"),
    ("overstock_exit_days", DAYS, "90.0"),
    ("overstock_units", AMOUNT, "10.0"),
    ("slow_days", Kind::Number(whole(1.0, 3660.0)), "60"),
    ("dead_days", Kind::Number(whole(1.0, 3660.0)), "180"),
    ("idle_units", AMOUNT, "1.0"),
    ("holding_cost", FACTOR, "0.25"),
    ("holes", Kind::Words(&HOLES), r#"["receipt","shipment","return","adjustment"]"#),
    ("hole_after_ms", DURATION, "86400000"),
    ("hole_hold_ms", DURATION, "604800000"),
    ("expiring_days", Kind::Number(whole(1.0, LONGEST_HORIZON as f64)), "7"),
    ("expiring_p", CHANCE, "0.5"),
    ("phantom_odds", AMOUNT, "4.0"),
    ("drought_line", Kind::Number(number(Included(1.0), Included(60.0))), "12.0"),
    ("shift_line", Kind::Number(number(Included(1.0), Included(15.0))), "5.0"),
    ("shift_weeks", Kind::Number(whole(2.0, 100.0)), "10"),
    ("sign_after_days", DAYS, "28.0"),
    ("silent_records", Kind::Number(number(Included(1.0), Included(1e6))), "20.0"),
    ("silent_least_ms", DURATION, "7200000"),
];

/// The wave of sales that lifts the low-turnover exemption. It came after the others, so no layer has to set it either.
pub const OF_WAVE: [Row; 2] =
    [("wave_days", Kind::Number(whole(1.0, 3660.0)), "7"), ("wave_units", Kind::Number(UNITS), "0.0")];

/// The values that no layer has to set. A policy that sets none of them is the same as before there were any.
fn optional() -> impl Iterator<Item = &'static Row> {
    OF_PROPOSAL.iter().chain(&OF_SIGNS).chain(&OF_WAVE)
}

/// What may stand for a value of a position; `None` for a name that is not one.
pub fn kind_of(name: &str) -> Option<Kind> {
    OF_POSITION.iter().chain(optional()).find(|row| row.0 == name).map(|row| row.1)
}

/// What holds where no layer sets a value that none has to set: one of proposals, of signs or of a wave.
pub fn unset(name: &str) -> Option<Json> {
    optional().find(|row| row.0 == name).map(|row| default_of(row).1)
}

impl Kind {
    /// What would be right, if `value` is not.
    pub fn fault(&self, value: &Json) -> Option<String> {
        let is_zone = |value: &Json| value.as_str().is_some_and(Calendar::is_zone);
        let (fits, instead) = match self {
            Kind::Number(range) => (value.as_f64().is_some_and(|n| range.holds(n)), range.in_words()),
            Kind::ReorderPoint(range) => (
                value.is_null() || value == "formula" || value.as_f64().is_some_and(|n| range.holds(n)),
                format!("{}, `formula` or nothing", range.in_words()),
            ),
            Kind::Zone => (is_zone(value), "the name of a time zone, such as Europe/Paris".to_owned()),
            Kind::NaiveZone => (
                value.is_null() || value == ZONE_OF_POSITION || is_zone(value),
                "the name of a time zone, such as Europe/Paris, `position`, or nothing".to_owned(),
            ),
            Kind::Word(words) => (value.as_str().is_some_and(|v| words.contains(&v)), one_of(words.iter().copied())),
            Kind::Words(words) => (
                value.as_array().is_some_and(|said| said.iter().all(|word| words.iter().any(|known| word == known))),
                format!("a list of words; each is {}", one_of(words.iter().copied())),
            ),
            Kind::Lateness => (
                are_steps(value),
                format!(
                    "at most {MOST_STEPS} steps with rising days and chances that do not fall, such as [[0, 0.9], [7, 1]]"
                ),
            ),
            Kind::Profile => (value.is_string(), "the name of a seasonal profile".to_owned()),
            Kind::Season => {
                (value.is_string() || value.is_null(), "the name of a season of the inputs, or nothing".to_owned())
            }
            Kind::Line(range) => (
                value.is_null() || value.as_f64().is_some_and(|n| range.holds(n)),
                format!("{}, or nothing: the line for the horizon", range.in_words()),
            ),
            Kind::Horizon(range) => (
                value.is_null()
                    || value.as_str().is_some_and(|word| HORIZONS.contains(&word))
                    || value.as_f64().is_some_and(|n| range.holds(n)),
                format!("{}, a number of days from 1 to {LONGEST_HORIZON}, or nothing", one_of(HORIZONS.into_iter())),
            ),
            Kind::Types => (
                value.as_array().is_some_and(|names| names.iter().all(is_type)),
                format!("a list of alert types; each is {}", one_of(TYPES.iter().map(|kind| kind.1))),
            ),
            Kind::Severities => (
                value
                    .as_object()
                    .is_some_and(|chosen| chosen.iter().all(|(kind, s)| is_type(&kind[..].into()) && is_severity(s))),
                format!("for an alert type {}", one_of(SEVERITIES[1..].iter().copied())),
            ),
            Kind::AutoApprove => (
                value.is_null() || is_auto_approve(value),
                "`up_to` (money from 0 up) and `p_over` (a chance from 0 up to 1), or nothing".to_owned(),
            ),
        };
        (!fits).then(|| format!("write {instead} (it is {})", short(value)))
    }
}

impl Range {
    fn holds(&self, n: f64) -> bool {
        n.is_finite() && (self.least, self.most).contains(&n) && !(self.whole && n.fract() != 0.0)
    }

    fn in_words(&self) -> String {
        let kind = if self.whole { "a whole number" } else { "a number" };
        let least = match self.least {
            Included(n) => format!(" from {n}"),
            Excluded(n) => format!(" above {n}"),
            Unbounded => String::new(),
        };
        let most = match self.most {
            Included(n) => format!(" up to {n}"),
            Excluded(n) => format!(" and below {n}"),
            Unbounded => " up".to_owned(),
        };
        format!("{kind}{least}{most}")
    }

    /// By the names that JSON Schema and pydantic share with Python's operators: `ge`, `gt`, `le`, `lt`.
    fn bounds(&self) -> Map<String, Json> {
        let json = |n: f64| if self.whole { Json::from(n as i64) } else { Json::from(n) };
        let bound = |bound: Bound<f64>, included: &str, excluded: &str| match bound {
            Included(n) => Some((included.to_owned(), json(n))),
            Excluded(n) => Some((excluded.to_owned(), json(n))),
            Unbounded => None,
        };
        [bound(self.least, "ge", "gt"), bound(self.most, "le", "lt")].into_iter().flatten().collect()
    }
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}

fn is_type(value: &Json) -> bool {
    TYPES.iter().any(|(_, name)| value == name)
}

fn is_severity(value: &Json) -> bool {
    SEVERITIES[1..].iter().any(|name| value == name)
}

fn is_auto_approve(value: &Json) -> bool {
    let number = |name: &str| value.get(name).and_then(Json::as_f64).filter(|n| n.is_finite() && *n >= 0.0);
    value.as_object().is_some_and(|fields| fields.len() == 2)
        && number("up_to").is_some()
        && number("p_over").is_some_and(|chance| chance <= 1.0)
}

fn are_steps(value: &Json) -> bool {
    let steps: Vec<(f64, f64)> = serde_json::from_value(value.clone()).unwrap_or_default();
    let each = |(days, chance): &(f64, f64)| (0.0..=3660.0).contains(days) && (0.0..=1.0).contains(chance);
    (1..=MOST_STEPS).contains(&steps.len())
        && steps.iter().all(each)
        && steps.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 <= w[1].1)
}

/// A value as text, cut after 80 characters.
pub(super) fn short(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn default_of(row: &Row) -> (String, Json) {
    (row.0.to_owned(), serde_json::from_str(row.2).expect("a default is JSON"))
}

/// The default policy, as `lowtide.policy` compiles it from an empty file; for tests of the core alone.
pub fn defaults() -> Policy {
    let values: Map<String, Json> = OF_POSITION.iter().map(default_of).collect();
    let mut document: Map<String, Json> = OF_LOG.iter().map(default_of).collect();
    document.insert("version".to_owned(), "defaults".into());
    document.insert("layers".to_owned(), serde_json::json!([{ "name": "defaults", "set": values }]));
    Policy::read(&Json::Object(document).to_string()).expect("the defaults are a good policy")
}

/// The table as JSON, for Python: the default and the bounds (`ge`, `gt`, `le`, `lt`) of each name, and whether it is optional.
pub fn as_json() -> String {
    let row = |row: &Row, is_optional: bool| {
        let (name, default) = default_of(row);
        let mut column = match row.1 {
            Kind::Number(range) | Kind::ReorderPoint(range) | Kind::Line(range) | Kind::Horizon(range) => {
                range.bounds()
            }
            _ => Map::new(),
        };
        column.insert("default".to_owned(), default);
        column.insert("optional".to_owned(), is_optional.into());
        (name, Json::Object(column))
    };
    let all = OF_LOG.iter().chain(&OF_POSITION).map(|one| row(one, false)).chain(optional().map(|one| row(one, true)));
    Json::Object(all.collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_out_of_its_range_is_refused_with_what_would_be_right() {
        for (name, value, words) in [
            ("watch", "0", "write a number above 0 and below 1, or nothing: the line for the horizon (it is 0)"),
            ("horizon", r#""3 lead""#, "`lead` or `lead+review` or `2 lead`, a number of days from 1 to 365"),
            ("exit_ratio", "0.0", "above 0 up to 1"),
            ("dispersion", "1e300", "from 1 up to 1000 (it is 1e+300)"),
            ("flap_count", "1.5", "a whole number"),
            ("clear_after_ms", r#""soon""#, "a whole number from 0 up to"),
            ("spike_min", "-1", "a number from 0 up"),
            ("reorder_point", r#""formla""#, "from 0 up to 1000000000000, `formula` or nothing"),
            ("time_zone", r#""europe/paris""#, "name of a time zone"),
            ("returns", "null", "`stock` or `hold`"),
            ("lateness", "[[5, 0.9], [3, 1]]", "rising days"),
            ("lateness", "[[1, 0.9, 3]]", "rising days"),
            ("off", r#"["spikes"]"#, "`sales_spike`"),
            ("severity", r#"{"out_of_stock": "none"}"#, "`watch` or `warning` or `critical`"),
            ("method", r#""minmax""#, "`order_up_to` or `min_max` or `ddmrp`"),
            ("auto_approve", r#"{"up_to": 200}"#, "`up_to` (money from 0 up) and `p_over`"),
            ("auto_approve", r#"{"up_to": 200, "p_over": 2}"#, "a chance from 0 up to 1"),
        ] {
            let fault = kind_of(name).unwrap().fault(&serde_json::from_str(value).unwrap());
            assert!(fault.as_ref().is_some_and(|fault| fault.contains(words)), "{name}: {fault:?}");
        }
    }
}
