//! What the tests of the suite share: an engine, policies for it, logs and maps.

pub mod logs;
pub mod maps;

pub use crate::fuzz::engine::{Engine, PIPELINE, restore_group};
pub use crate::fuzz::policies::busy_policy;
