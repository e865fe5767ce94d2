//! A block carries valid movements from a partition to one of its key groups, as bytes that any process can read.
//!
//! ```text
//! block    "LTB4"  clock i64  last u8  pad[3]  count u32  planned since i64  changes u32  length u32
//!          record*  change*                                                  all numbers little-endian; length: of the changes in bytes
//! record   kind u8  flags u8  sku u16  location u16  source u16  id u16  pad u16  ref u32
//!          offset u64  clock i64  event_time i64  quantity i64  due i64      (56 bytes, the lengths in bytes; in the place
//!                                                                             of due stands what a void takes back, or an expiry)
//!          sku  location  source  id  ref                                    (UTF-8, not terminated)
//! flags    1: has a ref   2: has a due   4: a void that takes something back   8: a record with the same offset follows
//!          16: has a reason   32: has an expiry, and no due
//! kind     255: a duplicate, to be passed over
//! change   what happened to a feed: [`crate::log::feed_wire`]
//! ```

use crate::log::feed_wire::{self, ToldChange};
use crate::log::feeds::FeedRecord;
use crate::values::deed::Deed;
use crate::values::error::CoreError;
use crate::values::feed::FeedChange;
use crate::values::instant::{self, DAY, Millis};
use crate::values::movement::{Kind, Movement};
use crate::values::quantity;

const MAGIC: &[u8; 4] = b"LTB4";
const HEADER: usize = 36;
const RECORD: usize = 56;
const HAS_REF: u8 = 1;
const HAS_DUE: u8 = 2;
const HAS_DEED: u8 = 4;
const JOINED: u8 = 8;
const HAS_REASON: u8 = 16;
const HAS_EXPIRY: u8 = 32;
/// The kind of a movement that is to be passed over.
const CANCELLED: u8 = 255;

/// Collects the movements of one key group.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    count: u32,
    /// Length of the last block; the next one is probably as long.
    usual: usize,
}

impl Writer {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds a movement; returns where it starts, for [`Writer::set_clock`] and [`Writer::cancel`].
    #[inline]
    pub fn push(&mut self, m: &Movement<'_>) -> usize {
        if self.bytes.is_empty() {
            self.bytes.reserve(self.usual + self.usual / 8);
            self.bytes.resize(HEADER, 0);
        }
        let reference = m.reference.unwrap_or("");
        let mut head = [0u8; RECORD];
        head[0] = m.kind as u8;
        head[1] = (u8::from(m.reference.is_some()) * HAS_REF)
            | (u8::from(m.due.is_some()) * HAS_DUE)
            | (u8::from(m.deed.is_some()) * HAS_DEED)
            | (u8::from(m.joined) * JOINED)
            | (u8::from(m.has_reason) * HAS_REASON)
            | (u8::from(m.expiry.is_some()) * HAS_EXPIRY);
        let last = m.due.or(m.expiry).or(m.deed.map(|deed| deed.bits() as i64)).unwrap_or(0);
        for (at, text) in [(2, m.sku), (4, m.location), (6, m.source), (8, m.id)] {
            head[at..at + 2].copy_from_slice(&(text.len() as u16).to_le_bytes());
        }
        head[12..16].copy_from_slice(&(reference.len() as u32).to_le_bytes());
        head[16..24].copy_from_slice(&m.offset.to_le_bytes());
        for (at, value) in [(24, m.clock), (32, m.event_time), (40, m.quantity), (48, last)] {
            head[at..at + 8].copy_from_slice(&value.to_le_bytes());
        }
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&head);
        for text in [m.sku, m.location, m.source, m.id, reference] {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.count += 1;
        at
    }

    /// Gives the movement that starts at `at` its clock.
    #[inline]
    pub fn set_clock(&mut self, at: usize, clock: Millis) {
        self.bytes[at + 24..at + 32].copy_from_slice(&clock.to_le_bytes());
    }

    /// Says what the void that starts at `at` takes back.
    pub fn set_deed(&mut self, at: usize, deed: Option<Deed>) {
        if let Some(deed) = deed {
            self.bytes[at + 1] |= HAS_DEED;
            self.bytes[at + 48..at + 56].copy_from_slice(&deed.bits().to_le_bytes());
        }
    }

    /// The movement that starts at `at` turned out to be a duplicate: readers pass over it.
    pub fn cancel(&mut self, at: usize) {
        self.bytes[at] = CANCELLED;
    }

    /// Source, location, id and offset of the movement that starts at `at`.
    #[inline]
    pub fn origin(&self, at: usize) -> FeedRecord<'_> {
        let bytes = &self.bytes[at..];
        let length = |at: usize| usize::from(u16::from_le_bytes(word(bytes, at)));
        let (location, rest) = bytes[RECORD + length(2)..].split_at(length(4));
        let (source, rest) = rest.split_at(length(6));
        FeedRecord { location, source, id: &rest[..length(8)], offset: u64::from_le_bytes(word(bytes, 16)) }
    }

    /// The finished block; the writer is empty again. `changes` are those of feeds.
    pub fn finish(&mut self, clock: Millis, planned_since: Millis, last: bool, changes: &[ToldChange<'_>]) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.bytes);
        if bytes.is_empty() {
            bytes.resize(HEADER, 0);
        }
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4..12].copy_from_slice(&clock.to_le_bytes());
        bytes[12] = u8::from(last);
        bytes[16..20].copy_from_slice(&self.count.to_le_bytes());
        bytes[20..28].copy_from_slice(&planned_since.to_le_bytes());
        self.count = 0;
        self.usual = bytes.len();
        changes.iter().for_each(|change| feed_wire::write(change, &mut bytes));
        let length = bytes.len() - self.usual;
        bytes[28..32].copy_from_slice(&(changes.len() as u32).to_le_bytes());
        bytes[32..36].copy_from_slice(&(length as u32).to_le_bytes());
        bytes
    }
}

/// Reads a block back. Every length is checked: an incomplete block is an error, never a wrong movement.
pub struct Reader<'a> {
    rest: &'a [u8],
    /// How many records are still to be read, those that are passed over included.
    pub left: u32,
    /// The clock of the partition after the block.
    pub clock: Millis,
    /// The clock of the first record that shows a plan; the largest number if there was none yet.
    pub planned_since: Millis,
    /// True for the block that closes a finite source.
    pub last: bool,
    /// What happened to feeds, in its order, with whether the reader is to write the alert.
    pub changes: Vec<(FeedChange, bool)>,
}

/// A time is one that a record may have, or a day behind it: the end of a day in a zone.
#[inline]
pub(super) fn check_time(time: Millis) -> Result<(), CoreError> {
    if (instant::FIRST - DAY..=instant::END + 2 * DAY).contains(&time) {
        return Ok(());
    }
    Err(CoreError::block("a block of movements has a time that no record may have"))
}

pub(super) fn word<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a slice of N bytes")
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Result<Reader<'a>, CoreError> {
        if bytes.len() < HEADER || &bytes[..4] != MAGIC {
            return Err(CoreError::block("not a block of movements: it does not start with LTB4"));
        }
        let clock = i64::from_le_bytes(word(bytes, 4));
        let left = u32::from_le_bytes(word(bytes, 16));
        let planned_since = i64::from_le_bytes(word(bytes, 20));
        check_time(clock)?;
        if planned_since != Millis::MAX {
            check_time(planned_since)?;
        }
        let [count, length] = [28, 32].map(|at| u32::from_le_bytes(word(bytes, at)) as usize);
        let end = bytes.len().checked_sub(length).filter(|end| *end >= HEADER);
        let end = end.ok_or_else(|| CoreError::block("a block of movements ends in the middle of a change"))?;
        let changes = feed_wire::read(&bytes[end..], count)?;
        Ok(Reader { rest: &bytes[HEADER..end], left, clock, planned_since, last: bytes[12] == 1, changes })
    }

    /// The texts of one record, checked as one: all are UTF-8 and none is cut within a character.
    #[inline]
    fn texts<const N: usize>(&mut self, lengths: [usize; N]) -> Result<[&'a str; N], CoreError> {
        let total: usize = lengths.iter().sum();
        if total > self.rest.len() {
            return Err(CoreError::block("a block of movements ends in the middle of a record"));
        }
        let (bytes, rest) = self.rest.split_at(total);
        self.rest = rest;
        let all = simdutf8::basic::from_utf8(bytes)
            .map_err(|_| CoreError::block("a block of movements holds text that is not UTF-8"))?;
        let mut texts = [""; N];
        let mut start = 0;
        for (text, length) in texts.iter_mut().zip(lengths) {
            *text = all
                .get(start..start + length)
                .ok_or_else(|| CoreError::block("a block of movements cuts a character in two"))?;
            start += length;
        }
        Ok(texts)
    }

    /// The next movement, `None` after the last.
    #[inline]
    pub fn read(&mut self) -> Result<Option<Movement<'a>>, CoreError> {
        loop {
            if self.left == 0 {
                return Ok(None);
            }
            if self.rest.len() < RECORD {
                return Err(CoreError::block("a block of movements ends in the middle of a record"));
            }
            let (head, rest) = self.rest.split_at(RECORD);
            self.rest = rest;
            self.left -= 1;
            let movement = self.movement(head)?;
            if movement.is_some() {
                return Ok(movement);
            }
        }
    }

    /// The movement of this head and the texts that follow it; `None` if it was cancelled.
    #[inline]
    fn movement(&mut self, head: &[u8]) -> Result<Option<Movement<'a>>, CoreError> {
        let length = |at| usize::from(u16::from_le_bytes(word(head, at)));
        let [sku, location, source, id] = [2, 4, 6, 8].map(length);
        let reference = u32::from_le_bytes(word(head, 12)) as usize;
        let [sku, location, source, id, reference] = self.texts([sku, location, source, id, reference])?;
        if head[0] == CANCELLED {
            return Ok(None);
        }
        let kind =
            Kind::from_code(head[0]).ok_or_else(|| CoreError::block("a block of movements has an unknown kind"))?;
        let [clock, event_time, quantity, last] = [24, 32, 40, 48].map(|at| i64::from_le_bytes(word(head, at)));
        let due = (head[1] & HAS_DUE != 0).then_some(last);
        let expiry = (head[1] & HAS_EXPIRY != 0).then_some(last);
        for time in [Some(clock), Some(event_time), due, expiry].into_iter().flatten() {
            check_time(time)?;
        }
        let offset = u64::from_le_bytes(word(head, 16));
        if !(-quantity::LIMIT..=quantity::LIMIT).contains(&quantity) || offset > i64::MAX as u64 {
            return Err(CoreError::block("a block of movements has a quantity or an offset that no record may have"));
        }
        Ok(Some(Movement {
            kind,
            offset,
            clock,
            event_time,
            quantity,
            due,
            expiry,
            sku,
            location,
            source,
            id,
            reference: (head[1] & HAS_REF != 0).then_some(reference),
            deed: (head[1] & HAS_DEED != 0).then(|| Deed::from_bits(last as u64)),
            has_reason: head[1] & HAS_REASON != 0,
            joined: head[1] & JOINED != 0,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_339_800_000;

    #[test]
    fn there_and_back_and_no_torn_block_passes() {
        let movement = Movement {
            kind: Kind::Order,
            quantity: -5,
            event_time: NOW + 7,
            due: Some(NOW + 9),
            expiry: None,
            clock: NOW + 11,
            offset: 3,
            id: "i",
            source: "till",
            location: "330",
            sku: "é",
            reference: Some("PO1"),
            deed: None,
            has_reason: false,
            joined: false,
        };
        let mut writer = Writer::default();
        writer.push(&movement);
        let bytes = writer.finish(NOW + 42, NOW, true, &[]);
        let mut reader = Reader::new(&bytes).unwrap();
        assert_eq!((reader.clock, reader.last), (NOW + 42, true));
        assert_eq!(reader.read().unwrap(), Some(movement));
        assert_eq!(reader.read().unwrap(), None);
        for cut in 0..bytes.len() {
            let outcome = Reader::new(&bytes[..cut]).and_then(|mut reader| reader.read().map(|_| ()));
            assert!(outcome.is_err(), "cut at {cut}");
        }
    }
}
