//! The core from outside, as one program: each program of tests is optimised with all that it links, and that takes its time.

mod decoding;
mod formats;
mod json;
mod order;
mod properties;
mod rooms;
mod state;
mod support;
mod values;
