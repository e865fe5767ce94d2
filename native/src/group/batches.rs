//! Rows leave the core as Arrow batches with the columns of the warehouse tables.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, Decimal128Builder, Float64Builder, StringBuilder, TimestampMillisecondBuilder, UInt16Builder,
    UInt64Builder,
};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, ListArray, RecordBatch,
    StringArray, TimestampMillisecondArray, UInt32Array, UInt64Array,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use crate::alert::entry::Entry;
use crate::alert::episode;
use crate::intake::reject::Reject;
use crate::policy::alert_type::SEVERITIES;
use crate::stock::book::Book;
use crate::stock::output::Tables;
use crate::stock::position::NEVER;
use crate::stock::rows::{Chance, DemandDay, ExpectedDemand, PositionRow, StockCount, SupplyEvent};
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

/// Which log the rows come from: the first two columns of every table.
#[derive(Clone, Debug)]
pub struct Origin {
    pub pipeline: String,
    pub partition: String,
}

struct Table {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Table {
    fn new(origin: &Origin, rows: usize) -> Table {
        let mut table = Table { fields: Vec::new(), arrays: Vec::new() };
        for (name, value) in [("pipeline", &origin.pipeline), ("partition", &origin.partition)] {
            let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(value.len(), rows));
            table.add(name, Arc::new(StringArray::new(offsets, value.repeat(rows).into_bytes().into(), None)));
        }
        table
    }

    fn add(&mut self, name: &str, array: ArrayRef) {
        self.fields.push(Field::new(name, array.data_type().clone(), true));
        self.arrays.push(array);
    }

    fn text<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        self.add(name, Arc::new(StringArray::from_iter_values(values)));
    }

    fn option_text<'a>(&mut self, name: &str, values: impl Iterator<Item = Option<&'a str>>) {
        let mut builder = StringBuilder::new();
        values.for_each(|value| builder.append_option(value));
        self.add(name, Arc::new(builder.finish()));
    }

    fn bytes<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a [u8]>) {
        let mut builder = BinaryBuilder::new();
        values.for_each(|value| builder.append_value(value));
        self.add(name, Arc::new(builder.finish()));
    }

    fn time(&mut self, name: &str, values: impl Iterator<Item = Millis>) {
        let values = TimestampMillisecondArray::from_iter_values(values).with_timezone("UTC");
        self.add(name, Arc::new(values));
    }

    fn option_time(&mut self, name: &str, values: impl Iterator<Item = Option<Millis>>) {
        let kind = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
        let mut builder = TimestampMillisecondBuilder::new().with_data_type(kind);
        values.for_each(|value| builder.append_option(value));
        self.add(name, Arc::new(builder.finish()));
    }

    fn amount(&mut self, name: &str, values: impl Iterator<Item = Milli>) {
        self.add(name, amounts(values));
    }

    fn option_amount(&mut self, name: &str, values: impl Iterator<Item = Option<Milli>>) {
        let mut builder = Decimal128Builder::new().with_data_type(DataType::Decimal128(18, 3));
        values.for_each(|value| builder.append_option(value.map(i128::from)));
        self.add(name, Arc::new(builder.finish()));
    }

    fn u64(&mut self, name: &str, values: impl Iterator<Item = u64>) {
        self.add(name, Arc::new(UInt64Array::from_iter_values(values)));
    }

    fn option_u64(&mut self, name: &str, values: impl Iterator<Item = Option<u64>>) {
        let mut builder = UInt64Builder::new();
        values.for_each(|value| builder.append_option(value));
        self.add(name, Arc::new(builder.finish()));
    }

    fn u32(&mut self, name: &str, values: impl Iterator<Item = u32>) {
        self.add(name, Arc::new(UInt32Array::from_iter_values(values)));
    }

    fn u16(&mut self, name: &str, values: impl Iterator<Item = Option<u16>>) {
        let mut builder = UInt16Builder::new();
        values.for_each(|value| builder.append_option(value));
        self.add(name, Arc::new(builder.finish()));
    }

    fn float(&mut self, name: &str, values: impl Iterator<Item = Option<f64>>) {
        let mut builder = Float64Builder::new();
        values.for_each(|value| builder.append_option(value));
        self.add(name, Arc::new(builder.finish()));
    }

    fn floats(&mut self, name: &str, lengths: impl Iterator<Item = usize>, values: &[f32]) {
        self.lists(name, lengths, Arc::new(Float32Array::from(values.to_vec())));
    }

    /// Lists of so many values, one after another.
    fn lists(&mut self, name: &str, lengths: impl Iterator<Item = usize>, values: ArrayRef) {
        let item = Arc::new(Field::new("item", values.data_type().clone(), false));
        self.add(name, Arc::new(ListArray::new(item, OffsetBuffer::from_lengths(lengths), values, None)));
    }

    fn day(&mut self, name: &str, values: impl Iterator<Item = i32>) {
        self.add(name, Arc::new(Date32Array::from_iter_values(values)));
    }

    fn finish(self) -> RecordBatch {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
            .expect("columns of one table have one length")
    }
}

/// The rows that a group gave, as the batches of their tables.
pub fn all(tables: &Tables, book: &Book, origin: &Origin) -> [(&'static str, RecordBatch); 6] {
    [
        ("ledger", ledger(&tables.ledger, origin)),
        ("position", positions(&tables.positions, &tables.expected, book, origin)),
        ("demand_day", demand_days(&tables.demand, book, origin)),
        ("stock_count", stock_counts(&tables.counts, book, origin)),
        ("supply_event", supply_events(&tables.supply, book, origin)),
        ("calibration_day", calibration_days(&tables.chances, book, origin)),
    ]
}

/// The same, but only of tables that have rows.
pub fn filled(tables: &Tables, book: &Book, origin: &Origin) -> Vec<(&'static str, RecordBatch)> {
    let mut filled = Vec::new();
    if !tables.ledger.is_empty() {
        filled.push(("ledger", ledger(&tables.ledger, origin)));
    }
    if !tables.positions.is_empty() {
        filled.push(("position", positions(&tables.positions, &tables.expected, book, origin)));
    }
    if !tables.demand.is_empty() {
        filled.push(("demand_day", demand_days(&tables.demand, book, origin)));
    }
    if !tables.counts.is_empty() {
        filled.push(("stock_count", stock_counts(&tables.counts, book, origin)));
    }
    if !tables.supply.is_empty() {
        filled.push(("supply_event", supply_events(&tables.supply, book, origin)));
    }
    if !tables.chances.is_empty() {
        filled.push(("calibration_day", calibration_days(&tables.chances, book, origin)));
    }
    filled
}

fn amounts(values: impl Iterator<Item = Milli>) -> ArrayRef {
    let values = Decimal128Array::from_iter_values(values.map(i128::from));
    Arc::new(values.with_data_type(DataType::Decimal128(18, 3)))
}

fn names(t: &mut Table, book: &Book, numbers: impl Iterator<Item = (u32, u32)> + Clone) {
    let text = |values: &mut dyn Iterator<Item = &str>| Arc::new(StringArray::from_iter_values(values));
    t.add("location", text(&mut numbers.clone().map(|(location, _)| book.locations.get(location))));
    t.add("sku", text(&mut numbers.map(|(_, sku)| book.skus.get(sku))));
}

fn ledger(rows: &[Entry], origin: &Origin) -> RecordBatch {
    let mut t = Table::new(origin, rows.len());
    let each = || rows.iter();
    t.u64("offset", each().map(|e| e.offset));
    t.text("alert_id", each().map(|e| episode::text(&e.alert_id)));
    t.u32("seq", each().map(|e| e.seq));
    t.text("entry", each().map(|e| e.change.name()));
    t.text("type", each().map(|e| e.kind.name()));
    t.text("severity", each().map(|e| SEVERITIES[usize::from(e.severity)]));
    t.text("location", each().map(|e| e.location.as_str()));
    t.text("sku", each().map(|e| e.sku.as_str()));
    t.time("event_time", each().map(|e| e.event_time));
    t.time("opened_at", each().map(|e| e.opened_at));
    t.u32("episode", each().map(|e| e.episode));
    t.option_text("cause_source", each().map(|e| e.cause.as_ref().map(|(source, _)| source.as_str())));
    t.option_text("cause_id", each().map(|e| e.cause.as_ref().map(|(_, id)| id.as_str())));
    t.text("reason", each().map(|e| e.reason));
    t.text("policy_version", each().map(|e| &*e.policy_version));
    t.text("inputs_version", each().map(|e| &*e.inputs_version));
    t.amount("on_hand", each().map(|e| e.on_hand));
    t.amount("available", each().map(|e| e.available));
    t.amount("on_order", each().map(|e| e.on_order));
    t.amount("in_transit", each().map(|e| e.in_transit));
    t.amount("demand_per_day", each().map(|e| e.demand_per_day));
    t.float("p_stockout", each().map(|e| e.p_stockout));
    for (at, name) in ["stockout_p10", "stockout_p50", "stockout_p90"].into_iter().enumerate() {
        t.u16(name, each().map(|e| e.stockout_days[at]));
    }
    t.option_amount("trip_level", each().map(|e| e.trip_level));
    t.option_amount("exit_level", each().map(|e| e.exit_level));
    t.option_text("supersedes", each().map(|e| e.supersedes.as_ref().map(episode::text)));
    t.text("detail", each().map(|e| e.detail.as_str()));
    t.finish()
}

/// `expected` holds the days of the rows, one row's after another's.
pub fn positions(rows: &[PositionRow], expected: &ExpectedDemand, book: &Book, origin: &Origin) -> RecordBatch {
    let mut t = Table::new(origin, rows.len());
    let each = || rows.iter();
    t.u64("offset", each().map(|p| p.offset));
    t.u64("version", each().map(PositionRow::version));
    names(&mut t, book, each().map(|p| (p.location, p.sku)));
    t.amount("on_hand", each().map(|p| p.on_hand));
    t.amount("allocated", each().map(|p| p.allocated));
    t.amount("held", each().map(|p| p.held));
    t.amount("available", each().map(|p| p.available()));
    t.amount("on_order", each().map(|p| p.on_order));
    t.amount("in_transit", each().map(|p| p.in_transit));
    t.amount("over_released", each().map(|p| p.over_released));
    t.amount("over_received", each().map(|p| p.over_received));
    t.option_time("last_event_time", each().map(|p| Some(p.last_event).filter(|at| *at != NEVER)));
    let lengths = || each().map(|p| p.days as usize);
    t.floats("demand_mean", lengths(), &expected.mean);
    t.floats("demand_variance", lengths(), &expected.variance);
    t.amount("safety_stock", each().map(|p| p.safety_stock));
    t.amount("reorder_point", each().map(|p| p.reorder_point));
    let promises = || each().map(|p| p.promises as usize);
    let days = Date32Array::from(expected.promise_days.clone());
    t.lists("atp_day", promises(), Arc::new(days));
    t.lists("atp", promises(), amounts(expected.promises.iter().copied()));
    let mut totals = Vec::with_capacity(expected.promises.len());
    for row in rows {
        let mut total = 0;
        let here = &expected.promises[totals.len()..totals.len() + row.promises as usize];
        totals.extend(here.iter().map(|units| {
            total = quantity::add(total, *units);
            total
        }));
    }
    t.lists("atp_cumulative", promises(), amounts(totals.into_iter()));
    let lead_times = each().map(|p| f64::from(p.lead_time_days));
    t.add("lead_time_days", Arc::new(Float64Array::from_iter_values(lead_times)));
    t.finish()
}

fn demand_days(rows: &[DemandDay], book: &Book, origin: &Origin) -> RecordBatch {
    let mut t = Table::new(origin, rows.len());
    let each = || rows.iter();
    t.u64("offset", each().map(|d| d.offset));
    names(&mut t, book, each().map(|d| (d.location, d.sku)));
    t.day("day", each().map(|d| d.day));
    t.text("part", each().map(|d| if d.very_late { "very_late" } else { "on_time" }));
    t.amount("demand", each().map(|d| d.demand));
    t.finish()
}

fn stock_counts(rows: &[StockCount], book: &Book, origin: &Origin) -> RecordBatch {
    let mut t = Table::new(origin, rows.len());
    let each = || rows.iter();
    t.u64("offset", each().map(|c| c.offset));
    names(&mut t, book, each().map(|c| (c.location, c.sku)));
    t.time("event_time", each().map(|c| c.event_time));
    t.amount("quantity", each().map(|c| c.quantity));
    t.amount("recorded", each().map(|c| c.recorded));
    t.amount("variance", each().map(|c| quantity::add(c.quantity, -c.recorded)));
    t.text("mark", each().map(|c| c.mark));
    t.text("source", each().map(|c| c.source.as_str()));
    t.text("id", each().map(|c| c.id.as_str()));
    t.finish()
}

fn supply_events(rows: &[SupplyEvent], book: &Book, origin: &Origin) -> RecordBatch {
    let mut t = Table::new(origin, rows.len());
    let each = || rows.iter();
    t.u64("offset", each().map(|s| s.offset));
    names(&mut t, book, each().map(|s| (s.location, s.sku)));
    t.text("ref", each().map(|s| s.reference.as_str()));
    t.text("kind", each().map(|s| s.kind.name()));
    t.time("event_time", each().map(|s| s.event_time));
    t.amount("quantity", each().map(|s| s.quantity));
    t.option_time("due", each().map(|s| s.due));
    t.finish()
}

fn calibration_days(rows: &[Chance], book: &Book, origin: &Origin) -> RecordBatch {
    let mut t = Table::new(origin, rows.len());
    let each = || rows.iter();
    t.u64("offset", each().map(|c| c.offset));
    names(&mut t, book, each().map(|c| (c.location, c.sku)));
    t.day("day", each().map(|c| c.day));
    t.time("midnight", each().map(|c| c.midnight));
    t.float("p_stockout", each().map(|c| Some(c.p_stockout)));
    t.amount("available", each().map(|c| c.available));
    t.u32("horizon_days", each().map(|c| c.horizon_days));
    t.add("planned", Arc::new(rows.iter().map(|c| Some(c.planned)).collect::<BooleanArray>()));
    t.text("policy_version", each().map(|c| &*c.policy_version));
    t.text("inputs_version", each().map(|c| &*c.inputs_version));
    t.finish()
}

pub fn rejects(rows: &[Reject], origin: &Origin) -> RecordBatch {
    let mut t = Table::new(origin, rows.len());
    let each = || rows.iter();
    t.u64("offset", each().map(|r| r.offset));
    t.option_text("file", each().map(|r| r.place.as_ref().map(|place| &*place.file)));
    t.option_u64("line", each().map(|r| r.place.as_ref().map(|place| place.line)));
    t.text("reason", each().map(|r| r.fault.code.name()));
    t.option_text("field", each().map(|r| r.fault.field));
    t.text("message", each().map(|r| r.fault.message.as_str()));
    t.bytes("record", each().map(|r| r.record.as_slice()));
    t.finish()
}
