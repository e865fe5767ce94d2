//! The core from outside, as one program: each program of tests is optimised with all that it links, and that takes its time.

mod decoding;
mod formats;
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
