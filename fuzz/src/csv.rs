//! A table of CSV: each of its rows is a record or a reject, in a log, in a sorter and for a map.

use std::sync::{Arc, LazyLock};

use lowtide_native::log::order::sorter::Sorter;
use lowtide_native::log::partition::Partition;
use lowtide_native::map::Mapping;
use lowtide_native::policy::{self, Catalogue, Policy};

const MAP: &str = r#"{"format":1,"name":"c","read":{"format":"csv","fill_down":["sku"]},"movements":[{"fields":{
    "id":{"parts":[],"hash":["id","sku"],"occurrence":true},"source":{"parts":[{"text":"s"}]},"kind":{"parts":[{"text":"sale"}]},
    "sku":{"parts":[{"hole":"sku"}]},"location":{"parts":[{"hole":"c2","optional":true},{"text":"1"}]},
    "quantity":{"parts":[{"hole":"quantity","optional":true}],"decimal":","},"event_time":{"parts":[{"text":"2026-11-22T09:30:00Z"}]}}}]}"#;

static POLICY: LazyLock<Policy> = LazyLock::new(policy::defaults);
static MAPPING: LazyLock<Option<Arc<Mapping>>> = LazyLock::new(|| Mapping::read(MAP.as_bytes()).ok().map(Arc::new));

/// The first byte says what stands between columns, whether there is a map, and who reads; the header ends at the first line end.
pub fn run(data: &[u8]) {
    let [how, rest @ ..] = data else { return };
    let delimiter = [b',', b';', b'\t', b'|'][usize::from(how & 3)];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (header, rows) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
    let mapping = if how & 4 == 0 { None } else { MAPPING.clone() };
    let mut partition = Partition::new(&POLICY, 1);
    if how & 8 == 0 {
        partition.map(mapping);
        partition.csv_header(header, delimiter, 0);
        partition.csv(rows);
    } else {
        sort(&mut partition, mapping, header, delimiter, rows);
    }
    closes(&mut partition);
}

fn sort(partition: &mut Partition, mapping: Option<Arc<Mapping>>, header: &[u8], delimiter: u8, rows: &[u8]) {
    let folder = std::env::temp_dir();
    let mut sorter = Sorter::new(&POLICY, &Catalogue::new(), &folder, 64 << 20, false);
    sorter.file("a");
    sorter.map(mapping).expect("a file is open");
    sorter.csv_header(header, delimiter, 0).expect("a file is open");
    sorter.csv(rows).expect("it is kept in memory");
    sorter.finish().expect("the file was read");
    while let Some((block, _)) = sorter.block(3).expect("all is in memory") {
        partition.sorted(&block).expect("a block of a sorter is whole");
    }
}

/// Each record was accepted, a duplicate, or one of the rejects; no reader of ours panicked.
pub fn closes(partition: &mut Partition) {
    partition.finish();
    let rejects = partition.take_rejects();
    let counts = partition.counts();
    assert_eq!(counts.records, counts.accepted + counts.duplicates + rejects.len() as u64);
    assert_eq!(counts.rejects.values().sum::<u64>(), rejects.len() as u64);
    if let Some(reject) = rejects.iter().find(|reject| reject.fault.code.name() == "mistake") {
        panic!("{}", reject.fault.message);
    }
}
