//! An alert: its life as a pure function, and the entries that record it.

pub mod entry;
pub mod episode;
