//! A movement that is wrapped in somebody else's envelope is taken out of it, as far as the envelope says what happened.
//!
//! ```text
//! {"specversion":"1.0", …, "data":MOVEMENT}          CloudEvents
//! {"schema":…, "payload":MOVEMENT}                   Kafka Connect with schemas
//! {"before":…, "after":MOVEMENT, "op":"c", …}        Debezium; also within the payload of Kafka Connect
//! ```
//! An envelope is looked for only where a field of a movement is missing, so that it costs movements in our own form nothing.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::intake::reject::{Code, Fault};

/// How a topic wraps its movements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    CloudEvents,
    Connect,
    Debezium,
}

/// What an envelope holds.
#[derive(Debug, PartialEq)]
pub enum Contents<'a> {
    /// The text of the movement, and the sentence that names where it was.
    Movement(&'a str, &'static str),
    /// A row that was deleted, or a message without a payload: there is nothing to read.
    Nothing,
    /// It cannot be read without a map; says why.
    Refused(Fault),
}

const CLOUD_EVENT: &str = "a CloudEvent: the movement is in `data`";
const CONNECT: &str = "a message of Kafka Connect with its schema: the movement is in `payload`";
const DEBEZIUM: &str = "a change event of Debezium: the row is in `after`";
/// Envelopes lie in one another at most this deep: a CloudEvent with a Connect message with a change event.
const DEEPEST: usize = 3;

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Opens the envelopes around a movement, one within the other; `None`: the text is not in an envelope.
#[cold]
pub fn open(text: &str) -> Option<Contents<'_>> {
    let (mut inner, mut place) = (text, None);
    for _ in 0..DEEPEST {
        let members = members(inner);
        let Some(envelope) = members.as_ref().and_then(envelope_of) else { break };
        match open_one(members.unwrap_or_default(), envelope) {
            Contents::Movement(movement, where_) => (inner, place) = (movement, Some(where_)),
            other => return Some(other),
        }
    }
    if let Some(place) = place {
        return Some(Contents::Movement(inner, place));
    }
    let epcis = "it is an EPCIS event and not a movement: read it with `--map epcis`";
    let is_epcis = members(text).is_some_and(|members| is_epcis(&members));
    is_epcis.then(|| Contents::Refused(Fault::new(Code::MissingField, "id", epcis)))
}

/// Opens an envelope that the address of a topic names. Any other message is refused.
pub fn open_as(text: &str, envelope: Envelope) -> Contents<'_> {
    if matches!(text.trim(), "" | "null") {
        return Contents::Nothing;
    }
    let (name, keys) = match envelope {
        Envelope::CloudEvents => ("cloudevents", "`specversion` and `data`"),
        Envelope::Connect => ("connect", "`schema` and `payload`"),
        Envelope::Debezium => ("debezium", "`op` and `after`, perhaps in a `payload`"),
    };
    let members = members(text);
    let seen = members.as_ref().and_then(envelope_of);
    let fits = seen == Some(envelope) || (envelope, seen) == (Envelope::Debezium, Some(Envelope::Connect));
    if let Some(contents) = open(text).filter(|_| fits) {
        return contents;
    }
    let message = format!("the message is not in the form `{name}` that its topic's address names: it lacks {keys}");
    Contents::Refused(Fault::new(Code::BadMessage, None, message))
}

fn members(text: &str) -> Option<Members<'_>> {
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

fn has(members: &Members<'_>, names: &[&str]) -> bool {
    names.iter().all(|name| members.contains_key(*name))
}

fn envelope_of(members: &Members<'_>) -> Option<Envelope> {
    if has(members, &["specversion"]) && (has(members, &["data"]) || has(members, &["data_base64"])) {
        Some(Envelope::CloudEvents)
    } else if has(members, &["schema", "payload"]) {
        Some(Envelope::Connect)
    } else if has(members, &["op"]) && (has(members, &["after"]) || has(members, &["before"])) {
        Some(Envelope::Debezium)
    } else {
        None
    }
}

fn open_one<'a>(members: Members<'a>, envelope: Envelope) -> Contents<'a> {
    let object = |name: &str, place| match members.get(name).map(|value| value.get()) {
        Some(text) if text.starts_with('{') => Contents::Movement(text, place),
        Some("null") | None if envelope == Envelope::Connect => Contents::Nothing,
        _ => Contents::Refused(Fault::new(
            Code::NotAnObject,
            None,
            format!("{place}, and it is not a JSON object: send one movement in each message"),
        )),
    };
    match envelope {
        Envelope::CloudEvents => object("data", CLOUD_EVENT),
        Envelope::Connect => object("payload", CONNECT),
        Envelope::Debezium => match members.get("op").map(|op| op.get()) {
            Some("\"c\"" | "\"r\"") => object("after", DEBEZIUM),
            op => Contents::Refused(Fault::new(
                Code::ChangeOfThePast,
                None,
                format!(
                    "the change event has `op` {}: only `c` and `r` add a movement; say with `--map` what the others mean",
                    op.unwrap_or("null").trim_matches('"')
                ),
            )),
        },
    }
}

fn is_epcis(members: &Members<'_>) -> bool {
    has(members, &["epcisBody"])
        || has(members, &["eventTime", "action"])
        || has(members, &["eventTime", "type", "bizStep"])
}

/// What a message whose text is not JSON is wrapped in.
#[cold]
pub fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, _, _, _, _, ..] => Some(
            "it begins like Avro or Protobuf of a schema registry: name the registry in the address of the topic, \
             `registry=http://host:8081`",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOVEMENT: &str = r#"{"id":"1","kind":"sale"}"#;

    #[test]
    fn a_movement_is_taken_out_of_each_envelope_and_of_one_within_another() {
        let change = format!(r#"{{"before":null,"after":{MOVEMENT},"op":"c"}}"#);
        for text in [
            format!(r#"{{"specversion":"1.0","id":"e","data":{MOVEMENT}}}"#),
            format!(r#"{{"schema":{{}},"payload":{MOVEMENT}}}"#),
            format!(r#"{{"specversion":"1.0","data":{{"schema":{{}},"payload":{change}}}}}"#),
            change,
        ] {
            let Some(Contents::Movement(inner, _)) = open(&text) else { panic!("{text}") };
            assert_eq!(inner, MOVEMENT);
        }
        assert_eq!(open(MOVEMENT), None);
        assert_eq!(open("no JSON"), None);
    }

    #[test]
    fn what_is_no_new_row_is_refused_or_passed_over() {
        for op in ["u", "d", "t"] {
            let text = format!(r#"{{"before":{MOVEMENT},"after":null,"op":"{op}"}}"#);
            let Some(Contents::Refused(fault)) = open(&text) else { panic!("{text}") };
            assert_eq!(fault.code, Code::ChangeOfThePast);
            assert!(fault.message.contains(&format!("`op` {op}")), "{}", fault.message);
        }
        assert_eq!(open(r#"{"schema":null,"payload":null}"#), Some(Contents::Nothing));
        assert_eq!(open_as("null", Envelope::Debezium), Contents::Nothing);
        let Some(Contents::Refused(fault)) = open(r#"{"type":"ObjectEvent","eventTime":"x","action":"OBSERVE"}"#)
        else {
            panic!("an EPCIS event is not a movement")
        };
        assert!(fault.message.contains("--map epcis"));
    }

    #[test]
    fn a_named_form_takes_no_other() {
        let connect = format!(r#"{{"schema":{{}},"payload":{MOVEMENT}}}"#);
        assert!(matches!(open_as(&connect, Envelope::Connect), Contents::Movement(..)));
        for text in [connect.as_str(), MOVEMENT, "[1]"] {
            let Contents::Refused(fault) = open_as(text, Envelope::CloudEvents) else { panic!("{text}") };
            assert_eq!(fault.code, Code::BadMessage);
        }
    }

    #[test]
    fn bytes_of_a_schema_registry_are_named() {
        assert!(of_bytes(b"\0\0\0\0\x07\x02\x06").unwrap().contains("Avro"));
    }
}
