//! Messages of a topic in every layout, with and without a map, in frames of a registry: each is records, rejects, or passed over.

use std::sync::{Arc, LazyLock};

use lowtide_native::intake::message::{Layout, Message};
use lowtide_native::intake::registry::Schemas;
use lowtide_native::log::partition::Partition;
use lowtide_native::map::Mapping;
use lowtide_native::policy::{self, Policy};

use super::csv::closes;

const LAYOUTS: [&str; 7] = ["auto", "json", "ndjson", "array", "cloudevents", "connect", "debezium"];
const AVRO: &str = r#"{"type":"record","name":"M","fields":[
    {"name":"id","type":"string"},{"name":"kind","type":{"type":"enum","name":"K","symbols":["sale","count"]}},
    {"name":"quantity","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":3}},
    {"name":"event_time","type":{"type":"long","logicalType":"timestamp-micros"}},
    {"name":"wall","type":["null",{"type":"int","logicalType":"date"}]},{"name":"more","type":{"type":"map","values":"double"}},
    {"name":"lines","type":{"type":"array","items":["null","M","bytes"]}}]}"#;
/// A file of Protobuf: package `s`, message `M` with a text, a number, a list of itself, a map, a double and a Timestamp.
const PROTO: &[u8] = b"\x12\x01s\x22\x8f\x01\x0a\x01M\
    \x12\x08\x0a\x02id\x18\x01\x20\x01\x28\x09\
    \x12\x0e\x0a\x08quantity\x18\x02\x20\x01\x28\x12\
    \x12\x11\x0a\x05lines\x18\x03\x20\x03\x28\x0b\x32\x04.s.M\
    \x12\x0b\x0a\x05price\x18\x05\x20\x01\x28\x01\
    \x12\x29\x0a\x0aevent_time\x18\x06\x20\x01\x28\x0b\x32\x1a.google.protobuf.Timestamp\
    \x12\x0c\x0a\x06counts\x18\x07\x20\x03\x28\x03\
    \x12\x0a\x0a\x04more\x18\x08\x20\x01\x28\x0c\
    \x62\x06proto3";
pub const MAP: &str = r#"{"format":1,"name":"m","read":{"format":"debezium","root":"auto","each":"lines"},"zone":"Asia/Shanghai",
    "skip":[{"column":"void","is":["1"]}],
    "movements":[{"fields":{"id":{"parts":[{"hole":"^id"},{"text":"-"},{"hole":"sku"}]},"source":{"parts":[{"text":"s"}]},
    "kind":{"parts":[{"hole":"kind"}],"map":{"1":"sale","2":"count"},"else":"skip"},"sku":{"parts":[{"hole":"sku"}],"trim":true,"pad":6},
    "location":{"parts":[{"hole":"^store.code","optional":true}]},"quantity":{"parts":[{"hole":"qty"}],"sign":"abs","thousands":","},
    "event_time":{"parts":[{"hole":"^time"}],"format":"DD.MM.YYYY HH:mm"}}}]}"#;

static POLICY: LazyLock<Policy> = LazyLock::new(policy::defaults);
static MAPPING: LazyLock<Option<Arc<Mapping>>> = LazyLock::new(|| Mapping::read(MAP.as_bytes()).ok().map(Arc::new));
static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
    let mut schemas = Schemas::default();
    schemas.add_avro(1, AVRO, &[]);
    schemas.add_protobuf(2, &[PROTO]);
    schemas.add_json(3);
    schemas
});

/// The first byte says how messages are read, the second how long the first of two is.
pub fn run(data: &[u8]) {
    let [how, first, rest @ ..] = data else {
        return;
    };
    let mut partition = Partition::new(&POLICY, 2);
    let (layout, with_map) = (usize::from(*how & 7), how & 8 != 0);
    if with_map {
        partition.map(MAPPING.clone());
    }
    let first = usize::from(*first).min(rest.len());
    let message = |length, number| Message { length, number, arrival: Some(1_795_339_800_000) };
    let messages = [message(first, 7), message(rest.len() - first, 9)];
    match LAYOUTS.get(layout).and_then(|name| Layout::from_name(name)) {
        Some(layout) => drop(partition.messages(rest, &messages, layout)),
        None => {
            let framed = [&[0, 0, 0, 0, how >> 4][..], rest].concat();
            drop(partition.framed(&SCHEMAS, &framed, &[message(framed.len(), 7)], None, None));
        }
    }
    closes(&mut partition);
}
