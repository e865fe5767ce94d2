//! A record on its way through the sorter: where it stands, and its bytes in the form in which it was read.

use crate::intake::columns::MISFITS;
use crate::intake::field::{ALL, Field, Fields, Value};
use crate::intake::reject::{CODES, Fault};
use crate::values::error::CoreError;

/// What the bytes of a record are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// A line of JSON.
    Line,
    /// A record of CSV, without the line end behind it.
    Row,
    /// The values of a row of columns: [`write_fields`].
    Fields,
    /// What is known to be wrong: [`write_fault`].
    Fault,
    /// A movement that a map made of a row: [`write_mapped`].
    Mapped,
    /// A row that its map skips; no bytes.
    Skipped,
    /// A row that a map read and that is wrong: [`write_fault`].
    WrongRow,
}

pub const FORMS: [Form; 7] =
    [Form::Line, Form::Row, Form::Fields, Form::Fault, Form::Mapped, Form::Skipped, Form::WrongRow];

/// Form, file and line of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub form: Form,
    /// The number of its file, from 0.
    pub file: u32,
    pub line: u64,
}

impl Head {
    pub const SIZE: usize = 13;

    pub fn to_bytes(self) -> [u8; Head::SIZE] {
        let mut bytes = [self.form as u8; Head::SIZE];
        bytes[1..5].copy_from_slice(&self.file.to_le_bytes());
        bytes[5..].copy_from_slice(&self.line.to_le_bytes());
        bytes
    }

    /// The head of an entry and the bytes behind it.
    pub fn of(entry: &[u8]) -> Result<(Head, &[u8]), CoreError> {
        let (head, bytes) = entry.split_first_chunk::<{ Head::SIZE }>().ok_or_else(torn)?;
        let form = *FORMS.get(usize::from(head[0])).ok_or_else(torn)?;
        let file = u32::from_le_bytes(head[1..5].try_into().expect("four bytes"));
        let line = u64::from_le_bytes(head[5..].try_into().expect("eight bytes"));
        Ok((Head { form, file, line }, bytes))
    }
}

pub(crate) fn torn() -> CoreError {
    CoreError::block("a block of sorted records is damaged")
}

/// Appends the values of a record: for each field a tag, then its text or number.
pub fn write_fields(fields: &Fields<'_>, out: &mut Vec<u8>) {
    for field in ALL {
        match fields.get(field) {
            Value::Absent => out.push(0),
            Value::Null => out.push(1),
            Value::Text(text) => put_text(2, text, out),
            number @ (Value::Number(_) | Value::Whole(_) | Value::Decimal(..)) => {
                put_text(3, &number.number_text().unwrap_or_default(), out);
            }
            Value::Time(at) => put_number(4, *at, out),
            Value::Wall(at) => put_number(5, *at, out),
            Value::Date(day) => put_number(6, i64::from(*day), out),
            Value::Wrong(what) => put_text(7, what, out),
            Value::Amount(amount) => put_number(8, *amount, out),
        }
    }
}

/// The values that [`write_fields`] wrote.
pub fn read_fields(mut bytes: &[u8]) -> Result<Fields<'_>, CoreError> {
    take_fields(&mut bytes)
}

/// Appends a movement that a map made: for the first of its row 1 and the number of its values that the map does not expect, for
/// the others 0; its values; the row as it came.
pub fn write_mapped(fields: &Fields<'_>, first: u8, row: &[u8], out: &mut Vec<u8>) {
    out.push(first);
    write_fields(fields, out);
    out.extend_from_slice(row);
}

/// What [`write_mapped`] wrote: the first byte, the values, and the row.
pub fn read_mapped(mut bytes: &[u8]) -> Result<(u8, Fields<'_>, &[u8]), CoreError> {
    let first = take_tag(&mut bytes)?;
    let fields = take_fields(&mut bytes)?;
    Ok((first, fields, bytes))
}

fn take_fields<'a>(bytes: &mut &'a [u8]) -> Result<Fields<'a>, CoreError> {
    let mut fields = Fields::default();
    for field in ALL {
        let value = match take_tag(bytes)? {
            0 => continue,
            1 => Value::Null,
            2 => Value::Text(take_text(bytes)?.into()),
            3 => Value::Number(take_text(bytes)?.into()),
            4 => Value::Time(take_number(bytes)?),
            5 => Value::Wall(take_number(bytes)?),
            6 => Value::Date(take_number(bytes)? as i32),
            8 => Value::Amount(take_number(bytes)?),
            _ => {
                let text = take_text(bytes)?;
                Value::Wrong(MISFITS.iter().find(|known| **known == text).ok_or_else(torn)?)
            }
        };
        fields.set(field, value);
    }
    Ok(fields)
}

/// Appends a fault and the bytes of its record.
pub fn write_fault(fault: &Fault, record: &[u8], out: &mut Vec<u8>) {
    out.push(fault.code as u8);
    put_text(0, fault.field.unwrap_or(""), out);
    put_text(0, &fault.message, out);
    out.extend_from_slice(record);
}

/// The fault and the record that [`write_fault`] wrote.
pub fn read_fault(mut bytes: &[u8]) -> Result<(Fault, &[u8]), CoreError> {
    let (code, field) = (take_tag(&mut bytes)?, take_tag(&mut bytes).and_then(|_| take_text(&mut bytes))?);
    let message = take_tag(&mut bytes).and_then(|_| take_text(&mut bytes))?;
    let (code, _) = *CODES.get(usize::from(code)).ok_or_else(torn)?;
    Ok((Fault::new(code, Field::from_name(field).map(Field::name), message), bytes))
}

fn put_text(tag: u8, text: &str, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn put_number(tag: u8, number: i64, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&number.to_le_bytes());
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], CoreError> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(torn)?;
    *bytes = rest;
    Ok(taken)
}

fn take_tag(bytes: &mut &[u8]) -> Result<u8, CoreError> {
    Ok(take(bytes, 1)?[0])
}

fn take_number(bytes: &mut &[u8]) -> Result<i64, CoreError> {
    Ok(i64::from_le_bytes(take(bytes, 8)?.try_into().expect("eight bytes")))
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, CoreError> {
    let length = u32::from_le_bytes(take(bytes, 4)?.try_into().expect("four bytes"));
    std::str::from_utf8(take(bytes, length as usize)?).map_err(|_| torn())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::reject::Code;

    #[test]
    fn values_of_every_type_come_back() {
        let values = [
            Value::Text("a".into()),
            Value::Number("1.5".into()),
            Value::Time(7),
            Value::Wall(-7),
            Value::Date(3),
            Value::Null,
            Value::Wrong(MISFITS[1]),
            Value::Amount(-1250),
        ];
        let mut fields = Fields::default();
        for (field, value) in ALL.into_iter().zip(values.iter().cloned()) {
            fields.set(field, value);
        }
        let mut bytes = Vec::new();
        write_fields(&fields, &mut bytes);
        let back = read_fields(&bytes).unwrap();
        for field in ALL {
            assert_eq!(back.get(field), fields.get(field));
        }
        assert!(read_fields(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn a_fault_comes_back_with_its_record() {
        for field in [Some("sku"), None] {
            let fault = Fault::new(Code::BadRow, field, "why");
            let mut bytes = Vec::new();
            write_fault(&fault, b"\xff,", &mut bytes);
            assert_eq!(read_fault(&bytes), Ok((fault, &b"\xff,"[..])));
        }
    }
}
