//! The core from outside, as one program: each program of tests is optimised with all that it links, and that takes its time.

mod corpus;
mod decoding;
mod feeds;
mod formats;
#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;
mod json;
mod map_documents;
mod map_forms;
mod map_values;
mod mapped;
mod order;
mod properties;
mod rooms;
mod state;
mod support;
mod values;

#[global_allocator]
static ALLOCATOR: fuzz::allocation::Counting = fuzz::allocation::Counting;
