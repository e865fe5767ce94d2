//! What a position has: stock, supply, history, levels.

pub mod days;
pub mod effects;
pub mod history;
pub mod position;
pub mod rows;
pub mod thresholds;
pub mod timers;
