//! The plain job on timely dataflow: one worker, state in the operators, no recovery, an epoch for each block.
//!
//! It does the whole plain job: decode with serde_json, validate, deduplicate, stock, demand, supply, levels, alerts. Records are
//! exchanged by source for the deduplication and by position for the stock, as on more workers. The clock of the log is
//! kept by the step that decodes, in the order of the log, so that it also moves on duplicates.
//! Usage: `peer-timely EVENTS LEDGER`; prints one line of JSON.

mod movement;
mod position;

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;
use std::time::Instant;

use rustc_hash::{FxBuildHasher, FxHashMap};
use timely::dataflow::channels::pact::{Exchange, Pipeline};
use timely::dataflow::operators::{Inspect, Operator, Probe};
use timely::dataflow::{InputHandle, ProbeHandle};

use movement::Movement;
use position::{DAY_MS, Position};

const DEDUP_MS: i64 = 7 * DAY_MS;
const LINES_A_BLOCK: usize = 4096;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let events: Vec<u8> = std::fs::read(&arguments[1]).expect("the file of events can be read");
    let records = memchr::memchr_iter(b'\n', &events).count();
    let blocks = blocks(&events);
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let ledger = timely::execute_directly(move |worker| run(worker, blocks));
    let (cpu, wall) = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
    std::fs::write(&arguments[2], ledger.iter().map(|line| line.to_owned() + "\n").collect::<String>())
        .expect("the ledger can be written");
    println!(
        r#"{{"engine": "timely", "records": {records}, "cpu_s": {cpu:.4}, "wall_s": {wall:.4}, "entries": {}}}"#,
        ledger.len()
    );
}

/// Feeds the blocks to the dataflow, each as an epoch, and gives the lines of the ledger.
fn run(worker: &mut timely::worker::Worker, blocks: Vec<Vec<Vec<u8>>>) -> Vec<String> {
    let ledger = Rc::new(RefCell::new(Vec::new()));
    let out = Rc::clone(&ledger);
    let mut input = InputHandle::new();
    let probe = ProbeHandle::new();
    worker.dataflow::<usize, _, _>(|scope| {
        input
            .to_stream(scope)
            .unary(Pipeline, "decode", |_, _| {
                let mut clock = i64::MIN;
                move |input, output| {
                    input.for_each_stamp(|time, data| {
                        let mut session = output.session(&time);
                        for line in data.flat_map(|lines: &mut Vec<Vec<u8>>| lines.drain(..)) {
                            if let Some(mut movement) = movement::decode(&line) {
                                clock = clock.max(movement.at);
                                movement.clock = clock;
                                session.give(movement);
                            }
                        }
                    });
                }
            })
            .container::<Vec<Movement>>()
            .unary(Exchange::new(|one: &Movement| hash(&one.source)), "deduplicate", |_, _| {
                let mut seen: FxHashMap<(String, String), i64> = FxHashMap::default();
                let mut cleaned = i64::MIN;
                move |input, output| {
                    input.for_each_stamp(|time, data| {
                        let mut session = output.session(&time);
                        for movement in data.flat_map(|movements| movements.drain(..)) {
                            let oldest = movement.clock - DEDUP_MS;
                            match seen.entry((movement.source.clone(), movement.id.clone())) {
                                Entry::Occupied(known) if *known.get() >= oldest => continue,
                                Entry::Occupied(mut known) => *known.get_mut() = movement.at,
                                Entry::Vacant(free) => *free.insert(movement.at) = movement.at,
                            };
                            if movement.clock / DAY_MS != cleaned {
                                cleaned = movement.clock / DAY_MS;
                                seen.retain(|_, at| *at >= oldest);
                            }
                            session.give(movement);
                        }
                    });
                }
            })
            .container::<Vec<Movement>>()
            .unary(Exchange::new(|one: &Movement| hash(&(&one.location, &one.sku))), "inventory", |_, _| {
                let mut positions: FxHashMap<(String, String), Position> = FxHashMap::default();
                move |input, output| {
                    input.for_each_stamp(|time, data| {
                        let mut session = output.session(&time);
                        for movement in data.flat_map(|movements| movements.drain(..)) {
                            let key = (movement.location.clone(), movement.sku.clone());
                            positions.entry(key).or_default().apply(&movement, |entry| session.give(entry));
                        }
                    });
                }
            })
            .container::<Vec<String>>()
            .inspect(move |entry| out.borrow_mut().push(entry.clone()))
            .probe_with(&probe);
    });
    for (epoch, lines) in blocks.into_iter().enumerate() {
        let mut lines = lines;
        input.send_batch(&mut lines);
        input.advance_to(epoch + 1);
        while probe.less_than(input.time()) {
            worker.step();
        }
    }
    ledger.take()
}

fn hash(value: &impl Hash) -> u64 {
    FxBuildHasher.hash_one(value)
}

fn blocks(events: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let lines: Vec<Vec<u8>> =
        events.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect();
    lines.chunks(LINES_A_BLOCK).map(<[Vec<u8>]>::to_vec).collect()
}

/// CPU seconds of the main thread so far, from /proc; the worker runs on it, and there is no other.
fn cpu_seconds() -> f64 {
    let schedule = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells the time on the CPU");
    schedule.split(' ').next().and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
