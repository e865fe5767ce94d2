//! One column of a batch: its type is found once, and then each of its rows is a value.
//!
//! Numbers and times are read as numbers wherever that is what their text says; any other value takes the way of its text. A dictionary
//! stays one: a row reads the value that its key names.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use crate::intake::batch::Keys;
use crate::intake::field::{Field, Value, decimal};
use crate::intake::reject::{Code, Fault};
use crate::values::instant::{self, DAY};
use crate::values::quantity;

const TRUE: &str = "true";
const LIST: &str = "a list";
const STRUCTURE: &str = "a structure";
const OTHER: &str = "of a column type that no field has";
/// What a value of a column is that fits no field.
pub const MISFITS: [&str; 4] = [TRUE, LIST, STRUCTURE, OTHER];

/// A column, and the field of which it holds the values.
pub struct Column<'a> {
    pub field: Field,
    nulls: Option<&'a NullBuffer>,
    cells: Cells<'a>,
}

enum Cells<'a> {
    Utf8(&'a StringArray),
    LargeUtf8(&'a LargeStringArray),
    Utf8View(&'a StringViewArray),
    Int32(&'a [i32]),
    Int64(&'a [i64]),
    Float64(&'a [f64]),
    Decimal128(&'a [i128], i8),
    /// Milliseconds.
    Instants(&'a [i64]),
    /// Milliseconds of a wall clock without a zone.
    Walls(&'a [i64]),
    /// A dictionary of texts of which none is null.
    Words(Keys<'a>, &'a StringArray),
    /// Any other one: keys, values and their number.
    Dictionary(Keys<'a>, Box<Column<'a>>, usize),
    Other(&'a ArrayRef),
}

impl<'a> Column<'a> {
    pub fn new(field: Field, column: &'a ArrayRef) -> Column<'a> {
        let cells = match column.data_type() {
            DataType::Utf8 => Cells::Utf8(column.as_string()),
            DataType::LargeUtf8 => Cells::LargeUtf8(column.as_string()),
            DataType::Utf8View => Cells::Utf8View(column.as_string_view()),
            DataType::Int32 => Cells::Int32(column.as_primitive::<Int32Type>().values()),
            DataType::Int64 => Cells::Int64(column.as_primitive::<Int64Type>().values()),
            DataType::Float64 => Cells::Float64(column.as_primitive::<Float64Type>().values()),
            DataType::Decimal128(_, scale) => {
                Cells::Decimal128(column.as_primitive::<Decimal128Type>().values(), *scale)
            }
            DataType::Timestamp(TimeUnit::Millisecond, zone) => {
                let times = column.as_primitive::<TimestampMillisecondType>().values();
                if zone.is_some() { Cells::Instants(times) } else { Cells::Walls(times) }
            }
            DataType::Dictionary(..) => {
                let dictionary = column.as_any_dictionary();
                let (keys, values) = (Keys::new(dictionary.keys()), dictionary.values());
                match values.as_string_opt::<i32>().filter(|words| words.nulls().is_none()) {
                    Some(words) => Cells::Words(keys, words),
                    None => Cells::Dictionary(keys, Box::new(Column::new(field, values)), values.len()),
                }
            }
            _ => Cells::Other(column),
        };
        Column { field, nulls: column.nulls(), cells }
    }

    /// Puts the value of a row into `slot`; `Absent` where the column is null. Each kind of value is written where it stays: moved once
    /// more, it would be read in other pieces than it was written, for which a processor waits.
    #[inline(always)]
    pub fn read(&self, row: usize, slot: &mut Value<'a>) -> Result<(), Fault> {
        *slot = Value::Absent;
        if self.nulls.is_some_and(|nulls| nulls.is_null(row)) {
            return Ok(());
        }
        match &self.cells {
            Cells::Utf8(texts) => *slot = Value::Text(Cow::Borrowed(texts.value(row))),
            Cells::LargeUtf8(texts) => *slot = Value::Text(Cow::Borrowed(texts.value(row))),
            Cells::Utf8View(texts) => *slot = Value::Text(Cow::Borrowed(texts.value(row))),
            Cells::Int32(numbers) => whole(numbers[row].into(), self.field, slot),
            Cells::Int64(numbers) => whole(numbers[row], self.field, slot),
            Cells::Float64(numbers) => float(numbers[row], self.field, slot),
            Cells::Decimal128(numbers, scale) => scaled(numbers[row], *scale, self.field, slot),
            Cells::Instants(times) => *slot = Value::Time(times[row]),
            Cells::Walls(times) => *slot = Value::Wall(times[row]),
            Cells::Words(keys, words) => match keys.of(row) {
                key if key < words.len() => *slot = Value::Text(Cow::Borrowed(words.value(key))),
                _ => *slot = Value::Null,
            },
            Cells::Dictionary(keys, values, count) => of_dictionary(keys.of(row), values, *count, slot)?,
            Cells::Other(column) => *slot = other(column, row, self.field)?,
        }
        Ok(())
    }
}

/// The value of a key. A value that is null is there, and is null.
fn of_dictionary<'a>(key: usize, values: &Column<'a>, count: usize, slot: &mut Value<'a>) -> Result<(), Fault> {
    if key < count {
        values.read(key, slot)?;
    }
    if matches!(slot, Value::Absent) {
        *slot = Value::Null;
    }
    Ok(())
}

/// A whole number: as a number where its field takes it, else as its digits.
#[inline]
fn whole(number: i64, field: Field, slot: &mut Value<'_>) {
    let fits = match field {
        Field::Quantity | Field::UnitValue => quantity::scaled(number, 0).is_some(),
        Field::EventTime | Field::Due | Field::Expiry => instant::from_epoch(number).is_ok(),
        _ => false,
    };
    *slot = if fits { Value::Whole(number) } else { written(number) };
}

/// A float: a whole one is written without a point, like a whole number.
#[inline]
fn float(number: f64, field: Field, slot: &mut Value<'_>) {
    let cut = number as i64;
    let is_whole = cut as f64 == number && cut.unsigned_abs() < 1 << 53 && (cut != 0 || number.is_sign_positive());
    if is_whole { whole(cut, field, slot) } else { *slot = written(number) }
}

/// A decimal: as a number where it is a quantity in whole thousandths, else as its digits.
#[inline]
fn scaled(number: i128, scale: i8, field: Field, slot: &mut Value<'_>) {
    if let (true, Ok(value), Ok(places)) = (field.is_quantity(), i64::try_from(number), u8::try_from(scale))
        && quantity::scaled(value, places).is_some()
    {
        *slot = Value::Decimal(value, places);
    } else {
        *slot = Value::Number(Cow::Owned(decimal(number, scale)));
    }
}

fn small<'a>(number: i64, field: Field) -> Value<'a> {
    let mut value = Value::Absent;
    whole(number, field, &mut value);
    value
}

fn written<'a>(number: impl ToString) -> Value<'a> {
    Value::Number(Cow::Owned(number.to_string()))
}

fn text<'a>(bytes: &'a [u8], field: Field) -> Result<Value<'a>, Fault> {
    let name = field.name();
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Fault::new(Code::NotUtf8, name, format!("`{name}` is not UTF-8: write it as text in UTF-8")))?;
    Ok(Value::Text(Cow::Borrowed(text)))
}

/// The value of a row of a column whose type is seldom.
fn other<'a>(column: &'a ArrayRef, row: usize, field: Field) -> Result<Value<'a>, Fault> {
    Ok(match column.data_type() {
        DataType::Binary => text(column.as_binary::<i32>().value(row), field)?,
        DataType::LargeBinary => text(column.as_binary::<i64>().value(row), field)?,
        DataType::BinaryView => text(column.as_binary_view().value(row), field)?,
        DataType::Int8 => small(column.as_primitive::<Int8Type>().value(row).into(), field),
        DataType::Int16 => small(column.as_primitive::<Int16Type>().value(row).into(), field),
        DataType::UInt8 => small(column.as_primitive::<UInt8Type>().value(row).into(), field),
        DataType::UInt16 => small(column.as_primitive::<UInt16Type>().value(row).into(), field),
        DataType::UInt32 => small(column.as_primitive::<UInt32Type>().value(row).into(), field),
        DataType::UInt64 => written(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => written(column.as_primitive::<Float32Type>().value(row)),
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
