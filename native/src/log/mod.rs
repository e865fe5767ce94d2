//! One log: its records in order, each once, and the blocks for key groups.

pub mod blocks;
pub mod csv;
pub mod dedup;
pub mod partition;
pub mod placement;
pub mod state;
pub mod wire;
