//! The seeds of `fuzz/` and changes of them: what libFuzzer has found stays found, without libFuzzer.
//!
//! A change is made by a fixed rule from its number, so every machine runs the same. `make fuzz` goes on from here.

use crate::fuzz::{TARGETS, run, seeds};

/// A generator that gives the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Bytes that mean something somewhere.
const SIGNS: &[u8] = b"\0\xff\x7f\x80\"{}[],\\\n\r0-.e";

/// A seed with one to four bytes or stretches changed, cut out, doubled, or taken from another seed.
fn changed(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let end = (at + [1, 1, 2, 8, 40][dice.below(5)]).min(bytes.len());
        match dice.below(5) {
            0 => bytes[at..end].fill(SIGNS[dice.below(SIGNS.len())]),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 if !other.is_empty() => {
                let from = dice.below(other.len());
                let part = other[from..(from + end - at).min(other.len())].to_vec();
                bytes.splice(at..end, part);
            }
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
        }
    }
    bytes
}

fn try_out(target: &str, changes: usize) {
    assert!(TARGETS.iter().any(|(name, _)| *name == target));
    let seeds = seeds::of(target);
    assert!(!seeds.is_empty(), "`{target}` has no seeds");
    for seed in &seeds {
        run(target, seed);
    }
    let mut dice = Dice(7);
    for number in 0..changes {
        let other = dice.below(seeds.len());
        run(target, &changed(&seeds[number % seeds.len()], &seeds[other], &mut dice));
    }
}

macro_rules! targets {
    ($($name:ident: $changes:expr,)*) => {
        $(#[test] fn $name() { try_out(stringify!($name), $changes); })*

        #[test]
        fn every_target_is_tried() {
            assert_eq!(TARGETS.map(|(name, _)| name), [$(stringify!($name)),*]);
        }
    };
}

targets! {
    json: 20_000,
    messages: 4_000,
    csv: 2_000,
    columns: 4_000,
    policy: 400,
    map: 3_000,
    block: 500,
    group: 400,
    partition: 1_000,
    log: 60,
}
