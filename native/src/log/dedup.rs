//! The first record with a (source, id) wins for as long as the window lasts; a later one has no effect at all.
//!
//! A record is known by a 64-bit fingerprint and remembered, with what it did, until the clock is the window past its event
//! time. What is forgotten is dropped where the table moves its entries to grow, so the memory follows the number of records in
//! one window: 16 bytes each, 20 to 30 with free slots; a record with a ref has it in a table beside. Voids are remembered here
//! too, by what they take back.

use xxhash_rust::xxh3::Xxh3;

use crate::values::deed::Deed;
use crate::values::instant::{FIRST, Millis};
use crate::values::slots::Entry;
use crate::values::table::Table;

/// A record that is remembered: fingerprint, event time, what it did.
pub type Remembered = (u64, Millis, Deed);

/// A record as the table holds it: fingerprint; event time in milliseconds since 2000 (42 bits) and the deed without its ref
/// (22 bits), all bits turned. No deed has all its bits set, so that is 0 only in a free slot.
#[derive(Clone, Copy, Debug)]
struct Seen(u64, u64);

const DEED_BITS: u32 = 22;

impl Seen {
    fn new((fingerprint, event_time, deed): Remembered) -> Seen {
        Seen(fingerprint, !((event_time.wrapping_sub(FIRST) as u64) << DEED_BITS | deed.parts().0))
    }

    #[inline]
    fn time(self) -> Millis {
        (!self.1 >> DEED_BITS) as Millis + FIRST
    }

    fn deed_bits(self) -> u64 {
        !self.1 & ((1 << DEED_BITS) - 1)
    }
}

impl Entry for Seen {
    const FREE: Seen = Seen(u64::MAX, 0);

    #[inline]
    fn is_free(&self) -> bool {
        self.1 == 0
    }

    #[inline]
    fn hash(&self) -> u64 {
        self.0
    }
}

/// The fingerprint of a record, and the bits of its ref, which are not 0. A type of its own: one that both tables shared took 1.4 % more
/// instructions a record, because less of its table was inlined.
#[derive(Clone, Copy, Debug)]
struct RefOf(u64, u64);

impl Entry for RefOf {
    const FREE: RefOf = RefOf(u64::MAX, 0);

    #[inline]
    fn is_free(&self) -> bool {
        self.1 == 0
    }

    #[inline]
    fn hash(&self) -> u64 {
        self.0
    }
}

#[derive(Debug)]
pub struct Dedup {
    window_ms: i64,
    /// Records with an earlier event time were forgotten for good when the window changed, whether they are still in the table or not.
    forgotten: Millis,
    seen: Table<Seen>,
    /// The refs of the records in `seen`.
    refs: Table<RefOf>,
    /// What was remembered since the last time that somebody asked, kept from the first time on.
    added: Option<Vec<Remembered>>,
}

/// The fingerprint of (source, id): stable over versions, machines and runs.
pub fn fingerprint(source: &str, id: &str) -> u64 {
    let mut buffer = [0u8; 64];
    let length = source.len() + id.len() + 1;
    if length <= buffer.len() {
        buffer[..source.len()].copy_from_slice(source.as_bytes());
        buffer[source.len()] = 0xff;
        buffer[source.len() + 1..length].copy_from_slice(id.as_bytes());
        return xxhash_rust::xxh3::xxh3_64(&buffer[..length]);
    }
    let mut hash = Xxh3::new();
    hash.update(source.as_bytes());
    hash.update(&[0xff]);
    hash.update(id.as_bytes());
    hash.digest()
}

/// What a void of the record (source, id) at a position is known by: the second one is a duplicate.
pub fn void_fingerprint(source: &str, id: &str, location: &str, sku: &str) -> u64 {
    let mut hash = Xxh3::new();
    for text in [source, id, location, sku] {
        hash.update(&[0xff]);
        hash.update(text.as_bytes());
    }
    hash.digest()
}

impl Dedup {
    pub fn new(window_ms: i64) -> Dedup {
        Dedup { window_ms, forgotten: Millis::MIN, seen: Table::default(), refs: Table::default(), added: None }
    }

    /// Another window from `clock` on. A longer window does not bring back what the old window had already forgotten.
    pub fn set_window(&mut self, window_ms: i64, clock: Millis) {
        self.forgotten = self.forgotten.max(clock.saturating_sub(self.window_ms));
        self.window_ms = window_ms;
    }

    /// Fingerprints before this time are forgotten.
    pub fn forgotten(&self) -> Millis {
        self.forgotten
    }

    /// Sets the time before which fingerprints are forgotten, from a saved state.
    pub fn forget_before(&mut self, forgotten: Millis) {
        self.forgotten = forgotten;
    }

    /// What the record with this fingerprint did, if it is remembered at `clock`.
    #[inline]
    pub fn find(&self, fingerprint: u64, clock: Millis) -> Option<Deed> {
        if self.window_ms <= 0 {
            return None;
        }
        let seen = self.seen.find(fingerprint, |_| true)?;
        self.counts(seen.time(), clock).then(|| self.deed_of(seen))
    }

    fn deed_of(&self, seen: Seen) -> Deed {
        let reference = if self.refs.is_empty() { None } else { self.refs.find(seen.0, |_| true) };
        Deed::from_bits(seen.deed_bits() | reference.map_or(0, |reference| reference.1))
    }

    /// True when the record is a duplicate at `clock`; otherwise it is remembered.
    #[inline]
    pub fn is_duplicate(&mut self, fingerprint: u64, clock: Millis, event_time: Millis, deed: Deed) -> bool {
        let (window, forgotten) = (self.window_ms, self.forgotten);
        !self.admit((fingerprint, event_time, deed), clock, |at| clock - at <= window && at >= forgotten)
    }

    /// Remembers a record that is not a duplicate.
    #[inline]
    pub fn remember(&mut self, fingerprint: u64, clock: Millis, event_time: Millis, deed: Deed) {
        self.admit((fingerprint, event_time, deed), clock, |_| false);
    }

    /// Remembers a record, unless one with its fingerprint stays, by its event time. Whether it is new.
    #[inline]
    fn admit(&mut self, record: Remembered, clock: Millis, stays: impl Fn(Millis) -> bool) -> bool {
        if self.window_ms <= 0 {
            return true;
        }
        let is_new = self.put(record, clock, stays);
        if let Some(added) = self.added.as_mut().filter(|_| is_new) {
            added.push(record);
        }
        is_new
    }

    #[inline]
    fn put(&mut self, record: Remembered, clock: Millis, stays: impl Fn(Millis) -> bool) -> bool {
        let (fingerprint, _, deed) = record;
        let Dedup { window_ms: window, seen, refs, .. } = self;
        let is_remembered = |seen: &Seen| clock.saturating_sub(seen.time()) <= *window;
        let held = seen.add_keeping(Seen::new(record), |_| true, is_remembered, |seen| forget_ref(refs, seen.0));
        if let Some(held) = held {
            if stays(held.time()) {
                return false;
            }
            *held = Seen::new(record);
            forget_ref(refs, fingerprint);
        }
        let reference = deed.parts().1;
        if reference != 0 {
            refs.add(RefOf(fingerprint, reference), |_| false);
        }
        true
    }

    fn counts(&self, event_time: Millis, clock: Millis) -> bool {
        clock - event_time <= self.window_ms && event_time >= self.forgotten
    }

    /// Reads where these fingerprints lie or would lie, so that they are in the cache when asked for.
    #[inline]
    pub fn look_ahead(&self, fingerprints: impl Iterator<Item = u64>) {
        fingerprints.for_each(|fingerprint| self.seen.look_ahead(fingerprint));
    }

    /// What is remembered at `clock`, in an order that depends on nothing but the content. Later additions are kept apart.
    pub fn whole(&mut self, clock: Millis) -> Vec<Remembered> {
        self.added = Some(Vec::new());
        let mut records: Vec<_> = {
            let kept = self.seen.iter().copied().filter(|seen| self.counts(seen.time(), clock));
            kept.map(|seen| (seen.0, seen.time(), self.deed_of(seen))).collect()
        };
        records.sort_unstable();
        records
    }

    /// What was remembered since the last call, in the order of the log; `None` before the first [`Dedup::whole`].
    pub fn added(&mut self) -> Option<Vec<Remembered>> {
        self.added.as_mut().map(std::mem::take)
    }

    /// Remembers what was remembered elsewhere.
    pub fn restore(&mut self, records: &[Remembered]) {
        self.seen.reserve(records.len()); // they may come in the order of their fingerprints
        self.refs.reserve(records.iter().filter(|(_, _, deed)| deed.parts().1 != 0).count());
        for record in records {
            self.put(*record, Millis::MIN, |_| false);
        }
        self.added = Some(Vec::new());
    }
}

fn forget_ref(refs: &mut Table<RefOf>, fingerprint: u64) {
    if !refs.is_empty() {
        refs.remove(fingerprint, |_| true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::instant::END;
    use crate::values::movement::Kind;

    const DONE: Deed = Deed::from_bits(1);

    #[test]
    fn duplicate_after_the_window_is_a_new_record() {
        let mut dedup = Dedup::new(100);
        let one = fingerprint("till", "1");
        assert!(!dedup.is_duplicate(one, FIRST, FIRST + 10, DONE));
        assert!(dedup.is_duplicate(one, FIRST + 110, FIRST + 110, DONE) && dedup.find(one, FIRST + 110) == Some(DONE));
        assert!(!dedup.is_duplicate(one, FIRST + 111, FIRST + 111, DONE));
        assert!(dedup.is_duplicate(one, FIRST + 111, FIRST + 111, DONE));
        assert_ne!(fingerprint("a", "bc"), fingerprint("ab", "c"));
    }

    #[test]
    fn a_void_is_no_record_and_has_a_position() {
        let void = void_fingerprint("till", "1", "330", "A");
        assert!(void != fingerprint("till", "1") && void != void_fingerprint("till", "1", "330", "B"));
    }

    #[test]
    fn memory_follows_the_window_not_the_stream() {
        let mut dedup = Dedup::new(1000);
        for i in 0..200_000u64 {
            let at = FIRST + i as i64;
            assert!(!dedup.is_duplicate(i.wrapping_mul(0x9e37_79b9_7f4a_7c15), at, at, DONE));
        }
        assert!(dedup.seen.len() < 2000, "{}", dedup.seen.len());
        let mut back = Dedup::new(1000);
        back.restore(&dedup.whole(FIRST + 199_999));
        assert_eq!(back.whole(FIRST + 199_999), dedup.whole(FIRST + 199_999));
        assert_eq!(back.whole(FIRST + 199_999).len(), 1001);
    }

    #[test]
    fn a_ref_is_kept_beside_and_goes_with_its_record() {
        let order = Deed::new(Kind::Receipt, false, false, Some("PO1"), 0xffff);
        let mut dedup = Dedup::new(100);
        assert!(!dedup.is_duplicate(1, FIRST, FIRST, order) && dedup.find(1, FIRST) == Some(order));
        assert_eq!(dedup.whole(FIRST), [(1, FIRST, order)]);
        assert!(!dedup.is_duplicate(1, FIRST + 101, FIRST + 101, DONE));
        assert_eq!(dedup.find(1, FIRST + 101), Some(DONE), "the ref of the record before it is gone");
        dedup.remember(2, FIRST + 101, END - 1, order);
        assert_eq!(dedup.find(2, END - 1), Some(order), "the last time that there is fits");
        let remembered = (3..100).filter(|id| !dedup.is_duplicate(*id, END + 200, END + 200, DONE));
        assert!(remembered.count() == 97 && dedup.refs.is_empty(), "a ref goes with its record");
    }
}
