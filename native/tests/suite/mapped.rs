//! Rows of others in a log: n movements take n places, a skip and a reject one, wherever blocks are cut and however often rows come.

use std::sync::Arc;

use lowtide_native::intake::message::{Layout, Message};
use lowtide_native::log::counts::Counts;
use lowtide_native::log::order::sorter::Sorter;
use lowtide_native::log::partition::Partition;
use lowtide_native::map::Mapping;
use lowtide_native::policy::{self, Catalogue};

const HEADER: &[u8] = b"doc;line;kind;from;to;item;qty;at";

/// A document of moves: `T` is a transfer and becomes two movements, lines that begin with `sum` are skipped.
fn mapping() -> Arc<Mapping> {
    let rule = |id: &str, kind: &str, place: &str, when: &str| {
        format!(
            r##"{{"when":{{"hole":"kind","in":["{when}"]}},"fields":{{
            "id":{{"parts":[{{"hole":"doc"}},{{"text":"#"}},{{"hole":"line"}},{{"text":"{id}"}}]}},
            "source":{{"parts":[{{"text":"erp"}}]}},"kind":{{"parts":[{{"text":"{kind}"}}]}},"sku":{{"parts":[{{"hole":"item"}}]}},
            "location":{{"parts":[{{"hole":"{place}"}}]}},"quantity":{{"parts":[{{"hole":"qty"}}],"decimal":","}},
            "event_time":{{"parts":[{{"hole":"at"}}]}},"ref":{{"parts":[{{"hole":"doc"}}]}}}}}}"##
        )
    };
    let document = format!(
        r#"{{"format":1,"name":"moves","read":{{"format":"csv","root":null,"each":null,"fill_down":["doc"]}},"zone":"UTC",
        "only_first":false,"skip":[{{"hole":"doc","in":["sum"]}}],"movements":[{},{},{}],"snapshot":null,"expect":null}}"#,
        rule("", "sale", "from", "S"),
        rule("/out", "transfer_out", "from", "T"),
        rule("/in", "transfer_in", "to", "T"),
    );
    Arc::new(Mapping::read(document.as_bytes()).unwrap())
}

/// 60 rows: sales, transfers, a row in which one of two movements is wrong, an unknown kind, a sum line; a document number stands
/// on its first row only.
fn rows() -> Vec<String> {
    (0..60)
        .map(|n| {
            let doc = if n % 3 == 0 { format!("D{}", n / 3) } else { String::new() };
            let at = format!("2026-11-{:02} 10:{:02}:00", 1 + n / 20, n % 60);
            match n % 10 {
                4 => format!("{doc};{n};T;330;;sku;2,5;{at}\n"),
                5 => "sum;;;;;;99;\n".to_owned(),
                7 => format!("{doc};{n};X;330;331;sku;1;{at}\n"),
                n if n % 2 == 0 => format!("{doc};{n};T;330;331;sku;2,5;{at}\n"),
                n => format!("{doc};{n};S;330;;sku{};1;{at}\n", n % 4),
            }
        })
        .collect()
}

fn partition() -> Partition {
    let mut partition = Partition::new(&policy::defaults(), 3);
    partition.map(Some(mapping()));
    partition.file("moves.csv");
    assert_eq!(partition.csv_header(HEADER, b';', 0), Vec::<String>::new());
    partition
}

fn must_close(counts: &Counts) {
    let rejects: u64 = counts.rejects.values().sum();
    assert_eq!(counts.rows, counts.mapped + counts.skipped + rejects, "{counts:?}");
    assert_eq!(counts.records, counts.accepted + counts.duplicates + rejects, "{counts:?}");
}

#[test]
fn a_row_is_atomic_and_its_movements_take_places() {
    let mut partition = partition();
    partition.csv(b"D1;1;T;330;331;a;2,5;2026-11-22 10:00:00\n;2;T;330;;a;2,5;2026-11-22 10:00:00\nsum;;;;;;5;\n");
    let counts = partition.counts().clone();
    assert_eq!((counts.rows, counts.mapped, counts.skipped, counts.accepted), (3, 1, 1, 2));
    assert_eq!(partition.offset(), 4, "two movements, a reject, a skip");
    let rejects = partition.take_rejects();
    assert_eq!((rejects.len(), rejects[0].offset), (1, 2));
    assert_eq!(rejects[0].fault.code.name(), "missing_field");
    assert_eq!(rejects[0].record, b";2;T;330;;a;2,5;2026-11-22 10:00:00");
    assert_eq!(rejects[0].place.as_ref().map(|place| place.line), Some(3));
    must_close(&counts);
}

#[test]
fn blocks_of_any_size_leave_the_same_state() {
    let rows = rows();
    let states = [1, 7, 60].map(|size| {
        let mut partition = partition();
        rows.chunks(size).for_each(|block| drop(partition.csv(block.concat().as_bytes())));
        must_close(partition.counts());
        assert!(partition.counts().skipped > 0 && !partition.counts().rejects.is_empty());
        (partition.take_rejects(), partition.save(true).unwrap())
    });
    assert!(states[0] == states[1] && states[1] == states[2]);
}

#[test]
fn a_run_that_goes_on_half_way_passes_over_the_places_that_it_has_read() {
    let rows = rows();
    let mut straight = partition();
    straight.csv(rows.concat().as_bytes());
    for half in [1, 13, 31, 59] {
        let mut before = partition();
        before.csv(rows[..half].concat().as_bytes());
        let state = before.save(true).unwrap();
        let mut after = Partition::restore(&policy::defaults(), 3, &[&state]).unwrap();
        after.rewind(0);
        after.map(Some(mapping()));
        after.file("moves.csv");
        after.csv_header(HEADER, b';', 0);
        rows.chunks(7).for_each(|block| drop(after.csv(block.concat().as_bytes())));
        assert_eq!(after.counts(), straight.counts());
        assert!(after.save(true).unwrap() == straight.save(true).unwrap(), "half way at row {half}");
    }
}

#[test]
fn rows_that_come_twice_are_duplicates_and_are_skipped_and_rejected_again() {
    let (mut partition, rows) = (partition(), rows().concat());
    partition.csv(rows.as_bytes());
    let once = partition.counts().clone();
    partition.file("again.csv");
    partition.csv_header(HEADER, b';', 0);
    partition.csv(rows.as_bytes());
    let twice = partition.counts().clone();
    assert_eq!((twice.accepted, twice.duplicates), (once.accepted, once.accepted));
    assert_eq!((twice.rows, twice.skipped), (2 * once.rows, 2 * once.skipped));
    must_close(&twice);
}

#[test]
fn a_sorter_maps_and_its_blocks_need_no_map() {
    let mut direct = partition();
    direct.csv(rows().concat().as_bytes());
    let rejects = direct.take_rejects();
    for memory in [1, 1 << 20] {
        let mut sorter = Sorter::new(&policy::defaults(), &Catalogue::new(), &std::env::temp_dir(), memory, false);
        sorter.file("moves.csv");
        sorter.map(Some(mapping())).unwrap();
        sorter.csv_header(HEADER, b';', 0).unwrap();
        rows().chunks(7).for_each(|block| sorter.csv(block.concat().as_bytes()).unwrap());
        sorter.finish().unwrap();
        let mut sorted = Partition::new(&policy::defaults(), 3);
        while let Some((block, _)) = sorter.block(5).unwrap() {
            sorted.sorted(&block).unwrap();
        }
        assert_eq!(sorted.counts(), direct.counts());
        assert_eq!(sorted.take_rejects(), rejects);
        assert!(sorted.save(true).unwrap() == direct.save(true).unwrap());
    }
}

/// Rows of a journal: messages of lines of JSON, whose numbers leave room for the places of their rows.
#[test]
fn messages_of_rows_number_their_places() {
    let row = |line: u32, kind: &str| {
        format!(
            r#"{{"doc":"D","line":"{line}","kind":"{kind}","from":"330","to":"331","item":"a","qty":"1","at":"2026-11-22T09:00:00Z","_line":{line}}}"#
        )
    };
    let bodies = [format!("{}\n{}\n", row(1, "T"), row(2, "S")), format!("{}\n", row(3, "T"))];
    let message = |body: &String, number| Message { length: body.len(), number, arrival: Some(1_795_339_800_000) };
    let mut partition = Partition::new(&policy::defaults(), 1);
    partition.map(Some(mapping()));
    partition.messages(bodies.concat().as_bytes(), &[message(&bodies[0], 10), message(&bodies[1], 13)], Layout::Lines);
    assert_eq!((partition.offset(), partition.next_message()), (15, 14));
    partition.messages(bodies[1].as_bytes(), &[message(&bodies[1], 40)], Layout::Lines);
    assert_eq!((partition.offset(), partition.counts().duplicates), (42, 2));
    must_close(partition.counts());
}

#[test]
fn a_log_keeps_the_maps_that_it_was_read_with() {
    let mut partition = partition();
    assert!(!partition.note_maps(&[], 0), "a log without a map has no history");
    assert!(!partition.note_maps(&["a".to_owned()], 0), "the first map is not a change");
    partition.csv(rows().concat().as_bytes());
    assert!(!partition.note_maps(&["a".to_owned()], partition.offset()));
    assert!(partition.note_maps(&["a".to_owned(), "b".to_owned()], 70));
    assert!(partition.note_maps(&[], 90));
    let state = partition.save(true).unwrap();
    let restored = Partition::restore(&policy::defaults(), 3, &[&state]).unwrap();
    let maps: Vec<_> = restored.maps().iter().map(|used| (used.hash.as_str(), used.first)).collect();
    assert_eq!(maps, [("a", 0), ("a", 70), ("b", 70), ("", 90)]);
}

#[test]
fn the_sums_close_for_any_bytes() {
    let whole = rows().concat().into_bytes();
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..8 {
            let at = random(bytes.len());
            match random(3) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b";\"\n\xff,0"[random(6)]),
            }
        }
        let mut partition = partition();
        partition.csv(&bytes);
        must_close(partition.counts());
        let mut lines = Partition::new(&policy::defaults(), 1);
        lines.map(Some(mapping()));
        lines.lines(&bytes, None);
        must_close(lines.counts());
    }
}
