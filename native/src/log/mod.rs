//! One log: its records in order, once each, and the blocks that key groups get.

pub mod blocks;
pub mod dedup;
pub mod partition;
pub mod placement;
pub mod state;
pub mod wire;
