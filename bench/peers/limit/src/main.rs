//! The limit of this job on this machine: the plain job and rows for two tables, as a program without generality.
//!
//! It does: decode, deduplication exact for its window, names, the close of each day with its trip levels, stock, supply, alerts, and a
//! row for each position that a block touched and for each day that closed, in columns. It does not validate: it stops at a record
//! whose fields have another order than the bench writes. Ids and positions are told apart by 64 bits of a hash. Nothing is saved, no policy
//! can be set, names have at most 24 bytes. No engine can be this; it says how far an engine is from the machine.
//! Usage: `peer-limit EVENTS LEDGER`; prints one line of JSON.

mod record;
mod stock;

use std::hash::BuildHasherDefault;
use std::time::Instant;

use record::{Dates, Record};
use stock::{DAY_MS, Row, Rows};

const DEDUP_MS: i64 = 7 * DAY_MS;
const RECORDS_A_BLOCK: usize = 4096;
/// How many records ahead a row is fetched into the cache.
const AHEAD: usize = 8;

/// Keys are hashes already.
#[derive(Default)]
struct Given(u64);

impl std::hash::Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

type Table<V> = std::collections::HashMap<u64, V, BuildHasherDefault<Given>>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let events = std::fs::read(&arguments[1]).expect("the file of events can be read");
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let done = run(&events);
    let (cpu, wall) = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
    std::fs::write(&arguments[2], &done.ledger).expect("the ledger can be written");
    let entries = done.ledger.lines().count();
    println!(
        r#"{{"engine": "limit", "records": {}, "cpu_s": {cpu:.4}, "wall_s": {wall:.4}, "entries": {entries}, "rows": {}}}"#,
        done.records, done.rows
    );
}

struct Done {
    ledger: String,
    records: usize,
    rows: usize,
}

fn run(events: &[u8]) -> Done {
    let mut dates = Dates::default();
    let mut seen: Table<i64> = Table::default();
    let mut places: Table<u32> = Table::default();
    let mut rows: Vec<Row> = Vec::new();
    let mut out = Rows::default();
    let mut done = Done { ledger: String::new(), records: 0, rows: 0 };
    let mut block: Vec<(Record, u32, i64)> = Vec::with_capacity(RECORDS_A_BLOCK);
    let (mut rest, mut clock, mut cleaned, mut number) = (events, i64::MIN, i64::MIN, 0_u32);
    while !rest.is_empty() {
        block.clear();
        while !rest.is_empty() && block.len() < RECORDS_A_BLOCK {
            let (record, next) = Record::read(rest, &mut dates);
            (rest, done.records) = (next, done.records + 1);
            let before = seen.insert(record.id, record.at);
            if before.is_some_and(|at| at >= clock.saturating_sub(DEDUP_MS)) {
                continue;
            }
            clock = clock.max(record.at);
            let row = *places.entry(record.position).or_insert_with(|| {
                rows.push(Row::new(record.location, record.sku));
                rows.len() as u32 - 1
            });
            block.push((record, row, clock));
        }
        if clock / DAY_MS != cleaned {
            cleaned = clock / DAY_MS;
            seen.retain(|_, at| *at >= clock - DEDUP_MS);
        }
        number += 1;
        for (at, (record, row, clock)) in block.iter().enumerate() {
            if let Some((_, ahead, _)) = block.get(at + AHEAD) {
                prefetch(&rows[*ahead as usize]);
            }
            rows[*row as usize].apply(record, *clock, &mut out, &mut done.ledger);
        }
        for (_, row, _) in &block {
            rows[*row as usize].publish(number, &mut out);
        }
        done.rows += out.take();
    }
    done
}

/// Fetches all cache lines of a row; on other processors than x86-64 it does nothing.
fn prefetch(row: &Row) {
    #[cfg(target_arch = "x86_64")]
    for offset in (0..size_of::<Row>()).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing, and the offset stays within the row.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(row).cast::<i8>().add(offset)) };
    }
}

/// CPU seconds of the only thread so far, from /proc.
fn cpu_seconds() -> f64 {
    let schedule = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells the time on the CPU");
    schedule.split(' ').next().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
