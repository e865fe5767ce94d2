//! One JSON object becomes fourteen optional values; the text is checked whole and copied only where it is escaped.
//!
//! The scanner is strict (RFC 8259) and never recurses: for nesting in an unknown field it keeps one
//! bit per level, so that a record cannot exhaust the stack. Numbers stay text until the field decides whether
//! they are thousandths or milliseconds.

use std::borrow::Cow;

use crate::intake::field::{Field, Fields, Value};
use crate::intake::reject::{Code, Fault};
use crate::intake::scan::{Broken, Scan};

/// Reads one record. `text` is valid UTF-8 without the line end.
pub fn decode<'a>(text: &'a str, fields: &mut Fields<'a>) -> Result<(), Fault> {
    let mut scan = Scan::new(text);
    scan.space();
    if scan.peek() != Some(b'{') {
        scan.skip_value().map_err(|_| scan.fault())?;
        scan.end()?;
        return Err(Fault::new(
            Code::NotAnObject,
            None,
            "the record is JSON but not an object: write one `{…}` a line",
        ));
    }
    let duplicate = scan.object(fields).map_err(|_| scan.fault())?;
    scan.end()?;
    match duplicate {
        Some(field) => Err(Fault::new(
            Code::DuplicateField,
            field.name(),
            format!("`{}` stands twice in the record: send it once", field.name()),
        )),
        None => Ok(()),
    }
}

/// A message without the frame of a schema registry: five bytes, a zero and a number, before the JSON.
pub fn without_frame(message: &[u8]) -> &[u8] {
    match message {
        [0, _, _, _, _, rest @ ..] if matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[')) => rest,
        _ => message,
    }
}

impl<'a> Scan<'a> {
    /// Fills `fields`; returns the first known field that occurred twice.
    fn object(&mut self, fields: &mut Fields<'a>) -> Result<Option<Field>, Broken> {
        self.at += 1;
        let mut duplicate = None;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(None);
        }
        loop {
            self.space();
            let key = self.string()?;
            self.expect(b':')?;
            self.space();
            match Field::from_name(&key) {
                Some(field) => {
                    let value = self.value()?;
                    if fields.set(field, value) && duplicate.is_none() {
                        duplicate = Some(field);
                    }
                }
                None => self.skip_value()?,
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(duplicate);
                }
                _ => return Err(Broken),
            }
        }
    }

    #[inline]
    fn value(&mut self) -> Result<Value<'a>, Broken> {
        match self.peek().ok_or(Broken)? {
            b'"' => self.string().map(Value::Text),
            b'-' | b'0'..=b'9' => self.number().map(|text| Value::Number(Cow::Borrowed(text))),
            b'{' => self.skip_value().map(|()| Value::Wrong("an object")),
            b'[' => self.skip_value().map(|()| Value::Wrong("an array")),
            b'n' => self.word("null").map(|()| Value::Null),
            b'f' => self.word("false").map(|()| Value::Null), // how some systems write an empty field
            _ => self.skip_value().map(|()| Value::Wrong("true")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<Code> {
        decode(text, &mut Fields::default()).err().map(|fault| fault.code)
    }

    #[test]
    fn the_same_judgement_as_serde_json_on_what_is_json() {
        for text in [
            "{}",
            " { } ",
            "[]",
            "1",
            "-0.5e+3",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "nul",
            "null",
            "true",
            "tru",
            "\"a\"",
            "\"a",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{\"a\":[1,2,{\"b\":null}]}",
            "{\"a\":[1,2}",
            "{\"a\":[]]",
            "{,}",
            "[,]",
            "[1 2]",
            "{\"a\":\"\\u00e9\\ud83d\\ude00\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":NaN}",
            "{\"a\":Infinity}",
            "{} {}",
            "{}x",
            "",
            "{\"kind\":00}",
            "{\"quantity\":-01}",
            "{\"quantity\":1.0.0}",
            "{\"a\":{\"b\":{\"c\":[[[]]]}}}",
            "{\"a\":{\"b\"}}",
            "[{\"a\":1},{\"b\":[{}]}]",
            "{\"id\":\"\t\"}",
        ] {
            let json = serde_json::from_str::<serde_json::Value>(text);
            let ours = code(text);
            match &json {
                Err(_) => assert_eq!(ours, Some(Code::NotJson), "{text}"),
                Ok(value) if value.is_object() => assert_eq!(ours, None, "{text}"),
                Ok(_) => assert_eq!(ours, Some(Code::NotAnObject), "{text}"),
            }
        }
    }

    #[test]
    fn escapes_and_duplicates() {
        let mut fields = Fields::default();
        decode(r#"{"\u0069d":"a\n\u00e9","sku":"x","other":1,"other":2}"#, &mut fields).unwrap();
        assert!(matches!(fields.get(Field::Id), Value::Text(text) if text == "a\né"));
        assert_eq!(code(r#"{"sku":"a","s\u006bu":"b"}"#), Some(Code::DuplicateField));
    }

    #[test]
    fn a_record_as_deep_as_it_is_long_does_not_exhaust_the_stack() {
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(code(&deep), None);
    }
}
