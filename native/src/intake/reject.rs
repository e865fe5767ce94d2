//! Bad data is a value: a code that never changes, the field, a sentence that says what would be right, and the bytes.

use std::sync::Arc;

/// Why a record cannot be used. The names are a format: more may be added, none renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Code {
    NotUtf8,
    NotJson,
    NotAnObject,
    DuplicateField,
    MissingField,
    WrongType,
    TooLong,
    UnknownKind,
    BadTime,
    NoZone,
    BadQuantity,
    NegativeQuantity,
    ClockAhead,
    /// A CSV row that has another number of fields than its header, or quotes that do not close.
    BadRow,
    /// The rest of a file that cannot be read: not a Parquet file, a compressed stream that ends early.
    UnreadableFile,
    /// A policy record whose `ref` is not a compiled policy, or one with a wrong value in any layer.
    BadPolicy,
    /// A void of a record that cannot be voided: a count, an order, a heartbeat, a policy, a void.
    VoidOfWhat,
    /// A row that no rule of its map and no `skip` takes.
    Unmapped,
    /// A value that the table of its map does not have, or that a step of the map cannot use.
    UnknownValue,
    /// A unit that the map does not know.
    BadUnit,
    /// Text that is not in the encoding that its map names.
    BadEncoding,
    /// A document that cannot be read: a damaged or too large spreadsheet, XML with a DOCTYPE, a column that the map names and the
    /// header lacks.
    BadDocument,
    /// A message that is not in the form that its map names.
    BadMessage,
    /// A message whose schema the registry does not have.
    UnknownSchema,
    /// A row of a standard that cannot become a movement.
    Unmappable,
    /// A movement that an `expect` of its map rejects.
    UnexpectedValue,
    /// A change event that changes or takes back a row, without a map that says what it means.
    ChangeOfThePast,
    /// A record that a reader of ours panicked on: see [`crate::intake::net`].
    Mistake,
}

pub const CODES: [(Code, &str); 28] = [
    (Code::NotUtf8, "not_utf8"),
    (Code::NotJson, "not_json"),
    (Code::NotAnObject, "not_an_object"),
    (Code::DuplicateField, "duplicate_field"),
    (Code::MissingField, "missing_field"),
    (Code::WrongType, "wrong_type"),
    (Code::TooLong, "too_long"),
    (Code::UnknownKind, "unknown_kind"),
    (Code::BadTime, "bad_time"),
    (Code::NoZone, "no_zone"),
    (Code::BadQuantity, "bad_quantity"),
    (Code::NegativeQuantity, "negative_quantity"),
    (Code::ClockAhead, "clock_ahead"),
    (Code::BadRow, "bad_row"),
    (Code::UnreadableFile, "unreadable_file"),
    (Code::BadPolicy, "bad_policy"),
    (Code::VoidOfWhat, "void_of_what"),
    (Code::Unmapped, "unmapped"),
    (Code::UnknownValue, "unknown_value"),
    (Code::BadUnit, "bad_unit"),
    (Code::BadEncoding, "bad_encoding"),
    (Code::BadDocument, "bad_document"),
    (Code::BadMessage, "bad_message"),
    (Code::UnknownSchema, "unknown_schema"),
    (Code::Unmappable, "unmappable"),
    (Code::UnexpectedValue, "unexpected_value"),
    (Code::ChangeOfThePast, "change_of_the_past"),
    (Code::Mistake, "mistake"),
];

impl Code {
    pub fn name(self) -> &'static str {
        CODES[self as usize].1
    }

    pub fn from_name(name: &str) -> Option<Code> {
        CODES.iter().find(|(_, known)| *known == name).map(|(code, _)| *code)
    }
}

/// What is wrong with a record, before its bytes and its offset are added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: Code,
    pub field: Option<&'static str>,
    pub message: String,
}

impl Fault {
    pub fn new(code: Code, field: impl Into<Option<&'static str>>, message: impl Into<String>) -> Fault {
        Fault { code, field: field.into(), message: message.into() }
    }

    /// A void of a record whose kind is `kind`.
    #[cold]
    pub fn void_of_what(field: &'static str, kind: &str) -> Fault {
        let instead = match kind {
            "count" => "send another count",
            "order" => "send the order again with quantity 0",
            "void" => "send the movement again under a new id",
            _ => "it changes no stock",
        };
        Fault::new(Code::VoidOfWhat, field, format!("a void cannot take back a record of kind {kind}: {instead}"))
    }
}

/// Where a record stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    /// The line in which it starts, from 1. In a file of columns, the row.
    pub line: u64,
}

/// A rejected record, ready for the `reject` table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    pub offset: u64,
    /// `None` for a record of a topic.
    pub place: Option<Place>,
    pub fault: Fault,
    /// The record as it came, cut to `max_record_bytes`.
    pub record: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_at_its_own_number() {
        for (number, (code, name)) in CODES.iter().enumerate() {
            assert_eq!(*code as usize, number);
            assert_eq!(Code::from_name(name), Some(*code));
        }
    }
}
