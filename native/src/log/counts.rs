//! What a partition has counted since its log began.

use std::collections::BTreeMap;

/// How many records of a partition were accepted, rejected, late and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub records: u64,
    pub accepted: u64,
    pub duplicates: u64,
    /// Behind the clock, by however little.
    pub late: u64,
    /// Behind the clock by more than `late_window`.
    pub very_late: u64,
    /// Voids whose record never came.
    pub void_unmatched: u64,
    /// Voids that took something back, and then turned out to name a count, an order or the like.
    pub void_of_what: u64,
    /// Rows that a map read: each became movements, or was skipped as the map says, or was rejected.
    pub rows: u64,
    /// Of the rows, those that became movements.
    pub mapped: u64,
    /// Of the rows, those that the map skips.
    pub skipped: u64,
    /// Values that an `expect` of the map warns of.
    pub unexpected: u64,
    pub rejects: BTreeMap<&'static str, u64>,
}
