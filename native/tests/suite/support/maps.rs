//! Maps and what they make of a document, for tests.

use std::sync::Arc;

use lowtide_native::intake::record::Checks;
use lowtide_native::map::{DocumentReader, MappedRows, Mapping};
use lowtide_native::values::calendar::Calendar;
use serde_json::{Value, json};

/// A reader for a compiled map.
pub fn reader(document: &Value) -> DocumentReader {
    let checks = Checks {
        max_ahead_ms: 600_000,
        negative_sale_is_return: true,
        naive_zone: None,
        time_format: None,
        zone_of: Box::new(|_, _| Calendar::new("UTC").expect("UTC is there")),
    };
    let mapping = Mapping::read(document.to_string().as_bytes()).unwrap();
    DocumentReader::new(Arc::new(mapping), checks, 65_536, true)
}

/// A compiled map with these fields in its only rule.
pub fn map_of(fields: Value) -> Value {
    json!({"format": 1, "name": "test", "movements": [{"fields": fields}]})
}

/// A value that is one column.
pub fn hole(name: &str) -> Value {
    json!({"parts": [{"hole": name}]})
}

pub fn text(text: &str) -> Value {
    json!({"parts": [{"text": text}]})
}

/// A column with steps.
pub fn with(name: &str, steps: Value) -> Value {
    let mut value = hole(name);
    let more = steps.as_object().expect("steps are an object").clone();
    value.as_object_mut().expect("a value is an object").extend(more);
    value
}

/// Fields of a sale that are right; `change` puts others in their place.
pub fn sale(change: Value) -> Value {
    let mut fields = json!({"id": text("1"), "source": text("s"), "kind": text("sale"), "sku": text("9001"),
        "location": text("330"), "quantity": text("1"), "event_time": text("2026-11-22T09:30:00Z")});
    let change = change.as_object().expect("fields are an object").clone();
    fields.as_object_mut().expect("fields are an object").extend(change);
    fields
}

/// Rows = good + skipped + rejects, and every row has its place and its time.
pub fn assert_closes(rows: &MappedRows) {
    assert_eq!(rows.rows, rows.good + rows.skipped + rows.rejects.len());
    assert_eq!(rows.rows, rows.times.len());
    let movements = rows.movement_rows.len();
    assert_eq!(movements, rows.movements.iter().filter(|byte| **byte == b'\n').count());
    assert_eq!(rows.places, movements + rows.skipped + rows.rejects.len());
    assert_eq!(rows.skipped, rows.skips.iter().sum::<usize>());
    if let Some(occurrences) = &rows.occurrences {
        assert_eq!(occurrences.len(), rows.rows);
    }
}

/// The movements of some JSON lines, or the codes and messages of their rejects.
pub fn lines(document: &Value, data: &str) -> MappedRows {
    let rows = reader(document).lines(data.as_bytes());
    assert_closes(&rows);
    rows
}

/// What a field of the only movement is, or the code and the message of the only reject.
pub fn field(document: &Value, row: &str, field: &str) -> Result<Option<String>, (&'static str, String)> {
    let rows = lines(document, row);
    if let Some(reject) = rows.rejects.first() {
        return Err((reject.fault.code.name(), reject.fault.message.clone()));
    }
    let movement: Value = serde_json::from_slice(&rows.movements).expect("one movement");
    Ok(movement.get(field).map(|value| value.as_str().expect("a text").to_owned()))
}
