//! One JSON object becomes thirteen optional values; the text is checked whole and copied only where it is escaped.
//!
//! The scanner is strict (RFC 8259) and never recurses: for nesting in an unknown field it keeps one
//! bit per level, so that a record cannot exhaust the stack. Numbers stay text until the field decides whether
//! they are thousandths or milliseconds.

use std::borrow::Cow;

use crate::intake::field::{Field, Fields, Value};
use crate::intake::reject::{Code, Fault};

/// Reads one record. `text` is valid UTF-8 without the line end.
pub fn decode<'a>(text: &'a str, fields: &mut Fields<'a>) -> Result<(), Fault> {
    let mut scan = Scan { text, bytes: text.as_bytes(), at: 0 };
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

struct Broken;

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn fault(&self) -> Fault {
        Fault::new(Code::NotJson, None, format!("not JSON at byte {}: check quotes, commas and brackets", self.at))
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.fault()) }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        self.space();
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(Broken)
        }
    }

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

    fn word(&mut self, word: &str) -> Result<(), Broken> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            Err(Broken)
        }
    }

    fn number(&mut self) -> Result<&'a str, Broken> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.digits()? > 1 && self.bytes[self.at - self.run_length()] == b'0' {
            return Err(Broken);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<usize, Broken> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(Broken) } else { Ok(self.at - start) }
    }

    /// How many digits are directly before the cursor.
    fn run_length(&self) -> usize {
        self.bytes[..self.at].iter().rev().take_while(|b| b.is_ascii_digit()).count()
    }

    /// Moves to the next quote, backslash or control character, eight bytes at a time.
    #[inline]
    fn plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        while let Some(chunk) = self.bytes.get(self.at..self.at + 8) {
            let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
            let quote = word ^ (ONES * u64::from(b'"'));
            let slash = word ^ (ONES * u64::from(b'\\'));
            let found = (quote.wrapping_sub(ONES) & !quote)
                | (slash.wrapping_sub(ONES) & !slash)
                | (word.wrapping_sub(ONES * 0x20) & !word);
            let found = found & HIGH;
            if found != 0 {
                self.at += (found.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
        while self.peek().is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20) {
            self.at += 1;
        }
    }

    #[inline]
    fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        if self.peek() != Some(b'"') {
            return Err(Broken);
        }
        self.at += 1;
        let start = self.at;
        self.plain();
        if self.peek() == Some(b'"') {
            let text = &self.text[start..self.at];
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        self.escaped(start)
    }

    #[cold]
    fn escaped(&mut self, start: usize) -> Result<Cow<'a, str>, Broken> {
        let mut text = String::from(&self.text[start..self.at]);
        loop {
            match self.peek().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                b'\\' => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                byte if byte < 0x20 => return Err(Broken),
                _ => {
                    let from = self.at;
                    self.plain();
                    text.push_str(&self.text[from..self.at]);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Broken> {
        let byte = self.peek().ok_or(Broken)?;
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                if (0xd800..0xdc00).contains(&first) {
                    self.word("\\u")?;
                    let second = self.hex()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(Broken);
                    }
                    return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(Broken);
                }
                char::from_u32(first).ok_or(Broken)?
            }
            _ => return Err(Broken),
        })
    }

    fn hex(&mut self) -> Result<u32, Broken> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Broken)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Broken);
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Broken)
    }

    /// Skips any value, however deep, and checks its grammar.
    fn skip_value(&mut self) -> Result<(), Broken> {
        let mut objects: Vec<bool> = Vec::new();
        loop {
            self.space();
            match self.peek().ok_or(Broken)? {
                b'"' => drop(self.string()?),
                b'-' | b'0'..=b'9' => drop(self.number()?),
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    self.space();
                    if self.peek() == Some(open + 2) {
                        self.at += 1;
                    } else {
                        objects.push(open == b'{');
                        if open == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                _ => return Err(Broken),
            }
            loop {
                let Some(object) = objects.last().copied() else { return Ok(()) };
                self.space();
                match self.peek().ok_or(Broken)? {
                    b',' => {
                        self.at += 1;
                        if object {
                            self.space();
                            self.key()?;
                        }
                        break;
                    }
                    b'}' if object => {}
                    b']' if !object => {}
                    _ => return Err(Broken),
                }
                self.at += 1;
                objects.pop();
            }
        }
    }

    fn key(&mut self) -> Result<(), Broken> {
        self.string()?;
        self.expect(b':')
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
