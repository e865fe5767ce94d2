//! A row of an Arrow batch becomes the same thirteen values as a line of JSON.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};

use crate::intake::batch::key_of;
use crate::intake::field::{FIELDS, Field, Fields, Value};
use crate::intake::reject::{Code, Fault};
use crate::values::instant::{self, DAY};
use crate::values::quantity;

const TRUE: &str = "true";
const LIST: &str = "a list";
const STRUCTURE: &str = "a structure";
const OTHER: &str = "of a column type that no field has";
/// What a value of a column is that fits no field.
pub const MISFITS: [&str; 4] = [TRUE, LIST, STRUCTURE, OTHER];

/// The columns of a batch that are fields of a movement; others are ignored.
pub struct Columns {
    columns: Vec<(Field, ArrayRef)>,
    pub rows: usize,
}

impl Columns {
    pub fn new(batch: &RecordBatch) -> Columns {
        let schema = batch.schema();
        let known = schema.fields().iter().enumerate();
        let columns = known
            .filter_map(|(at, column)| Field::of_column(column.name()).map(|field| (field, batch.column(at).clone())))
            .collect();
        Columns { columns, rows: batch.num_rows() }
    }

    /// Fills `fields` from row `row`; if a column occurs twice, each of its rows is rejected.
    pub fn row<'a>(&'a self, row: usize, fields: &mut Fields<'a>) -> Result<(), Fault> {
        for (field, column) in &self.columns {
            if column.is_null(row) {
                continue;
            }
            if fields.set(*field, value(column, row, *field)?) {
                let name = field.name();
                return Err(Fault::new(Code::DuplicateField, name, format!("column `{name}` stands twice: keep one")));
            }
        }
        Ok(())
    }
}

fn text<'a>(bytes: &'a [u8], field: Field) -> Result<Value<'a>, Fault> {
    let name = field.name();
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Fault::new(Code::NotUtf8, name, format!("`{name}` is not UTF-8: write it as text in UTF-8")))?;
    Ok(Value::Text(Cow::Borrowed(text)))
}

fn number<'a>(number: impl ToString) -> Value<'a> {
    Value::Number(Cow::Owned(number.to_string()))
}

/// A decimal of any scale as text.
fn decimal(value: i128, scale: i8) -> String {
    if scale <= 0 {
        return format!("{value}e{}", -i32::from(scale));
    }
    let scale = scale as usize;
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{part}", if value < 0 { "-" } else { "" })
}

fn value<'a>(column: &'a ArrayRef, row: usize, field: Field) -> Result<Value<'a>, Fault> {
    Ok(match column.data_type() {
        DataType::Utf8 => Value::Text(Cow::Borrowed(column.as_string::<i32>().value(row))),
        DataType::LargeUtf8 => Value::Text(Cow::Borrowed(column.as_string::<i64>().value(row))),
        DataType::Utf8View => Value::Text(Cow::Borrowed(column.as_string_view().value(row))),
        DataType::Binary => text(column.as_binary::<i32>().value(row), field)?,
        DataType::LargeBinary => text(column.as_binary::<i64>().value(row), field)?,
        DataType::BinaryView => text(column.as_binary_view().value(row), field)?,
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let key = key_of(dictionary.keys(), row).filter(|key| dictionary.values().is_valid(*key));
            return key.map_or(Ok(Value::Null), |key| value(dictionary.values(), key, field));
        }
        DataType::Int8 => number(column.as_primitive::<Int8Type>().value(row)),
        DataType::Int16 => number(column.as_primitive::<Int16Type>().value(row)),
        DataType::Int32 => number(column.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => number(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => number(column.as_primitive::<UInt8Type>().value(row)),
        DataType::UInt16 => number(column.as_primitive::<UInt16Type>().value(row)),
        DataType::UInt32 => number(column.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt64 => number(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => number(column.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => number(column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            Value::Number(Cow::Owned(decimal(column.as_primitive::<Decimal128Type>().value(row), *scale)))
        }
        DataType::Timestamp(unit, zone) => {
            let at = match unit {
                TimeUnit::Second => column.as_primitive::<TimestampSecondType>().value(row).saturating_mul(1000),
                TimeUnit::Millisecond => column.as_primitive::<TimestampMillisecondType>().value(row),
                TimeUnit::Microsecond => column.as_primitive::<TimestampMicrosecondType>().value(row).div_euclid(1000),
                TimeUnit::Nanosecond => {
                    column.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1_000_000)
                }
            };
            if zone.is_some() { Value::Time(at) } else { Value::Wall(at) }
        }
        DataType::Boolean if !column.as_boolean().value(row) => Value::Null,
        DataType::Boolean => Value::Wrong(TRUE),
        DataType::Date32 => Value::Date(column.as_primitive::<Date32Type>().value(row)),
        DataType::Date64 => {
            let day = column.as_primitive::<Date64Type>().value(row).div_euclid(DAY);
            Value::Date(day.clamp(i32::MIN.into(), i32::MAX.into()) as i32)
        }
        DataType::List(_) | DataType::LargeList(_) => Value::Wrong(LIST),
        DataType::Struct(_) | DataType::Map(..) => Value::Wrong(STRUCTURE),
        _ => Value::Wrong(OTHER),
    })
}

/// The row as one JSON object. A reject keeps it, because the record never was a text.
pub fn as_json(fields: &Fields<'_>) -> Vec<u8> {
    let mut object = serde_json::Map::new();
    for name in FIELDS {
        let field = Field::from_name(name).expect("a field knows its own name");
        let value = match fields.get(field) {
            Value::Absent | Value::Null => continue,
            Value::Text(text) | Value::Number(text) => serde_json::Value::from(text.as_ref()),
            Value::Amount(amount) => quantity::format(*amount).into(),
            Value::Time(at) => instant::format(*at).into(),
            Value::Wall(at) => instant::format(*at).trim_end_matches('Z').into(),
            Value::Date(day) => instant::format_day(*day).into(),
            Value::Wrong(what) => format!("<{what}>").into(),
        };
        object.insert(name.to_owned(), value);
    }
    serde_json::Value::Object(object).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_any_scale() {
        for (value, scale, text) in [(1250, 3, "1.250"), (-5, 2, "-0.05"), (7, 0, "7e0"), (7, -2, "7e2"), (0, 1, "0.0")]
        {
            assert_eq!(decimal(value, scale), text);
        }
    }
}
