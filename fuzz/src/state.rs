//! Blocks and states with any content and a right checksum: an error, or a state that comes back as it was.

use std::sync::LazyLock;

use lowtide_native::group::Group;
use lowtide_native::log::partition::Partition;
use lowtide_native::policy::{Catalogue, Policy};
use xxhash_rust::xxh3::xxh3_64;

use super::engine::{PIPELINE, restore_group};
use super::policies::busy_policy;

static POLICY: LazyLock<Policy> = LazyLock::new(busy_policy);

/// A block for a key group.
pub fn run_block(data: &[u8]) {
    let mut group = Group::new(PIPELINE, POLICY.clone(), Catalogue::new());
    if group.apply(data).is_ok() {
        group.settle();
        group.take();
        let saved = group.save(true).expect("all rows were taken");
        let again = restore_group(&POLICY, &[&saved]).expect("its own segment").save(true);
        assert!(again == Ok(saved), "a state that was read and written again is another");
    }
}

/// The segments in the input: the first byte says where the second one begins, 0: there is one. `magic` and a checksum are put around
/// each.
fn segments(magic: &[u8; 4], data: &[u8]) -> Vec<Vec<u8>> {
    let [split, rest @ ..] = data else {
        return Vec::new();
    };
    let (first, second) = match split {
        0 => (rest, None),
        part => {
            let (first, second) = rest.split_at(rest.len() * usize::from(*part) / 256);
            (first, Some(second))
        }
    };
    let sealed = |part: &[u8]| {
        let mut bytes = [magic, part].concat();
        bytes.extend(xxh3_64(&bytes).to_le_bytes());
        bytes
    };
    [first].into_iter().chain(second).map(sealed).collect()
}

pub fn run_group(data: &[u8]) {
    let segments = segments(lowtide_native::group::state::MAGIC, data);
    let slices: Vec<&[u8]> = segments.iter().map(|segment| &segment[..]).collect();
    let Ok(mut group) = restore_group(&POLICY, &slices) else {
        return;
    };
    let saved = group.save(true).expect("nothing waits to be taken");
    let again = restore_group(&POLICY, &[&saved]).expect("its own segment").save(true);
    assert!(again == Ok(saved), "a state that was read and written again is another");
}

pub fn run_partition(data: &[u8]) {
    let segments = segments(lowtide_native::log::state::MAGIC, data);
    let slices: Vec<&[u8]> = segments.iter().map(|segment| &segment[..]).collect();
    let Ok(mut partition) = Partition::restore(&POLICY, 2, &slices) else {
        return;
    };
    let saved = partition.save(true).expect("a whole state can always be saved");
    let again = Partition::restore(&POLICY, 2, &[&saved]).expect("its own segment").save(true);
    assert!(again == Ok(saved), "a state that was read and written again is another");
}
