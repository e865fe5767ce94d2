//! Logs as they may come: mostly sales in small steps, sometimes a night, a week, a record from last week, or no record at all.

use lowtide_native::values::instant::{self, DAY, HOUR, Millis};
use lowtide_native::values::movement::KINDS;
use lowtide_native::values::quantity;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A fixed seed: a failure is found by everybody or by nobody, and a passing test stays passed.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(20_261_122),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

const START: Millis = 1_772_431_200_000;
pub const PLACES: [(&str, &str); 6] =
    [("330", "milk"), ("330", "bread"), ("331", "milk"), ("back-1", "milk"), ("back-1", "bread"), ("331", "café")];

/// One record of a log, before it has a time.
#[derive(Clone, Debug)]
struct Draft {
    kind: usize,
    place: usize,
    milli: i64,
    /// How far the log's time moves on, and how far the record lags behind it.
    step: Millis,
    behind: Millis,
    id: u32,
    reference: u8,
    due: Option<Millis>,
}

fn draft() -> impl Strategy<Value = Draft> {
    // The last kind, inputs, ends a log that does not have them.
    let kind = prop_oneof![6 => Just(0usize), 9 => 0..KINDS.len() - 1];
    let step = prop_oneof![4 => 0..HOUR, 3 => HOUR..DAY, 1 => DAY..9 * DAY];
    let behind = prop_oneof![5 => Just(0), 2 => 0..3 * HOUR, 1 => 0..6 * DAY];
    let milli = prop_oneof![6 => 0..40_000i64, 1 => -5_000..0i64, 1 => Just(3_000_000_000)];
    let due = prop::option::of(-2 * DAY..12 * DAY);
    (kind, 0..PLACES.len(), milli, step, behind, 0..400u32, 0..4u8, due).prop_map(
        |(kind, place, milli, step, behind, id, reference, due)| Draft {
            kind,
            place,
            milli,
            step,
            behind,
            id,
            reference,
            due,
        },
    )
}

/// The lines of a log; some of them are not records.
fn write(drafts: &[Draft]) -> Vec<String> {
    let mut now = START;
    let line = |d: &Draft| {
        now += d.step;
        if d.id == 399 {
            return ["\n", "{\"id\":\"\"}\n", "[1]\n"][d.place % 3].to_owned();
        }
        let ((location, sku), (kind, _)) = (PLACES[d.place], KINDS[d.kind]);
        let due = d.due.map_or(String::new(), |due| format!(r#","due":{}"#, now + due));
        let (id, when, quantity) = (d.id, instant::format(now - d.behind), quantity::format(d.milli));
        format!(
            r#"{{"id":"{id}","source":"till","kind":"{kind}","event_time":"{when}","location":"{location}","sku":"{sku}","quantity":"{quantity}","ref":"PO{}"{due}}}"#,
            d.reference
        ) + "\n"
    };
    drafts.iter().map(line).collect()
}

pub fn log(most: usize) -> impl Strategy<Value = Vec<String>> {
    vec(draft(), 1..most).prop_map(|drafts| write(&drafts))
}
