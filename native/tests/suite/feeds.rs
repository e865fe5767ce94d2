//! Tills that fail now and then: who is silent, since when, and what is learned does not hang on blocks, key groups or crashes.

use crate::support::logs::config;
use crate::support::{Engine, busy_policy};
use lowtide_native::alert::entry::Entry;
use lowtide_native::policy::Policy;
use lowtide_native::policy::alert_type::AlertType;
use lowtide_native::values::instant::{DAY, HOUR, MINUTE, Millis};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const MONDAY: Millis = 1_772_431_200_000;
const TILLS: [(&str, &str); 4] = [("330", "a"), ("330", "b"), ("331", "c"), ("back-1", "d")];
const PLACES: [(&str, &str); 4] = [("330", "milk"), ("330", "bread"), ("331", "milk"), ("back-1", "milk")];
/// Until then all tills send, so that their rhythm is known.
const LEARNED: i64 = 16;
const DAYS: i64 = 21;

/// A till that sends nothing, or all of its shop, from some hour on for some hours; what it sells then may come later, in one burst.
#[derive(Clone, Debug)]
struct Outage {
    till: usize,
    whole_shop: bool,
    from: i64,
    hours: i64,
    comes_late: bool,
}

impl Outage {
    fn stops(&self, till: usize, hour: i64) -> bool {
        let same = self.till == till || (self.whole_shop && TILLS[self.till].0 == TILLS[till].0);
        same && (self.from..self.from + self.hours).contains(&hour)
    }
}

fn outage() -> impl Strategy<Value = Outage> {
    let hours = prop_oneof![3 => 1..6i64, 2 => 6..80i64];
    (0..TILLS.len(), any::<bool>(), LEARNED * 24..DAYS * 24, hours, any::<bool>())
        .prop_map(|(till, whole_shop, from, hours, comes_late)| Outage { till, whole_shop, from, hours, comes_late })
}

/// Sales every 20 minutes from 8 to 20 o'clock, and a heartbeat each hour; `skips` leaves some sales out.
fn lines(outages: &[Outage], skips: &[bool]) -> Vec<String> {
    let (mut lines, mut late, mut number) = (Vec::new(), Vec::<(i64, String)>::new(), 0usize);
    for (at, (location, sku)) in PLACES.iter().enumerate() {
        lines.push(format!(
            r#"{{"id":"c{at}","source":"stock","kind":"count","event_time":{MONDAY},"location":"{location}","sku":"{sku}","quantity":"90000"}}"#
        ) + "\n");
    }
    for tick in 0..DAYS * 72 {
        let (hour, now) = (tick / 3, MONDAY + tick * 20 * MINUTE);
        if tick % 3 == 0 {
            lines.push(format!(r#"{{"id":"h{hour}","source":"clock","kind":"heartbeat","event_time":{now}}}"#) + "\n");
        }
        let (ready, waiting) = late.into_iter().partition(|(until, _)| *until <= hour);
        late = waiting;
        lines.extend(ready.into_iter().map(|(_, line)| line));
        for (till, (location, source)) in TILLS.iter().enumerate().filter(|_| (8..20).contains(&(hour % 24))) {
            number += 1;
            if skips[number % skips.len()] {
                continue;
            }
            let (at, sku) = (now + till as i64 * MINUTE, if number % 3 == 0 { "bread" } else { "milk" });
            let line = format!(
                r#"{{"id":"{number}","source":"{source}","kind":"sale","event_time":{at},"location":"{location}","sku":"{sku}","quantity":"1"}}"#
            ) + "\n";
            match outages.iter().find(|outage| outage.stops(till, hour)) {
                None => lines.push(line),
                Some(outage) if outage.comes_late => late.push((outage.from + outage.hours, line)),
                Some(_) => {}
            }
        }
    }
    lines
}

fn policy() -> Policy {
    let mut policy = busy_policy();
    let values = [("silent_records", 5.0.into()), ("silent_least_ms", HOUR.into()), ("dwell_ms", 0.into())];
    policy.layers[0].values.extend(values.map(|(key, value)| (key.to_owned(), value)));
    policy.calibration_sample = 1;
    policy
}

fn read(engine: &mut Engine, lines: &[String], size: usize) {
    lines.chunks(size).for_each(|block| engine.feed(block.concat().as_bytes()));
    engine.finish();
}

fn silences(ledger: &[Entry]) -> Vec<&Entry> {
    ledger.iter().filter(|entry| entry.kind == AlertType::SilentFeed).collect()
}

proptest! {
    #![proptest_config(config(4))]

    #[test]
    fn neither_blocks_nor_key_groups_nor_slices_show(
        outages in vec(outage(), 1..5), skips in vec(prop::bool::weighted(0.1), 1..40), size in 2..500usize,
    ) {
        let lines = lines(&outages, &skips);
        let mut whole = Engine::new(&policy(), 1);
        read(&mut whole, &lines, lines.len());
        for (groups, size, slice) in [(1, 1, None), (1, size, Some(0)), (5, size, None), (3, lines.len(), Some(1))] {
            let mut split = Engine::new(&policy(), groups);
            split.slice = slice;
            read(&mut split, &lines, size);
            prop_assert_eq!(split.ledger(), whole.ledger(), "{} groups, blocks of {}", groups, size);
            prop_assert_eq!(split.describe(&PLACES), whole.describe(&PLACES));
            if groups == 1 {
                prop_assert_eq!(&split.rows, &whole.rows);
                prop_assert!(split.same_state(&mut whole), "the same log left another state");
            }
        }
    }

    #[test]
    fn a_crash_changes_nothing(
        outages in vec(outage(), 1..5), skips in vec(prop::bool::weighted(0.1), 1..40), size in 40..400usize, groups in select(vec![1u32, 3]), crash in 0..6usize,
    ) {
        let lines = lines(&outages, &skips);
        let mut straight = Engine::new(&policy(), groups);
        read(&mut straight, &lines, size);
        let (mut killed, mut saved) = (Engine::new(&policy(), groups), Vec::new());
        for (number, block) in lines.chunks(size).enumerate() {
            killed.feed(block.concat().as_bytes());
            saved.push(killed.save(saved.is_empty()));
            if number % 6 == crash {
                killed.restore(&saved);
            }
        }
        killed.finish();
        prop_assert_eq!(killed.ledger(), straight.ledger());
        prop_assert_eq!(&killed.rows, &straight.rows);
        prop_assert!(killed.same_state(&mut straight), "the same log left another state");
    }

    /// The fear: a policy that comes in the middle of a silence closes it at another time in another block.
    #[test]
    fn a_policy_that_looks_no_more_holds_from_its_place_on(
        outages in vec(outage(), 2..5), at in 1000..4000usize, again in 0..2000usize, size in 2..500usize,
    ) {
        let mut lines = lines(&outages, &[false]);
        let record = |id: &str, policy: &Policy| {
            let text = policy.text().replacen(r#""version":""#, &format!(r#""version":"{id}"#), 1);
            let record = serde_json::json!({"id": id, "source": "lowtide", "kind": "policy", "event_time": "2001-01-01T00:00:00Z", "ref": text});
            format!("{record}\n")
        };
        let mut other = policy();
        other.layers[0].values.insert("look_for".to_owned(), serde_json::json!([]));
        lines.insert((at + again).min(lines.len()), record("on", &policy()));
        lines.insert(at.min(lines.len()), record("off", &other));
        let mut whole = Engine::new(&policy(), 1);
        read(&mut whole, &lines, lines.len());
        for (groups, size) in [(1, 1), (3, size)] {
            let mut split = Engine::new(&policy(), groups);
            read(&mut split, &lines, size);
            prop_assert_eq!(split.ledger(), whole.ledger(), "{} groups, blocks of {}", groups, size);
            prop_assert_eq!(split.describe(&PLACES), whole.describe(&PLACES));
        }
    }

    /// The fear: a till that was offline teaches its positions nothing on its days, and then all of its sales at once.
    #[test]
    fn what_comes_late_of_a_silent_day_teaches_as_little_as_the_day(till in 0..3usize, from in LEARNED..DAYS - 2) {
        let whole_day = |comes_late| Outage { till, whole_shop: true, from: from * 24, hours: 24, comes_late };
        let known = |comes_late| {
            let mut engine = Engine::new(&policy(), 1);
            read(&mut engine, &lines(&[whole_day(comes_late)], &[false]), 100);
            let told = engine.describe(&PLACES);
            told.into_iter().flatten().map(|text| {
                let told: serde_json::Value = serde_json::from_str(&text).unwrap();
                (told["levels"].clone(), told["days_learned"].clone())
            }).collect::<Vec<_>>()
        };
        let (late, never) = (known(true), known(false));
        prop_assert!(late.iter().any(|(levels, _)| levels[0].as_f64() > Some(1.0)), "something was learned: {:?}", late);
        prop_assert_eq!(late, never);
    }
}

#[test]
fn a_silence_is_told_once_and_in_one_group() {
    let outage = |till, whole_shop, from| Outage { till, whole_shop, from, hours: 5, comes_late: false };
    let out =
        [outage(0, false, LEARNED * 24 + 9), outage(1, true, LEARNED * 24 + 34), outage(2, false, LEARNED * 24 + 60)];
    let mut engine = Engine::new(&policy(), 5);
    read(&mut engine, &lines(&out, &[false]), 50);
    let ledger = engine.ledger();
    let told: Vec<_> = silences(&ledger).iter().map(|e| (e.change.name(), &*e.location, &*e.sku)).collect();
    assert_eq!(
        told,
        [
            ("OPENED", "330", "source:a"),
            ("CLEARED", "330", "source:a"),
            ("OPENED", "330", "source:*"),
            ("CLEARED", "330", "source:*"),
            ("OPENED", "331", "source:c"),
            ("CLEARED", "331", "source:c"),
        ]
    );
    let first = silences(&ledger)[0];
    assert_eq!((first.severity, first.p_stockout, first.on_hand), (3, None, 0));
    assert_eq!(first.event_time, MONDAY + LEARNED * DAY + 9 * HOUR + HOUR + 40 * MINUTE + MINUTE, "{}", first.detail);
}
