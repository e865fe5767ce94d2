//! Any bytes are records or rejects, a block or an error: never a panic, and never a record that is silently lost.

use crate::support::logs::{config, log};
use lowtide_native::intake::reject::Code;
use lowtide_native::log::order::sorter::Sorter;
use lowtide_native::log::partition::{Partition, group_of};
use lowtide_native::log::wire::Reader;
use lowtide_native::policy::{self, Catalogue};
use lowtide_native::values::quantity;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Lines that are nearly records: whole ones, and whole ones with bytes changed, cut out or put in.
fn nearly_lines() -> impl Strategy<Value = Vec<u8>> {
    let change = (
        any::<prop::sample::Index>(),
        0..3u8,
        prop_oneof![any::<u8>(), select(b"{}[]\",:\\\n\r0-.eE\xff\xc3".to_vec())],
    );
    (log(12), vec(change, 0..12)).prop_map(|(lines, changes)| {
        let mut bytes = lines.concat().into_bytes();
        for (index, how, byte) in changes {
            let at = index.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => {}
            }
        }
        bytes
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..400), nearly_lines(), "\\PC{0,200}".prop_map(String::into_bytes)]
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn every_line_is_accepted_or_a_duplicate_or_a_reject_or_blank(bytes in any_bytes()) {
        let mut partition = Partition::new(&policy::defaults(), 2);
        for (_, block) in partition.lines(&bytes, None) {
            let mut reader = Reader::new(&block).unwrap();
            while let Some(movement) = reader.read().unwrap() {
                prop_assert!(movement.clock >= movement.event_time);
                prop_assert!(movement.quantity.abs() <= quantity::LIMIT);
                prop_assert!(!movement.sku.is_empty() && !movement.location.is_empty());
            }
        }
        let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        if lines.last() == Some(&&b""[..]) {
            lines.pop();
        }
        let full = lines.iter().filter(|line| !is_blank(line)).count() as u64;
        let rejects = partition.take_rejects();
        let counts = partition.counts();
        prop_assert_eq!(counts.records, full);
        prop_assert_eq!(counts.accepted + counts.duplicates + rejects.len() as u64, full);
        prop_assert_eq!(counts.rejects.values().sum::<u64>(), rejects.len() as u64);
        for reject in rejects {
            prop_assert_eq!(&reject.record, lines[reject.offset as usize], "a reject keeps its line");
        }
    }

    #[test]
    fn any_bytes_below_a_header_are_rows(header in any_bytes(), bytes in any_bytes()) {
        let header: Vec<u8> = header.into_iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect(); // one line
        for header in [&header[..], b"id,source,kind,event_time,sku,location,quantity"] {
            let mut partition = Partition::new(&policy::defaults(), 1);
            for delimiter in [b';', b',', b'\t'] {
                partition.csv_header(header, delimiter, 0);
                partition.csv(&bytes);
            }
            partition.csv_header(header, b',', 0);
            partition.csv(&bytes);
            let rejects = partition.take_rejects().len() as u64;
            let counts = partition.counts();
            prop_assert_eq!(counts.records, counts.accepted + counts.duplicates + rejects);
        }
    }

    #[test]
    fn any_bytes_are_a_block_or_an_error(bytes in vec(any::<u8>(), 0..300), magic: bool, count in 0..4u32) {
        let mut bytes = bytes;
        if magic && bytes.len() >= 36 {
            bytes[..4].copy_from_slice(b"LTB4");
            bytes[16..20].copy_from_slice(&count.to_le_bytes());
            for at in (20..bytes.len()).step_by(7) {
                bytes[at] %= 16; // lengths and kinds that can be
            }
            bytes[28..36].fill(0); // no change of a feed
        }
        if let Ok(mut reader) = Reader::new(&bytes) {
            while let Ok(Some(_)) = reader.read() {}
        }
    }

    #[test]
    fn a_damaged_block_is_read_as_far_as_it_goes(lines in log(8), at: prop::sample::Index, byte: u8) {
        let mut partition = Partition::new(&policy::defaults(), 1);
        for (_, mut block) in partition.lines(lines.concat().as_bytes(), None) {
            let at = at.index(block.len());
            block[at] = byte;
            if let Ok(mut reader) = Reader::new(&block) {
                while let Ok(Some(_)) = reader.read() {}
            }
        }
    }

    #[test]
    fn a_key_group_is_one_of_those_that_are_there(location in "\\PC{0,12}", sku in "\\PC{0,12}", groups in 1..1000u32) {
        prop_assert!(group_of(&location, &sku, groups) < groups);
    }
}

/// How many rows of a table are movements, and why the others are not; read as they stand, or through a sorter.
fn read_table(header: &[u8], rows: &[u8], sorted: bool) -> (u64, Vec<Code>) {
    let policy = policy::defaults();
    let mut partition = Partition::new(&policy, 1);
    if sorted {
        let mut sorter = Sorter::new(&policy, &Catalogue::new(), &std::env::temp_dir(), 1 << 20, false);
        sorter.file("a");
        sorter.csv_header(header, b',', 0).unwrap();
        sorter.csv(rows).unwrap();
        sorter.finish().unwrap();
        while let Some((block, _)) = sorter.block(1).unwrap() {
            partition.sorted(&block).unwrap();
        }
    } else {
        partition.csv_header(header, b',', 0);
        partition.csv(rows);
    }
    partition.finish();
    let codes = partition.take_rejects().into_iter().map(|reject| reject.fault.code).collect();
    (partition.counts().accepted, codes)
}

#[test]
fn line_ends_of_any_kind_and_characters_that_are_cut_are_rows_or_rejects() {
    const HEADER: &str = "id,source,kind,event_time,sku,location,quantity";
    let row = |id: &str| format!("{id},t,sale,2026-11-22T09:30:00Z,A,330,2");
    let (one, two) = (row("1"), row("2"));
    for (header, rows, accepted, codes) in [
        (HEADER.to_owned(), format!("{one}\r{two}\r").into_bytes(), 2, vec![]),
        (HEADER.to_owned(), format!("\r\r{one}\r\n\r{two}").into_bytes(), 2, vec![]),
        (HEADER.to_owned(), format!("{one}\r\"2\r\",t,sale,2026-11-22T09:30:00Z,A,330,2").into_bytes(), 2, vec![]),
        (format!("{HEADER}\r"), format!("{one}\n").into_bytes(), 1, vec![]),
        (format!("\r{HEADER}"), format!("{one}\n").into_bytes(), 1, vec![]),
        (
            "id,source\r,kind".to_owned(),
            format!("{one}\n1,t\n").into_bytes(),
            0,
            vec![Code::BadRow, Code::MissingField],
        ),
        (HEADER.to_owned(), b"a\xc3,\xa9b\n".to_vec(), 0, vec![Code::NotUtf8]),
        (HEADER.to_owned(), b"\"a\xc3\",\"\xa9b\"\n".to_vec(), 0, vec![Code::NotUtf8]),
        (HEADER.to_owned(), b"\"a\xc3\",\xa9b\r".to_vec(), 0, vec![Code::NotUtf8]),
        (HEADER.to_owned(), b"\xe4\xb8,\xad\r\xe4,\"\xb8\xad".to_vec(), 0, vec![Code::NotUtf8; 2]),
        ("a\u{e9}b,id".to_owned(), b"\xc3\"\xa9,1\n".to_vec(), 0, vec![Code::NotUtf8]),
        ("\r".to_owned(), b"1\n".to_vec(), 0, vec![Code::MissingField]),
    ] {
        for sorted in [false, true] {
            let found = read_table(header.as_bytes(), &rows, sorted);
            assert_eq!(found, (accepted, codes.clone()), "{header:?} {} {sorted}", rows.escape_ascii());
        }
    }
}

#[test]
fn whatever_a_record_of_rules_refers_to_the_log_goes_on() {
    let good = policy::defaults().text();
    let sale = r#"{"id":"1","source":"t","kind":"sale","sku":"A","location":"330","quantity":1,"event_time":"2026-11-22T09:30:00Z"}"#;
    for (kind, reference) in [
        ("policy", "soon".to_owned()),
        ("policy", "[".repeat(40_000)),
        ("policy", good.replacen("\"layers\":[", &format!("\"layers\":[{},", "[]"), 1)),
        ("policy", good.replace("\"version\":\"defaults\"", &format!("\"version\":\"{}\"", "v".repeat(60_000)))),
        ("policy", good.replace("5.0", "1e308")),
        ("inputs", "latest".to_owned()),
        ("inputs", "../../inputs".to_owned()),
        ("inputs", "0123".to_owned()),
        ("inputs", "é".repeat(6)),
        ("inputs", "a".repeat(60_000)),
    ] {
        let mut partition = Partition::new(&policy::defaults(), 1);
        let record = serde_json::json!({"id": "p", "source": "s", "kind": kind, "event_time": "2026-11-22T00:00:00Z", "ref": reference});
        partition.lines(format!("{record}\n{sale}\n").as_bytes(), None);
        let codes: Vec<_> = partition.take_rejects().into_iter().map(|reject| reject.fault.code).collect();
        assert_eq!((partition.take_stop(), codes), (None, vec![Code::BadPolicy]), "{kind} {:.40}", reference);
        assert_eq!(partition.counts().accepted, 1);
    }
    let mut partition = Partition::new(&policy::defaults(), 1);
    let unknown = r#"{"id":"i","source":"s","kind":"inputs","event_time":"2026-11-22T00:00:00Z","ref":"0123456789ab"}"#;
    partition.lines(unknown.as_bytes(), None);
    assert!(
        partition.take_stop().is_some(),
        "inputs that this process lacks decide what comes: it must not go on without"
    );
}
