//! A whole engine in one value: one partition and its key groups, with everything they ever said.

use std::collections::BTreeSet;

use lowtide_native::alert::entry::Entry;
use lowtide_native::group::Group;
use lowtide_native::group::describe;
use lowtide_native::intake::reject::Reject;
use lowtide_native::log::counts::Counts;
use lowtide_native::log::partition::Partition;
use lowtide_native::policy::{Catalogue, Policy};
use lowtide_native::stock::output::Tables;
use lowtide_native::values::error::CoreError;

pub const PIPELINE: &str = "tests";

pub struct Engine {
    policy: Policy,
    pub partition: Partition,
    pub groups: Vec<Group>,
    pub ledger: Vec<Entry>,
    pub rejects: Vec<Reject>,
    /// Rows for the other tables, each once: their version is an offset, so writing a row again changes nothing.
    pub rows: BTreeSet<String>,
    /// How much of what is due a group does after each block; without it what it does by itself.
    pub slice: Option<usize>,
}

impl Engine {
    pub fn new(policy: &Policy, groups: u32) -> Engine {
        let group = |_| Group::new(PIPELINE, policy.clone(), Catalogue::new());
        Engine {
            policy: policy.clone(),
            partition: Partition::new(policy, groups),
            groups: (0..groups).map(group).collect(),
            ledger: Vec::new(),
            rejects: Vec::new(),
            rows: BTreeSet::new(),
            slice: None,
        }
    }

    /// Reads one block of lines.
    pub fn feed(&mut self, lines: &[u8]) {
        let routed = self.partition.lines(lines, None);
        self.apply(&routed);
    }

    pub fn finish(&mut self) {
        let routed = self.partition.finish();
        self.apply(&routed);
    }

    fn apply(&mut self, routed: &[(u32, Vec<u8>)]) {
        self.rejects.extend(self.partition.take_rejects());
        for (number, block) in routed {
            let group = &mut self.groups[*number as usize];
            match self.slice {
                None => group.apply(block),
                Some(slice) => group.apply_records(block).map(|_| group.work(slice)),
            }
            .expect("a block from a partition is whole");
            self.take(*number);
        }
    }

    /// Takes the rows of a group.
    fn take(&mut self, number: u32) {
        let Tables { ledger, positions, expected, demand, counts, supply, chances } =
            self.groups[number as usize].take();
        let days = positions.first().map_or(1, |row| row.days as usize);
        let mut days = expected.mean.chunks(days).zip(expected.variance.chunks(days));
        self.ledger.extend(ledger);
        self.rows.extend(positions.iter().map(|row| format!("{number} {row:?} {:?}", days.next())));
        self.rows.extend(demand.iter().map(|row| format!("{number} {row:?}")));
        self.rows.extend(counts.iter().map(|row| format!("{number} {row:?}")));
        self.rows.extend(chances.iter().map(|row| format!("{number} {row:?}")));
        self.rows.extend(supply.iter().map(|row| format!("{number} {row:?}")));
    }

    /// A segment of the state: the partition's, then that of each group, which does first what is due.
    pub fn save(&mut self, whole: bool) -> Vec<Vec<u8>> {
        for number in 0..self.groups.len() as u32 {
            self.groups[number as usize].settle();
            self.take(number);
        }
        let partition = self.partition.save(whole).expect("it was saved whole before");
        let groups = self.groups.iter_mut().map(|group| group.save(whole).expect("all rows were taken"));
        std::iter::once(partition).chain(groups).collect()
    }

    /// A crash right after a checkpoint: nothing survives but the bytes, and what was already written.
    pub fn restore(&mut self, saved: &[Vec<Vec<u8>>]) {
        let count = self.groups.len() as u32;
        let segments = |part: usize| saved.iter().map(|one| &one[part][..]).collect::<Vec<_>>();
        self.partition = Partition::restore(&self.policy, count, &segments(0)).expect("its own segments");
        let group =
            |number: u32| restore_group(&self.policy, &segments(number as usize + 1)).expect("its own segments");
        self.groups = (0..count).map(group).collect();
    }

    /// All that is known is equal to the byte.
    pub fn same_state(&mut self, other: &mut Engine) -> bool {
        self.save(true) == other.save(true)
    }

    /// The whole ledger in canonical order.
    pub fn ledger(&self) -> Vec<Entry> {
        let mut ledger = self.ledger.clone();
        ledger.sort_by(Entry::order);
        ledger
    }

    /// What each group knows of each of these positions, as JSON text.
    pub fn describe(&self, places: &[(&str, &str)]) -> Vec<Option<String>> {
        let one = |(location, sku): &(&str, &str)| {
            self.groups.iter().find_map(|group| describe::position(group.book(), group.rules(), location, sku))
        };
        places.iter().map(one).collect()
    }

    pub fn counts(&self) -> &Counts {
        self.partition.counts()
    }
}

pub fn restore_group(policy: &Policy, segments: &[&[u8]]) -> Result<Group, CoreError> {
    Group::restore(PIPELINE, policy.clone(), Catalogue::new(), Default::default(), segments)
}
