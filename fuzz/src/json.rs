//! A record in JSON: what our scanner says is what `serde_json` says, and what it decodes can be checked.

use lowtide_native::intake::envelope::{self, Envelope};
use lowtide_native::intake::field::Fields;
use lowtide_native::intake::json;
use lowtide_native::intake::layout::Layouts;
use lowtide_native::intake::record::{Checks, validate};
use lowtide_native::intake::reject::{Code, Fault};
use lowtide_native::intake::times::NaiveZone;
use lowtide_native::values::calendar::Calendar;

thread_local! {
    static CHECKS: Checks = Checks {
        max_ahead_ms: 600_000,
        negative_sale_is_return: true,
        naive_zone: Some(NaiveZone::OfPosition),
        time_format: None,
        zone_of: Box::new(|location, _| {
            Calendar::new(if location.len() > 3 { "America/Chicago" } else { "UTC" }).expect("both are zones")
        }),
    };
}

pub fn run(data: &[u8]) {
    let text = longest_text(data);
    let mut fields = Fields::default();
    let decoded = json::decode(text, &mut fields);
    agrees(text, &decoded);
    if decoded.is_ok() {
        CHECKS.with(|checks| {
            for arrival in [None, Some(0), Some(i64::MAX - 600_000), Some(1_795_339_800_000)] {
                let _ = validate(&fields, arrival, checks);
            }
        });
    }
    let mut layouts = Layouts::default();
    for line in text.lines() {
        let (mut with, mut alone) = (Fields::default(), Fields::default());
        let said = layouts.decode(line, &mut with).map_err(|fault| fault.message);
        assert_eq!(said, json::decode(line, &mut alone).map_err(|fault| fault.message), "{line}");
        assert!(said.is_err() || format!("{with:?}") == format!("{alone:?}"), "{line}");
    }
    let _ = envelope::open(text);
    for envelope in [Envelope::CloudEvents, Envelope::Connect, Envelope::Debezium] {
        let _ = envelope::open_as(text, envelope);
    }
}

/// What the bytes hold up to the first that are not UTF-8.
pub fn longest_text(data: &[u8]) -> &str {
    match std::str::from_utf8(data) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&data[..error.valid_up_to()]).expect("it is valid up to there"),
    }
}

/// `serde_json` stops at 128 levels and at numbers that a float does not hold; in all else both say the same.
fn agrees(text: &str, ours: &Result<(), Fault>) {
    let is_json = ours.as_ref().err().is_none_or(|fault| fault.code != Code::NotJson);
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(_) => assert!(is_json, "{ours:?} of {text}"),
        Err(why) => {
            let why = why.to_string();
            let limits = why.contains("recursion limit") || why.contains("number out of range");
            assert!(!is_json || limits, "it is not JSON: {why}");
        }
    }
}
