//! What is JSON, and what a field of it holds, is what serde_json says.

use crate::support::logs::config;
use lowtide_native::intake::field::{FIELDS, Field, Fields, Value};
use lowtide_native::intake::json;
use lowtide_native::intake::layout::Layouts;
use lowtide_native::intake::reject::Code;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;

fn json_text() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?",
    ];
    let text = prop_oneof![
        "\\PC{0,12}".prop_map(|text| Json::from(text).to_string()),
        any::<String>().prop_map(|text| Json::from(text).to_string()),
        "(\\\\u00[0-9a-fA-F]{2}|\\\\ud83d\\\\ude0[0-9]|\\\\[\"\\\\/bfnrt]|[a-zé€😀]){0,9}"
            .prop_map(|text| format!("\"{text}\"")),
    ];
    let leaf = prop_oneof![number, text.clone(), select(vec!["null", "true", "false"]).prop_map(str::to_owned)];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|items| format!("[ {}]", items.join(","))),
            vec((text.clone(), inner), 0..5).prop_map(|pairs| {
                format!(
                    "{{{}}}",
                    pairs.iter().map(|(key, value)| format!("{key} :{value}")).collect::<Vec<_>>().join(",\t")
                )
            }),
        ]
    })
}

/// An object of known and unknown fields, some of them twice.
fn json_object() -> impl Strategy<Value = Vec<(String, String)>> {
    let key = prop_oneof![4 => select(FIELDS.to_vec()).prop_map(str::to_owned), 1 => "[a-z]{0,3}"];
    vec((key, json_text()), 0..8)
}

fn render(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn a_field_is_what_serde_json_says_it_is(pairs in json_object()) {
        let text = render(&pairs);
        let mut fields = Fields::default();
        let outcome = json::decode(&text, &mut fields);
        let known: Vec<&String> = pairs.iter().map(|(key, _)| key).filter(|key| FIELDS.contains(&key.as_str())).collect();
        let twice = (0..known.len()).find(|at| known[..*at].contains(&known[*at])).map(|at| known[at].as_str());
        match (twice, outcome) {
            (None, Ok(())) => {}
            (Some(name), Err(fault)) => {
                prop_assert_eq!((fault.code, fault.field), (Code::DuplicateField, Field::from_name(name).map(Field::name)));
                return Ok(());
            }
            (twice, outcome) => prop_assert!(false, "{text}: {twice:?}, {outcome:?}"),
        }
        let theirs: Json = serde_json::from_str(&text).unwrap();
        for name in FIELDS {
            let ours = fields.get(Field::from_name(name).unwrap());
            let agree = match (theirs.get(name), ours) {
                (None, Value::Absent) | (Some(Json::Null), Value::Null) => true,
                (Some(Json::String(text)), Value::Text(ours)) => text == ours,
                (Some(number @ Json::Number(_)), Value::Number(ours)) => serde_json::from_str(ours).ok().as_ref() == Some(number),
                (Some(Json::Object(_)), Value::Wrong(what)) => *what == "an object",
                (Some(Json::Array(_)), Value::Wrong(what)) => *what == "an array",
                (Some(Json::Bool(true)), Value::Wrong(what)) => *what == "true",
                (Some(Json::Bool(false)), Value::Null) => true,
                _ => false,
            };
            prop_assert!(agree, "{name} of {text}: {ours:?}");
        }
    }

    #[test]
    fn a_record_like_the_ones_before_it_is_read_as_if_it_were_alone(
        pairs in json_object(), others in vec((any::<prop::sample::Index>(), json_text(), any::<bool>()), 1..12),
    ) {
        let (mut layouts, mut pairs) = (Layouts::default(), pairs);
        for (at, value, is_odd) in others {
            let before = pairs.clone();
            if !pairs.is_empty() {
                let at = at.index(pairs.len());
                pairs[at].1 = value;
            }
            let mut text = render(&pairs);
            if is_odd {
                text.truncate(text.char_indices().map(|(at, _)| at).nth(at.index(text.chars().count())).unwrap_or(0));
                pairs = before;
            }
            for _ in 0..2 {
                let (mut with, mut alone) = (Fields::default(), Fields::default());
                let said = layouts.decode(&text, &mut with).map_err(|fault| fault.message);
                prop_assert_eq!(&said, &json::decode(&text, &mut alone).map_err(|fault| fault.message), "{}", text);
                if said.is_ok() {
                    prop_assert_eq!(format!("{with:?}"), format!("{alone:?}"), "{}", text);
                }
            }
        }
    }

    #[test]
    fn what_is_json_is_what_serde_json_reads(
        text in json_text(), at: prop::sample::Index, how in 0..4u8, byte in select("{}[]\",:\\0-.eEtn u\u{1}é".chars().collect::<Vec<_>>()),
    ) {
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        match how {
            0 => {}
            1 => chars[at] = byte,
            2 => chars.insert(at, byte),
            _ => drop(chars.remove(at)),
        }
        let text: String = chars.into_iter().collect();
        let ours = json::decode(&text, &mut Fields::default()).map_err(|fault| fault.code);
        match serde_json::from_str::<Json>(&text) {
            Ok(Json::Object(_)) => prop_assert!(matches!(ours, Ok(()) | Err(Code::DuplicateField)), "{text}: {ours:?}"),
            Ok(_) => prop_assert_eq!(ours, Err(Code::NotAnObject), "{}", text),
            // A number is kept as text, so one that no float can hold is still JSON.
            Err(error) if error.to_string().starts_with("number out of range") => {}
            Err(error) => prop_assert_eq!(ours, Err(Code::NotJson), "{}: {}", text, error),
        }
    }
}

/// Generated text seldom has a control character where it matters: behind an escape, where the quick scan has stopped.
#[test]
fn every_byte_in_a_string_is_judged_as_serde_json_does() {
    for byte in 0..0x80u8 {
        for text in ["{\"id\":\"?\"}", "{\"id\":\"a\\n?b\"}", "{\"x\":[\"12345678\\t1234567?\"]}", "{\"id\":\"\\?\"}"] {
            let text = text.replace('?', &char::from(byte).to_string());
            let ours = json::decode(&text, &mut Fields::default()).is_ok();
            assert_eq!(ours, serde_json::from_str::<Json>(&text).is_ok(), "{text:?}");
        }
    }
}
