//! Rows of somebody else's data on their way into a log: each becomes movements, a declared skip, or one reject.
//!
//! A row with n movements takes n places of the log, a skip and a reject take one. A row is atomic: all its movements are checked
//! before the first is taken, and if one is wrong, the row is one reject.

use std::sync::Arc;

use crate::intake::field::Fields;
use crate::intake::record;
use crate::intake::reject::Fault;
use crate::log::partition::Partition;
use crate::map::{Mapped, Mapping, Row, RowReader};
use crate::values::instant::Millis;

/// A map that a log was read with, from one of its records or messages on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedMap {
    /// Hash of the compiled map; empty: from here on the log was read without a map.
    pub hash: String,
    /// Number of the first record that it read, or of the first message where the log numbers them.
    pub first: u64,
}

impl Partition {
    /// From now on blocks hold rows for this map; `None`: movements.
    pub fn map(&mut self, mapping: Option<Arc<Mapping>>) {
        self.rows = mapping.map(RowReader::new);
    }

    /// The log is read again as a run has read it: each map from its first message on.
    pub fn map_changes(&mut self, changes: Vec<(Option<Arc<Mapping>>, u64)>) {
        self.map_changes = changes.into();
    }

    /// Takes the map with which the message of this number is read.
    #[cold]
    pub(crate) fn change_map(&mut self, number: u64) {
        while self.map_changes.front().is_some_and(|(_, first)| *first <= number) {
            let (mapping, _) = self.map_changes.pop_front().expect("there is one in front");
            self.map(mapping);
        }
    }

    /// Keeps in the history of the log that it is read with these maps from `first` on. Without any the log is read as movements.
    /// Gives whether it was read with others before.
    pub fn note_maps(&mut self, hashes: &[String], first: u64) -> bool {
        let none = [String::new()];
        let hashes = if hashes.is_empty() { &none[..] } else { hashes };
        let start = self.maps.last().map(|last| last.first);
        let known = self.maps.iter().filter(|used| Some(used.first) == start).map(|used| &used.hash);
        if known.eq(hashes) || (self.maps.is_empty() && hashes == none) {
            return false;
        }
        let had_others = self.offset() > 0;
        self.maps.retain(|used| used.first < first);
        self.maps.extend(hashes.iter().map(|hash| UsedMap { hash: hash.clone(), first }));
        had_others
    }

    /// The maps that the log was read with, in their order.
    pub fn maps(&self) -> &[UsedMap] {
        &self.maps
    }

    /// Takes what a map made of a row; `bytes` are the row as it came, `line` is where a reader found it.
    pub(crate) fn take_row(
        &mut self,
        mapping: &Mapping,
        line: Option<u64>,
        row: Row<'_>,
        arrival: Option<Millis>,
        bytes: &dyn Fn() -> Vec<u8>,
    ) {
        if self.stopped.is_some() {
            return;
        }
        if self.offset < self.read_before {
            self.offset += places(&row);
            return;
        }
        self.line = line.unwrap_or(self.line);
        match row {
            Row::Skipped(_) => self.skip_row(),
            Row::Rejected(rejection) => self.reject_row(rejection.fault, &rejection.bytes.unwrap_or_else(bytes)),
            Row::Movements(movements) => self.take_movements(mapping, movements, arrival, bytes),
        }
    }

    fn take_movements(
        &mut self,
        mapping: &Mapping,
        movements: &[Mapped<'_>],
        arrival: Option<Millis>,
        bytes: &dyn Fn() -> Vec<u8>,
    ) {
        if let ([one], false) = (movements, mapping.expects()) {
            return match record::validate(&one.fields, arrival, &self.checks) {
                Ok(valid) => {
                    self.counts.rows += 1;
                    self.counts.mapped += 1;
                    self.take(&valid, bytes);
                }
                Err(fault) => self.reject_row(mapping.rejection(fault, one).fault, &bytes()),
            };
        }
        let mut unexpected = 0;
        if let Err(rejection) = mapping.check(movements, arrival, &self.checks, &mut |_, _| unexpected += 1) {
            return self.reject_row(rejection.fault, &bytes());
        }
        self.counts.rows += 1;
        self.counts.mapped += 1;
        self.counts.unexpected += unexpected;
        for movement in movements {
            self.record(&movement.fields, arrival, |_| bytes());
        }
    }

    /// A row that its map skips takes a place and is not a record.
    fn skip_row(&mut self) {
        self.counts.rows += 1;
        self.counts.skipped += 1;
        self.offset += 1;
    }

    /// A row that its map has skipped in a sorter.
    pub(crate) fn pass_row(&mut self) {
        if self.stopped.is_none() && !self.was_read() {
            self.skip_row();
        }
    }

    /// A row that cannot be used.
    #[cold]
    pub(crate) fn reject_row(&mut self, fault: Fault, bytes: &[u8]) {
        self.counts.rows += 1;
        self.reject(bytes, fault);
    }

    /// One movement of a row that a sorter has mapped and checked. `first` is 1 and the number of unexpected values for the first
    /// movement of its row, 0 for the others.
    pub(crate) fn take_mapped(&mut self, fields: &Fields<'_>, first: u8, bytes: &[u8]) {
        if self.stopped.is_some() || self.was_read() {
            return;
        }
        self.counts.rows += u64::from(first > 0);
        self.counts.mapped += u64::from(first > 0);
        self.counts.unexpected += u64::from(first.saturating_sub(1));
        self.record(fields, None, |_| bytes.to_vec());
    }
}

/// How many places of the log a row takes.
pub(crate) fn places(row: &Row<'_>) -> u64 {
    match row {
        Row::Movements(movements) => movements.len() as u64,
        Row::Skipped(_) | Row::Rejected(_) => 1,
    }
}
