//! What a batch of columns from outside becomes when its rows are written out, before any of it is.
//!
//! The buffers of a batch are checked where it comes in: offsets, lengths, keys of dictionaries, UTF-8. A batch that is right may still
//! be a bomb: a dictionary or a view names one long text in every row, a column of nulls has a billion rows in a few bytes. So its rows
//! are weighed, and one that is too heavy is refused.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;

use crate::intake::reject::{Code, Fault};

/// What the rows of a batch may weigh, in bytes.
const MOST: u64 = 128 << 20;
/// What a value weighs beside its text.
const VALUE: u64 = 16;

/// A fault if the rows of a batch are too heavy, or a dictionary of it holds more than single values.
pub fn check(batch: &RecordBatch) -> Result<(), Fault> {
    let rows = (batch.num_rows() as u64).saturating_mul(VALUE);
    let mut columns = batch.columns().iter().map(|column| weight(column));
    match columns.try_fold(rows, |sum, weight| Some(sum.saturating_add(weight?))) {
        None => Err(refused("a dictionary holds lists or structures: write its values out")),
        Some(weight) if weight > MOST => {
            Err(refused(&format!("its rows take more than {} MiB when they are written out: send fewer", MOST >> 20)))
        }
        Some(_) => Ok(()),
    }
}

fn refused(what: &str) -> Fault {
    Fault::new(Code::BadMessage, None, format!("the columns cannot be read: {what}"))
}

/// The bytes that the values of an array take when they are written out; `None`: they can be too many to be counted.
fn weight(array: &dyn Array) -> Option<u64> {
    let texts = match array.data_type() {
        DataType::Utf8 => span(array.as_string::<i32>().value_offsets()),
        DataType::LargeUtf8 => span(array.as_string::<i64>().value_offsets()),
        DataType::Binary => span(array.as_binary::<i32>().value_offsets()),
        DataType::LargeBinary => span(array.as_binary::<i64>().value_offsets()),
        DataType::Utf8View => array.as_string_view().lengths().map(u64::from).sum(),
        DataType::BinaryView => array.as_binary_view().lengths().map(u64::from).sum(),
        DataType::Dictionary(..) => of_dictionary(array)?,
        DataType::List(_) => of_items(array.as_list::<i32>().values(), array.as_list::<i32>().value_offsets())?,
        DataType::LargeList(_) => of_items(array.as_list::<i64>().values(), array.as_list::<i64>().value_offsets())?,
        DataType::FixedSizeList(..) => weight(array.as_fixed_size_list().values())?,
        DataType::Struct(_) => {
            let mut columns = array.as_struct().columns().iter().map(|column| weight(column));
            columns.try_fold(0u64, |sum, weight| Some(sum.saturating_add(weight?)))?
        }
        _ => 0,
    };
    Some(texts.saturating_add((array.len() as u64).saturating_mul(VALUE)))
}

fn span<O: Copy + TryInto<u64>>(offsets: &[O]) -> u64 {
    let number = |offset: Option<&O>| offset.and_then(|offset| (*offset).try_into().ok()).unwrap_or(0u64);
    number(offsets.last()).saturating_sub(number(offsets.first()))
}

fn of_items<O: Copy + TryInto<usize>>(items: &dyn Array, offsets: &[O]) -> Option<u64> {
    let number = |offset: Option<&O>| offset.and_then(|offset| (*offset).try_into().ok()).unwrap_or(0usize);
    let (first, last) = (number(offsets.first()), number(offsets.last()));
    weight(&*items.slice(first, last.saturating_sub(first)))
}

/// Each row has the whole text that it names.
fn of_dictionary(array: &dyn Array) -> Option<u64> {
    let dictionary = array.as_any_dictionary();
    let values = dictionary.values();
    if values.data_type().is_nested() || matches!(values.data_type(), DataType::Dictionary(..)) {
        return None;
    }
    let keys = dictionary.keys();
    let sum = |length: &dyn Fn(usize) -> u64| {
        let (nulls, count, numbers) = (keys.nulls(), values.len(), Keys::new(keys));
        let rows = (0..keys.len()).filter(|row| nulls.is_none_or(|nulls| nulls.is_valid(*row)));
        let keys = rows.map(|row| numbers.of(row)).filter(|key| *key < count);
        keys.fold(0u64, |sum, key| sum.saturating_add(length(key).saturating_add(VALUE)))
    };
    Some(match values.data_type() {
        DataType::Utf8 => sum(&|at| span(&values.as_string::<i32>().value_offsets()[at..at + 2])),
        DataType::LargeUtf8 => sum(&|at| span(&values.as_string::<i64>().value_offsets()[at..at + 2])),
        DataType::Binary => sum(&|at| span(&values.as_binary::<i32>().value_offsets()[at..at + 2])),
        DataType::LargeBinary => sum(&|at| span(&values.as_binary::<i64>().value_offsets()[at..at + 2])),
        DataType::Utf8View => sum(&|at| values.as_string_view().views()[at] as u32 as u64),
        DataType::BinaryView => sum(&|at| values.as_binary_view().views()[at] as u32 as u64),
        _ => sum(&|_| 0),
    })
}

/// The keys of a dictionary, whose type is found once.
pub(super) enum Keys<'a> {
    Int8(&'a [i8]),
    Int16(&'a [i16]),
    Int32(&'a [i32]),
    Other(&'a dyn Array),
}

impl<'a> Keys<'a> {
    pub(super) fn new(keys: &'a dyn Array) -> Keys<'a> {
        match keys.data_type() {
            DataType::Int8 => Keys::Int8(keys.as_primitive::<Int8Type>().values()),
            DataType::Int16 => Keys::Int16(keys.as_primitive::<Int16Type>().values()),
            DataType::Int32 => Keys::Int32(keys.as_primitive::<Int32Type>().values()),
            _ => Keys::Other(keys),
        }
    }

    /// The number of the value of a row that is not null.
    #[inline]
    pub(super) fn of(&self, row: usize) -> usize {
        match self {
            Keys::Int8(keys) => keys[row] as usize,
            Keys::Int16(keys) => keys[row] as usize,
            Keys::Int32(keys) => keys[row] as usize,
            Keys::Other(keys) => key_of(*keys, row).unwrap_or(usize::MAX),
        }
    }
}

/// The number of a row's value in its dictionary; `None` where the row has none.
pub fn key_of(keys: &dyn Array, row: usize) -> Option<usize> {
    if keys.is_null(row) {
        return None;
    }
    Some(match keys.data_type() {
        DataType::Int8 => keys.as_primitive::<Int8Type>().value(row) as usize,
        DataType::Int16 => keys.as_primitive::<Int16Type>().value(row) as usize,
        DataType::Int32 => keys.as_primitive::<Int32Type>().value(row) as usize,
        DataType::Int64 => keys.as_primitive::<Int64Type>().value(row) as usize,
        DataType::UInt8 => keys.as_primitive::<UInt8Type>().value(row) as usize,
        DataType::UInt16 => keys.as_primitive::<UInt16Type>().value(row) as usize,
        DataType::UInt32 => keys.as_primitive::<UInt32Type>().value(row) as usize,
        DataType::UInt64 => keys.as_primitive::<UInt64Type>().value(row) as usize,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, DictionaryArray, Int32Array, ListArray, NullArray, StringArray, StringViewArray};

    use super::*;

    fn judged(column: ArrayRef) -> Result<(), String> {
        let batch = RecordBatch::try_from_iter([("reason", column)]).unwrap();
        check(&batch).map_err(|fault| fault.message)
    }

    #[test]
    fn what_makes_gigabytes_of_a_few_bytes_is_refused() {
        let long: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(100_000)]));
        let keys = |rows: usize| Int32Array::from(vec![0; rows]);
        let dictionary = |rows, values: &ArrayRef| Arc::new(DictionaryArray::new(keys(rows), values.clone()));
        assert_eq!(judged(dictionary(1_000, &long)), Ok(()));
        assert!(judged(dictionary(2_000, &long)).unwrap_err().contains("more than 128 MiB"));
        let text = "x".repeat(100_000);
        let views = StringViewArray::from_iter_values((0..1).map(|_| &text));
        let (buffers, view) = (views.data_buffers().to_vec(), views.views()[0]);
        let views = |rows| StringViewArray::new(vec![view; rows].into(), buffers.clone(), None);
        assert_eq!(judged(Arc::new(views(1_000))), Ok(()));
        assert!(judged(Arc::new(views(2_000))).is_err());
        assert!(judged(Arc::new(NullArray::new(1 << 40))).is_err());
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)])]);
        assert!(judged(dictionary(1, &(Arc::new(lists) as ArrayRef))).unwrap_err().contains("lists or structures"));
    }
}
