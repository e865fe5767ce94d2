//! A key group is a deterministic fold of its log: movements in, rows for the tables out.
//!
//! ```text
//! block ─▶ per record: what is due of its position (timers, marks) ─▶ passed days ─▶ effect ─▶ look
//!       └▶ at the block's end: a slice of what is due of other positions
//! ```
//! A timer's entry carries its due time and sees the state as it was then, so when it is physically fired cannot show.
//!
//! The group itself only drives ([`drive`]). What is known lies in the [`Book`], what is decided from outside in the [`Rules`],
//! what is to be told in the [`Output`].

pub mod batches;
pub mod describe;
pub mod drive;
pub mod lines;
mod rule_change;
pub mod settled;
pub mod slices;
pub mod state;

use std::path::Path;
use std::sync::Arc;

use crate::group::state::Saved;
use crate::policy::rules::Rules;
use crate::policy::{Catalogue, Known, Policy};
use crate::stock::book::Book;
use crate::stock::output::{Output, Tables};
use crate::stock::position::{Row, RowId};
use crate::values::bytes::Encoder;
use crate::values::error::CoreError;
use crate::values::instant::{Millis, next_minute};
use crate::values::names::hash_of_names;

/// The positions of one part of a log.
pub struct Group {
    book: Book,
    rules: Rules,
    output: Output,
    clock: Millis,
    /// When changed positions are next published.
    next_mark: Millis,
    /// When changed positions with an open alert are next published: the whole minute after the clock.
    next_minute: Millis,
    /// The first offset that was not applied yet: what comes again is not applied twice.
    next_offset: u64,
    /// Kept from the first segment of the state on.
    saved: Option<Saved>,
}

impl Group {
    pub fn new(pipeline: &str, policy: Policy, catalogue: Catalogue) -> Group {
        Group {
            book: Book::new(pipeline),
            rules: Rules::new(policy, catalogue),
            output: Output::default(),
            clock: Millis::MIN,
            next_mark: Millis::MIN,
            next_minute: Millis::MIN,
            next_offset: 0,
            saved: None,
        }
    }

    /// Knows these inputs; those with the hash `version` are in force, or none if it is empty.
    pub fn with_inputs(mut self, known: Arc<Known>, version: &str) -> Result<Group, CoreError> {
        self.rules = self.rules.with_inputs(known, version)?;
        Ok(self)
    }

    pub fn book(&self) -> &Book {
        &self.book
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// How many positions there are.
    pub fn len(&self) -> usize {
        self.book.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.book.rows.is_empty()
    }

    /// How many positions get no reorder alert because nobody plans them.
    pub fn silent(&self) -> usize {
        let is_silent = |row: &&Row| row.is_silent(self.rules.terms(row.terms), &self.rules, self.clock);
        self.book.rows.iter().filter(is_silent).count()
    }

    /// The number of the first record that was not applied yet.
    pub fn next_offset(&self) -> u64 {
        self.next_offset
    }

    /// A hash of each position's names, in the order in which they were first named.
    pub fn hashes(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.len() as RowId).map(|row| {
            let (location, sku) = self.book.name(row);
            hash_of_names(location, sku)
        })
    }

    /// Location and SKU of the position that was named as number `at`.
    pub fn name(&self, at: usize) -> Option<(&str, &str)> {
        (at < self.len()).then(|| self.book.name(at as RowId))
    }

    /// How many rows wait to be taken.
    pub fn pending(&self) -> usize {
        self.output.tables.len()
    }

    /// How many rows of positions are among them.
    pub fn pending_positions(&self) -> usize {
        self.output.tables.positions.len()
    }

    /// Takes the rows that were written since the last call, ledger entries in canonical order.
    pub fn take(&mut self) -> Tables {
        self.output.take()
    }

    /// Takes them but those of positions, which wait on.
    pub fn take_but_positions(&mut self) -> Tables {
        self.output.take_but_positions()
    }

    /// From now on only the latest row of a position waits to be taken.
    pub fn keep_latest(&mut self) {
        self.output.keep_latest();
    }

    /// A segment of the state: what changed since the last one, or all of it, which every later one builds on. What is due and was
    /// not done, and rows that were not taken, are not part of it: [`Group::settle`] and take first.
    pub fn save(&mut self, whole: bool) -> Result<Vec<u8>, CoreError> {
        let mut e = Encoder::new(state::MAGIC);
        state::write(self, whole, &mut e)?;
        Ok(e.finish())
    }

    /// Writes a segment to a new file; its length in bytes and its checksum, when it is on disk. After an error the state is to
    /// be saved whole again.
    pub fn save_to(&mut self, whole: bool, path: &Path) -> Result<(u64, u64), CoreError> {
        let mut e = Encoder::to_file(state::MAGIC, path)?;
        state::write(self, whole, &mut e)?;
        Ok(e.finish_file()?)
    }

    /// A group as it was when the last of `segments` was saved: a whole one and those that were saved after it, in order,
    /// under the same catalogue. It goes on under the policy and the inputs that it had.
    pub fn restore(
        pipeline: &str,
        policy: Policy,
        catalogue: Catalogue,
        known: Arc<Known>,
        segments: &[&[u8]],
    ) -> Result<Group, CoreError> {
        let mut group = Group::new(pipeline, policy, catalogue).with_inputs(known, "")?;
        for segment in segments {
            state::read(&mut group, segment)?;
        }
        group.book.rebuild(&mut group.rules)?;
        group.output.watch_dirty(&group.book);
        group.next_minute = next_minute(group.clock);
        group.saved = Some(Saved::now(&group));
        Ok(group)
    }
}
