//! A record that is wrapped in somebody else's envelope is not understood as it is; its reject names the envelope.

use serde_json::{Map, Value};

/// What a message whose text is not JSON is wrapped in.
pub fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, _, _, _, _, b'{' | b'[', ..] => Some(
            "five bytes of a schema registry stand before the JSON: write the topic without the registry's serializer",
        ),
        [0, _, _, _, _, ..] => {
            Some("it begins like Avro or Protobuf of a schema registry: register a decoder, or write JSON to the topic")
        }
        _ => None,
    }
}

/// What an object that lacks a field of a movement is wrapped in.
#[cold]
pub fn of_object(text: &str) -> Option<&'static str> {
    let object: Map<String, Value> = serde_json::from_str(text).ok()?;
    let has = |names: &[&str]| names.iter().all(|name| object.contains_key(*name));
    if has(&["specversion"]) && (has(&["data"]) || has(&["data_base64"])) {
        return Some("a CloudEvent: the movement is in `data`");
    }
    if has(&["schema", "payload"]) {
        return Some("a message of Kafka Connect with its schema: the movement is in `payload`");
    }
    if has(&["op"]) && (has(&["after"]) || has(&["before"])) {
        return Some("a change event of Debezium: the row is in `after`");
    }
    if has(&["epcisBody"]) || has(&["eventTime", "action"]) || has(&["eventTime", "type", "bizStep"]) {
        return Some("an EPCIS event: it is not in the form of a movement");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_envelope_is_named() {
        for (text, name) in [
            (r#"{"specversion":"1.0","data":{}}"#, "CloudEvent"),
            (r#"{"schema":{},"payload":{}}"#, "Kafka Connect"),
            (r#"{"before":null,"after":{},"op":"c"}"#, "Debezium"),
            (r#"{"type":"ObjectEvent","eventTime":"x","action":"OBSERVE"}"#, "EPCIS"),
        ] {
            assert!(of_object(text).unwrap().contains(name), "{text}");
        }
        assert_eq!(of_object(r#"{"id":"1","data":{}}"#), None);
        assert!(of_bytes(b"\0\0\0\0\x07{\"id\":1}").unwrap().contains("five bytes"));
        assert_eq!(of_bytes(b"{\"id\":1}"), None);
    }
}
