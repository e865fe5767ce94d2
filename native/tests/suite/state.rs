//! A state that was written once is read for good, and a damaged one is refused: never read as something else.
//!
//! `fixtures/group-v1.bin` and `fixtures/partition-v1.bin` hold the state of one fixed log, half way. A format that changes gets a
//! new version, a new pair of files, and keeps these readable. `LOWTIDE_WRITE_FIXTURES=1 cargo test --test suite state` writes them
//! again; that is right only when the log below or what is learned from it was changed on purpose.

use std::path::PathBuf;

use crate::support::{self, Engine, busy_policy, restore_group};
use lowtide_native::group::Group;
use lowtide_native::log::partition::Partition;
use lowtide_native::values::bytes::Decoder;
use lowtide_native::values::error::{CoreError, Kind};
use lowtide_native::values::instant::{self, DAY, HOUR, MINUTE, Millis};
use xxhash_rust::xxh3::xxh3_64;

const MONDAY: Millis = 1_772_431_200_000; // 2026-03-02T06:00:00Z, midnight in Chicago
const PLACES: [(&str, &str); 4] = [("330", "milk"), ("330", "bread"), ("back-1", "milk"), ("back-1", "salt")];

/// Writes the lines of a log; every record gets the next id.
struct Log {
    lines: String,
    next: u32,
}

impl Log {
    fn add(&mut self, at: Millis, place: usize, kind: &str, quantity: &str, rest: &str) {
        let ((location, sku), id, when) = (PLACES[place], self.next, instant::format(at));
        self.lines += &format!(
            r#"{{"id":"{id}","source":"till","kind":"{kind}","event_time":"{when}","location":"{location}","sku":"{sku}","quantity":{quantity}{rest}}}"#
        );
        self.lines.push('\n');
        self.next += 1;
    }

    fn raw(&mut self, line: &str) {
        self.lines += line;
        self.lines.push('\n');
    }
}

fn due(at: Millis) -> String {
    format!(r#","ref":"PO-{}","due":{at}"#, at / DAY % 10)
}

/// Twelve days that leave something in every section of the state.
fn before() -> String {
    let mut log = Log { lines: String::new(), next: 0 };
    for place in 0..4 {
        log.add(MONDAY + HOUR, place, "receipt", if place == 0 { "60" } else { "25.5" }, "");
    }
    for day in 0..12 {
        let morning = MONDAY + day * DAY + 9 * HOUR;
        for place in 0..3 {
            log.add(morning + place as i64 * MINUTE, place, "sale", ["4", "2.25", "1"][place], "");
        }
        match day {
            2 => log.add(morning + HOUR, 0, "order", "40", &due(morning + 5 * DAY)),
            3 => log.add(morning + HOUR, 1, "order", "12", &due(morning + 3 * DAY)),
            4 => log.add(morning + HOUR, 0, "shipment", "25", &due(morning + 3 * DAY)),
            5 => log.add(morning + HOUR, 3, "adjustment", "3000000", ""),
            6 => log.add(morning + HOUR, 3, "adjustment", "-3000020", ""),
            7 => log.add(morning + HOUR, 1, "count", "3", ""),
            8 => log.add(morning + HOUR, 1, "return", "2", ""),
            9 => log.add(morning + HOUR, 2, "reserve", "3", ""),
            _ => {}
        }
    }
    let evening = MONDAY + 11 * DAY + 20 * HOUR;
    log.add(evening, 0, "sale", "30", ""); // a spike
    log.add(evening + MINUTE, 1, "sale", "9", "");
    log.add(evening + 2 * MINUTE, 2, "hold", "1.5", "");
    log.add(evening + 3 * MINUTE - DAY, 1, "sale", "1", ""); // late: a closed day changes
    log.add(evening + 4 * MINUTE - 5 * DAY, 0, "sale", "2", ""); // very late: counted, not learned
    log.raw("{\"id\":1}");
    log.raw("no JSON");
    let again = log.lines.lines().rev().nth(3).unwrap_or_default().to_owned();
    log.raw(&again);
    log.lines
}

/// What comes after it: stock runs out and comes back, supply is overdue, a hold passes, a day is corrected.
fn after() -> String {
    let mut log = Log { lines: String::new(), next: 1000 };
    let again = before().lines().rev().nth(4).unwrap_or_default().to_owned();
    log.raw(&again);
    for day in 12..20 {
        let morning = MONDAY + day * DAY + 9 * HOUR;
        for place in 0..4 {
            log.add(morning + place as i64 * MINUTE, place, "sale", ["6", "3", "2", "0.125"][place], "");
        }
        log.add(morning - DAY, 0, "void", "1", "");
        if day == 15 {
            log.add(morning + HOUR, 1, "receipt", "80", "");
            log.add(morning + HOUR, 2, "unreserve", "3", "");
        }
        if day == 17 {
            log.add(morning - 2 * HOUR, 0, "count", "12", "");
            log.add(morning + HOUR, 3, "adjustment", "40", "");
        }
    }
    log.lines
}

/// The fixed log read half way, in one group.
fn half_way() -> Engine {
    let mut engine = Engine::new(&busy_policy(), 1);
    engine.feed(before().as_bytes());
    engine.partition.note_maps(&["f00d".repeat(8)], 40);
    engine
}

fn go_on(engine: &mut Engine) {
    engine.ledger.clear();
    engine.rows.clear();
    for line in after().split_inclusive('\n').collect::<Vec<_>>().chunks(7) {
        engine.feed(line.concat().as_bytes());
    }
    engine.finish();
}

/// The partition's file and the group's, as they were committed.
fn fixture() -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = ["partition-v1.bin", "group-v1.bin"].map(|name| folder.join(name));
    static WRITE: std::sync::Once = std::sync::Once::new();
    WRITE.call_once(|| {
        if std::env::var_os("LOWTIDE_WRITE_FIXTURES").is_some() {
            for (file, bytes) in files.iter().zip(half_way().save(true)) {
                std::fs::write(file, bytes).expect("the fixture can be written");
            }
        }
    });
    files.iter().map(|file| std::fs::read(file).expect("the fixture was committed")).collect()
}

#[test]
fn a_committed_state_is_read_and_written_again_to_the_byte() {
    let fixture = fixture();
    let mut engine = Engine::new(&busy_policy(), 1);
    engine.restore(std::slice::from_ref(&fixture));
    assert!(engine.save(true) == fixture, "a state that was read and written again is another");
    let counts = engine.counts();
    assert_eq!((counts.records, counts.accepted, counts.duplicates), (56, 53, 1));
    assert_eq!((counts.late, counts.very_late), (2, 1));
    assert_eq!(
        counts.rejects.iter().map(|(code, n)| (*code, *n)).collect::<Vec<_>>(),
        [("missing_field", 1), ("not_json", 1)]
    );
    assert_eq!(engine.groups[0].len(), 4);
}

#[test]
fn a_committed_state_goes_on_as_the_run_that_wrote_it() {
    let mut straight = half_way();
    assert!(!straight.ledger.is_empty());
    go_on(&mut straight);
    let mut restored = Engine::new(&busy_policy(), 1);
    restored.restore(&[fixture()]);
    go_on(&mut restored);
    assert!(straight.ledger.len() > 10, "the second half must say something: {}", straight.ledger.len());
    assert_eq!(restored.ledger(), straight.ledger());
    assert_eq!(restored.rows, straight.rows);
    assert_eq!(restored.describe(&PLACES), straight.describe(&PLACES));
    assert!(restored.same_state(&mut straight), "the same log left another state");
}

/// What is wrong with a state, `None` if it was taken.
fn refusal(number: usize, bytes: &[u8]) -> Option<CoreError> {
    match number {
        0 => Partition::restore(&busy_policy(), 1, &[bytes]).err(),
        _ => restore_group(&busy_policy(), &[bytes]).err(),
    }
}

#[test]
fn a_torn_state_is_refused_at_every_length() {
    for (number, state) in fixture().into_iter().enumerate() {
        for length in 0..state.len() {
            assert!(refusal(number, &state[..length]).is_some(), "state {number} cut to {length} bytes was taken");
        }
        let longer = [&state[..], &[0]].concat();
        assert!(refusal(number, &longer).is_some(), "state {number} with a byte too many was taken");
    }
}

#[test]
fn a_flipped_bit_is_refused_wherever_it_is() {
    for (number, state) in fixture().into_iter().enumerate() {
        for at in 0..state.len() {
            for bits in [1, 0x10, 0xff] {
                let mut flipped = state.clone();
                flipped[at] ^= bits;
                assert!(refusal(number, &flipped).is_some(), "state {number} with byte {at} ^ {bits} was taken");
            }
        }
    }
}

/// The bytes with `magic` in front, closed by the checksum that every version closes with.
fn forged(state: &[u8], magic: &[u8; 4]) -> Vec<u8> {
    let body = [magic, &state[4..state.len() - 8]].concat();
    [&body[..], &xxh3_64(&body).to_le_bytes()].concat()
}

#[test]
fn another_version_is_named_and_is_not_damage() {
    for (number, state) in fixture().into_iter().enumerate() {
        let read = if number == 0 { "LTP5" } else { "LTG4" };
        for magic in [b"LTG9", b"LTP9", b"PK\x03\x04"] {
            let refused = refusal(number, &forged(&state, magic)).unwrap();
            let found = magic.escape_ascii();
            assert_eq!(refused.kind, Kind::Version);
            assert_eq!(refused.message, format!("the state has format `{found}`, this program reads `{read}`"));
        }
        assert_eq!(refusal(1 - number, &state).unwrap().kind, Kind::Version, "of another kind");
        let mut flipped = state.clone();
        flipped[3] = b'9';
        assert_eq!(refusal(number, &flipped).unwrap().kind, Kind::Damage, "a flipped bit is not a version");
        assert_eq!(refusal(number, b"PK\x03\x04 and so on").unwrap().kind, Kind::Damage);
    }
}

/// A checksum says that a disk kept the bytes, not that they make sense: a state that is wrong within its checksum may be
/// refused or taken, but does not end the process.
#[test]
fn nonsense_with_a_good_checksum_is_no_panic() {
    for (number, state) in fixture().into_iter().enumerate() {
        let body = state.len() - 8;
        for at in 4..body {
            for byte in [0, 0x7f, 0xff] {
                let mut nonsense = state.clone();
                nonsense[at] = byte;
                let sum = xxh3_64(&nonsense[..body]).to_le_bytes();
                nonsense[body..].copy_from_slice(&sum);
                let _ = refusal(number, &nonsense);
            }
        }
    }
}

#[test]
fn rows_that_were_not_taken_are_not_lost_in_a_checkpoint() {
    let mut partition = Partition::new(&busy_policy(), 1);
    let mut group = Group::new(support::PIPELINE, busy_policy(), Default::default());
    for (_, block) in partition.lines(before().as_bytes(), None) {
        group.apply(&block).unwrap();
    }
    assert!(group.pending() > 0 && group.save(true).is_err());
    group.take();
    assert!(group.save(false).is_err(), "what changes comes after the whole");
    assert!(group.save(true).is_ok());
}

/// How many entries each section of a group's state has, read only by the drawing in `native/README.md`.
#[derive(Debug, Default)]
struct Sections {
    locations: u32,
    skus: u32,
    history: u64,
    large: usize,
    rows: u32,
    extras: usize,
    supplies: u32,
    placed: usize,
    lifecycles: u32,
    holding: usize,
    openings: u32,
    sold: u32,
    spiked: usize,
    dirty: u32,
    corrected: u32,
    very_late_changed: u32,
    very_late: u32,
    sources: u32,
    silences: usize,
    feed_alerts: usize,
}

/// Passes over fields of 4 and 8 bytes and texts.
fn skip(d: &mut Decoder<'_>, fields: &str) -> Result<(), CoreError> {
    fields.chars().try_for_each(|field| match field {
        '4' => d.u32().map(drop),
        '8' => d.u64().map(drop),
        _ => d.text().map(drop),
    })
}

/// Passes over a count and that many entries; returns the count.
fn list(d: &mut Decoder<'_>, fields: &str) -> Result<u32, CoreError> {
    let count = d.u32()?;
    (0..count).try_for_each(|_| skip(d, fields))?;
    Ok(count)
}

fn walk(state: &[u8]) -> Result<Sections, CoreError> {
    let (mut d, mut s) = (Decoder::new(state, b"LTG4")?, Sections::default());
    skip(&mut d, "8888tt")?;
    for names in [&mut s.locations, &mut s.skus] {
        assert_eq!(d.u32()?, 0, "the fixture is whole");
        *names = list(&mut d, "t")?;
    }
    skip(&mut d, "44")?;
    s.history = d.u64()?;
    for _ in 0..s.history {
        d.signed()?;
        d.signed()?;
        s.large += usize::from(i32::try_from(d.signed()?).is_err());
        d.short()?;
    }
    walk_feeds(&mut d, &mut s)?;
    assert_eq!(d.u32()?, 1, "what was dirty before is not");
    s.rows = d.u32()?;
    assert_eq!(d.u32()?, s.rows);
    for _ in 0..s.rows {
        skip(&mut d, "4")?;
        skip(&mut d, "888884488")?; // stock, times, safe levels, offset, timer
        skip(&mut d, "44444444444444444")?; // demand
        skip(&mut d, "4444444444")?; // stock time, ordering, traces
        skip(&mut d, "44444")?; // numbers
        if d.u32()? == 1 {
            s.extras += 1;
            walk_extras(&mut d, &mut s)?;
        }
    }
    s.dirty = list(&mut d, "4")?;
    (s.corrected, s.very_late_changed) = (list(&mut d, "448")?, list(&mut d, "448")?);
    s.very_late = list(&mut d, "448")?;
    d.end()?;
    Ok(s)
}

fn walk_extras(d: &mut Decoder<'_>, s: &mut Sections) -> Result<(), CoreError> {
    for _ in ["reservations", "holds"] {
        skip(d, "8")?;
        for _ in 0..d.u32()? {
            skip(d, "88")?;
            list(d, "88")?;
        }
    }
    skip(d, "8")?;
    let supplies = d.u32()?;
    for _ in 0..supplies {
        d.text()?;
        s.placed += usize::from(d.option()?.is_some());
        for _ in ["ordered", "stated due", "supposed due", "promised"] {
            if d.option()?.is_some() {
                d.i64()?;
            }
        }
        skip(d, "888")?;
    }
    s.supplies += supplies;
    let lifecycles = d.u32()?;
    (0..lifecycles).try_for_each(|_| walk_lifecycle(d, s))?;
    s.lifecycles += lifecycles;
    s.sold += list(d, "48")?;
    s.spiked += usize::from(d.option()?.is_some());
    d.option()?;
    if d.option()?.is_some() {
        d.signed()?;
        skip(d, "88")?; // variance
    }
    if d.option()?.is_some() {
        skip(d, "4444")?; // holes
    }
    list(d, "8888")?; // lots, and what changed the stock
    list(d, "48")?;
    skip(d, "4")
}

fn walk_lifecycle(d: &mut Decoder<'_>, s: &mut Sections) -> Result<(), CoreError> {
    skip(d, "444448")?;
    assert_eq!(d.text()?.len(), 26, "an alert id");
    for _ in 0..3 {
        s.holding += usize::from(d.option()?.is_some());
    }
    s.openings += list(d, "8")?;
    Ok(())
}

fn walk_feeds(d: &mut Decoder<'_>, s: &mut Sections) -> Result<(), CoreError> {
    assert_eq!(d.u32()?, 0, "the fixture is whole");
    s.sources = list(d, "t")?;
    for _ in 0..d.u32()? {
        skip(d, "tt")?;
        for _ in 0..d.u32()? {
            s.silences += 1;
            d.signed()?;
            d.option()?;
        }
    }
    for _ in 0..d.u32()? {
        s.feed_alerts += 1;
        skip(d, "tt48t")?;
        walk_lifecycle(d, s)?;
    }
    Ok(())
}

#[test]
fn the_drawing_reads_the_fixture_and_the_fixture_fills_the_drawing() {
    let s = walk(&fixture()[1]).expect("the drawing in native/README.md is the format");
    assert_eq!((s.locations, s.skus, s.rows, s.extras), (2, 3, 4, 4), "{s:?}");
    assert!(s.history > 30 && s.large == 2, "{s:?}");
    let rare = [s.supplies, s.lifecycles, s.openings, s.sold, s.dirty, s.corrected, s.very_late_changed, s.very_late];
    assert!(rare.iter().all(|count| *count > 0) && s.holding > 0 && s.spiked > 0 && s.placed > 0, "{s:?}");
}

/// How many entries the sections of a partition's state have, read only by the drawing in `native/README.md`.
fn walk_partition(state: &[u8]) -> Result<[u64; 5], CoreError> {
    let mut d = Decoder::new(state, b"LTP5")?;
    skip(&mut d, "8888tt")?;
    let maps = list(&mut d, "t8")?;
    skip(&mut d, "8888888")?; // records
    skip(&mut d, "8888")?; // rows
    let rejects = list(&mut d, "t8")?;
    skip(&mut d, "8")?;
    let seen = d.u64()?;
    for _ in 0..seen {
        d.u64()?;
        d.signed()?;
        d.short()?;
    }
    let voids = d.u32()?;
    for _ in 0..voids {
        skip(&mut d, "8888")?;
        d.option()?;
        skip(&mut d, "tt")?;
    }
    let places = walk_places(&mut d)?;
    d.end()?;
    Ok([maps.into(), rejects.into(), seen, voids.into(), places])
}

#[test]
fn the_drawing_of_a_partition_reads_its_fixture() {
    let [maps, rejects, seen, _, places] =
        walk_partition(&fixture()[0]).expect("the drawing in native/README.md is the format");
    assert_eq!((maps, rejects), (1, 2));
    assert!(seen > 0 && places > 0);
}

/// The feeds of a partition; how many sources they have.
fn walk_places(d: &mut Decoder<'_>) -> Result<u64, CoreError> {
    let mut sources = 0;
    d.option()?;
    assert_eq!(d.u32()?, 1, "the fixture is whole");
    for _ in 0..d.u32()? {
        skip(d, "4t")?;
        d.signed()?;
        d.option()?;
        skip(d, "884")?;
        for _ in 0..d.u32()? {
            sources += 1;
            d.text()?;
            d.signed()?;
            skip(d, "848")?;
            skip(d, "44")?;
            assert_eq!(d.u32()?, 1, "the fixture is whole");
            (0..168).try_for_each(|_| d.f32().map(drop))?;
        }
    }
    Ok(sources)
}

#[test]
fn segments_of_a_log_fold_into_one_that_leads_to_the_same() {
    let folder = std::env::temp_dir().join(format!("lowtide-fold-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut engine = Engine::new(&busy_policy(), 1);
    let lines = before();
    let mut segments = Vec::new();
    for (number, line) in lines.split_inclusive('\n').enumerate() {
        engine.feed(line.as_bytes());
        if number % 9 == 0 {
            segments.push(engine.partition.save(segments.is_empty()).unwrap());
        }
    }
    segments.push(engine.partition.save(false).unwrap());
    let slices: Vec<&[u8]> = segments.iter().map(|one| &one[..]).collect();
    Partition::fold(&busy_policy(), &slices, &folder.join("one")).unwrap();
    let one = std::fs::read(folder.join("one")).unwrap();
    let mut folded = Partition::restore(&busy_policy(), 1, &[&one]).unwrap();
    assert_eq!(folded.save(true).unwrap(), engine.partition.save(true).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_holds_what_memory_would_however_large() {
    let lines: String = (0..30_000)
        .map(|i| {
            let at = MONDAY + i * 1000;
            format!("{{\"id\":{i},\"source\":\"s\",\"kind\":\"sale\",\"event_time\":{at},\"location\":\"{}\",\"sku\":\"{}\",\"quantity\":1}}\n", i % 7, i % 3000)
                .replace(&format!("\"id\":{i},"), &format!("\"id\":\"{i}\","))
        })
        .collect();
    let mut engine = Engine::new(&busy_policy(), 1);
    engine.feed(lines.as_bytes());
    engine.groups[0].settle();
    engine.groups[0].take();
    let folder = std::env::temp_dir().join(format!("lowtide-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("segment");
    let (length, sum) = engine.groups[0].save_to(true, &path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert!(length > 600_000 && bytes.len() as u64 == length && bytes == engine.groups[0].save(true).unwrap());
    assert_eq!(bytes[bytes.len() - 8..], sum.to_le_bytes());
    assert!(engine.groups[0].save_to(true, &path).is_err(), "a file that is there is not written over");
    std::fs::remove_dir_all(&folder).unwrap();
}
