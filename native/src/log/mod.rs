//! One log: its records in order, each once, and the blocks for key groups.

pub mod blocks;
pub mod counts;
pub mod dedup;
pub mod feed_wire;
pub mod feeds;
pub(crate) mod folding;
mod framed;
pub mod json_record;
pub mod mapped;
pub mod order;
pub mod partition;
pub mod placement;
pub mod position_terms;
pub mod state;
pub mod voids;
pub mod wire;
