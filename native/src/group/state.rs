//! A key group goes out as bytes, whole or as what changed since the last time, and comes back equal: going on is as if
//! it had never stopped.
//!
//! Rows, names and history are only ever added to, so a segment is a range of each and the rows that changed. Each part writes
//! itself; here stands their order. The format is drawn in `native/README.md`. Resolved terms, the index and the timers are not
//! stored: they follow from the policy and the rows.

use crate::group::Group;
use crate::policy::Policy;
use crate::stock::output::DirtyMark;
use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;

/// The name of the format; its last byte is the version.
pub const MAGIC: &[u8; 4] = b"LTG4";

/// Where the last segment ended: the next one begins there.
pub(super) struct Saved {
    locations: u32,
    skus: u32,
    sources: u32,
    /// Number of the next history entry.
    history: u32,
    dirty: DirtyMark,
    /// Of the rules: a policy is written once.
    revision: u64,
}

impl Saved {
    pub(super) fn now(group: &Group) -> Saved {
        Saved {
            locations: group.book.locations.len() as u32,
            skus: group.book.skus.len() as u32,
            sources: group.book.feeds.sources.len() as u32,
            history: group.book.history.end(),
            dirty: group.output.dirty_mark(),
            revision: group.rules.revision,
        }
    }
}

/// Writes a segment.
pub(super) fn write(group: &mut Group, whole: bool, e: &mut Encoder) -> Result<(), CoreError> {
    if group.is_behind() {
        return Err(CoreError::call("settle the group before its state is saved"));
    }
    if group.pending() > 0 {
        return Err(CoreError::call("take the group's rows before its state is saved"));
    }
    let last = if whole { None } else { group.saved.take() };
    if !whole && last.is_none() {
        return Err(CoreError::call("a state is saved whole before what changes of it"));
    }
    group.book.feeds.forget(group.clock);
    let rows = group.book.take_unsaved(whole);
    let (book, rules, output) = (&group.book, &group.rules, &group.output);
    e.i64(group.clock);
    e.i64(group.next_mark);
    e.i64(group.rules.planned_since);
    e.u64(group.next_offset);
    let known = last.as_ref().is_some_and(|last| last.revision == rules.revision);
    e.text(&if known { String::new() } else { rules.policy.text() });
    e.text(&rules.inputs.version);
    book.locations.write(last.as_ref().map_or(0, |last| last.locations), e);
    book.skus.write(last.as_ref().map_or(0, |last| last.skus), e);
    book.history.write(last.as_ref().map_or(book.history.tail(), |last| last.history), e);
    book.feeds.write(last.as_ref().map_or(0, |last| last.sources), e);
    let dirty = last.map(|last| last.dirty);
    output.write_published(dirty, e);
    e.u32(book.rows.len() as u32);
    e.u32(rows.len() as u32);
    for row in &rows {
        book.write_row(*row, e);
        e.pass_on();
    }
    output.write(dirty, &rows, e);
    group.saved = Some(Saved::now(group));
    Ok(())
}

/// Reads a segment on top of those before it.
pub(super) fn read(group: &mut Group, segment: &[u8]) -> Result<(), CoreError> {
    let mut d = Decoder::new(segment, MAGIC)?;
    (group.clock, group.next_mark) = (d.time()?, d.time()?);
    (group.rules.planned_since, group.next_offset) = (d.time()?, d.u64()?);
    let policy = d.text()?;
    if !policy.is_empty() {
        group.rules.replace(Policy::read(policy)?);
    }
    let inputs = d.text()?;
    if *inputs != *group.rules.inputs.version {
        group.rules.use_inputs(inputs)?;
    }
    let (book, output) = (&mut group.book, &mut group.output);
    book.locations.read(&mut d)?;
    book.skus.read(&mut d)?;
    book.history.read(&mut d)?;
    book.feeds.read(&mut d)?;
    output.read_published(book, &mut d)?;
    let rows = d.u32()? as usize;
    for _ in 0..d.u32()? {
        book.read_row(&mut d)?;
    }
    follows(book.rows.len() == rows)?;
    output.read(rows, &mut d)?;
    d.end()
}
