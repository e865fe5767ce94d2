//! A compiled policy and a compiled map: refused, or they hold for any log.

use std::sync::Arc;

use lowtide_native::intake::record::Checks;
use lowtide_native::map::{DocumentReader, Mapping};
use lowtide_native::policy::{self, Policy};
use lowtide_native::values::calendar::Calendar;
use serde_json::{Map, Value};

use super::engine::Engine;
use super::json::longest_text;
use super::seeds::LOG;

/// A whole policy; or changes of the shipped one: `set` in its first layer, `layers` above it, everything else of the log.
pub fn run(data: &[u8]) {
    let text = longest_text(data);
    let changed = serde_json::from_str::<Map<String, Value>>(text).ok().filter(|map| !map.contains_key("version"));
    let text = changed.map_or_else(|| text.to_owned(), over_the_defaults);
    let Ok(policy) = Policy::read(&text) else {
        return;
    };
    let again = policy.text();
    assert_eq!(Policy::read(&again).map(|policy| policy.text()), Ok(again), "a policy reads back as itself");
    let mut engine = Engine::new(&policy, 2);
    engine.feed(LOG.as_bytes());
    engine.finish();
    let record = serde_json::json!({"id": "p", "source": "s", "kind": "policy", "event_time": "2026-12-30T00:00:00Z", "ref": text});
    let mut engine = Engine::new(&policy::defaults(), 2);
    engine.feed(format!("{LOG}\n{record}\n{LOG}").as_bytes());
    engine.finish();
}

fn over_the_defaults(mut changes: Map<String, Value>) -> String {
    let mut policy: Value = serde_json::from_str(&policy::defaults().text()).expect("a policy is JSON");
    let (set, layers) = (changes.remove("set"), changes.remove("layers"));
    policy.as_object_mut().expect("it is an object").extend(changes);
    if let (Some(Value::Object(set)), Some(Value::Object(all))) = (set, policy.pointer_mut("/layers/0/set")) {
        all.extend(set);
    }
    if let (Some(Value::Array(more)), Some(Value::Array(all))) = (layers, policy.get_mut("layers")) {
        all.extend(more);
    }
    policy.to_string()
}

/// The first line is a map, the others are rows: lines of JSON, and a table of CSV.
pub fn run_map(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (document, rows) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    let Ok(mapping) = Mapping::read(document) else {
        return;
    };
    let checks = Checks {
        max_ahead_ms: 600_000,
        negative_sale_is_return: true,
        naive_zone: None,
        time_format: None,
        zone_of: Box::new(|_, _| Calendar::new("UTC").expect("it is a zone")),
    };
    let mut reader = DocumentReader::new(Arc::new(mapping), checks, 65_536, true);
    let of_lines = reader.lines(rows);
    reader.document();
    let (header, table) = rows.split_at(rows.iter().position(|byte| *byte == b'\n').unwrap_or(rows.len()));
    reader.csv_header(header, b';', 0);
    for made in [of_lines, reader.csv(table)] {
        assert_eq!(made.rows, made.good + made.skipped + made.rejects.len());
        let mistake = made.rejects.iter().find(|reject| reject.fault.code.name() == "mistake");
        assert!(mistake.is_none(), "{mistake:?}");
    }
}
