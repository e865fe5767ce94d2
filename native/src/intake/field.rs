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
    Expiry,
}

pub const FIELDS: [&str; 14] = [
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
    "expiry",
];

pub const ALL: [Field; 14] = [
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
    Field::Expiry,
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
            b"expiry" => Field::Expiry,
            _ => return None,
        })
    }

    /// The field as one bit of sixteen.
    #[inline]
    pub const fn bit(self) -> u16 {
        1 << self as usize
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
        matches!(self, Field::EventTime | Field::Due | Field::Expiry)
    }

    /// Whether a date alone is enough: the end of that day.
    pub fn may_be_date(self) -> bool {
        matches!(self, Field::Due | Field::Expiry)
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
    /// A whole number that its field can hold: a quantity, or a time in epoch milliseconds.
    Whole(i64),
    /// A decimal of a column, value and scale, that is a quantity in whole thousandths.
    Decimal(i64, u8),
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
    #[inline]
    pub fn is_missing(&self) -> bool {
        match self {
            Value::Absent | Value::Null => true,
            Value::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// A number as its text, whether it was read as text or not; `None`: it is not a number.
    pub fn number_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Number(text) => Some(Cow::Borrowed(text)),
            Value::Whole(number) => Some(Cow::Owned(number.to_string())),
            Value::Decimal(value, scale) => Some(Cow::Owned(decimal((*value).into(), *scale as i8))),
            _ => None,
        }
    }
}

/// A decimal of any scale as text.
pub(super) fn decimal(value: i128, scale: i8) -> String {
    if scale <= 0 {
        return format!("{value}e{}", -i32::from(scale));
    }
    let scale = scale as usize;
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{part}", if value < 0 { "-" } else { "" })
}

/// The values of one record.
#[derive(Clone, Debug, Default)]
pub struct Fields<'a> {
    values: [Value<'a>; 14],
    /// Bits of the fields that were set, of those that hold something, and of those whose value is not a text.
    set: u16,
    filled: u16,
    not_text: u16,
}

impl<'a> Fields<'a> {
    /// Sets a value; true when the field already had one.
    #[inline]
    pub fn set(&mut self, field: Field, value: Value<'a>) -> bool {
        let twice = self.set & field.bit() != 0;
        *self.slot(field) = value;
        self.note(field);
        twice
    }

    /// The place of a field's value. What it holds is to be noted: by [`Fields::note`], or by [`Fields::note_all`] of several.
    #[inline]
    pub(super) fn slot(&mut self, field: Field) -> &mut Value<'a> {
        &mut self.values[field as usize]
    }

    /// Notes what was put into the place of a field: whether it is set, whether it holds something, whether it is a text.
    #[inline]
    pub(super) fn note(&mut self, field: Field) {
        let (bit, value) = (field.bit(), &self.values[field as usize]);
        let bit_if = |is: bool| if is { bit } else { 0 };
        self.set = self.set & !bit | bit_if(!matches!(value, Value::Absent));
        self.filled = self.filled & !bit | bit_if(!value.is_missing());
        self.not_text = self.not_text & !bit | bit_if(!matches!(value, Value::Text(_) | Value::Absent));
    }

    /// Notes the bits of fields whose places were empty: of all, of those that hold something, of those whose value is not a text.
    #[inline]
    pub(super) fn note_all(&mut self, set: u16, filled: u16, not_text: u16) {
        (self.set, self.filled, self.not_text) = (self.set | set, self.filled | filled, self.not_text | not_text);
    }

    pub fn get(&self, field: Field) -> &Value<'a> {
        &self.values[field as usize]
    }

    /// Whether every field of these bits holds something.
    #[inline]
    pub fn hold(&self, bits: u16) -> bool {
        self.filled & bits == bits
    }

    /// Whether every value is a text.
    #[inline]
    pub fn are_texts(&self) -> bool {
        self.not_text == 0
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_any_scale() {
        for (value, scale, text) in [(1250, 3, "1.250"), (-5, 2, "-0.05"), (7, 0, "7e0"), (7, -2, "7e2"), (0, 1, "0.0")]
        {
            assert_eq!(decimal(value, scale), text);
        }
    }
}
