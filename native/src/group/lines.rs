//! Rows of a table as JSON, for people and scripts: decimals and times as text, null for what is absent.
//!
//! A decimal has no zeros after its last digit, a time is RFC 3339 in UTC with milliseconds, a column that holds JSON stands as it is.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, TimestampMillisecondType, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, BooleanArray, Date32Array, Decimal128Array, Float64Array, RecordBatch, StringArray,
    TimestampMillisecondArray, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::{DataType, TimeUnit};
use serde::Serialize;

use crate::values::error::CoreError;
use crate::values::instant;
use crate::values::quantity::{self, Milli};

/// A column with the values of its type at hand.
enum Cells<'a> {
    Text(&'a StringArray),
    Json(&'a StringArray),
    Bool(&'a BooleanArray),
    U16(&'a UInt16Array),
    U32(&'a UInt32Array),
    U64(&'a UInt64Array),
    Float(&'a Float64Array),
    Amount(&'a Decimal128Array),
    Time(&'a TimestampMillisecondArray),
    Day(&'a Date32Array),
}

impl<'a> Cells<'a> {
    fn of(batch: &'a RecordBatch, name: &str, is_json: bool) -> Result<Cells<'a>, CoreError> {
        let column = batch
            .column_by_name(name)
            .ok_or_else(|| CoreError::call(format!("a batch does not have the column `{name}`")))?;
        Ok(match column.data_type() {
            DataType::Utf8 if is_json => Cells::Json(column.as_string()),
            DataType::Utf8 => Cells::Text(column.as_string()),
            DataType::Boolean => Cells::Bool(column.as_boolean()),
            DataType::UInt16 => Cells::U16(column.as_primitive::<UInt16Type>()),
            DataType::UInt32 => Cells::U32(column.as_primitive::<UInt32Type>()),
            DataType::UInt64 => Cells::U64(column.as_primitive::<UInt64Type>()),
            DataType::Float64 => Cells::Float(column.as_primitive::<Float64Type>()),
            DataType::Decimal128(_, 3) => Cells::Amount(column.as_primitive::<Decimal128Type>()),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                Cells::Time(column.as_primitive::<TimestampMillisecondType>())
            }
            DataType::Date32 => Cells::Day(column.as_primitive::<Date32Type>()),
            other => return Err(CoreError::call(format!("the column `{name}` of {other} has no JSON form"))),
        })
    }

    fn array(&self) -> &dyn Array {
        match self {
            Cells::Text(cells) | Cells::Json(cells) => *cells,
            Cells::Bool(cells) => *cells,
            Cells::U16(cells) => *cells,
            Cells::U32(cells) => *cells,
            Cells::U64(cells) => *cells,
            Cells::Float(cells) => *cells,
            Cells::Amount(cells) => *cells,
            Cells::Time(cells) => *cells,
            Cells::Day(cells) => *cells,
        }
    }

    fn write(&self, row: usize, to: &mut Vec<u8>) {
        match self {
            cells if cells.array().is_null(row) => to.extend_from_slice(b"null"),
            Cells::Text(cells) => json(to, cells.value(row)),
            Cells::Json(cells) => to.extend_from_slice(match cells.value(row) {
                "" => b"{}",
                text => text.as_bytes(),
            }),
            Cells::Bool(cells) => json(to, &cells.value(row)),
            Cells::U16(cells) => json(to, &cells.value(row)),
            Cells::U32(cells) => json(to, &cells.value(row)),
            Cells::U64(cells) => json(to, &cells.value(row)),
            Cells::Float(cells) => json(to, &cells.value(row)),
            Cells::Amount(cells) => quoted(to, &quantity::format(cells.value(row) as Milli)),
            Cells::Time(cells) => quoted(to, &instant::format(cells.value(row))),
            Cells::Day(cells) => quoted(to, &instant::format_day(cells.value(row))),
        }
    }
}

fn json<T: Serialize + ?Sized>(to: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(to, value).expect("texts and numbers can be written to memory");
}

/// A text without a character that JSON escapes.
fn quoted(to: &mut Vec<u8>, text: &str) {
    to.push(b'"');
    to.extend_from_slice(text.as_bytes());
    to.push(b'"');
}

/// Every row as a JSON object of these columns with a line end, one after another, and where each line ends. The column `raw`
/// holds JSON already; an empty text is an empty object.
pub fn lines(batch: &RecordBatch, columns: &[String], raw: Option<&str>) -> Result<(Vec<u8>, Vec<usize>), CoreError> {
    let mut cells = Vec::with_capacity(columns.len());
    for name in columns {
        let mut label = if cells.is_empty() { b"{".to_vec() } else { b",".to_vec() };
        json(&mut label, name.as_str());
        label.push(b':');
        cells.push((label, Cells::of(batch, name, Some(name.as_str()) == raw)?));
    }
    let (mut text, mut ends) = (Vec::new(), Vec::with_capacity(batch.num_rows()));
    for row in 0..batch.num_rows() {
        for (label, cells) in &cells {
            text.extend_from_slice(label);
            cells.write(row, &mut text);
        }
        text.extend_from_slice(if cells.is_empty() { b"{}\n" } else { b"}\n" });
        ends.push(text.len());
    }
    Ok((text, ends))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::ArrayRef;

    use super::*;

    fn batch() -> RecordBatch {
        let amounts = Decimal128Array::from(vec![Some(-1_250), Some(12_000), None]);
        let times = TimestampMillisecondArray::from(vec![Some(-1), None, Some(1_795_339_800_007)]);
        let columns: [(&str, ArrayRef); 6] = [
            ("text", Arc::new(StringArray::from(vec![Some("a\"\\\n\u{1}é"), Some(""), None]))),
            ("detail", Arc::new(StringArray::from(vec![r#"{"a":[1.5]}"#, "", "{}"]))),
            ("amount", Arc::new(amounts.with_data_type(DataType::Decimal128(18, 3)))),
            ("time", Arc::new(times.with_timezone("UTC"))),
            ("p", Arc::new(Float64Array::from(vec![Some(0.1), Some(f64::NAN), None]))),
            ("day", Arc::new(Date32Array::from(vec![0, -1, 20_000]))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn a_row_is_a_line_with_the_columns_that_were_asked_for_in_their_order() {
        let columns = ["day", "text", "amount", "time", "p", "detail"].map(str::to_owned);
        let (text, ends) = lines(&batch(), &columns, Some("detail")).unwrap();
        let expected = [
            "{\"day\":\"1970-01-01\",\"text\":\"a\\\"\\\\\\n\\u0001é\",\"amount\":\"-1.25\",\"time\":\"1969-12-31T23:59:59.999Z\",\
             \"p\":0.1,\"detail\":{\"a\":[1.5]}}\n",
            "{\"day\":\"1969-12-31\",\"text\":\"\",\"amount\":\"12\",\"time\":null,\"p\":null,\"detail\":{}}\n",
            "{\"day\":\"2024-10-04\",\"text\":null,\"amount\":null,\"time\":\"2026-11-22T09:30:00.007Z\",\"p\":null,\"detail\":{}}\n",
        ];
        assert_eq!(String::from_utf8(text).unwrap(), expected.concat());
        assert_eq!(ends, [expected[0].len(), expected[0].len() + expected[1].len(), expected.concat().len()]);
    }

    #[test]
    fn a_column_that_is_missing_is_an_error() {
        let wrong = lines(&batch(), &["colour".to_owned()], None).unwrap_err();
        assert_eq!(wrong.message, "a batch does not have the column `colour`");
    }
}
