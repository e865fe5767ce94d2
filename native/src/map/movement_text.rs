//! A movement as one line of JSON in the movement form, as a person would send it.

use crate::intake::field::{Field, Fields, Value};
use crate::intake::record::Valid;
use crate::map::batch::write_text;
use crate::map::rule::ORDER;
use crate::values::instant;
use crate::values::quantity;

/// Writes a valid movement with its line end. Quantities are decimals without zeros at their end, times RFC 3339 in UTC.
pub fn write_movement(fields: &Fields<'_>, valid: &Valid<'_>, out: &mut Vec<u8>) {
    let mut first = true;
    for field in ORDER {
        if fields.get(field).is_missing() {
            continue;
        }
        out.extend_from_slice(if first { b"{\"" } else { b",\"" });
        first = false;
        out.extend_from_slice(field.name().as_bytes());
        out.extend_from_slice(b"\":");
        write_field(field, fields, valid, out);
    }
    out.extend_from_slice(b"}\n");
}

fn write_field(field: Field, fields: &Fields<'_>, valid: &Valid<'_>, out: &mut Vec<u8>) {
    match field {
        Field::Sku => return write_text(&valid.sku, out),
        Field::Location => return write_text(&valid.location, out),
        Field::EventTime => return write_text(&instant::format(valid.event_time), out),
        _ => {}
    }
    let time = if field == Field::Expiry { valid.expiry } else { valid.due };
    let written = || time.map_or_else(String::new, instant::format);
    match fields.get(field) {
        Value::Amount(amount) => write_text(&quantity::format(*amount), out),
        Value::Date(day) => write_text(&instant::format_day(*day), out),
        Value::Text(text) if field.may_be_date() && instant::parse_date(text.as_bytes()).is_none() => {
            write_text(&written(), out);
        }
        Value::Text(text) | Value::Number(text) if field.is_quantity() => {
            let amount = quantity::parse(text.as_bytes()).map_or_else(|| text.to_string(), quantity::format);
            write_text(&amount, out);
        }
        Value::Text(text) => write_text(text, out),
        Value::Number(text) if !field.is_time() => write_text(text, out),
        _ => write_text(&written(), out),
    }
}
