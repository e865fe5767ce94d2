//! Demand that was learned, and what it says about the future.
//!
//! [`estimate::Demand`] learns and gives an [`estimate::Estimate`]; a [`forecast::Forecast`] is what that says of the days to come;
//! [`projection`] sets it against stock and supply. Nothing outside this room knows what an estimate is made of.

pub mod estimate;
pub mod forecast;
pub mod negbin;
pub mod projection;
