//! A record is checked in one fixed order, so that the same record always gets the same reason.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::intake::field::{ALL, Field, Fields, Value};
use crate::intake::reject::{Code, Fault};
use crate::intake::times::{NaiveZone, ZoneOf, check_times};
use crate::values::instant::{self, Millis};
use crate::values::movement::Kind;
use crate::values::quantity::{self, Milli};
use crate::values::time_format::TimeFormat;

/// What a record of a policy or of inputs needs.
const OF_RULES: [Field; 5] = [Field::Id, Field::Source, Field::Kind, Field::EventTime, Field::Ref];

/// The checks of the partition for a record.
pub struct Checks {
    pub max_ahead_ms: i64,
    pub negative_sale_is_return: bool,
    /// The zone of times that carry none; without it they are rejects.
    pub naive_zone: Option<NaiveZone>,
    /// How the source writes times, where it is not RFC 3339.
    pub time_format: Option<TimeFormat>,
    /// The zone of a position, by location and SKU in NFC.
    pub zone_of: ZoneOf,
}

/// A record that passed every check; borrows from its fields.
#[derive(Debug, PartialEq)]
pub struct Valid<'a> {
    pub kind: Kind,
    pub quantity: Milli,
    pub event_time: Millis,
    pub due: Option<Millis>,
    pub id: &'a str,
    pub source: &'a str,
    pub location: Cow<'a, str>,
    pub sku: Cow<'a, str>,
    pub reference: Option<&'a str>,
    pub has_reason: bool,
    /// The kind of what a void takes back, for a record that is not known; of other kinds a sale.
    pub of: Kind,
}

/// Checks a record in the order of semantics.md section 1; the first check that fails names the reject.
pub fn validate<'a>(fields: &'a Fields<'_>, arrival: Option<Millis>, checks: &Checks) -> Result<Valid<'a>, Fault> {
    let kind = Kind::from_name(fields.text(Field::Kind));
    check_presence(fields, kind)?;
    check_types(fields)?;
    check_lengths(fields)?;
    let kind = kind.ok_or_else(|| {
        Fault::new(
            Code::UnknownKind,
            "kind",
            format!(
                "`kind` is {:?}: write one of sale, return, void, receipt, order, shipment, \
            transfer_out, transfer_in, adjustment, count, hold, release, reserve, unreserve, heartbeat, policy, inputs",
                short(fields.text(Field::Kind))
            ),
        )
    })?;
    let of = voided_kind(fields, kind)?;
    let (event_time, due) = check_times(fields, checks)?;
    let event_time = event_time.unwrap_or_default();
    let (quantity, _) = (check_quantity(fields, Field::Quantity)?, check_quantity(fields, Field::UnitValue)?);
    let (mut kind, mut quantity) = (kind, quantity.unwrap_or(0));
    if quantity < 0 && kind == Kind::Sale && checks.negative_sale_is_return {
        (kind, quantity) = (Kind::Return, -quantity);
    }
    if quantity < 0 && !kind.allows_negative() {
        return Err(Fault::new(
            Code::NegativeQuantity,
            "quantity",
            "`quantity` is negative: only an adjustment is signed, and a sale where the policy says `negative_sale: return`",
        ));
    }
    // An arrival before 2000 is not one: a producer writes seconds, or counts, where milliseconds belong.
    if arrival.is_some_and(|arrival| arrival >= instant::FIRST && event_time > arrival + checks.max_ahead_ms) {
        return Err(Fault::new(
            Code::ClockAhead,
            "event_time",
            format!(
                "`event_time` {} is later than the record's arrival by more than `max_ahead`: set the clock of its source",
                instant::format(event_time)
            ),
        ));
    }
    if !of.can_be_voided() {
        return Err(Fault::void_of_what("of", of.name()));
    }
    Ok(Valid {
        kind,
        quantity,
        event_time,
        due,
        id: fields.text(Field::Id),
        source: fields.text(Field::Source),
        location: nfc(fields.text(Field::Location)),
        sku: nfc(fields.text(Field::Sku)),
        reference: fields.optional(Field::Ref),
        has_reason: fields.optional(Field::Reason).is_some(),
        of,
    })
}

/// The kind that a void says it takes back; a sale where it does not say, and of records that are not voids.
fn voided_kind(fields: &Fields<'_>, kind: Kind) -> Result<Kind, Fault> {
    let Some(name) = fields.optional(Field::Of).filter(|_| kind == Kind::Void) else { return Ok(Kind::Sale) };
    Kind::from_name(name).ok_or_else(|| {
        let message = format!(
            "`of` is {:?}: write the kind of the record that the void takes back, such as receipt",
            short(name)
        );
        Fault::new(Code::UnknownKind, "of", message)
    })
}

pub(crate) fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The fields that a record of this kind must have.
#[inline]
pub fn required(kind: Option<Kind>) -> &'static [Field] {
    match kind {
        Some(Kind::Heartbeat) => &ALL[..4],
        Some(kind) if kind.changes_rules() => &OF_RULES[..],
        Some(kind) if kind.needs_reference() => &ALL[..8],
        _ => &ALL[..7],
    }
}

#[inline]
fn check_presence(fields: &Fields<'_>, kind: Option<Kind>) -> Result<(), Fault> {
    let required = required(kind);
    if fields.hold(required.iter().fold(0, |bits, field| bits | field.bit())) {
        return Ok(());
    }
    match required.iter().find(|field| fields.get(**field).is_missing()) {
        None => Ok(()),
        Some(field) => {
            let state = if matches!(fields.get(*field), Value::Text(_)) { "empty" } else { "missing" };
            let whom = match kind {
                Some(kind) if kind.needs_reference() && *field == Field::Ref => " for an order or a shipment",
                _ => "",
            };
            Err(Fault::new(
                Code::MissingField,
                field.name(),
                format!("`{}` is {state}: it is required{whom}", field.name()),
            ))
        }
    }
}

#[inline]
fn check_types(fields: &Fields<'_>) -> Result<(), Fault> {
    if fields.are_texts() {
        return Ok(());
    }
    for field in ALL {
        let is = match fields.get(field) {
            Value::Absent | Value::Null | Value::Text(_) => continue,
            Value::Number(_) | Value::Whole(_) if field.is_quantity() || field.is_time() => continue,
            Value::Amount(_) | Value::Decimal(..) if field.is_quantity() => continue,
            Value::Number(text) if field.is_name() && is_whole(text) => continue,
            Value::Number(_) if field.is_name() => "not a whole number of at most 18 digits",
            Value::Time(_) | Value::Wall(_) if field.is_time() => continue,
            Value::Date(_) if field == Field::Due => continue,
            Value::Number(_) | Value::Whole(_) | Value::Decimal(..) | Value::Amount(_) => "a number",
            Value::Time(_) | Value::Wall(_) => "a time",
            Value::Date(_) => "a date without a time",
            Value::Wrong(what) => what,
        };
        let want = match field {
            _ if field.is_quantity() => "a number or a string of digits",
            _ if field.is_time() => "an RFC 3339 string or an integer of epoch milliseconds",
            _ => "a string",
        };
        return Err(Fault::new(Code::WrongType, field.name(), format!("`{}` is {is}: write {want}", field.name())));
    }
    Ok(())
}

/// Whether a number is whole and short enough to be taken as its digits: no program has rounded it.
fn is_whole(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit())
}

#[inline]
fn check_lengths(fields: &Fields<'_>) -> Result<(), Fault> {
    for field in [Field::Id, Field::Source, Field::Sku, Field::Location] {
        let text = fields.text(field);
        if text.len() > 128 && text.chars().count() > 128 {
            return Err(Fault::new(
                Code::TooLong,
                field.name(),
                format!("`{}` is longer than 128 characters", field.name()),
            ));
        }
    }
    Ok(())
}

#[inline]
fn check_quantity(fields: &Fields<'_>, field: Field) -> Result<Option<Milli>, Fault> {
    let parsed = match fields.get(field) {
        Value::Text(text) if text.is_empty() => return Ok(None),
        Value::Text(text) => quantity::parse(text.as_bytes()),
        Value::Number(text) => quantity::parse(text.as_bytes()),
        Value::Whole(units) => quantity::scaled(*units, 0),
        Value::Decimal(value, scale) => quantity::scaled(*value, *scale),
        Value::Amount(amount) => Some(*amount),
        _ => return Ok(None),
    };
    parsed.map(Some).ok_or_else(|| {
        Fault::new(
            Code::BadQuantity,
            field.name(),
            format!(
                "`{}` is not a decimal of at most 3 places and 10^12 units{}: write it as \"1.250\"",
                field.name(),
                rounding(fields.text(field))
            ),
        )
    })
}

/// Of a quantity with too many places: what it would be rounded to.
fn rounding(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(units) if units.is_finite() && units.abs() <= 1e12 => {
            format!(" ({} rounds to {})", short(text), quantity::format(quantity::from_units(units)))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::calendar::Calendar;

    fn utc() -> ZoneOf {
        Box::new(|_, _| Calendar::new("UTC").unwrap())
    }

    fn judge(text: &str) -> Result<(Kind, Milli), (Code, Option<&'static str>)> {
        let checks = Checks {
            max_ahead_ms: 600_000,
            negative_sale_is_return: true,
            naive_zone: None,
            time_format: None,
            zone_of: utc(),
        };
        let mut fields = Fields::default();
        crate::intake::json::decode(text, &mut fields).map_err(|f| (f.code, f.field))?;
        let arrival = text.contains("\"arrival\"").then_some(1_795_339_800_000);
        let arrival = if text.contains("\"in_seconds\"") { Some(1_795_339_800) } else { arrival };
        let valid = validate(&fields, arrival, &checks).map_err(|f| (f.code, f.field))?;
        Ok((valid.kind, valid.quantity))
    }

    fn with(change: &str) -> String {
        let mut map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(
            r#"{"id":"t-1","source":"till-7","kind":"sale","sku":"1","location":"330","quantity":"2","event_time":"2026-11-22T09:30:00Z"}"#,
        )
        .unwrap();
        for (key, value) in serde_json::from_str::<serde_json::Map<_, _>>(change).unwrap() {
            map.insert(key, value);
        }
        serde_json::to_string(&map).unwrap().replace("\"1e400\"", "1e400")
    }

    #[test]
    fn each_check_in_its_order() {
        let long = "x".repeat(129);
        for (change, code, field) in [
            (r#"{"sku":null,"kind":7}"#.to_owned(), Code::MissingField, "sku"),
            (r#"{"id":""}"#.to_owned(), Code::MissingField, "id"),
            (r#"{"sku":7.5,"quantity":"x"}"#.to_owned(), Code::WrongType, "sku"),
            (r#"{"quantity":true}"#.to_owned(), Code::WrongType, "quantity"),
            (r#"{"event_time":{}}"#.to_owned(), Code::WrongType, "event_time"),
            (format!(r#"{{"sku":"{long}","kind":"sell"}}"#), Code::TooLong, "sku"),
            (r#"{"kind":"sell","event_time":"x"}"#.to_owned(), Code::UnknownKind, "kind"),
            (r#"{"event_time":"2026-11-22T09:30:00","due":"soon"}"#.to_owned(), Code::BadTime, "due"),
            (r#"{"event_time":1.5}"#.to_owned(), Code::BadTime, "event_time"),
            (r#"{"event_time":"2026-11-22T09:30:00","quantity":"x"}"#.to_owned(), Code::NoZone, "event_time"),
            (r#"{"quantity":"NaN"}"#.to_owned(), Code::BadQuantity, "quantity"),
            (r#"{"quantity":"1e400"}"#.to_owned(), Code::BadQuantity, "quantity"),
            (r#"{"unit_value":"1.2345"}"#.to_owned(), Code::BadQuantity, "unit_value"),
            (r#"{"kind":"count","quantity":-1}"#.to_owned(), Code::NegativeQuantity, "quantity"),
            (r#"{"kind":"order"}"#.to_owned(), Code::MissingField, "ref"),
            (r#"{"kind":"void","of":"sold","event_time":"x"}"#.to_owned(), Code::UnknownKind, "of"),
            (r#"{"kind":"void","of":"count","quantity":-1}"#.to_owned(), Code::NegativeQuantity, "quantity"),
            (r#"{"kind":"void","of":"count"}"#.to_owned(), Code::VoidOfWhat, "of"),
            (r#"{"event_time":"2026-11-22"}"#.to_owned(), Code::BadTime, "event_time"),
            (r#"{"arrival":1,"event_time":"2026-11-22T09:40:00.001Z"}"#.to_owned(), Code::ClockAhead, "event_time"),
        ] {
            assert_eq!(judge(&with(&change)), Err((code, Some(field))), "{change}");
        }
    }

    #[test]
    fn what_is_fine_passes() {
        assert_eq!(judge(&with(r#"{"quantity":-2}"#)), Ok((Kind::Return, 2000)));
        assert_eq!(judge(&with(r#"{"kind":"adjustment","quantity":"-1.5"}"#)), Ok((Kind::Adjustment, -1500)));
        assert_eq!(judge(&with(r#"{"arrival":1,"event_time":"2026-11-22T09:40:00Z"}"#)), Ok((Kind::Sale, 2000)));
        assert_eq!(judge(&with(r#"{"in_seconds":1,"event_time":"2026-11-22T09:40:00Z"}"#)), Ok((Kind::Sale, 2000)));
        assert_eq!(
            judge(r#"{"id":"h","source":"s","kind":"heartbeat","event_time":1795339800000}"#),
            Ok((Kind::Heartbeat, 0))
        );
        let composed = with(r#"{"sku":"Cafe\u0301"}"#);
        let mut fields = Fields::default();
        crate::intake::json::decode(&composed, &mut fields).unwrap();
        let checks = Checks {
            max_ahead_ms: 0,
            negative_sale_is_return: true,
            naive_zone: Some(NaiveZone::OfPosition),
            time_format: None,
            zone_of: Box::new(|_, _| Calendar::new("Europe/Paris").unwrap()),
        };
        assert_eq!(validate(&fields, None, &checks).unwrap().sku, "Café");
    }
}
