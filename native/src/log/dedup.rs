//! The first record with a (source, id) wins for as long as the window lasts; a later one has no effect at all.
//!
//! A record is known by a 64-bit fingerprint and remembered at the clock it left behind. It is forgotten once the
//! clock has moved on by more than the window. Forgotten fingerprints are removed only when the table would grow, so the
//! memory depends on the number of records in one window: 16 bytes each, at most 8/7 × 2 of that with free slots.

use hashbrown::HashTable;
use xxhash_rust::xxh3::Xxh3;

use crate::values::instant::Millis;

#[derive(Clone, Copy, Debug)]
struct Seen {
    fingerprint: u64,
    at: Millis,
}

#[derive(Debug)]
pub struct Dedup {
    window_ms: i64,
    /// Fingerprints remembered before this time were forgotten when the window changed, even if they are still in the table.
    forgotten: Millis,
    seen: HashTable<Seen>,
    /// Fingerprints remembered since the last call of `added`; kept from the first call on.
    added: Option<Vec<(u64, Millis)>>,
}

/// The fingerprint of (source, id): stable over versions, machines and runs.
pub fn fingerprint(source: &str, id: &str) -> u64 {
    let mut buffer = [0u8; 264];
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

impl Dedup {
    pub fn new(window_ms: i64) -> Dedup {
        Dedup { window_ms, forgotten: Millis::MIN, seen: HashTable::new(), added: None }
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

    /// True when the record is a duplicate at `clock`; otherwise it is remembered at `clock_after`.
    #[inline]
    pub fn is_duplicate(&mut self, fingerprint: u64, clock: Millis, clock_after: Millis) -> bool {
        if self.window_ms <= 0 {
            return false;
        }
        if let Some(seen) = self.seen.find_mut(fingerprint, |seen| seen.fingerprint == fingerprint) {
            if clock - seen.at <= self.window_ms && seen.at >= self.forgotten {
                return true;
            }
            seen.at = clock_after;
            self.note(fingerprint, clock_after);
            return false;
        }
        if self.seen.len() == self.seen.capacity() {
            self.sweep(clock);
        }
        self.seen.insert_unique(fingerprint, Seen { fingerprint, at: clock_after }, |seen| seen.fingerprint);
        self.note(fingerprint, clock_after);
        false
    }

    #[inline]
    fn note(&mut self, fingerprint: u64, at: Millis) {
        if let Some(added) = &mut self.added {
            added.push((fingerprint, at));
        }
    }

    /// Reads the slots of these fingerprints ahead, so that they are in the cache when they are needed.
    #[inline]
    pub fn look_ahead(&self, fingerprints: impl Iterator<Item = u64>) {
        for fingerprint in fingerprints {
            std::hint::black_box(self.seen.find(fingerprint, |seen| seen.fingerprint == fingerprint));
        }
    }

    #[cold]
    fn sweep(&mut self, clock: Millis) {
        let window = self.window_ms;
        self.seen.retain(|seen| clock - seen.at <= window);
        self.seen.reserve(self.seen.len() / 2 + 1024, |seen| seen.fingerprint);
    }

    /// All fingerprints remembered at `clock`, in an order that depends only on the content. Later additions are kept separately.
    pub fn whole(&mut self, clock: Millis) -> Vec<(u64, Millis)> {
        self.added = Some(Vec::new());
        let oldest = clock.saturating_sub(self.window_ms).max(self.forgotten);
        let held = self.seen.iter().filter(|seen| seen.at >= oldest);
        let mut entries: Vec<_> = held.map(|seen| (seen.fingerprint, seen.at)).collect();
        entries.sort_unstable();
        entries
    }

    /// The fingerprints remembered since the last call, in the order of the log; `None` before the first [`Dedup::whole`].
    pub fn added(&mut self) -> Option<Vec<(u64, Millis)>> {
        self.added.as_mut().map(std::mem::take)
    }

    /// Adds fingerprints from a saved state.
    pub fn remember(&mut self, entries: &[(u64, Millis)]) {
        self.seen.reserve(entries.len(), |seen| seen.fingerprint);
        for (fingerprint, at) in entries {
            match self.seen.find_mut(*fingerprint, |seen| seen.fingerprint == *fingerprint) {
                Some(seen) => seen.at = *at,
                None => {
                    let seen = Seen { fingerprint: *fingerprint, at: *at };
                    self.seen.insert_unique(*fingerprint, seen, |seen| seen.fingerprint);
                }
            }
        }
        self.added = Some(Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_after_the_window_is_a_new_record() {
        let mut dedup = Dedup::new(100);
        let one = fingerprint("till", "1");
        assert!(!dedup.is_duplicate(one, 0, 10));
        assert!(dedup.is_duplicate(one, 110, 110));
        assert!(!dedup.is_duplicate(one, 111, 111));
        assert!(dedup.is_duplicate(one, 111, 111));
        assert_ne!(fingerprint("a", "bc"), fingerprint("ab", "c"));
    }

    #[test]
    fn memory_follows_the_window_not_the_stream() {
        let mut dedup = Dedup::new(1000);
        for i in 0..200_000u64 {
            assert!(!dedup.is_duplicate(i.wrapping_mul(0x9e37_79b9_7f4a_7c15), i as i64, i as i64));
        }
        assert!(dedup.seen.capacity() < 20_000, "{}", dedup.seen.capacity());
        let mut back = Dedup::new(1000);
        back.remember(&dedup.whole(199_999));
        assert_eq!(back.whole(199_999), dedup.whole(199_999));
        assert_eq!(back.whole(199_999).len(), 1001);
    }
}
