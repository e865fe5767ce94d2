//! Detectors look at a touched position, and say what its alerts become.

pub mod detectors;
pub mod evidence;
pub mod outlook;
pub mod schedule;
