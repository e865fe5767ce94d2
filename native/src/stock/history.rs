//! Recent movements of all positions in one ring, so that a late count can look back and a closed day can be re-added.
//!
//! Each entry names the one before it of the same position, so a position's own past is a chain through the ring; the row
//! keeps the number of its latest entry. Entries leave from the front when their arrival is older than what any
//! rule may still ask for: `late_window` and one local day. Numbers wrap at 2^32; a link is valid while it is
//! younger than the ring's tail.
//!
//! ```text
//! entry (16 bytes)   time_and_flag u64 = event_time << 2 | flags     effect i32     previous u32
//! ```
//! An effect that does not fit 32 bits (over 2 million units) lies in a table of its own.

use std::collections::{BTreeMap, VecDeque};

use crate::values::bytes::{Decoder, Encoder, follows};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

/// No entry.
pub const NONE: u32 = u32::MAX;
const LARGE: i32 = i32::MIN;
const SEGMENT: usize = 4096;

#[derive(Clone, Copy, Debug)]
struct Entry {
    time_and_flag: u64,
    effect: i32,
    previous: u32,
}

#[derive(Debug)]
struct Segment {
    last_clock: Millis,
    entries: Vec<Entry>,
}

/// One movement of a position's recent past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    pub event_time: Millis,
    /// Change of on hand, thousandths.
    pub effect: Milli,
    /// True when the opposite of the effect was demand.
    pub demand: bool,
    /// True when something was received.
    pub received: bool,
}

impl Past {
    /// The two lowest bits of `flags` are those of [`Past::flags`].
    fn new(event_time: Millis, effect: Milli, flags: u64) -> Past {
        Past { event_time, effect, demand: flags & 1 == 1, received: flags & 2 == 2 }
    }

    fn flags(&self) -> u64 {
        u64::from(self.demand) | u64::from(self.received) << 1
    }
}

#[derive(Debug, Default)]
pub struct History {
    segments: VecDeque<Segment>,
    tail: u32,
    length: usize,
    large: BTreeMap<u32, Milli>,
}

impl History {
    /// Adds a movement at `clock`; returns its number, the position's new latest.
    #[inline]
    pub fn push(&mut self, clock: Millis, past: Past, previous: u32) -> u32 {
        if self.end() == NONE {
            self.append(clock, Entry { time_and_flag: 0, effect: 0, previous: NONE });
        }
        let number = self.end();
        self.put(clock, past, previous);
        number
    }

    /// Adds a movement under the next number, whatever that is: as it was in another ring.
    #[inline]
    fn put(&mut self, clock: Millis, past: Past, previous: u32) {
        let effect = match i32::try_from(past.effect) {
            Ok(effect) if effect != LARGE => effect,
            _ => {
                self.large.insert(self.end(), past.effect);
                LARGE
            }
        };
        self.append(clock, Entry { time_and_flag: (past.event_time as u64) << 2 | past.flags(), effect, previous });
    }

    fn append(&mut self, clock: Millis, entry: Entry) {
        match self.segments.back_mut() {
            Some(segment) if segment.entries.len() < SEGMENT => {
                segment.last_clock = clock;
                segment.entries.push(entry);
            }
            _ => {
                let mut entries = Vec::with_capacity(SEGMENT);
                entries.push(entry);
                self.segments.push_back(Segment { last_clock: clock, entries });
            }
        }
        self.length += 1;
    }

    /// Drops the segments whose youngest entry arrived before `oldest`.
    pub fn forget(&mut self, oldest: Millis) {
        while self.segments.len() > 1 && self.segments[0].last_clock < oldest {
            self.forget_segment();
        }
    }

    /// Drops whole segments up to the entry with number `tail`.
    fn forget_before(&mut self, tail: u32) {
        while !self.is_empty() && self.tail != tail {
            self.forget_segment();
        }
    }

    fn forget_segment(&mut self) {
        let Some(segment) = self.segments.pop_front() else { return };
        for at in 0..segment.entries.len() as u32 {
            if !self.large.is_empty() {
                self.large.remove(&self.tail.wrapping_add(at));
            }
        }
        self.tail = self.tail.wrapping_add(segment.entries.len() as u32);
        self.length -= segment.entries.len();
    }

    /// A position's movements, latest arrival first, from its latest entry.
    pub fn chain(&self, latest: u32) -> impl Iterator<Item = Past> + '_ {
        let mut next = latest;
        std::iter::from_fn(move || {
            let (number, entry) = self.entry(next)?;
            // A link older than its own entry's distance to the tail was forgotten and its number may be in use again.
            let distance = number.wrapping_sub(self.tail);
            next = if entry.previous.wrapping_sub(self.tail) < distance { entry.previous } else { NONE };
            Some(self.past(number, entry))
        })
    }

    fn entry(&self, number: u32) -> Option<(u32, Entry)> {
        let at = number.wrapping_sub(self.tail) as usize;
        if number == NONE || at >= self.length {
            return None;
        }
        // All segments but the last are full, except after a restore, which fills them anew.
        Some((number, self.segments[at / SEGMENT].entries[at % SEGMENT]))
    }

    /// (arrival of its segment, movement, previous) of the newest `count` entries, oldest first.
    fn newest(&self, count: usize) -> impl Iterator<Item = (Millis, Past, u32)> + '_ {
        (self.length - count.min(self.length)..self.length).map(|at| {
            let segment = &self.segments[at / SEGMENT];
            let entry = segment.entries[at % SEGMENT];
            (segment.last_clock, self.past(self.tail.wrapping_add(at as u32), entry), entry.previous)
        })
    }

    fn past(&self, number: u32, entry: Entry) -> Past {
        let effect =
            if entry.effect == LARGE { self.large.get(&number).copied().unwrap_or(0) } else { entry.effect.into() };
        Past::new((entry.time_and_flag as i64) >> 2, effect, entry.time_and_flag)
    }

    pub fn tail(&self) -> u32 {
        self.tail
    }

    /// The number of the next entry.
    #[inline]
    pub fn end(&self) -> u32 {
        self.tail.wrapping_add(self.length as u32)
    }

    fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// An empty ring whose next entry gets number `tail`.
    pub fn starting_at(tail: u32) -> History {
        History { tail, ..History::default() }
    }

    /// Writes the entries from number `from` on, as far as they are still held.
    pub fn write(&self, from: u32, e: &mut Encoder) {
        let end = self.end();
        let new = (end.wrapping_sub(from) as usize).min(self.length);
        e.u32(self.tail);
        e.u32(end.wrapping_sub(new as u32));
        e.u64(new as u64);
        let (mut last_clock, mut last_time) = (0, 0);
        for (at, (clock, past, previous)) in self.newest(new).enumerate() {
            let number = end.wrapping_sub((new - at) as u32);
            e.signed(clock.wrapping_sub(last_clock));
            e.signed(past.event_time.wrapping_sub(last_time));
            e.signed(past.effect);
            // An entry's own number is never that of the one before it.
            let distance = if previous == NONE { 0 } else { number.wrapping_sub(previous) };
            e.short(u64::from(distance) << 2 | past.flags());
            (last_clock, last_time) = (clock, past.event_time);
            e.pass_on();
        }
    }

    /// Forgets what the writer had forgotten, and adds what it wrote: that must begin with the next number.
    pub fn read(&mut self, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        let (tail, first, new) = (d.u32()?, d.u32()?, d.u64()?);
        self.forget_before(tail);
        if self.is_empty() {
            *self = History::starting_at(tail);
        }
        follows(first == self.end())?;
        let (mut clock, mut event_time) = (0i64, 0i64);
        for _ in 0..new {
            (clock, event_time) = (d.time_from(clock)?, d.time_from(event_time)?);
            let (effect, link) = (d.short_amount()?, d.short()?);
            let distance = (link >> 2) as u32;
            let previous = if distance == 0 { NONE } else { self.end().wrapping_sub(distance) };
            self.put(clock, Past::new(event_time, effect, link), previous);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(event_time: i64, effect: i64) -> Past {
        Past { event_time, effect, demand: effect < 0, received: effect % 7 == 0 }
    }

    #[test]
    fn a_chain_is_one_position_only_and_ends_at_the_tail() {
        let mut ring = History::starting_at(u32::MAX - 3000);
        let (mut a, mut b) = (NONE, NONE);
        for i in 0..20_000i64 {
            a = ring.push(i, past(i, -i), a);
            b = ring.push(i, past(i, i * 1_000_000), b);
        }
        let all: Vec<Past> = ring.chain(a).collect();
        assert_eq!((all.len(), all[0], all[19_999]), (20_000, past(19_999, -19_999), past(0, 0)));
        ring.forget(10_000);
        let kept: Vec<Past> = ring.chain(b).collect();
        assert!(kept.len() >= 10_000 && kept.len() < 12_100, "{}", kept.len());
        assert!(kept.iter().enumerate().all(|(n, p)| *p == past(19_999 - n as i64, (19_999 - n as i64) * 1_000_000)));
    }

    #[test]
    fn a_forgotten_link_ends_the_chain() {
        let mut ring = History::default();
        let first = ring.push(0, past(0, 1), NONE);
        for i in 0..9000 {
            ring.push(i, past(i, 2), NONE);
        }
        ring.forget(5000);
        assert_eq!(ring.chain(first).count(), 0);
        let second = ring.push(9000, past(9000, 3), first);
        assert_eq!(ring.chain(second).count(), 1);
    }
}
