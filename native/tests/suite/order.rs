//! Files in order of event time: stable, the same whatever the memory, and nothing on disk when the files are in order already.

use std::env;
use std::fs;

use lowtide_native::intake::reject::{Code, Reject};
use lowtide_native::log::order::sorter::Sorter;
use lowtide_native::log::partition::Partition;
use lowtide_native::policy::{self, Catalogue};

const START: i64 = 1_795_339_800_000;

/// One file: its name, and blocks of lines.
type Files = Vec<(String, Vec<String>)>;

/// A line whose fault names it, so that the rejects of a partition tell the order; `at` in minutes.
fn line(name: &str, at: i64) -> String {
    let time = START + at * 60_000;
    format!(
        r#"{{"id":"{name}","source":"s","kind":"nothing","event_time":{time},"sku":"a","location":"b","quantity":1}}"#
    )
}

fn sorter(memory: usize, rereadable: bool) -> Sorter {
    Sorter::new(&policy::defaults(), &Catalogue::new(), &env::temp_dir(), memory, rereadable)
}

/// Reads all files; once more where the sorter asks for it. Gives the rejects in their order, and how many runs went to disk.
fn sorted(files: &Files, memory: usize, rereadable: bool) -> (Vec<Reject>, usize) {
    let mut sorter = sorter(memory, rereadable);
    for (name, blocks) in files {
        sorter.file(name);
        for block in blocks {
            sorter.lines(block.as_bytes()).unwrap();
        }
    }
    if sorter.is_lost() {
        return sorted(files, memory, false);
    }
    let runs = sorter.runs();
    sorter.finish().unwrap();
    let (mut partition, mut read) = (Partition::new(&policy::defaults(), 1), vec![0; files.len()]);
    loop {
        if let Some((block, _)) = sorter.block(3).unwrap() {
            partition.sorted(&block).unwrap();
        } else if let Some(file) = sorter.needs() {
            match files[file].1.get(read[file]) {
                Some(block) => sorter.lines(block.as_bytes()).unwrap(),
                None => sorter.end_file(),
            }
            read[file] += 1;
        } else {
            return (partition.take_rejects(), runs);
        }
    }
}

fn names(rejects: &[Reject]) -> Vec<String> {
    let id = |reject: &Reject| String::from_utf8_lossy(&reject.record).split('"').nth(3).unwrap_or("?").to_owned();
    rejects.iter().map(id).collect()
}

fn files(contents: &[(&str, &[&str])]) -> Files {
    let content = |blocks: &[&str]| blocks.iter().map(|block| (*block).to_owned()).collect();
    contents.iter().map(|(name, blocks)| ((*name).to_owned(), content(blocks))).collect()
}

#[test]
fn one_time_keeps_the_order_of_files_and_lines() {
    let (a, b) = (["a0", "a1", "a2"].map(|name| line(name, 5)).join("\n"), line("b0", 5) + "\n\n" + &line("b1", 1));
    let files = files(&[("a", &[&a]), ("b", &[&b])]);
    for memory in [1, 1 << 20] {
        let (rejects, _) = sorted(&files, memory, false);
        assert_eq!(names(&rejects), ["b1", "a0", "a1", "a2", "b0"]);
        let places: Vec<_> = rejects.iter().map(|r| (r.offset, r.place.clone().unwrap())).collect();
        let places: Vec<_> = places.iter().map(|(offset, place)| (*offset, &*place.file, place.line)).collect();
        assert_eq!(places, [(0, "b", 3), (1, "a", 1), (2, "a", 2), (3, "a", 3), (4, "b", 1)]);
    }
}

#[test]
fn a_line_without_a_time_stays_behind_the_line_before_it() {
    let lines =
        ["{".to_owned(), line("late", 9), "not json".to_owned(), line("early", 1), "\u{7}".to_owned()].join("\n");
    let (rejects, _) = sorted(&files(&[("a", &[&lines])]), 1 << 20, true);
    let order: Vec<_> = rejects.iter().map(|reject| reject.place.as_ref().unwrap().line).collect();
    assert_eq!(order, [1, 4, 5, 2, 3]);
    assert_eq!(rejects[0].fault.code, Code::NotJson);
}

/// Many files in a mixed order, in blocks of some lines.
fn many(count: i64, lines: i64, in_order: bool) -> Files {
    let time = |file: i64, at: i64| if in_order { at * 7 + file % 5 } else { (at * 7919 + file * 31) % 997 };
    (0..count)
        .map(|file| {
            let lines: Vec<_> = (0..lines).map(|at| line(&format!("{file}-{at}"), time(file, at)) + "\n").collect();
            (format!("{file}.jsonl"), lines.chunks(10).map(<[String]>::concat).collect())
        })
        .collect()
}

#[test]
fn the_order_does_not_depend_on_the_memory() {
    let files = many(7, 400, false);
    let (whole, runs) = sorted(&files, 1 << 30, true);
    assert_eq!((whole.len(), runs), (2800, 0));
    for (memory, least) in [(40_000, 20), (4_000, 64)] {
        let (rejects, runs) = sorted(&files, memory, true);
        assert!((4..150).contains(&runs) && (least < 64 || runs <= 2 * 64), "{runs} runs");
        assert!(rejects == whole, "with {memory} bytes");
    }
}

#[test]
fn files_in_order_are_merged_and_do_not_go_to_disk() {
    let files = many(5, 400, true);
    let (whole, _) = sorted(&files, 1 << 30, false);
    let (merged, runs) = sorted(&files, 4_000, true);
    assert_eq!(runs, 0);
    assert!(merged == whole);
    let too_many_at_once = many(70, 30, true);
    let (spilled, runs) = sorted(&too_many_at_once, 4_000, true);
    assert!(runs > 0);
    assert!(spilled == sorted(&too_many_at_once, 1 << 30, false).0);
}

#[test]
fn a_file_that_changes_while_it_is_merged_is_an_error() {
    let files = many(2, 100, true);
    let mut sorter = sorter(1_000, true);
    for (name, blocks) in &files {
        sorter.file(name);
        blocks.iter().for_each(|block| sorter.lines(block.as_bytes()).unwrap());
    }
    sorter.finish().unwrap();
    assert!(sorter.block(10).unwrap().is_none() && sorter.needs() == Some(0));
    let later = line("x", 900) + "\n" + &line("y", 1);
    assert!(sorter.lines(later.as_bytes()).unwrap_err().message.contains("`0.jsonl` was changed"));
}

#[test]
fn runs_have_no_name_on_disk() {
    let folder = env::temp_dir().join(format!("lowtide-order-test-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut sorter = Sorter::new(&policy::defaults(), &Catalogue::new(), &folder, 1_000, false);
    sorter.file("a");
    for at in 0..100 {
        sorter.lines(line("a", 100 - at).as_bytes()).unwrap();
    }
    assert!(sorter.runs() > 1);
    sorter.finish().unwrap(); // waits for the run that is being written
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    fs::remove_dir(&folder).unwrap();
}
