//! The times of a record: what was written, in the zone that holds where it does not name one.

use crate::intake::field::{Field, Fields, Value};
use crate::intake::record::{Checks, nfc, short};
use crate::intake::reject::{Code, Fault};
use crate::values::calendar::Calendar;
use crate::values::instant::{self, DAY, Millis, TimeError};

/// Which zone a time without a zone is in.
pub enum NaiveZone {
    /// One zone for all.
    Fixed(Calendar),
    /// The zone of the position's policy.
    OfPosition,
}

/// Finds the zone of a position by its location and SKU.
pub type ZoneOf = Box<dyn Fn(&str, &str) -> Calendar + Send>;

/// `event_time`, `due` and `expiry`. A time without a zone and a date alone take the zone that the policy names.
#[inline]
pub(super) fn check_times(fields: &Fields<'_>, checks: &Checks) -> Result<[Option<Millis>; 3], Fault> {
    let mut times = [None; 3];
    let mut naive = None;
    let mut read = |slot: usize, field: Field| {
        match time(fields, field, checks) {
            Ok(at) => times[slot] = at,
            Err(TimeError::Bad) => return Err(bad_time(fields, field)),
            Err(TimeError::NoZone(_)) => naive = naive.or(Some(field)),
        }
        Ok(())
    };
    read(0, Field::EventTime)?;
    read(1, Field::Due)?;
    if fields.hold(Field::Expiry.bit()) {
        read(2, Field::Expiry)?; // only what is received has one, and little of it
    }
    match naive {
        None => Ok(times),
        Some(field) => Err(Fault::new(
            Code::NoZone,
            field.name(),
            format!(
                "`{}` has no zone: add `Z` or an offset, or set `naive_zone` in the policy (a zone, or `position`)",
                field.name()
            ),
        )),
    }
}

/// The time in a field, `None` where it is empty. `NoZone` only where the policy does not name a zone.
#[inline]
fn time(fields: &Fields<'_>, field: Field, checks: &Checks) -> Result<Option<Millis>, TimeError> {
    let parsed = match fields.get(field) {
        Value::Text(text) if text.is_empty() => return Ok(None),
        Value::Text(text) => match read_time(text.as_bytes(), checks) {
            Err(TimeError::Bad) if field.may_be_date() => match instant::parse_date(text.as_bytes()) {
                Some(day) => Ok(end_of_day(fields, checks, day)),
                None => Err(TimeError::Bad),
            },
            parsed => parsed,
        },
        Value::Number(text) => text.parse().map_err(|_| TimeError::Bad).and_then(instant::from_epoch),
        Value::Time(at) | Value::Whole(at) => instant::from_epoch(*at),
        Value::Wall(at) => instant::from_epoch(*at).and_then(|at| Err(TimeError::NoZone(at))),
        Value::Date(day) => {
            instant::from_epoch(i64::from(*day) * DAY).map(|_| end_of_day(fields, checks, (*day).into()))
        }
        _ => return Ok(None),
    };
    match (parsed, &checks.naive_zone) {
        (Err(TimeError::NoZone(wall)), Some(NaiveZone::Fixed(zone))) => Ok(Some(zone.instant_of_wall(wall))),
        (Err(TimeError::NoZone(wall)), Some(NaiveZone::OfPosition)) => {
            Ok(Some(zone_of(fields, checks).instant_of_wall(wall)))
        }
        (parsed, _) => parsed.map(Some),
    }
}

/// A time in the format that the source names, else as everybody writes it.
#[inline]
fn read_time(text: &[u8], checks: &Checks) -> Result<Millis, TimeError> {
    let formatted = checks.time_format.as_ref().and_then(|format| format.parse(text));
    formatted.unwrap_or_else(|| instant::parse(text))
}

/// The event time of a record, which need not be valid otherwise. `None` where no time can be read, and for a policy record that
/// has no time of its own: it has the first time that there is.
pub fn event_time(fields: &Fields<'_>, checks: &Checks) -> Option<Millis> {
    if matches!(fields.get(Field::EventTime), Value::Date(_)) {
        return None;
    }
    let at = time(fields, Field::EventTime, checks).ok()??;
    (at > instant::FIRST || fields.text(Field::Kind) != "policy").then_some(at)
}

/// The last millisecond of a local day of the position.
#[cold]
fn end_of_day(fields: &Fields<'_>, checks: &Checks, day: i64) -> Millis {
    zone_of(fields, checks).end_of_day(day) - 1
}

fn zone_of(fields: &Fields<'_>, checks: &Checks) -> Calendar {
    (checks.zone_of)(&nfc(fields.text(Field::Location)), &nfc(fields.text(Field::Sku)))
}

#[cold]
fn bad_time(fields: &Fields<'_>, field: Field) -> Fault {
    let name = field.name();
    let text = fields.text(field);
    let message = match instant::looks_like(text) {
        Some(hint) => format!("`{name}` {} {hint}", short(text)),
        None => format!(
            "`{name}` is not a time from 2000 to 2100: write RFC 3339 such as 2026-11-22T09:30:00Z, or epoch milliseconds"
        ),
    };
    Fault::new(Code::BadTime, name, message)
}
