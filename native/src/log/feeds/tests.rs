//! Stories of shops whose tills fail.

use serde_json::json;

use super::*;
use crate::policy::{self, Catalogue, Policy};
use crate::values::bytes::{Decoder, Encoder};
use crate::values::instant::{DAY, MINUTE};

const OPENS: Millis = 8 * HOUR;
const CLOSES: Millis = 20 * HOUR;

fn policy(values: serde_json::Value) -> Policy {
    let mut policy = policy::defaults();
    policy.layers[0].values.extend(values.as_object().unwrap().clone());
    policy
}

fn looking() -> Policy {
    policy(json!({"look_for": ["silent_feed"]}))
}

/// A log in which shops send by the clock: every source of a shop a sale each `every`, while the shop is open.
struct Town {
    feeds: Feeds,
    terms: std::sync::Arc<PositionTerms>,
    clock: Millis,
    offset: u64,
    told: Vec<FeedChange>,
}

type Till = (&'static str, &'static str, Millis);
/// Two tills of one shop, and another shop with one.
const TILLS: [Till; 3] = [("330", "a", 5 * MINUTE), ("330", "b", 7 * MINUTE), ("331", "c", 6 * MINUTE)];

impl Town {
    fn new(policy: &Policy) -> Town {
        let terms = PositionTerms::new(policy, Catalogue::new());
        Town { feeds: Feeds::default(), terms, clock: 0, offset: 0, told: Vec::new() }
    }

    fn sale(&mut self, clock: Millis, location: &str, source: &str) {
        let id = format!("{}", self.offset);
        let record = FeedRecord {
            location: location.as_bytes(),
            source: source.as_bytes(),
            id: id.as_bytes(),
            offset: self.offset,
        };
        self.feeds.record(self.clock, clock, Some(record), &self.terms);
        (self.clock, self.offset) = (clock, self.offset + 1);
        self.told.extend(self.feeds.take());
    }

    /// A record that is no sale moves the clock.
    fn pass(&mut self, clock: Millis) {
        self.feeds.record(self.clock, clock, None, &self.terms);
        self.clock = clock;
        self.told.extend(self.feeds.take());
    }

    /// The tills for which `sends` says so send, each minute, from one time to another; the clock moves through the night too.
    fn run(&mut self, from: Millis, to: Millis, sends: impl Fn(&Till) -> bool) {
        for now in (from..to).step_by(MINUTE as usize) {
            if now % HOUR == 0 {
                self.pass(now);
            }
            let open = (OPENS..CLOSES).contains(&now.rem_euclid(DAY));
            for (location, source, _) in TILLS.iter().filter(|till| open && now % till.2 == 0 && sends(till)) {
                self.sale(now, location, source);
            }
        }
    }

    /// What was told: event, location, source, time.
    fn story(&self) -> Vec<(FeedEvent, &str, &str, Millis)> {
        self.told.iter().map(|change| (change.event, &*change.location, &*change.source, change.time)).collect()
    }

    fn saved(&mut self, whole: bool) -> Vec<u8> {
        let mut e = Encoder::new(b"TEST");
        self.feeds.write(whole, &mut e);
        e.finish()
    }
}

/// Three weeks in which all is well.
fn learned(policy: &Policy) -> Town {
    let mut town = Town::new(policy);
    town.run(0, 21 * DAY, |_| true);
    assert_eq!(town.story(), [], "nights are not silence");
    town
}

const NOON: Millis = 21 * DAY + 12 * HOUR;

#[test]
fn a_till_that_fails_is_silent_and_comes_back_and_the_others_are_not() {
    let mut town = learned(&looking());
    town.run(21 * DAY, NOON, |_| true);
    town.run(NOON, NOON + 5 * HOUR, |till| till.1 != "a");
    town.run(NOON + 5 * HOUR, 22 * DAY, |_| true);
    // Its last record came five minutes before noon; 20 records are 100 minutes, and two hours have to pass. The next record of b
    // after that says that the shop is alive.
    let last = NOON - 5 * MINUTE;
    let told = ((last + 2 * HOUR)..).find(|now| now % (7 * MINUTE) == 0).unwrap();
    assert_eq!(town.story(), [(FeedEvent::Silent, "330", "a", told), (FeedEvent::Back, "330", "a", NOON + 5 * HOUR)]);
    let evidence = town.told[0].evidence.as_ref().unwrap();
    assert_eq!((evidence.since, evidence.due, evidence.needed), (last, last + 2 * HOUR, 20.0));
    assert_eq!(evidence.expected, [12.0; 3]);
    assert_eq!(town.told[1].cause.as_ref().map(|(source, _)| &**source), Some("a"));
}

#[test]
fn a_shop_that_is_out_as_a_whole_is_one_silence() {
    let mut town = learned(&looking());
    town.run(21 * DAY, NOON, |_| true);
    town.run(NOON, NOON + 5 * HOUR, |till| till.0 != "330");
    town.run(NOON + 5 * HOUR, 22 * DAY, |_| true);
    let last = NOON - 4 * MINUTE; // of till b
    let last = last - last % (7 * MINUTE);
    let last = last.max(NOON - 5 * MINUTE);
    let back = (NOON + 5 * HOUR..).find(|now| now % (5 * MINUTE) == 0 || now % (7 * MINUTE) == 0).unwrap();
    assert_eq!(town.story(), [(FeedEvent::Silent, "330", "", last + 2 * HOUR), (FeedEvent::Back, "330", "", back)]);
}

#[test]
fn the_only_till_of_a_shop_is_told_by_its_own_name() {
    let mut town = learned(&looking());
    town.run(21 * DAY, NOON, |_| true);
    town.run(NOON, NOON + 4 * HOUR, |till| till.1 != "c");
    assert_eq!(town.story(), [(FeedEvent::Silent, "331", "c", NOON - 6 * MINUTE + 20 * 6 * MINUTE)]);
}

/// The fear: the rhythm adds up over a closed Sunday, or unlearns itself while the till is broken.
#[test]
fn what_is_silent_is_not_unlearned() {
    let mut town = learned(&looking());
    town.run(21 * DAY, 26 * DAY, |till| till.1 != "a");
    town.run(26 * DAY, 26 * DAY + 12 * HOUR, |_| true);
    town.told.clear();
    town.run(26 * DAY + 12 * HOUR, 27 * DAY, |till| till.1 != "a");
    assert_eq!(town.told[0].evidence.as_ref().unwrap().expected, [12.0; 3], "as before the first silence");
}

/// The fear: a run that was stopped for a night finds all shops silent in the morning.
#[test]
fn a_pause_of_the_whole_log_says_nothing() {
    let mut town = learned(&looking());
    town.run(21 * DAY, NOON, |_| true);
    town.run(NOON + 6 * HOUR, 22 * DAY, |_| true);
    assert_eq!(town.story(), []);
}

#[test]
fn a_till_that_is_taken_away_is_forgotten_after_four_weeks() {
    let mut town = learned(&looking());
    town.run(21 * DAY, 52 * DAY, |till| till.1 != "a");
    let story = town.story();
    let last = 20 * DAY + CLOSES - 5 * MINUTE;
    assert_eq!((story.len(), story[0].0), (2, FeedEvent::Silent));
    assert_eq!(story[1], (FeedEvent::Forgotten, "330", "a", last + 28 * DAY));
}

#[test]
fn less_than_two_weeks_are_too_few() {
    let mut town = Town::new(&looking());
    town.run(0, 10 * DAY, |_| true);
    town.run(10 * DAY, 12 * DAY, |till| till.1 == "b");
    assert_eq!(town.story(), []);
}

#[test]
fn a_policy_that_looks_no_more_ends_what_is_silent() {
    let mut town = learned(&looking());
    town.run(21 * DAY, 22 * DAY, |till| till.0 != "330");
    town.told.clear();
    town.feeds.change_terms(22 * DAY, &PositionTerms::new(&policy(json!({"look_for": []})), Catalogue::new()));
    assert_eq!(
        town.feeds.take().iter().map(|change| (change.event, change.time)).collect::<Vec<_>>(),
        [(FeedEvent::NotLookedFor, 22 * DAY)]
    );
    assert!(town.feeds.places.is_empty());
}

#[test]
fn a_policy_that_asks_for_less_counts_from_its_own_time() {
    let mut town = learned(&policy(json!({"look_for": ["silent_feed"], "silent_records": 60.0})));
    town.run(21 * DAY, NOON, |_| true);
    town.run(NOON, NOON + 3 * HOUR, |till| till.1 != "c");
    town.terms = PositionTerms::new(&looking(), Catalogue::new());
    town.feeds.change_terms(town.clock, &town.terms.clone());
    let changed = town.clock;
    town.run(NOON + 3 * HOUR, NOON + 6 * HOUR, |till| till.1 != "c");
    assert_eq!(town.story(), [(FeedEvent::Silent, "331", "c", changed + 2 * HOUR)]);
}

#[test]
fn one_till_can_be_left_out() {
    let mut policy = looking();
    policy.layers.push(policy::Layer {
        name: "no till a".to_owned(),
        matching: [("sku".to_owned(), vec!["source:a".to_owned()])].into(),
        values: json!({"off": ["silent_feed"]}).as_object().unwrap().clone(),
    });
    let mut town = learned(&policy);
    town.run(21 * DAY, 22 * DAY, |till| till.1 != "a");
    assert_eq!(town.story(), []);
}

/// The fear: a crash makes a till silent that is not, or forgets that one is.
#[test]
fn what_was_saved_in_parts_goes_on_as_if_nothing_had_been() {
    let (mut straight, mut parts) = (learned(&looking()), Vec::new());
    let mut saving = learned(&looking());
    parts.push(saving.saved(true));
    for hour in 0..14 {
        for town in [&mut straight, &mut saving] {
            town.run(21 * DAY + hour * HOUR, 21 * DAY + (hour + 1) * HOUR, |till| till.1 != "a");
        }
        parts.push(saving.saved(false));
    }
    for town in [&mut straight, &mut saving] {
        town.sale(town.clock + 1, "331", "c");
    }
    parts.push(saving.saved(false));
    assert!(parts[15].len() < 300 && parts[0].len() > 3 * 672, "a part is what changed");
    let mut back = Town::new(&looking());
    (back.clock, back.offset) = (saving.clock, saving.offset);
    for part in &parts {
        let mut d = Decoder::new(part, b"TEST").unwrap();
        back.feeds.read(&mut d).unwrap();
        d.end().unwrap();
    }
    back.feeds.resolve(&back.terms.clone());
    assert_eq!(back.saved(true), straight.saved(true));
    straight.told.clear();
    for town in [&mut straight, &mut back] {
        town.run(21 * DAY + 14 * HOUR, 22 * DAY, |_| true);
        town.run(22 * DAY, 23 * DAY, |till| till.0 == "331");
    }
    assert_eq!(back.story(), straight.story());
    assert!(back.story().len() >= 2 && back.saved(true) == straight.saved(true));
}
