//! One record of a log, decoded by serde_json and validated in the order of the plain loop.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::position::DAY_MS;

const LONGEST: usize = 128;

/// Quantities in thousandths, times in milliseconds since 1970.
#[derive(Clone, Serialize, Deserialize)]
pub struct Movement {
    pub source: String,
    pub id: String,
    pub kind: Kind,
    pub location: String,
    pub sku: String,
    pub reference: String,
    pub quantity: i64,
    pub at: i64,
    pub due: i64,
    /// The time of the log: the latest event time up to this record.
    pub clock: i64,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Sale,
    Return,
    Void,
    Receipt,
    Order,
    Shipment,
    Adjustment,
    Count,
    Hold,
    Release,
    Heartbeat,
}

#[derive(Deserialize)]
struct Record<'line> {
    #[serde(borrow)]
    source: Cow<'line, str>,
    #[serde(borrow)]
    id: Cow<'line, str>,
    kind: Kind,
    #[serde(borrow)]
    location: Cow<'line, str>,
    #[serde(borrow)]
    sku: Cow<'line, str>,
    #[serde(borrow, default)]
    r#ref: Cow<'line, str>,
    quantity: Text<'line>,
    event_time: Text<'line>,
    due: Option<i64>,
}

/// A number or a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text<'line> {
    Number(i64),
    #[serde(borrow)]
    Text(Cow<'line, str>),
}

/// The movement, or None if the record cannot be used.
pub fn decode(line: &[u8]) -> Option<Movement> {
    let record: Record = serde_json::from_slice(line).ok()?;
    let names = [&record.source, &record.id, &record.location, &record.sku];
    if names.iter().any(|name| name.chars().count() > LONGEST) {
        return None;
    }
    let at = match &record.event_time {
        Text::Number(at) => *at,
        Text::Text(text) => instant(text)?,
    };
    let quantity = match &record.quantity {
        Text::Number(whole) => whole.checked_mul(1000)?,
        Text::Text(text) => thousandths(text)?,
    };
    if quantity < 0 && record.kind != Kind::Sale && record.kind != Kind::Adjustment {
        return None;
    }
    Some(Movement {
        source: record.source.into_owned(),
        id: record.id.into_owned(),
        kind: record.kind,
        location: record.location.into_owned(),
        sku: record.sku.into_owned(),
        reference: record.r#ref.into_owned(),
        quantity,
        at,
        due: record.due.filter(|&due| due != 0).unwrap_or(at + 7 * DAY_MS),
        clock: at,
    })
}

/// Thousandths of a decimal number with up to three places.
fn thousandths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let rest = match part.len() {
        0 => 0,
        places @ 1..=3 => part.parse::<u32>().ok()? * 10_u32.pow(3 - places as u32),
        _ => return None,
    };
    whole.parse::<i64>().ok()?.checked_mul(1000)?.checked_add(sign * i64::from(rest))
}

/// Milliseconds since 1970 of `2026-01-05T00:00:00.000Z`, with or without its fraction.
fn instant(text: &str) -> Option<i64> {
    let wall = text.strip_suffix('Z')?;
    let number = |from: usize, to: usize| wall.get(from..to)?.parse::<i64>().ok();
    let seconds = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    let fraction = if wall.len() == 19 { 0 } else { number(20, 23)? };
    Some(days(number(0, 4)?, number(5, 7)?, number(8, 10)?) * DAY_MS + seconds * 1000 + fraction)
}

/// Days since 1970 of a date of the Gregorian calendar, in years that begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let century = year.div_euclid(100);
    365 * year + year.div_euclid(4) - century + century.div_euclid(4) + (153 * month + 2) / 5 + day - 719_469
}
