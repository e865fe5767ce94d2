//! The whole core: a log that is read straight through, and one that is saved, killed and restored half way, are the same.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lowtide_native::alert::entry::Entry;
use lowtide_native::group::Group;
use lowtide_native::intake::reject::Reject;
use lowtide_native::log::partition::{Partition, Routed};
use lowtide_native::policy::{self, Catalogue, Policy};
use lowtide_native::values::instant::{self, DAY, HOUR, MINUTE, Millis};
use lowtide_native::values::movement::KINDS;
use lowtide_native::values::quantity;

use super::engine::{PIPELINE, restore_group};
use super::policies::busy_policy;

const START: Millis = 1_772_431_200_000;
const PLACES: [(&str, &str); 4] = [("330", "milk"), ("330", "bread"), ("back-1", "milk"), ("331", "café")];
/// Bytes of a record.
const RECORD: usize = 5;
/// Records that are read at once.
const BLOCK: usize = 6;

static POLICIES: LazyLock<[Policy; 2]> = LazyLock::new(|| [policy::defaults(), busy_policy()]);

pub fn run(data: &[u8]) {
    let [how, rest @ ..] = data else { return };
    let policy = &POLICIES[usize::from(how & 1)];
    let lines = lines(rest);
    let blocks: Vec<String> = lines.chunks(BLOCK).map(<[String]>::concat).collect();
    let (mut straight, mut killed) = (Core::new(policy), Core::new(policy));
    let (half, with_rows) = (usize::from(how >> 1) % (blocks.len() + 1), rest.len() % 4 == 0);
    let mut saved = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        straight.apply(with_rows, |log| log.lines(block.as_bytes(), None));
        killed.apply(with_rows, |log| log.lines(block.as_bytes(), None));
        if number + 1 == half / 2 {
            saved.push(killed.save(true));
        }
        if number + 1 == half {
            saved.push(killed.save(saved.is_empty()));
            killed.restore(policy, &saved);
        }
    }
    straight.apply(with_rows, Partition::finish);
    killed.apply(with_rows, Partition::finish);
    for core in [&mut straight, &mut killed] {
        core.ledger.sort_by(Entry::order);
    }
    assert_eq!(killed.ledger, straight.ledger);
    assert_eq!(killed.rows, straight.rows);
    assert_eq!(killed.rejects, straight.rejects);
    assert!(killed.save(true) == straight.save(true), "the same log left another state");
}

/// One log and two key groups, and what they ever said.
struct Core {
    log: Partition,
    groups: [Group; 2],
    ledger: Vec<Entry>,
    rejects: Vec<Reject>,
    /// Rows for the other tables, each once. They are compared for some logs only: to write them takes most of the time.
    rows: BTreeSet<String>,
}

impl Core {
    fn new(policy: &Policy) -> Core {
        let group = || Group::new(PIPELINE, policy.clone(), Catalogue::new());
        let (log, groups) = (Partition::new(policy, 2), [group(), group()]);
        Core { log, groups, ledger: Vec::new(), rejects: Vec::new(), rows: BTreeSet::new() }
    }

    fn apply(&mut self, with_rows: bool, read: impl FnOnce(&mut Partition) -> Routed) {
        for (number, block) in read(&mut self.log) {
            let group = &mut self.groups[number as usize];
            group.apply(&block).expect("a block from a partition is whole");
            group.settle();
            let mut tables = group.take();
            self.ledger.append(&mut tables.ledger);
            if with_rows {
                self.rows.extend(tables.positions.iter().map(|row| format!("{number} {row:?}")));
                self.rows.extend(tables.demand.iter().map(|row| format!("{number} {row:?}")));
                self.rows.extend(tables.counts.iter().map(|row| format!("{number} {row:?}")));
                self.rows.extend(tables.supply.iter().map(|row| format!("{number} {row:?}")));
                self.rows.extend(tables.chances.iter().map(|row| format!("{number} {row:?}")));
            }
        }
        self.rejects.extend(self.log.take_rejects());
    }

    fn save(&mut self, whole: bool) -> [Vec<u8>; 3] {
        let log = self.log.save(whole).expect("it was saved whole before");
        let [first, second] = &mut self.groups;
        [log, first.save(whole).expect("all rows were taken"), second.save(whole).expect("all rows were taken")]
    }

    /// Nothing survives but the bytes, and what was already written.
    fn restore(&mut self, policy: &Policy, saved: &[[Vec<u8>; 3]]) {
        let segments = |part: usize| saved.iter().map(|one| &one[part][..]).collect::<Vec<_>>();
        self.log = Partition::restore(policy, 2, &segments(0)).expect("its own segments");
        let group = |part| restore_group(policy, &segments(part)).expect("its own segments");
        self.groups = [group(1), group(2)];
    }
}

/// A log: for each record its kind, place and ref, quantity, how far time moves on, how far it lags behind, its id.
fn lines(data: &[u8]) -> Vec<String> {
    let mut now = START;
    let line = |record: &[u8]| {
        let [what, amount, step, behind, id] = *record else { unreachable!("chunks are exact") };
        // The last kind, inputs, ends a log that does not have them.
        let (kind, _) = KINDS[usize::from(what & 31) % (KINDS.len() - 1)];
        let ((location, sku), reference) = (PLACES[usize::from(what >> 6)], (what >> 5) & 1);
        now += match step {
            0..128 => i64::from(step) * 7 * MINUTE,
            128..224 => i64::from(step - 127) * HOUR,
            _ => i64::from(step - 223) * DAY,
        };
        let lag = if behind < 160 { 0 } else { i64::from(behind - 159) * i64::from(behind - 159) * 7 * MINUTE };
        let milli = match amount {
            0..64 => i64::from(amount) * 250,
            64..240 => (i64::from(amount) - 80) * 1000,
            _ => 1_000_000_000_000_000 >> (amount - 240),
        };
        let due = if id & 3 == 0 { format!(r#","due":{}"#, now + i64::from(amount) * 2 * HOUR) } else { String::new() };
        let of = if id & 12 == 0 { r#","of":"receipt""# } else { "" };
        let (id, when) = (id % 97, instant::format(now - lag));
        format!(
            r#"{{"id":"{id}","source":"t","kind":"{kind}","event_time":"{when}","location":"{location}","sku":"{sku}","quantity":"{}","ref":"PO{reference}"{due}{of}}}"#,
            quantity::format(milli)
        ) + "\n"
    };
    data.chunks_exact(RECORD).map(line).collect()
}
