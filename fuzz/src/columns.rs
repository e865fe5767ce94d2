//! Columns as they come from outside: buffers, offsets and children that nobody has checked.
//!
//! The bytes make arrays of every type without a check, as the importer of the C data interface would. What the check of Arrow and
//! ours let through is read; the rest is refused.

use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, make_array};
use arrow_buffer::Buffer;
use arrow_data::ArrayData;
use arrow_schema::{DataType, Field, Schema, TimeUnit, UnionFields, UnionMode};
use lowtide_native::intake::message::Message;
use lowtide_native::intake::reject::{Code, Fault};
use lowtide_native::log::partition::Partition;
use lowtide_native::map::Mapping;
use lowtide_native::policy::{self, Policy};

use super::csv::closes;

const MAP: &str = r#"{"format":1,"name":"p","read":{"format":"parquet"},"movements":[{"fields":{
    "id":{"parts":[{"hole":"id","optional":true}]},"source":{"parts":[{"hole":"source.0","optional":true}]},
    "kind":{"parts":[{"hole":"kind.a","optional":true}]},"sku":{"parts":[{"hole":"sku","optional":true}]},
    "location":{"parts":[{"hole":"location.a.0","optional":true}]},"quantity":{"parts":[{"hole":"quantity","optional":true}]},
    "event_time":{"parts":[{"hole":"event_time","optional":true}]}}}]}"#;
const NAMES: [&str; 7] = ["id", "source", "kind", "sku", "location", "quantity", "event_time"];

static POLICY: LazyLock<Policy> = LazyLock::new(policy::defaults);
static MAPPING: LazyLock<Option<Arc<Mapping>>> = LazyLock::new(|| Mapping::read(MAP.as_bytes()).ok().map(Arc::new));

pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (how, rows) = (bytes.next(), usize::from(bytes.next() & 31));
    let columns: Vec<_> = NAMES.iter().map(|_| bytes.array(rows, 0)).collect();
    let checked = columns.into_iter().map(checked).collect::<Result<Vec<_>, _>>();
    let batch = checked.and_then(|columns| batch_of(columns, rows));
    let mut partition = Partition::new(&POLICY, 1);
    if how & 1 != 0 {
        partition.map(MAPPING.clone());
    }
    let message = Message { length: data.len(), number: 7, arrival: None };
    partition.arrow(batch.map(|batch| vec![batch]), data, message);
    closes(&mut partition);
}

fn fault(why: impl ToString) -> Fault {
    Fault::new(Code::BadMessage, None, why.to_string())
}

fn checked(data: ArrayData) -> Result<ArrayRef, Fault> {
    data.validate_full().map_err(fault)?;
    Ok(make_array(data))
}

fn batch_of(columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, Fault> {
    let fields: Vec<_> =
        NAMES.iter().zip(&columns).map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(fault)
}

/// What is left of the input.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// Bytes for a buffer of about `wanted`, sometimes a few more or fewer; what the input does not have is zero.
    fn buffer(&mut self, wanted: usize) -> Buffer {
        let length = match self.next() {
            255 => wanted.saturating_sub(16),
            254 => wanted / 32 * 16,
            253 => wanted + 16,
            _ => wanted,
        };
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        let mut bytes = taken.to_vec();
        bytes.resize(length, 0);
        Buffer::from_slice_ref(&bytes)
    }

    /// A bitmap, which is always long enough: its length follows from the number of rows where a batch comes in.
    fn bits(&mut self, rows: usize) -> Buffer {
        let bytes: Vec<u8> = (0..rows.div_ceil(8)).map(|_| self.next()).collect();
        Buffer::from_slice_ref(&bytes)
    }

    /// Offsets that mostly rise by small steps.
    fn offsets<const WIDE: bool>(&mut self, rows: usize) -> Buffer {
        let mut at = 0i64;
        let mut offsets = vec![0i64];
        for _ in 0..rows {
            let step = self.next();
            at = match step {
                255 => at - 3,
                254 => at + (1 << 30),
                _ => at + i64::from(step % 16),
            };
            offsets.push(at);
        }
        if WIDE {
            Buffer::from_vec(offsets)
        } else {
            Buffer::from_vec(offsets.into_iter().map(|at| at as i32).collect())
        }
    }

    fn array(&mut self, rows: usize, depth: usize) -> ArrayData {
        let kind = self.next() % if depth < 3 { 34 } else { 26 };
        let mut builder = ArrayData::builder(DataType::Null).len(rows);
        if kind > 0 && self.next() & 1 != 0 {
            builder = builder.null_bit_buffer(Some(self.bits(rows)));
        }
        let width = |kind: &DataType| kind.primitive_width().unwrap_or(1);
        let child = |kind: &DataType| Arc::new(Field::new("a", kind.clone(), true));
        let zone = Some("UTC".into());
        let (kind, buffers, children) = match kind {
            0 => (DataType::Null, vec![], vec![]),
            1 | 2 => (DataType::Utf8, vec![self.offsets::<false>(rows), self.buffer(rows * 4)], vec![]),
            3 => (DataType::LargeUtf8, vec![self.offsets::<true>(rows), self.buffer(rows * 4)], vec![]),
            4 => (DataType::Binary, vec![self.offsets::<false>(rows), self.buffer(rows * 4)], vec![]),
            5 => (DataType::LargeBinary, vec![self.offsets::<true>(rows), self.buffer(rows * 4)], vec![]),
            6 => (DataType::Utf8View, vec![self.buffer(rows * 16), self.buffer(32)], vec![]),
            7 => (DataType::BinaryView, vec![self.buffer(rows * 16), self.buffer(32)], vec![]),
            8 => (DataType::Boolean, vec![self.buffer(rows.div_ceil(8))], vec![]),
            9 => (DataType::FixedSizeBinary(3), vec![self.buffer(rows * 3)], vec![]),
            10..26 => {
                let kind = [
                    DataType::Int8,
                    DataType::Int16,
                    DataType::Int64,
                    DataType::UInt8,
                    DataType::UInt64,
                    DataType::Float16,
                    DataType::Float32,
                    DataType::Float64,
                    DataType::Decimal128(self.next() % 38 + 1, self.next() as i8),
                    DataType::Timestamp(TimeUnit::Second, zone.clone()),
                    DataType::Timestamp(TimeUnit::Millisecond, None),
                    DataType::Timestamp(TimeUnit::Nanosecond, zone),
                    DataType::Date32,
                    DataType::Date64,
                    DataType::Time64(TimeUnit::Nanosecond),
                    DataType::Time32(TimeUnit::Second),
                ][usize::from(kind - 10)]
                .clone();
                let buffer = self.buffer(rows * width(&kind));
                (kind, vec![buffer], vec![])
            }
            26 | 27 => {
                let items = usize::from(self.next());
                let values = self.array(items, depth + 1);
                let keys = [DataType::Int8, DataType::UInt16, DataType::Int64][usize::from(self.next() % 3)].clone();
                let buffer = self.buffer(rows * width(&keys));
                (DataType::Dictionary(Box::new(keys), Box::new(values.data_type().clone())), vec![buffer], vec![values])
            }
            28 => {
                let items = usize::from(self.next());
                let values = self.array(items, depth + 1);
                (DataType::List(child(values.data_type())), vec![self.offsets::<false>(rows)], vec![values])
            }
            29 => {
                let items = usize::from(self.next());
                let values = self.array(items, depth + 1);
                (DataType::LargeList(child(values.data_type())), vec![self.offsets::<true>(rows)], vec![values])
            }
            30 => {
                let size = self.next() % 4;
                let values = self.array(rows * usize::from(size), depth + 1);
                (DataType::FixedSizeList(child(values.data_type()), size.into()), vec![], vec![values])
            }
            31 => {
                let values = self.array(rows, depth + 1);
                (DataType::Struct(vec![child(values.data_type())].into()), vec![], vec![values])
            }
            32 => {
                let values = self.array(rows, depth + 1);
                let fields = UnionFields::from_fields([child(values.data_type())]);
                (DataType::Union(fields, UnionMode::Sparse), vec![self.buffer(rows)], vec![values])
            }
            _ => {
                let runs = usize::from(self.next() % 8);
                let values = self.array(runs, depth + 1);
                let ends = ArrayData::builder(DataType::Int32).len(runs).add_buffer(self.buffer(runs * 4));
                // SAFETY: nothing is read before the whole is checked.
                let ends = unsafe { ends.build_unchecked() };
                let of = |name, kind: &DataType, nullable| Arc::new(Field::new(name, kind.clone(), nullable));
                let kind = DataType::RunEndEncoded(
                    of("run_ends", ends.data_type(), false),
                    of("values", values.data_type(), true),
                );
                (kind, vec![], vec![ends, values])
            }
        };
        // SAFETY: nothing is read before it is checked.
        unsafe { builder.data_type(kind).buffers(buffers).child_data(children).build_unchecked() }
    }
}
