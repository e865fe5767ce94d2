//! The row of a position, what a record does to it, and the rows for tables; the arithmetic is that of plain_loop.py.

use std::fmt::Write;

use crate::record::Record;

pub const DAY_MS: i64 = 86_400_000;
const GRACE_MS: i64 = DAY_MS;
const HORIZON: i64 = 8;
const LINES: [(u8, f64, f64); 3] = [(3, -0.8416, 0.2533), (2, 0.0, 0.6745), (1, 0.5244, 1.0364)];
const ALERTS: [&str; 4] = ["negative_stock", "out_of_stock", "projected_stockout", "overdue_supply"];

/// Names in place, stock in thousandths, demand in units.
pub struct Row {
    on_hand: i64,
    rate: f64,
    sold: f64,
    day: i32,
    block: u32,
    alerts: [u8; 4],
    lengths: [u8; 2],
    names: [u8; 24],
    trips: [(i64, i64); 3],
    supply: Vec<(u64, i64, i64)>,
}

impl Row {
    /// A position that nothing is known about.
    pub fn new(location: &[u8], sku: &[u8]) -> Self {
        let mut names = [0; 24];
        names[..location.len()].copy_from_slice(location);
        names[location.len()..location.len() + sku.len()].copy_from_slice(sku);
        let lengths = [location.len() as u8, (location.len() + sku.len()) as u8];
        let (day, block, alerts, trips, supply) = (-1, 0, [0; 4], [(0, 0); 3], Vec::new());
        Self { on_hand: 0, rate: 0.0, sold: 0.0, day, block, alerts, lengths, names, trips, supply }
    }

    /// Applies one record at the time of the log.
    pub fn apply(&mut self, record: &Record, clock: i64, out: &mut Rows, ledger: &mut String) {
        let today = (clock / DAY_MS) as i32;
        let mut stale = self.day != today;
        if stale {
            self.close(today, out);
        }
        let quantity = record.quantity;
        match record.kind {
            b's' => {
                self.on_hand -= quantity;
                self.sold += quantity as f64 / 1000.0;
            }
            b'c' => self.on_hand = quantity,
            b'o' => {
                self.supply.push((record.reference, quantity, record.due));
                stale = true;
            }
            _ => self.on_hand += quantity,
        }
        if record.kind == b'r'
            && let Some(at) = self.supply.iter().position(|open| open.0 == record.reference)
        {
            self.supply[at].1 -= quantity;
            if self.supply[at].1 <= 0 {
                self.supply.remove(at);
            }
            stale = true;
        }
        if stale {
            self.levels(clock);
        }
        self.detect(clock, ledger);
    }

    fn close(&mut self, today: i32, out: &mut Rows) {
        let days = if self.day < 0 { 0 } else { (today - self.day).min(28) };
        if days != 0 {
            out.day(self);
            if self.on_hand > 0 {
                self.rate += (self.sold / f64::from(days) - self.rate) * (1.0 - 0.9755_f64.powf(f64::from(days)));
                self.sold = 0.0;
            }
        }
        self.day = today;
    }

    fn levels(&mut self, clock: i64) {
        let mean = self.rate * HORIZON as f64;
        let deviation = (1.5 * mean + mean * mean / 20.0).sqrt();
        let last = (i64::from(self.day) + HORIZON) * DAY_MS;
        let dated = self.supply.iter().filter(|open| clock < open.2 && open.2 <= last);
        let coming = dated.map(|open| 0.885 * open.1 as f64).sum::<f64>() as i64;
        self.trips = LINES.map(|(_, entry, leave)| {
            let level = |quantile: f64| (mean + quantile * deviation).ceil() as i64 * 1000 - coming;
            (level(entry).max(0), level(leave))
        });
    }

    fn detect(&mut self, clock: i64, ledger: &mut String) {
        let stock = self.on_hand;
        let empty = stock <= 0 && self.rate > 0.0;
        let now = self.alerts[2];
        let trips = |&at: &usize| stock < self.trips[at].0 || (3 - at as u8 <= now && stock < self.trips[at].1);
        let level = if empty { 0 } else { (0..3).find(trips).map_or(0, |at| 3 - at as u8) };
        let overdue = self.supply.iter().any(|open| open.2 + GRACE_MS <= clock);
        let levels = [if stock < 0 { 2 } else { 0 }, if empty { 3 } else { 0 }, level, if overdue { 2 } else { 0 }];
        if levels != self.alerts {
            self.write(levels, clock, ledger);
        }
    }

    #[cold]
    fn write(&mut self, levels: [u8; 4], clock: i64, ledger: &mut String) {
        for (alert, level) in levels.into_iter().enumerate() {
            let before = std::mem::replace(&mut self.alerts[alert], level);
            let entry = match (before, level) {
                _ if before == level => continue,
                (0, _) => "OPENED",
                (_, 0) => "CLEARED",
                _ if level > before => "WORSENED",
                _ => "EASED",
            };
            let [location, sku] = self.names().map(|name| std::str::from_utf8(name).expect("names are ASCII"));
            writeln!(ledger, "{clock}\t{location}\t{sku}\t{}\t{entry}\t{level}", ALERTS[alert]).expect("memory");
        }
    }

    fn names(&self) -> [&[u8]; 2] {
        let [location, end] = self.lengths.map(usize::from);
        [&self.names[..location], &self.names[location..end]]
    }

    /// A row of the position, once for each block that touched it.
    pub fn publish(&mut self, block: u32, out: &mut Rows) {
        if self.block != block {
            self.block = block;
            out.position(self);
        }
    }
}

/// Rows of two tables that wait for a sink.
#[derive(Default)]
pub struct Rows {
    positions: Columns,
    days: Columns,
}

impl Rows {
    fn position(&mut self, row: &Row) {
        self.positions.push(row);
        self.positions.on_hand.push(row.on_hand);
        self.positions.rates.push(row.rate);
    }

    fn day(&mut self, row: &Row) {
        self.days.push(row);
    }

    /// Hands the rows over, as a sink would take them, and tells their number.
    pub fn take(&mut self) -> usize {
        std::hint::black_box(&*self);
        self.positions.clear() + self.days.clear()
    }
}

/// Names with their ends, and numbers; a day has neither stock nor rate.
#[derive(Default)]
struct Columns {
    names: [Vec<u8>; 2],
    ends: [Vec<u32>; 2],
    days: Vec<i32>,
    sold: Vec<f64>,
    on_hand: Vec<i64>,
    rates: Vec<f64>,
}

impl Columns {
    fn push(&mut self, row: &Row) {
        for (at, name) in row.names().into_iter().enumerate() {
            self.names[at].extend_from_slice(name);
            self.ends[at].push(self.names[at].len() as u32);
        }
        self.days.push(row.day);
        self.sold.push(row.sold);
    }

    fn clear(&mut self) -> usize {
        let rows = self.days.len();
        self.names.iter_mut().for_each(Vec::clear);
        self.ends.iter_mut().for_each(Vec::clear);
        self.days.clear();
        self.sold.clear();
        self.on_hand.clear();
        self.rates.clear();
        rows
    }
}
