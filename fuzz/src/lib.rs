//! Any bytes that may come from outside, given to the readers of the core.
//!
//! Each target takes bytes and says by a panic what must not be: a panic of the core, an integer that overflows, a record that goes by
//! without a word, memory out of all proportion. The same functions run under libFuzzer (`make fuzz`) and, over the seeds that are
//! kept and changes of them, in the tests of the core (`native/tests/suite/corpus.rs`).

pub mod allocation;
pub mod columns;
pub mod csv;
pub mod engine;
pub mod json;
pub mod log;
pub mod messages;
pub mod policies;
pub mod policy;
pub mod seeds;
pub mod state;

use allocation::within_memory;

/// What a target does with bytes; it panics where something is wrong.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: [(&str, Target); 10] = [
    ("json", json::run),
    ("messages", messages::run),
    ("csv", csv::run),
    ("columns", columns::run),
    ("policy", policy::run),
    ("map", policy::run_map),
    ("block", state::run_block),
    ("group", state::run_group),
    ("partition", state::run_partition),
    ("log", log::run),
];

/// Runs a target over bytes; panics where something is wrong.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let Some((_, target)) = target else {
        panic!("there is no target `{name}`: {}", TARGETS.map(|(known, _)| known).join(", "))
    };
    within_memory(data.len(), || target(data));
}
