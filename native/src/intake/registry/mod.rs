//! Messages whose schema is in a registry become JSON text, which the log then reads like any other.
//!
//! ```text
//! byte 0   the number 0
//! 1..5     the id of the schema, u32, the highest byte first
//! 5..      Avro: a datum · JSON Schema: JSON · Protobuf: the path of the type (a list of numbers), then a message
//! ```
//! What a message holds does not depend on other messages, so a topic may mix schemas from one message to the next.

mod avro;
mod avro_schema;
mod cursor;
mod descriptor;
mod proto_schema;
mod protobuf;
mod text;
mod wire;

use std::collections::BTreeMap;

use crate::intake::registry::avro_schema::AvroSchema;
use crate::intake::registry::cursor::Misfit;
use crate::intake::registry::proto_schema::ProtoSchema;
use crate::intake::registry::text::JsonText;
use crate::intake::reject::{Code, Fault};

/// The formats of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Avro,
    Protobuf,
    JsonSchema,
}

impl Format {
    pub fn from_name(name: &str) -> Option<Format> {
        Some(match name {
            "avro" => Format::Avro,
            "protobuf" => Format::Protobuf,
            "jsonschema" => Format::JsonSchema,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Format::Avro => "Avro",
            Format::Protobuf => "Protobuf",
            Format::JsonSchema => "JSON Schema",
        }
    }
}

enum Schema {
    Avro(AvroSchema),
    Protobuf(ProtoSchema),
    Json,
    /// One that cannot be used, and why.
    Unusable(String),
}

/// The schemas that are known, by their ids.
#[derive(Default)]
pub struct Schemas(BTreeMap<u32, Schema>);

/// The id of the schema of a framed message, and what follows it; `None`: the message has no frame.
#[inline]
pub fn frame(message: &[u8]) -> Option<(u32, &[u8])> {
    match message {
        [0, a, b, c, d, body @ ..] => Some((u32::from_be_bytes([*a, *b, *c, *d]), body)),
        _ => None,
    }
}

impl Schemas {
    pub fn contains(&self, id: u32) -> bool {
        self.0.contains_key(&id)
    }

    /// Whether messages of a schema are JSON, which may hold many records.
    pub fn is_json(&self, id: u32) -> bool {
        matches!(self.0.get(&id), Some(Schema::Json))
    }

    /// Takes an Avro schema; `references` are the schemas that it names types of. Why it cannot be used, if it cannot.
    pub fn add_avro(&mut self, id: u32, document: &str, references: &[String]) -> Option<String> {
        self.add(id, AvroSchema::read(document, references).map(Schema::Avro))
    }

    /// Takes a Protobuf schema: descriptors of files, each after those that it imports. Why it cannot be used, if it cannot.
    pub fn add_protobuf<B: AsRef<[u8]>>(&mut self, id: u32, files: &[B]) -> Option<String> {
        self.add(id, ProtoSchema::read(files).map(Schema::Protobuf))
    }

    /// Takes a JSON Schema. It only says what is in a message; it is not enforced.
    pub fn add_json(&mut self, id: u32) {
        self.add(id, Ok(Schema::Json));
    }

    /// Takes a schema that cannot be used.
    pub fn add_unusable(&mut self, id: u32, why: String) {
        self.add(id, Err(why));
    }

    fn add(&mut self, id: u32, schema: Result<Schema, String>) -> Option<String> {
        let why = schema.as_ref().err().cloned();
        self.0.insert(id, schema.unwrap_or_else(Schema::Unusable));
        why
    }

    /// The text of a framed message: where it is JSON already, a part of the message; else it is written to `scratch`.
    /// `expected` is the only format that is accepted, if there is one.
    pub fn text<'a>(
        &self,
        id: u32,
        body: &'a [u8],
        expected: Option<Format>,
        scratch: &'a mut JsonText,
    ) -> Result<&'a str, Fault> {
        let schema = match self.0.get(&id) {
            Some(Schema::Unusable(why)) => {
                return Err(unknown(format!("the schema {id} cannot be used: {why}")));
            }
            Some(schema) => schema,
            None => return Err(unknown(format!("the registry does not have a schema with the id {id}"))),
        };
        let format = match schema {
            Schema::Avro(_) => Format::Avro,
            Schema::Protobuf(_) => Format::Protobuf,
            _ => Format::JsonSchema,
        };
        if let Some(expected) = expected.filter(|expected| *expected != format) {
            let (is, expected) = (format.name(), expected.name());
            return Err(bad(format!("the schema {id} is of {is}, and the address of the topic says {expected}")));
        }
        scratch.0.clear();
        let written = match schema {
            Schema::Avro(avro) if avro.is_text() => match avro.text_of(body) {
                Ok(text) => return as_text(text, id),
                Err(misfit) => Err(misfit),
            },
            Schema::Avro(avro) => avro.to_json(body, scratch),
            Schema::Protobuf(protobuf) => protobuf.to_json(body, scratch),
            _ => return as_text(body, id),
        };
        match written {
            Ok(()) => as_text(&scratch.0, id),
            Err(misfit) => Err(does_not_fit(id, misfit)),
        }
    }
}

fn as_text(bytes: &[u8], id: u32) -> Result<&str, Fault> {
    simdutf8::basic::from_utf8(bytes)
        .map_err(|_| bad(format!("the message does not fit the schema {id}: a text in it is not UTF-8")))
}

#[cold]
fn does_not_fit(id: u32, misfit: Misfit) -> Fault {
    let place = misfit.field.map_or_else(String::new, |field| format!(" at `{field}`"));
    bad(format!("the message does not fit the schema {id}{place}: {}", misfit.what))
}

#[cold]
fn bad(message: String) -> Fault {
    Fault::new(Code::BadMessage, None, message)
}

#[cold]
fn unknown(message: String) -> Fault {
    Fault::new(Code::UnknownSchema, None, message)
}

/// Where the text of messages is written, one after another.
pub type Scratch = JsonText;

#[cfg(test)]
mod tests {
    use super::*;

    const MOVEMENT: &str = r#"{"type":"record","name":"Movement","namespace":"shop","fields":[
        {"name":"id","type":"string"},
        {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["sale","count"]}},
        {"name":"quantity","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":3}},
        {"name":"event_time","type":{"type":"long","logicalType":"timestamp-micros"}},
        {"name":"wall","type":["null",{"type":"long","logicalType":"local-timestamp-millis"}]},
        {"name":"tags","type":{"type":"map","values":"int"}},
        {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
            {"name":"sku","type":["string","long"]},{"name":"kind","type":"Kind"},{"name":"inner","type":["null","Line"]}]}}}
    ]}"#;

    /// id "a", sale, 1.250, 2026-11-22T09:30:00.000001Z, the same wall time in ms, {"x":-1}, one line with a number as SKU
    const DATUM: &[u8] = b"\x02a\x00\x04\x04\xe2\x82\xd8\xbd\xf0\xc3\xb6\xb0\x06\x02\x80\xb7\xba\xa9\xc0\x68\x02\x02x\x01\x00\x01\x0a\x02\x0e\x02\x00\x00";

    fn told(schemas: &Schemas, id: u32, body: &[u8]) -> Result<String, (Code, String)> {
        let mut scratch = Scratch::default();
        let text = schemas.text(id, body, None, &mut scratch).map(str::to_owned);
        text.map_err(|fault| (fault.code, fault.message))
    }

    fn avro(schema: &str) -> Schemas {
        let mut schemas = Schemas::default();
        assert_eq!(schemas.add_avro(7, schema, &[]), None);
        schemas
    }

    #[test]
    fn a_record_of_every_kind_of_part() {
        let text = told(&avro(MOVEMENT), 7, DATUM).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"id":"a","kind":"sale","quantity":1.250,"event_time":"2026-11-22T09:30:00.000001Z","#,
                r#""wall":"2026-11-22T09:30:00.000","tags":{"x":-1},"lines":[{"sku":7,"kind":"count","inner":null}]}"#
            )
        );
    }

    #[test]
    fn what_does_not_fit_says_where() {
        let schemas = avro(MOVEMENT);
        for cut in 0..DATUM.len() {
            assert_eq!(told(&schemas, 7, &DATUM[..cut]).unwrap_err().0, Code::BadMessage, "cut at {cut}");
        }
        let message = told(&schemas, 7, b"\x02a\x08").unwrap_err().1;
        assert_eq!(
            message,
            "the message does not fit the schema 7 at `kind`: it names a symbol that the enum does not have"
        );
        let left_over = [DATUM, b"x"].concat();
        assert!(told(&schemas, 7, &left_over).unwrap_err().1.contains("left over"));
        let not_utf8 = [b"\x02\xff", &DATUM[2..]].concat();
        assert!(told(&schemas, 7, &not_utf8).unwrap_err().1.contains("not UTF-8"));
        let (code, message) = told(&schemas, 12, DATUM).unwrap_err();
        assert_eq!((code, &*message), (Code::UnknownSchema, "the registry does not have a schema with the id 12"));
    }

    #[test]
    fn an_array_of_nothing_and_a_record_in_itself_end() {
        let mut schemas = avro(r#"{"type":"array","items":"null"}"#);
        assert!(told(&schemas, 7, b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01").unwrap_err().1.contains("1 MiB"));
        assert_eq!(told(&schemas, 7, b"\x04\x00").unwrap(), "[null,null]");
        schemas.add_avro(7, r#"{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}"#, &[]);
        assert!(told(&schemas, 7, b"").unwrap_err().1.contains("64 levels"));
        schemas.add_avro(7, r#"{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]}"#, &[]);
        assert_eq!(told(&schemas, 7, b"\x02\x00").unwrap(), r#"{"r":{"r":null}}"#);
        assert!(told(&schemas, 7, &[2; 1000]).unwrap_err().1.contains("64 levels"));
    }

    #[test]
    fn a_schema_that_cannot_be_used_says_why() {
        let mut schemas = Schemas::default();
        for (schema, why) in [
            ("{", "not JSON"),
            (r#"{"type":"record","name":"R","fields":[{"name":"r","type":"shop.Unknown"}]}"#, "shop.Unknown"),
            (r#"{"name":"R"}"#, "no `type`"),
            (r#"{"type":"enum","name":"R"}"#, "no `symbols`"),
        ] {
            assert!(schemas.add_avro(7, schema, &[]).unwrap().contains(why), "{schema}");
            assert_eq!(told(&schemas, 7, b"").unwrap_err().0, Code::UnknownSchema);
        }
        let line = r#"{"type":"record","name":"Line","namespace":"shop","fields":[{"name":"sku","type":"string"}]}"#;
        let order = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"line","type":"Line"}]}"#;
        assert_eq!(schemas.add_avro(7, order, &[line.to_owned()]), None);
        assert_eq!(told(&schemas, 7, b"\x02A").unwrap(), r#"{"line":{"sku":"A"}}"#);
    }

    #[test]
    fn a_text_is_the_record_itself_and_another_format_is_not_expected() {
        let schemas = avro(r#""string""#);
        assert_eq!(told(&schemas, 7, b"\x08{  }").unwrap(), "{  }");
        let mut scratch = Scratch::default();
        let fault = schemas.text(7, b"\x00", Some(Format::Protobuf), &mut scratch).unwrap_err();
        assert_eq!(fault.message, "the schema 7 is of Avro, and the address of the topic says Protobuf");
    }

    fn entry(number: u8, bytes: &[u8]) -> Vec<u8> {
        let (low, high) = (bytes.len() as u8 | 0x80, (bytes.len() >> 7) as u8); // two bytes, even where one would do
        [&[number << 3 | 2, low, high], bytes].concat()
    }

    /// A field with one-byte numbers.
    fn field(number: u8, name: &str, kind: u8, type_name: &str, label: u8) -> Vec<u8> {
        let named = if type_name.is_empty() { vec![] } else { entry(6, type_name.as_bytes()) };
        entry(2, &[entry(1, name.as_bytes()), vec![3 << 3, number, 4 << 3, label, 5 << 3, kind], named].concat())
    }

    fn protobuf() -> Schemas {
        let line = [entry(1, b"Line"), field(1, "sku", 9, "", 1), field(2, "qty", 18, "", 1)].concat();
        let tags =
            [entry(1, b"TagsEntry"), field(1, "key", 9, "", 1), field(2, "value", 5, "", 1), entry(7, &[7 << 3, 1])];
        let order = [
            entry(1, b"Order"),
            field(1, "id", 9, "", 1),
            field(2, "lines", 11, ".shop.Order.Line", 3),
            field(3, "at", 11, ".google.protobuf.Timestamp", 1),
            field(4, "tags", 11, ".shop.Order.TagsEntry", 3),
            field(5, "counts", 3, "", 3),
            field(6, "kind", 14, ".shop.Kind", 1),
            field(7, "price", 11, ".google.protobuf.DoubleValue", 1),
            entry(3, &line),
            entry(3, &tags.concat()),
        ];
        let kind = [entry(1, b"Kind"), entry(2, &[entry(1, b"SALE"), vec![16, 0]].concat())].concat();
        let other = entry(1, b"Other");
        let file = [
            entry(2, b"shop"),
            entry(4, &other),
            entry(4, &order.concat()),
            entry(5, &kind),
            vec![98, 6],
            b"proto3".to_vec(),
        ];
        let mut schemas = Schemas::default();
        assert_eq!(schemas.add_protobuf(7, &[file.concat()]), None);
        schemas
    }

    #[test]
    fn a_message_of_every_kind_of_part() {
        let schemas = protobuf();
        assert_eq!(told(&schemas, 7, b"\0").unwrap(), "{}");
        let empty = r#"{"id":"","lines":[],"tags":{},"counts":[],"kind":"SALE"}"#;
        assert_eq!(told(&schemas, 7, b"\x02\x02").unwrap(), empty);
        let body = [
            &b"\x02\x02"[..],
            &entry(2, &[entry(1, b"A"), vec![16, 3]].concat()),
            &entry(1, b"first"),
            &entry(3, &[8, 0x98, 0xec, 0x8a, 0xd8, 0x06, 16, 1]),
            &entry(1, b"o\"1"),
            &entry(2, &entry(1, b"B")),
            &entry(4, &[entry(1, b"x"), vec![16, 1]].concat()),
            &entry(4, &[entry(1, b"x"), vec![16, 2]].concat()),
            &entry(5, &[1, 2]),
            &[40, 3, 48, 9, 58, 0],
            &entry(15, b"of a later version"),
        ];
        assert_eq!(
            told(&schemas, 7, &body.concat()).unwrap(),
            concat!(
                r#"{"id":"o\"1","lines":[{"sku":"A","qty":-2},{"sku":"B","qty":0}],"at":"2026-11-22T09:30:00.000000001Z","#,
                r#""tags":{"x":2},"counts":[1,2,3],"kind":9,"price":0}"#
            )
        );
        assert_eq!(told(&schemas, 7, b"\x04\x02\x00").unwrap(), r#"{"sku":"","qty":0}"#);
        assert!(told(&schemas, 7, b"\x02\x04").unwrap_err().1.contains("type that the schema does not have"));
        let wrong = told(&schemas, 7, b"\x02\x02\x08\x07").unwrap_err();
        assert_eq!(
            wrong.1,
            "the message does not fit the schema 7 at `id`: it is of another type than the schema says"
        );
    }

    /// 5,000 damaged copies of each message: an answer for all, and it is JSON or a reject.
    #[test]
    fn no_damage_makes_it_panic_or_write_what_is_not_json() {
        let mut state = 7u64;
        let mut random = move || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize
        };
        let order = [&b"\x02\x02"[..], &entry(2, &entry(1, b"A")), &entry(5, &[1, 2]), &[40, 3, 48, 9, 58, 0]].concat();
        for (schemas, message) in [(avro(MOVEMENT), DATUM), (protobuf(), &order[..])] {
            let mut good = 0;
            for _ in 0..5_000 {
                let mut damaged = message.to_vec();
                for _ in 0..=random() % 3 {
                    let at = random() % damaged.len();
                    match random() % 3 {
                        0 => damaged[at] = random() as u8,
                        1 => damaged.insert(at, random() as u8),
                        _ if damaged.len() > 1 => drop(damaged.remove(at)),
                        _ => {}
                    }
                }
                match told(&schemas, 7, &damaged) {
                    Ok(text) => {
                        serde_json::from_str::<serde::de::IgnoredAny>(&text).expect("it is JSON");
                        good += 1;
                    }
                    Err((code, _)) => assert_eq!(code, Code::BadMessage),
                }
            }
            assert!((50..4_950).contains(&good), "{good}");
        }
    }
}
