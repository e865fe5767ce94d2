//! A hash table that grows shard by shard, so that no insert waits until all entries have moved.
//!
//! One table that doubles moves everything at once: seconds for ten million entries. This one is a list of small tables, its
//! shards. Some bits of the hash say which shard holds an entry. When the shards hold more than [`LOAD`] entries on average, the
//! next one in turn is split in two (linear hashing), and a shard that is full is made again a little larger. Each of both moves
//! at most a few thousand entries.
//!
//! ```text
//! shards       0 1 2 3 4 5          6 of them: m = 4 is the power of two below it, n - m = 2 were split already
//! number       bits & (2m - 1)      if that is a shard, else without its highest bit
//! next split   shard n - m = 2      becomes 2 and 6
//! ```

use hashbrown::HashTable;

/// Entries of a shard, on average, when one is split; the largest then hold twice as many, which fit into 4,096 slots.
const LOAD: usize = 1650;

/// Entries that are found by a hash, which the caller computes.
#[derive(Debug)]
pub struct Table<T> {
    shards: Vec<HashTable<T>>,
    length: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { shards: vec![HashTable::new()], length: 0 }
    }
}

impl<T: Copy> Table<T> {
    /// An empty table in which `entries` are expected.
    pub fn for_entries(entries: usize) -> Table<T> {
        let shards = (entries / LOAD).max(1);
        Table { shards: (0..shards).map(|_| HashTable::with_capacity(entries / shards)).collect(), length: 0 }
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many entries there is memory for.
    pub fn capacity(&self) -> usize {
        self.shards.iter().map(HashTable::capacity).sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> + '_ {
        self.shards.iter().flat_map(HashTable::iter)
    }

    /// The number of the shard of a hash. A shard looks at the lowest and the highest bits, so these are from the middle.
    #[inline]
    fn shard(&self, hash: u64) -> usize {
        let lower = 1 << self.shards.len().ilog2();
        let at = (hash >> 24) as usize & (2 * lower - 1);
        if at < self.shards.len() { at } else { at - lower }
    }

    #[inline]
    pub fn find(&self, hash: u64, is: impl FnMut(&T) -> bool) -> Option<&T> {
        self.shards[self.shard(hash)].find(hash, is)
    }

    #[inline]
    pub fn find_mut(&mut self, hash: u64, is: impl FnMut(&T) -> bool) -> Option<&mut T> {
        let shard = self.shard(hash);
        self.shards[shard].find_mut(hash, is)
    }

    /// Adds an entry, which must not be held yet. Where room is made, entries that are not to be kept are dropped.
    #[inline]
    pub fn insert(&mut self, hash: u64, entry: T, hash_of: impl Fn(&T) -> u64, keeps: impl Fn(&T) -> bool) {
        let mut at = self.shard(hash);
        if self.shards[at].len() == self.shards[at].capacity() {
            self.make_room(at, &hash_of, &keeps);
            at = self.shard(hash);
        }
        self.shards[at].insert_unique(hash, entry, hash_of);
        self.length += 1;
    }

    /// Makes the shard `at` again without what is not kept, with free slots; when that is not enough on average, splits one.
    #[cold]
    fn make_room(&mut self, at: usize, hash_of: &impl Fn(&T) -> u64, keeps: &impl Fn(&T) -> bool) {
        let full = std::mem::take(&mut self.shards[at]);
        let kept = full.iter().filter(|entry| keeps(entry)).count();
        self.length -= full.len() - kept;
        let mut roomy = HashTable::with_capacity(kept + kept / 4 + 4);
        for entry in full.into_iter().filter(|entry| keeps(entry)) {
            roomy.insert_unique(hash_of(&entry), entry, hash_of);
        }
        self.shards[at] = roomy;
        while self.length > LOAD * self.shards.len() {
            self.split(hash_of, keeps);
        }
    }

    /// Splits the next shard in two.
    fn split(&mut self, hash_of: &impl Fn(&T) -> u64, keeps: &impl Fn(&T) -> bool) {
        let lower = 1 << self.shards.len().ilog2();
        let at = self.shards.len() - lower;
        let whole = std::mem::take(&mut self.shards[at]);
        self.length -= whole.len();
        self.shards.push(HashTable::with_capacity(whole.len() * 9 / 16));
        self.shards[at].reserve(whole.len() * 9 / 16, hash_of);
        for entry in whole.into_iter().filter(|entry| keeps(entry)) {
            let hash = hash_of(&entry);
            let shard = self.shard(hash);
            self.shards[shard].insert_unique(hash, entry, hash_of);
            self.length += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(entry: &u32) -> u64 {
        xxhash_rust::xxh3::xxh3_64(&entry.to_le_bytes())
    }

    #[test]
    fn every_entry_is_found_while_shards_split() {
        let mut table = Table::default();
        for entry in 0..100_000u32 {
            assert!(table.find(hash(&entry), |held| *held == entry).is_none());
            table.insert(hash(&entry), entry, hash, |_| true);
            let earlier = entry / 2;
            assert_eq!(table.find(hash(&earlier), |held| *held == earlier), Some(&earlier));
        }
        assert!((0..100_000u32).all(|entry| table.find(hash(&entry), |held| *held == entry).is_some()));
        assert_eq!((table.len(), table.iter().count(), table.shards.len()), (100_000, 100_000, 100_000usize.div_ceil(LOAD)));
        let largest = table.shards.iter().map(HashTable::capacity).max();
        assert!(largest <= Some(3584), "{largest:?}: an insert may move as many");
    }

    #[test]
    fn what_is_not_kept_makes_room() {
        let mut table = Table::default();
        for entry in 0..200_000u32 {
            table.insert(hash(&entry), entry, hash, |held| *held + 5000 > entry);
        }
        assert!(table.len() < 12_000 && table.capacity() < 20_000, "{} of {}", table.len(), table.capacity());
        assert!((195_001..200_000u32).all(|entry| table.find(hash(&entry), |held| *held == entry).is_some()));
    }

    #[test]
    fn a_table_for_many_entries_needs_no_split() {
        let mut table = Table::for_entries(50_000);
        let shards = table.shards.len();
        (0..50_000u32).for_each(|entry| table.insert(hash(&entry), entry, hash, |_| true));
        assert!((shards..shards + 2).contains(&table.shards.len()));
        *table.find_mut(hash(&7), |held| *held == 7).unwrap() = 7;
        assert_eq!(table.iter().count(), 50_000);
    }
}
