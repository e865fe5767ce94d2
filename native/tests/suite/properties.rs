//! What must hold for any log, however it is cut into blocks and groups and wherever it is interrupted.

use crate::support::logs::{PLACES, config, log};
use crate::support::{self, Engine, busy_policy};
use lowtide_native::group::Group;
use lowtide_native::log::partition::Partition;
use lowtide_native::policy::{self, Policy};
use lowtide_native::stock::history::{History, NONE, Past};
use lowtide_native::values::bytes::{Decoder, Encoder};
use lowtide_native::values::instant::DAY;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn a_policy() -> impl Strategy<Value = Policy> {
    prop_oneof![Just(policy::defaults()), Just(busy_policy())]
}

/// Reads the log in blocks of the sizes given, over and over.
fn read(engine: &mut Engine, lines: &[String], sizes: &[usize], mut after: impl FnMut(usize, &mut Engine)) {
    let (mut rest, mut sizes) = (lines, sizes.iter().cycle().enumerate());
    while let Some((number, size)) = sizes.next().filter(|_| !rest.is_empty()) {
        let (block, later) = rest.split_at((*size).min(rest.len()));
        engine.feed(block.concat().as_bytes());
        after(number, engine);
        rest = later;
    }
    engine.finish();
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn a_crash_between_any_two_blocks_changes_nothing(
        policy in a_policy(), lines in log(160), sizes in vec(1..40usize, 1..4), groups in select(vec![1u32, 3]), crash in 0..6usize,
    ) {
        let mut straight = Engine::new(&policy, groups);
        read(&mut straight, &lines, &sizes, |_, _| ());
        let (mut killed, mut saved) = (Engine::new(&policy, groups), Vec::new());
        read(&mut killed, &lines, &sizes, |number, engine| {
            saved.push(engine.save(saved.is_empty()));
            if number % 6 == crash {
                engine.restore(&saved);
                let whole = engine.save(true);
                engine.restore(std::slice::from_ref(&whole));
                assert!(engine.save(true) == whole, "a state that was read and written again is another");
                saved = vec![whole];
            }
        });
        prop_assert_eq!(killed.ledger(), straight.ledger());
        prop_assert_eq!(&killed.rows, &straight.rows);
        prop_assert_eq!(killed.describe(&PLACES), straight.describe(&PLACES));
        prop_assert_eq!(&killed.rejects, &straight.rejects);
        prop_assert!(killed.same_state(&mut straight), "the same log left another state");
    }

    #[test]
    fn block_sizes_and_key_groups_do_not_show(policy in a_policy(), lines in log(160), sizes in vec(1..40usize, 1..5)) {
        let mut whole = Engine::new(&policy, 1);
        read(&mut whole, &lines, &[lines.len()], |_, _| ());
        for (groups, sizes) in [(1, &[1][..]), (1, &sizes), (2, &sizes), (5, &sizes), (5, &[lines.len()])] {
            let mut split = Engine::new(&policy, groups);
            read(&mut split, &lines, sizes, |_, _| ());
            prop_assert_eq!(split.ledger(), whole.ledger(), "{} groups, blocks of {:?}", groups, sizes);
            prop_assert_eq!(split.describe(&PLACES), whole.describe(&PLACES));
            prop_assert_eq!(split.counts(), whole.counts());
            prop_assert_eq!(&split.rejects, &whole.rejects);
            if groups == 1 {
                prop_assert_eq!(&split.rows, &whole.rows);
            }
        }
    }

    /// The fear: a sale after midnight counts for the day before, or a row shows what happened after its mark.
    #[test]
    fn what_is_done_late_does_not_show(
        policy in a_policy(), lines in log(160), sizes in vec(1..40usize, 1..4), groups in select(vec![1u32, 3]), crash in 0..6usize,
    ) {
        let mut prompt = Engine::new(&policy, groups);
        let mut states = Vec::new();
        read(&mut prompt, &lines, &sizes, |number, engine| {
            if number % 6 == crash {
                states.push(engine.save(true));
            }
        });
        for slice in [0, 1] {
            let mut late = Engine::new(&policy, groups);
            late.slice = Some(slice);
            let mut expected = states.iter();
            read(&mut late, &lines, &sizes, |number, engine| {
                if number % 6 == crash {
                    let state = engine.save(true);
                    assert!(Some(&state) == expected.next(), "what was late shows in the state after block {number}");
                    engine.restore(&[state]);
                }
            });
            prop_assert_eq!(late.ledger(), prompt.ledger());
            prop_assert_eq!(&late.rows, &prompt.rows);
            prop_assert_eq!(late.describe(&PLACES), prompt.describe(&PLACES));
            prop_assert!(late.same_state(&mut prompt), "the same log left another state");
        }
    }

    /// The fear: a run that catches up passes more marks in one block than may wait, and the oldest rows are lost.
    #[test]
    fn more_marks_than_may_wait_lose_no_row(sizes in select(vec![&[1][..], &[900], &[37]])) {
        let start = 1_772_431_200_000i64;
        let sale = |at: i64| {
            let (location, sku) = PLACES[(at % 5) as usize];
            format!(
                r#"{{"id":"{at}","source":"till","kind":"sale","event_time":{},"location":"{location}","sku":"{sku}","quantity":"1"}}"#,
                start + at * DAY / 24
            ) + "\n"
        };
        let lines: Vec<String> = (0..900).map(sale).collect();
        let (mut prompt, mut late) = (Engine::new(&busy_policy(), 1), Engine::new(&busy_policy(), 1));
        late.slice = Some(0);
        read(&mut prompt, &lines, &[1], |_, _| ());
        read(&mut late, &lines, sizes, |_, _| ());
        prop_assert_eq!(&late.rows, &prompt.rows);
        prop_assert_eq!(late.ledger(), prompt.ledger());
        prop_assert!(late.same_state(&mut prompt));
    }

    #[test]
    fn a_policy_record_holds_from_its_place_on_however_the_log_is_read(
        mut lines in log(160), at in 0..160usize, sizes in vec(1..40usize, 1..4), crash in 0..6usize,
    ) {
        let mut text = busy_policy().text();
        text = text.replacen(r#""version":""#, r#""version":"new-"#, 1);
        let record = serde_json::json!({"id": "p", "source": "lowtide", "kind": "policy", "event_time": "2001-01-01T00:00:00Z", "ref": text});
        lines.insert(at.min(lines.len()), format!("{record}\n"));
        let policy = policy::defaults();
        let mut whole = Engine::new(&policy, 1);
        read(&mut whole, &lines, &[lines.len()], |_, _| ());
        prop_assert!(whole.partition.policy().version.starts_with("new-"));
        for (groups, sizes) in [(1, &[1][..]), (3, &sizes), (5, &[lines.len()])] {
            let (mut split, mut saved) = (Engine::new(&policy, groups), Vec::new());
            read(&mut split, &lines, sizes, |number, engine| {
                saved.push(engine.save(saved.is_empty()));
                if number % 6 == crash {
                    engine.restore(&saved);
                }
            });
            prop_assert_eq!(split.ledger(), whole.ledger(), "{} groups, blocks of {:?}", groups, sizes);
            prop_assert_eq!(split.describe(&PLACES), whole.describe(&PLACES));
            prop_assert_eq!(split.counts(), whole.counts());
            if groups == 1 {
                prop_assert_eq!(&split.rows, &whole.rows);
                prop_assert!(split.same_state(&mut whole));
            }
        }
    }

    #[test]
    fn the_whole_log_again_changes_nothing(lines in log(120)) {
        let mut policy = busy_policy();
        policy.dedup_window_ms = 4000 * DAY;
        let (mut once, mut twice) = (Engine::new(&policy, 1), Engine::new(&policy, 1));
        read(&mut once, &lines, &[7], |_, _| ());
        once.feed(b"");
        twice.feed(lines.concat().as_bytes());
        let accepted = twice.counts().accepted;
        read(&mut twice, &lines, &[7], |_, _| ());
        prop_assert_eq!(twice.counts().accepted, accepted);
        prop_assert_eq!(twice.ledger(), once.ledger());
        prop_assert_eq!(twice.describe(&PLACES), once.describe(&PLACES));
    }

    #[test]
    fn a_block_that_comes_again_is_not_applied_again(lines in log(60)) {
        let policy = busy_policy();
        let mut partition = Partition::new(&policy, 1);
        let blocks: Vec<_> = lines.chunks(9).flat_map(|block| partition.lines(block.concat().as_bytes(), None)).collect();
        let run = |times: usize| {
            let mut group = Group::new(support::PIPELINE, policy.clone(), policy::Catalogue::new());
            let mut ledger = Vec::new();
            for (_, block) in &blocks {
                for _ in 0..times {
                    group.apply(block).unwrap();
                    ledger.extend(group.take().ledger);
                }
            }
            (ledger, group.save(true).unwrap())
        };
        prop_assert!(run(1) == run(2));
    }
}

/// What a state does: everything is written, oldest first, and read again.
fn copy(ring: &History) -> History {
    let mut e = Encoder::new(b"TEST");
    ring.write(ring.tail(), &mut e);
    let (bytes, mut copy) = (e.finish(), History::default());
    copy.read(&mut Decoder::new(&bytes, b"TEST").unwrap()).unwrap();
    copy
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn a_ring_is_a_list_for_each_position(
        moves in vec((0..3usize, any::<i32>(), any::<bool>()), 1..6000), tail in select(vec![0u32, 77, u32::MAX - 70_000]), oldest in 0..6000i64,
    ) {
        let mut ring = History::starting_at(tail);
        let (mut latest, mut lists) = ([NONE; 3], [const { Vec::new() }; 3]);
        for (clock, (position, effect, demand)) in moves.iter().enumerate() {
            let past = Past { event_time: clock as i64 * 7, effect: i64::from(*effect) * 3, demand: *demand, received: *effect > 9 };
            latest[*position] = ring.push(clock as i64, past, latest[*position]);
            lists[*position].push(past);
        }
        ring.forget(oldest);
        let copied = copy(&ring);
        for (latest, list) in latest.into_iter().zip(&lists) {
            let chain: Vec<Past> = ring.chain(latest).collect();
            let newest: Vec<Past> = list.iter().rev().copied().collect();
            prop_assert!(newest.starts_with(&chain));
            let due = list.iter().filter(|past| past.event_time / 7 >= oldest).count();
            prop_assert!(chain.len() >= due, "{} of {due} movements that are young enough", chain.len());
            prop_assert_eq!(copied.chain(latest).collect::<Vec<_>>(), chain);
        }
    }
}
