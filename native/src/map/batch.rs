//! Rows of an Arrow batch: nested columns by path, lists by number, dictionaries by their values.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Fields as Columns, TimeUnit};

use crate::intake::batch::key_of;
use crate::map::cell::Cell;
use crate::map::lookup::nfc;
use crate::map::mapping::Mapping;
use crate::values::instant::{self, DAY};

/// The columns of an Arrow batch that a map names.
pub struct Batch {
    pub rows: usize,
    /// Columns that the map names and the batch lacks.
    pub lacks: Vec<String>,
    batch: RecordBatch,
    /// For each column of the map.
    places: Vec<Option<Place>>,
}

/// Where a column stands: one of the batch, and the way into it.
struct Place {
    column: usize,
    steps: Vec<Step>,
}

enum Step {
    Child(usize),
    Item(usize),
}

impl Batch {
    pub fn new(mapping: &Mapping, batch: &RecordBatch) -> Batch {
        let schema = batch.schema();
        let place = |name: &str| {
            let found = |key: &str| schema.fields().iter().position(|column| nfc(column.name().trim()) == key);
            if let Some(column) = found(name) {
                return Some(Place { column, steps: Vec::new() });
            }
            let (first, rest) = name.split_once('.')?;
            let column = found(first)?;
            let steps = steps(schema.field(column).data_type(), rest)?;
            Some(Place { column, steps })
        };
        let flat = !is_nested(mapping);
        let places: Vec<_> = mapping.columns().map(|name| place(name).filter(|_| flat)).collect();
        let lacks = if flat { mapping.lacking(|at| places[at].is_some()) } else { Vec::new() };
        Batch { rows: batch.num_rows(), lacks, batch: batch.clone(), places }
    }

    /// A row with all its columns as one JSON object: a reject keeps it, because the row never was a text.
    pub fn as_json(&self, row: usize) -> Vec<u8> {
        let mut out = Vec::new();
        write_object(self.batch.schema().fields(), self.batch.columns(), row, &mut out);
        out
    }

    /// The cells of a row.
    pub(super) fn cells<'b>(&'b self, row: usize, cells: &mut Vec<Cell<'b>>) {
        for place in &self.places {
            cells.push(match place {
                Some(place) => cell(self.batch.column(place.column), row, &place.steps),
                None => Cell::Absent,
            });
        }
    }
}

/// Whether the rows of a document lie inside its records: then they are read as JSON.
pub(super) fn is_nested(mapping: &Mapping) -> bool {
    mapping.paths.root.is_some() || mapping.paths.each.is_some()
}

/// The way into a nested type.
fn steps(data_type: &DataType, path: &str) -> Option<Vec<Step>> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let (step, inner) = match data_type {
        DataType::Struct(fields) => {
            let whole = fields.iter().position(|field| nfc(field.name().trim()) == path);
            if let Some(at) = whole {
                return Some(vec![Step::Child(at)]);
            }
            let at = fields.iter().position(|field| nfc(field.name().trim()) == first)?;
            (Step::Child(at), fields[at].data_type())
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            (Step::Item(first.parse().ok()?), item.data_type())
        }
        _ => return None,
    };
    let mut way = vec![step];
    if let Some(rest) = rest {
        way.extend(steps(inner, rest)?);
    }
    Some(way)
}

/// The items of a list in a row: the array of all items, and which of them.
fn items(array: &ArrayRef, row: usize) -> Option<(&ArrayRef, std::ops::Range<usize>)> {
    Some(match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let offsets = list.value_offsets();
            (list.values(), offsets[row] as usize..offsets[row + 1] as usize)
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            let offsets = list.value_offsets();
            (list.values(), offsets[row] as usize..offsets[row + 1] as usize)
        }
        DataType::FixedSizeList(_, _) => {
            let list = array.as_fixed_size_list();
            let (start, length) = (list.value_offset_at(row), list.value_length() as usize);
            (list.values(), start..start + length)
        }
        _ => return None,
    })
}

fn cell<'b>(array: &'b ArrayRef, row: usize, way: &[Step]) -> Cell<'b> {
    if array.is_null(row) {
        return Cell::Null;
    }
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        return match key_of(dictionary.keys(), row) {
            Some(key) => cell(dictionary.values(), key, way),
            None => Cell::Absent,
        };
    }
    match way {
        [] => leaf(array, row),
        [Step::Child(at), rest @ ..] => cell(array.as_struct().column(*at), row, rest),
        [Step::Item(at), rest @ ..] => match items(array, row) {
            Some((items, range)) if *at < range.len() => cell(items, range.start + at, rest),
            _ => Cell::Absent,
        },
    }
}

fn text(bytes: &[u8]) -> Cell<'_> {
    std::str::from_utf8(bytes).map_or(Cell::Group(""), |text| Cell::Text(text.into()))
}

fn number<'b>(number: impl ToString) -> Cell<'b> {
    Cell::Number(Cow::Owned(number.to_string()))
}

/// A floating-point number with as few digits as tell it apart; what is not finite is a text.
fn float<'b>(text: String, finite: bool) -> Cell<'b> {
    if finite { Cell::Number(Cow::Owned(text)) } else { Cell::Text(Cow::Owned(text)) }
}

/// A decimal of any scale with all its digits.
fn decimal(value: i128, scale: i8) -> String {
    if scale <= 0 {
        return format!("{value}{}", "0".repeat(if value == 0 { 0 } else { -i32::from(scale) as usize }));
    }
    let scale = scale as usize;
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{part}", if value < 0 { "-" } else { "" })
}

/// Milliseconds of a time of day as text.
fn time_of_day<'b>(millis: i64) -> Cell<'b> {
    let text = instant::format(millis.rem_euclid(DAY));
    Cell::Text(Cow::Owned(text["1970-01-01T".len()..].trim_end_matches('Z').trim_end_matches(".000").to_owned()))
}

fn leaf(array: &ArrayRef, row: usize) -> Cell<'_> {
    match array.data_type() {
        DataType::Null => Cell::Null,
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).into()),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(row).into()),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(row).into()),
        DataType::Binary => text(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => text(array.as_binary::<i64>().value(row)),
        DataType::Int8 => number(array.as_primitive::<Int8Type>().value(row)),
        DataType::Int16 => number(array.as_primitive::<Int16Type>().value(row)),
        DataType::Int32 => number(array.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => number(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => number(array.as_primitive::<UInt8Type>().value(row)),
        DataType::UInt16 => number(array.as_primitive::<UInt16Type>().value(row)),
        DataType::UInt32 => number(array.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt64 => number(array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            float(value.to_string(), value.is_finite())
        }
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            float(value.to_string(), value.is_finite())
        }
        DataType::Decimal128(_, scale) => {
            Cell::Number(Cow::Owned(decimal(array.as_primitive::<Decimal128Type>().value(row), *scale)))
        }
        DataType::Boolean => Cell::Flag(array.as_boolean().value(row)),
        DataType::Timestamp(unit, zone) => {
            let at = match unit {
                TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).saturating_mul(1000),
                TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row),
                TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row).div_euclid(1000),
                TimeUnit::Nanosecond => {
                    array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1_000_000)
                }
            };
            match (instant::from_epoch(at), zone) {
                (Err(_), _) => Cell::Text(at.to_string().into()), // no calendar is asked about it
                (Ok(at), Some(_)) => Cell::Time(at),
                (Ok(at), None) => Cell::Wall(at),
            }
        }
        DataType::Date32 => day(array.as_primitive::<Date32Type>().value(row).into()),
        DataType::Date64 => day(array.as_primitive::<Date64Type>().value(row).div_euclid(DAY)),
        DataType::Time32(TimeUnit::Second) => {
            time_of_day(i64::from(array.as_primitive::<Time32SecondType>().value(row)) * 1000)
        }
        DataType::Time32(_) => time_of_day(array.as_primitive::<Time32MillisecondType>().value(row).into()),
        DataType::Time64(TimeUnit::Microsecond) => {
            time_of_day(array.as_primitive::<Time64MicrosecondType>().value(row) / 1000)
        }
        DataType::Time64(_) => time_of_day(array.as_primitive::<Time64NanosecondType>().value(row) / 1_000_000),
        _ => Cell::Group(""),
    }
}

fn day<'b>(day: i64) -> Cell<'b> {
    match instant::from_epoch(day.saturating_mul(DAY)) {
        Ok(_) => Cell::Date(day as i32),
        Err(_) => Cell::Text(day.to_string().into()),
    }
}

fn write_object(fields: &Columns, arrays: &[ArrayRef], row: usize, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (field, array)) in fields.iter().zip(arrays).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_text(field.name(), out);
        out.push(b':');
        write_value(array, row, out);
    }
    out.push(b'}');
}

fn write_value(array: &ArrayRef, row: usize, out: &mut Vec<u8>) {
    if array.is_null(row) {
        return out.extend_from_slice(b"null");
    }
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        return match key_of(dictionary.keys(), row) {
            Some(key) => write_value(dictionary.values(), key, out),
            None => out.extend_from_slice(b"null"),
        };
    }
    if let DataType::Struct(fields) = array.data_type() {
        return write_object(fields, array.as_struct().columns(), row, out);
    }
    if let Some((items, range)) = items(array, row) {
        out.push(b'[');
        for (at, item) in range.enumerate() {
            if at > 0 {
                out.push(b',');
            }
            write_value(items, item, out);
        }
        return out.push(b']');
    }
    write_cell(&leaf(array, row), out);
}

/// A cell as JSON.
pub(super) fn write_cell(cell: &Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Number(text) => out.extend_from_slice(text.as_bytes()),
        Cell::Flag(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Cell::Group("") => out.extend_from_slice(b"{}"), // there is no JSON for it
        Cell::Group(text) => out.extend_from_slice(text.as_bytes()),
        cell => match cell.text() {
            Some(text) => write_text(&text, out),
            None => out.extend_from_slice(b"null"),
        },
    }
}

/// A text as JSON.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("memory takes every text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_and_times_of_day_as_people_write_them() {
        for (value, scale, text) in [(1250, 3, "1.250"), (-5, 2, "-0.05"), (7, 0, "7"), (7, -2, "700"), (0, -2, "0")] {
            assert_eq!(decimal(value, scale), text);
        }
        assert_eq!(time_of_day(9 * 3_600_000), Cell::Text("09:00:00".into()));
        assert_eq!(time_of_day(1), Cell::Text("00:00:00.001".into()));
    }
}
