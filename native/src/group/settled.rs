//! Which rows of a block of a table a reader can see, and in which order the table keeps them.
//!
//! A table keeps one row of each key: that with the highest version, and of equal versions the last that came. A row that another
//! row of the same block supersedes is never seen, so it need not be inserted. Rows that come in the order of the key are inserted
//! in half the time.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, TimestampMillisecondType, UInt64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64;

use crate::values::error::CoreError;

/// A column of a key as numbers that are in the order of its values.
struct Codes {
    codes: Vec<u64>,
    bits: u32,
}

impl Codes {
    /// Numbers that may be anything: only what is above the smallest counts.
    fn of_numbers(numbers: Vec<u64>) -> Codes {
        let smallest = numbers.iter().copied().min().unwrap_or(0);
        let codes: Vec<u64> = numbers.into_iter().map(|number| number - smallest).collect();
        let bits = u64::BITS - codes.iter().copied().max().unwrap_or(0).leading_zeros();
        Codes { codes, bits }
    }

    /// Texts, in the order of their bytes.
    fn of_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Codes {
        let mut known: Vec<&str> = Vec::new();
        let mut table: HashTable<usize> = HashTable::new();
        let mut numbers: Vec<usize> = Vec::new();
        let mut last = ("", None);
        for text in texts {
            if let (same, Some(number)) = last
                && same == text
            {
                numbers.push(number);
                continue;
            }
            let hash = |text: &str| xxh3_64(text.as_bytes());
            let number = match table.entry(hash(text), |at| known[*at] == text, |at| hash(known[*at])) {
                Entry::Occupied(found) => *found.get(),
                Entry::Vacant(free) => {
                    known.push(text);
                    *free.insert(known.len() - 1).get()
                }
            };
            last = (text, Some(number));
            numbers.push(number);
        }
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_unstable_by_key(|number| known[*number]);
        let mut ranks = vec![0; known.len()];
        order.iter().enumerate().for_each(|(rank, number)| ranks[*number] = rank as u64);
        Codes::of_numbers(numbers.into_iter().map(|number| ranks[number]).collect())
    }

    /// A column of all batches. Raises an error if one of them lacks it, or if its values have no order here.
    fn of(batches: &[RecordBatch], name: &str) -> Result<Codes, CoreError> {
        let columns: Vec<_> = batches.iter().filter_map(|batch| batch.column_by_name(name)).collect();
        let kind = columns.first().map(|column| column.data_type().clone());
        if columns.len() < batches.len() || columns.iter().any(|column| Some(column.data_type()) != kind.as_ref()) {
            return Err(CoreError::call(format!("not all batches have the same column `{name}`")));
        }
        let signed = |number: i64| (number as u64) ^ (1 << 63);
        let each = columns.iter();
        Ok(match kind {
            None => Codes::of_numbers(Vec::new()),
            Some(DataType::Utf8) => Codes::of_texts(each.flat_map(|column| {
                let texts = column.as_string::<i32>();
                (0..texts.len()).map(|at| texts.value(at))
            })),
            Some(DataType::UInt64) => Codes::of_numbers(
                each.flat_map(|column| column.as_primitive::<UInt64Type>().values()).copied().collect(),
            ),
            Some(DataType::Date32) => {
                let days = each.flat_map(|column| column.as_primitive::<Date32Type>().values());
                Codes::of_numbers(days.map(|day| signed(i64::from(*day))).collect())
            }
            Some(DataType::Timestamp(TimeUnit::Millisecond, _)) => {
                let times = each.flat_map(|column| column.as_primitive::<TimestampMillisecondType>().values());
                Codes::of_numbers(times.map(|time| signed(*time)).collect())
            }
            Some(other) => return Err(CoreError::call(format!("a key has a column `{name}` of {other}"))),
        })
    }
}

/// The places of the rows that a table keeps of these batches, counted over all of them, in the order of `key`.
///
/// Of rows with the same key the one with the highest `version` is kept, and of equal ones the last. If the key is too wide to be
/// packed, all rows are kept as they came.
pub fn settled(batches: &[RecordBatch], key: &[String], version: &str) -> Result<Vec<u64>, CoreError> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let columns: Vec<Codes> = key.iter().map(|name| Codes::of(batches, name)).collect::<Result<_, _>>()?;
    let versions = Codes::of(batches, version)?.codes;
    if columns.iter().map(|column| column.bits).sum::<u32>() > u128::BITS {
        return Ok((0..rows as u64).collect());
    }
    let mut packed = vec![0u128; rows];
    for column in &columns {
        packed.iter_mut().zip(&column.codes).for_each(|(key, code)| *key = *key << column.bits | u128::from(*code));
    }
    let mut order: Vec<(u128, u64, u64)> =
        packed.into_iter().enumerate().map(|(at, key)| (key, versions[at], at as u64)).collect();
    order.sort_unstable();
    let is_kept = |at: usize| order.get(at + 1).is_none_or(|next| next.0 != order[at].0);
    Ok((0..rows).filter(|at| is_kept(*at)).map(|at| order[at].2).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Date32Array, StringArray, UInt64Array};

    use super::*;

    fn batch(rows: &[(&str, &str, i32, u64)]) -> RecordBatch {
        let columns: [(&str, ArrayRef); 4] = [
            ("location", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0)))),
            ("sku", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1)))),
            ("day", Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| row.2)))),
            ("offset", Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.3)))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    fn kept(batches: &[RecordBatch]) -> Vec<u64> {
        settled(batches, &["location", "sku", "day"].map(str::to_owned), "offset").unwrap()
    }

    #[test]
    fn the_highest_version_of_a_key_is_kept_wherever_it_stands_in_the_order_of_the_key() {
        let batches = [
            batch(&[("b", "milk", 3, 7), ("a", "salt", 1, 9), ("b", "milk", 3, 5)]),
            batch(&[("a", "salt", -1, 4), ("b", "milk", 3, 6), ("b", "m", 3, 8)]),
        ];
        assert_eq!(kept(&batches), [3, 1, 5, 0]);
    }

    #[test]
    fn of_equal_versions_the_last_row_is_kept() {
        assert_eq!(kept(&[batch(&[("a", "x", 1, 9), ("a", "x", 1, 9)]), batch(&[("a", "x", 1, 9)])]), [2]);
    }

    #[test]
    fn no_rows_are_no_rows_and_a_column_that_is_missing_is_an_error() {
        assert!(kept(&[]).is_empty());
        assert!(kept(&[batch(&[])]).is_empty());
        let wrong = settled(&[batch(&[])], &["place".to_owned()], "offset").unwrap_err();
        assert_eq!(wrong.message, "not all batches have the same column `place`");
    }

    #[test]
    fn a_key_that_cannot_be_packed_keeps_every_row() {
        let wide = batch(&[("a", "x", 1, 0), ("a", "x", 1, u64::MAX), ("a", "x", 1, 0)]);
        let key = ["offset", "offset", "sku", "offset"].map(str::to_owned);
        assert_eq!(settled(&[wide], &key, "offset").unwrap(), [0, 1, 2]);
    }
}
