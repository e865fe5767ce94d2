//! The fields of the movement form, and their values as a source wrote them.

use std::borrow::Cow;

use crate::values::instant::Millis;
use crate::values::quantity::Milli;

/// The fields of the movement form; the order is that of the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Field {
    Id,
    Source,
    Kind,
    EventTime,
    Sku,
    Location,
    Quantity,
    Ref,
    Due,
    Counterparty,
    Reason,
    UnitValue,
    Of,
}

pub const FIELDS: [&str; 13] = [
    "id",
    "source",
    "kind",
    "event_time",
    "sku",
    "location",
    "quantity",
    "ref",
    "due",
    "counterparty",
    "reason",
    "unit_value",
    "of",
];

pub const ALL: [Field; 13] = [
    Field::Id,
    Field::Source,
    Field::Kind,
    Field::EventTime,
    Field::Sku,
    Field::Location,
    Field::Quantity,
    Field::Ref,
    Field::Due,
    Field::Counterparty,
    Field::Reason,
    Field::UnitValue,
    Field::Of,
];

impl Field {
    /// The field that a column of a table names, whatever its case.
    pub fn of_column(name: &str) -> Option<Field> {
        Field::from_name(&name.trim().to_ascii_lowercase())
    }

    #[inline]
    pub fn from_name(name: &str) -> Option<Field> {
        Some(match name.as_bytes() {
            b"id" => Field::Id,
            b"source" => Field::Source,
            b"kind" => Field::Kind,
            b"event_time" => Field::EventTime,
            b"sku" => Field::Sku,
            b"location" => Field::Location,
            b"quantity" => Field::Quantity,
            b"ref" => Field::Ref,
            b"due" => Field::Due,
            b"counterparty" => Field::Counterparty,
            b"reason" => Field::Reason,
            b"unit_value" => Field::UnitValue,
            b"of" => Field::Of,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        FIELDS[self as usize]
    }

    pub fn is_quantity(self) -> bool {
        matches!(self, Field::Quantity | Field::UnitValue)
    }

    /// Whether a whole number is taken as its digits: what names something is a number in many systems.
    pub fn is_name(self) -> bool {
        matches!(self, Field::Id | Field::Source | Field::Sku | Field::Location | Field::Ref | Field::Counterparty)
    }

    pub fn is_time(self) -> bool {
        matches!(self, Field::EventTime | Field::Due)
    }
}

/// A field's value as its source wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    #[default]
    Absent,
    Null,
    Text(Cow<'a, str>),
    Number(Cow<'a, str>),
    /// Already thousandths, from a map.
    Amount(Milli),
    /// Already an instant, from a typed column.
    Time(Millis),
    /// Already wall-clock milliseconds without a zone, from a typed column.
    Wall(Millis),
    /// A date alone, days since 1970, from a typed column.
    Date(i32),
    /// Of a type that fits no field; says which.
    Wrong(&'static str),
}

impl Value<'_> {
    pub fn is_missing(&self) -> bool {
        match self {
            Value::Absent | Value::Null => true,
            Value::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// The values of one record.
#[derive(Clone, Debug, Default)]
pub struct Fields<'a>([Value<'a>; 13]);

impl<'a> Fields<'a> {
    /// Sets a value; true when the field already had one.
    #[inline]
    pub fn set(&mut self, field: Field, value: Value<'a>) -> bool {
        let slot = &mut self.0[field as usize];
        let twice = !matches!(slot, Value::Absent);
        *slot = value;
        twice
    }

    pub fn get(&self, field: Field) -> &Value<'a> {
        &self.0[field as usize]
    }

    pub fn text(&self, field: Field) -> &str {
        match self.get(field) {
            Value::Text(text) | Value::Number(text) => text,
            _ => "",
        }
    }

    pub fn optional(&self, field: Field) -> Option<&str> {
        Some(self.text(field)).filter(|text| !text.is_empty())
    }
}
