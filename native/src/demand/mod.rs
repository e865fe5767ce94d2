//! Demand that was learned, and what it says of the future.

pub mod negbin;
pub mod projection;
pub mod rate;
