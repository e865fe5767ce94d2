//! The records of a log mostly come from one program, and differ in their values alone: what stands between the values is compared
//! with the last record's and not read again.
//!
//! ```text
//! {"id":"   t-1   ","kind":"   sale   ","quantity":   2   ,"due":null}
//! literal   text  literal      text   literal      number literal
//! ```
//! A record whose literals equal those of a record that was decoded, with texts without escapes and numbers between them, is the
//! same JSON with other values. Everything else is decoded in full ([`json::decode`]), so a layout never shows in a result.

use std::borrow::Cow;

use crate::intake::field::{Field, Fields, Value};
use crate::intake::json;
use crate::intake::reject::Fault;
use crate::intake::scan::{Broken, Scan};

/// After a record that has no layout, so many are decoded before the next one is looked at.
const PAUSE: u8 = 64;

/// The layout of the last records.
#[derive(Default)]
pub struct Layouts {
    last: Option<Layout>,
    /// How many records that do not have it are decoded before another layout takes its place.
    patience: u8,
}

impl Layouts {
    /// Reads one record like [`json::decode`].
    #[inline]
    pub fn decode<'t>(&mut self, text: &'t str, fields: &mut Fields<'t>) -> Result<(), Fault> {
        if let Some(layout) = &self.last
            && layout.read(text, fields)
        {
            self.patience = 1;
            return Ok(());
        }
        self.decode_other(text, fields)
    }

    /// A record of another layout. It is learned at the second such record in a row.
    #[inline(never)]
    fn decode_other<'t>(&mut self, text: &'t str, fields: &mut Fields<'t>) -> Result<(), Fault> {
        *fields = Fields::default();
        json::decode(text, fields)?;
        if self.patience > 0 {
            self.patience -= 1;
        } else {
            self.last = Layout::of(text).ok();
            self.patience = if self.last.is_some() { 1 } else { PAUSE };
        }
        Ok(())
    }
}

/// What a value is, by its first byte.
#[derive(Clone, Copy)]
enum Form {
    /// Its quotes belong to the literals.
    Text,
    Number,
    /// `null` or `false`: it belongs to the literal before it.
    Null,
}

/// A value and the literal before it; a field that is not known has none.
struct Part {
    before: Literal,
    field: Option<Field>,
    form: Form,
}

/// How a record is written.
struct Layout {
    parts: Vec<Part>,
    end: Box<[u8]>,
    /// Bits of the fields that it has, and of those whose value is not a text.
    fields: u16,
    not_text: u16,
}

impl Layout {
    /// The layout of a record that was decoded; an error where a value is no text without escapes, no number and not `null`.
    fn of(text: &str) -> Result<Layout, Broken> {
        let (mut scan, mut parts, mut from) = (Scan::new(text), Vec::new(), 0);
        scan.space();
        scan.expect(b'{')?;
        scan.space();
        while scan.peek() != Some(b'}') {
            let field = scan.key(Field::from_name)?;
            scan.expect(b':')?;
            scan.space();
            let (form, value) = match scan.peek().ok_or(Broken)? {
                b'"' => {
                    scan.at += 1;
                    let at = scan.at;
                    scan.plain_text().ok_or(Broken)?;
                    (Form::Text, at..scan.at)
                }
                b'n' => scan.word("null").map(|()| (Form::Null, scan.at..scan.at))?,
                b'f' => scan.word("false").map(|()| (Form::Null, scan.at..scan.at))?,
                _ => {
                    let at = scan.at;
                    scan.number()?;
                    (Form::Number, at..scan.at)
                }
            };
            parts.push(Part { before: Literal::new(&scan.bytes[from..value.start]), field, form });
            from = value.end;
            scan.at += usize::from(matches!(form, Form::Text));
            scan.space();
            if scan.peek() == Some(b',') {
                scan.at += 1;
                scan.space();
            }
        }
        let bits = |parts: &mut dyn Iterator<Item = &Part>| {
            parts.filter_map(|part| part.field).fold(0, |bits, field| bits | field.bit())
        };
        let fields = bits(&mut parts.iter());
        let not_text = bits(&mut parts.iter().filter(|part| !matches!(part.form, Form::Text)));
        Ok(Layout { parts, end: scan.bytes[from..].into(), fields, not_text })
    }

    /// Sets the fields of a record of this layout; false for one of another, of which some fields are set.
    #[inline]
    fn read<'t>(&self, text: &'t str, fields: &mut Fields<'t>) -> bool {
        let (mut scan, mut filled) = (Scan::new(text), 0);
        for part in &self.parts {
            if !part.before.pass(&mut scan) {
                return false;
            }
            match part.form {
                Form::Text => {
                    let Some(text) = scan.plain_text() else { return false };
                    if let Some(field) = part.field {
                        filled |= if text.is_empty() { 0 } else { field.bit() };
                        *fields.slot(field) = Value::Text(Cow::Borrowed(text));
                    }
                }
                Form::Number => {
                    let Ok(text) = scan.number() else { return false };
                    if let Some(field) = part.field {
                        filled |= field.bit();
                        *fields.slot(field) = Value::Number(Cow::Borrowed(text));
                    }
                }
                Form::Null => {
                    if let Some(field) = part.field {
                        *fields.slot(field) = Value::Null;
                    }
                }
            }
        }
        fields.note_all(self.fields, filled, self.not_text);
        scan.bytes[scan.at..] == *self.end
    }
}

/// Bytes that stand in every record of a layout.
struct Literal {
    bytes: Box<[u8]>,
    /// The first 16 of them, and ones where they are fewer than 16 and only so many are compared.
    head: u128,
    mask: u128,
}

impl Literal {
    fn new(bytes: &[u8]) -> Literal {
        let (mut head, mut mask) = ([0; 16], [0; 16]);
        for (at, byte) in bytes.iter().take(16).enumerate() {
            (head[at], mask[at]) = (*byte, 0xff);
        }
        Literal { bytes: bytes.into(), head: u128::from_le_bytes(head), mask: u128::from_le_bytes(mask) }
    }

    /// Moves the scanner behind the literal; false where something else stands.
    #[inline]
    fn pass(&self, scan: &mut Scan<'_>) -> bool {
        let rest = &scan.bytes[scan.at..];
        let equal = match rest.first_chunk::<16>() {
            Some(chunk) => {
                (u128::from_le_bytes(*chunk) ^ self.head) & self.mask == 0
                    && (self.bytes.len() <= 16 || rest[16..].starts_with(&self.bytes[16..]))
            }
            None => rest.starts_with(&self.bytes),
        };
        scan.at += self.bytes.len();
        equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_layout_are_read_as_if_there_was_none() {
        let mut layouts = Layouts::default();
        for text in [
            r#"{"id":"1","kind":"sale","quantity":2,"due":null,"x":"y"}"#,
            r#"{"id":"2","kind":"sale","quantity":-2.5e1,"due":null,"x":""}"#,
            r#"{"id":"a\nb","kind":"sale","quantity":2,"due":null,"x":"y"}"#,
            r#"{"id":"3","kind":"sale","quantity":02,"due":null,"x":"y"}"#,
            r#"{"id":"3","kind":"sale","quantity":2,"due":null,"x":"y"} "#,
            r#"{"id":"3","kind":"sale","quantity":2,"due":null,"x":"y"}}"#,
            r#"{"id":"3","kind":"sale","quantity":2,"due":null,"x":"#,
            r#"{"id":"3","kind":"sale","quantity":2,"due":nul"#,
            r#"{"id":"3","kind":"sale","quantity":"2","due":null,"x":"y"}"#,
            r#"{"id":"4","kind":"Übung","quantity":2,"due":null,"x":"€"}"#,
            r#"{"a":[1],"id":"5"}"#,
            r#"{"a":[2],"id":"6"}"#,
            r#"  { "kind" : "count" , "id" : "7" }"#,
            r#"  { "kind" : "count" , "id" : "8" }"#,
            r#"  { "kind" : "count" , "id" : "9"  }"#,
            r#"{"id":"1","id":"2"}"#,
            r#"{"id":"1","id":"2"}"#,
            "{}",
            "{}",
            "",
        ] {
            for _ in 0..3 {
                let (mut with, mut without) = (Fields::default(), Fields::default());
                let (said, right) = (layouts.decode(text, &mut with), json::decode(text, &mut without));
                let is_read = said.is_ok();
                assert_eq!(said.map_err(|fault| fault.message), right.map_err(|fault| fault.message), "{text}");
                assert!(!is_read || format!("{with:?}") == format!("{without:?}"), "{text}: {with:?}");
            }
        }
    }
}
