//! Demand that was learned, and what it says about the future.
//!
//! [`rate::Demand`] learns and gives a [`forecast::Forecast`]; [`projection`] sets that against stock and supply. Nothing outside
//! this room knows what an estimate is made of.

pub mod forecast;
pub mod negbin;
pub mod projection;
pub mod rate;
