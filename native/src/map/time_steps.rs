//! Steps on times: formats, date numbers of spreadsheets, epochs, zones, and the hour of a date alone.

use crate::intake::field::{Field, Value};
use crate::intake::reject::Code;
use crate::map::cell::Cell;
use crate::map::value::Failure;
use crate::values::decimal::Decimal;
use crate::values::instant::{self, DAY, Millis, TimeError};
use crate::values::time_format::{Moment, TimeFormat};

/// How the text of a time is written.
pub enum Format {
    /// RFC 3339, a date, or epoch milliseconds.
    Iso,
    Pattern(TimeFormat),
    /// Units of time since 1970.
    Epoch(Epoch),
    /// Days since 1970.
    EpochDays,
    /// Days since the end of 1899, with a fraction for the time.
    Excel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epoch {
    Seconds,
    Millis,
    Micros,
    Nanos,
}

impl Epoch {
    fn exponent(self) -> i64 {
        match self {
            Epoch::Seconds => 3,
            Epoch::Millis => 0,
            Epoch::Micros => -3,
            Epoch::Nanos => -6,
        }
    }
}

/// Which zone a time without one is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneChoice {
    /// The policy decides.
    Policy,
    /// One of the zones of the map, by its number.
    One(usize),
    /// The zone of the row's location.
    OfLocation,
}

/// How a text becomes a time.
pub struct TimeSteps {
    pub format: Format,
    /// The format as the map writes it.
    pub name: String,
    pub zone: ZoneChoice,
    /// The time of day of a date alone.
    pub at: Option<Millis>,
    /// Epochs are wall-clock times, written as if they were UTC: so Debezium writes columns without a zone.
    pub epoch_is_wall: bool,
}

/// Days from the day 0 of spreadsheets to 1970.
const EXCEL_DAYS: i64 = 25_569;

impl TimeSteps {
    /// The time in a typed column.
    pub fn typed(&self, cell: &Cell<'_>) -> Option<Moment> {
        match cell {
            Cell::Time(at) => Some(Moment::Instant(*at)),
            Cell::Wall(wall) => Some(Moment::Wall(*wall)),
            Cell::Date(day) => Some(Moment::Date(*day)),
            _ => None,
        }
    }

    /// The time in a text: as its format says, else as everybody writes it.
    #[inline]
    pub fn moment(&self, text: &str) -> Option<Moment> {
        let formatted = match &self.format {
            Format::Iso => return iso(text),
            Format::Pattern(format) => format.moment(text.as_bytes()),
            Format::Epoch(epoch) => self.epoch(text, *epoch),
            Format::EpochDays => text.parse().ok().map(Moment::Date),
            Format::Excel => excel(text),
        };
        formatted.or_else(|| iso(text).filter(|_| text.contains('-')))
    }

    fn epoch(&self, text: &str, epoch: Epoch) -> Option<Moment> {
        let at = match (text.parse::<i64>(), epoch) {
            (Ok(value), Epoch::Millis) => value,
            (Ok(value), Epoch::Micros) => value.div_euclid(1000),
            (Ok(value), Epoch::Nanos) => value.div_euclid(1_000_000),
            _ => {
                let value = Decimal::parse(text)?;
                Decimal { exponent: value.exponent + epoch.exponent(), ..value }.floor()?
            }
        };
        Some(if self.epoch_is_wall { Moment::Wall(at) } else { Moment::Instant(at) })
    }

    /// The value of a field. `instant_of` gives the instant of a wall-clock time, where the map knows its zone.
    #[inline]
    pub fn value(
        &self,
        moment: Option<Moment>,
        field: Field,
        instant_of: impl FnOnce(Millis) -> Option<Millis>,
    ) -> Result<Value<'static>, Box<Failure>> {
        let wall = match moment {
            None => return Err(self.unreadable()),
            Some(Moment::Instant(at)) => return in_range(at).map(Value::Time),
            Some(Moment::Wall(wall)) => wall,
            Some(Moment::Date(day)) => match self.at {
                Some(at) => i64::from(day) * DAY + at,
                None if field.may_be_date() => return in_range(i64::from(day) * DAY).map(|_| Value::Date(day)),
                None => {
                    let why = "is a date without a time: write `at:` with the time of day that counts";
                    return Err(Failure::new(Code::BadTime, why, None));
                }
            },
        };
        in_range(wall)?;
        Ok(instant_of(wall).map_or(Value::Wall(wall), Value::Time))
    }

    #[cold]
    fn unreadable(&self) -> Box<Failure> {
        let why = match self.format {
            Format::Iso => "is not a time such as 2026-11-22T09:30:00Z: write its `format:`".to_owned(),
            _ => format!("is not a time in the format `{}`", self.name),
        };
        Failure::new(Code::BadTime, why, None)
    }
}

fn in_range(at: Millis) -> Result<Millis, Box<Failure>> {
    instant::from_epoch(at).map_err(|_| Failure::new(Code::BadTime, "is not a time from 2000 to 2100", None))
}

fn iso(text: &str) -> Option<Moment> {
    match instant::parse(text.as_bytes()) {
        Ok(at) => Some(Moment::Instant(at)),
        Err(TimeError::NoZone(wall)) => Some(Moment::Wall(wall)),
        Err(TimeError::Bad) => instant::parse_date(text.as_bytes()).map(|day| Moment::Date(day as i32)),
    }
}

/// A date number of a spreadsheet (1900 system), to the nearest millisecond; a whole one is a date alone.
fn excel(text: &str) -> Option<Moment> {
    let serial = Decimal::parse(text)?;
    let day = serial.floor()? - EXCEL_DAYS;
    if !(-EXCEL_DAYS..=i64::from(i32::MAX)).contains(&day) {
        return None;
    }
    let millis = serial.times(Decimal { negative: false, mantissa: DAY as u128, exponent: 0 })?.rounded(0).floor()?;
    match millis.rem_euclid(DAY) {
        0 => Some(Moment::Date((millis / DAY - EXCEL_DAYS) as i32)),
        _ => Some(Moment::Wall(millis - EXCEL_DAYS * DAY)),
    }
}

/// The time of day of `at: "12:00"`, in milliseconds.
pub fn time_of_day(text: &str) -> Option<Millis> {
    let (hour, minute) = text.split_once(':')?;
    let (minute, second) = minute.split_once(':').unwrap_or((minute, "0"));
    let number =
        |text: &str, end: i64| text.parse::<i64>().ok().filter(|number| text.len() <= 2 && (0..end).contains(number));
    Some(
        number(hour, 24)? * instant::HOUR
            + number(minute, 60)? * instant::MINUTE
            + number(second, 60)? * instant::SECOND,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::instant::HOUR;

    const NINE: Millis = 1_795_339_800_000; // 2026-11-22T09:30:00Z

    fn steps(format: Format) -> TimeSteps {
        TimeSteps { format, name: "x".into(), zone: ZoneChoice::Policy, at: None, epoch_is_wall: false }
    }

    #[test]
    fn epochs_and_date_numbers() {
        for (format, text, at) in [
            (Format::Epoch(Epoch::Seconds), "1795339800", NINE),
            (Format::Epoch(Epoch::Seconds), "1795339800.25", NINE + 250),
            (Format::Epoch(Epoch::Millis), "1795339800000", NINE),
            (Format::Epoch(Epoch::Millis), "1.7953398e12", NINE),
            (Format::Epoch(Epoch::Micros), "1795339800000999", NINE),
            (Format::Epoch(Epoch::Nanos), "1795339800000999999", NINE),
            (Format::Epoch(Epoch::Micros), "2026-11-22T09:30:00Z", NINE),
        ] {
            assert_eq!(steps(format).moment(text), Some(Moment::Instant(at)), "{text}");
        }
        let day = (NINE / DAY) as i32;
        for (format, text) in [
            (Format::EpochDays, day.to_string()),
            (Format::Excel, "46348".into()),
            (Format::Excel, "46348.0".into()),
            (Format::Excel, "46347.9999999999".into()),
            (Format::Excel, "2026-11-22".into()),
        ] {
            assert_eq!(steps(format).moment(&text), Some(Moment::Date(day)), "{text}");
        }
        for text in ["46348.3958333333", "46348.395833333336", "2026-11-22 09:30"] {
            assert_eq!(steps(Format::Excel).moment(text), Some(Moment::Wall(NINE)), "{text}");
        }
        for text in ["", "x", "-1e30", "99999999999999"] {
            assert_eq!(steps(Format::Excel).moment(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_alone_needs_its_hour_and_only_a_due_and_an_expiry_have_none() {
        let day = Some(Moment::Date((NINE / DAY) as i32));
        let value = |at, field| {
            TimeSteps { at, ..steps(Format::Iso) }
                .value(day, field, |wall| Some(wall - HOUR))
                .map_err(|failure| failure.code)
        };
        assert_eq!(value(None, Field::EventTime), Err(Code::BadTime));
        assert_eq!(value(None, Field::Due), Ok(Value::Date((NINE / DAY) as i32)));
        assert_eq!(value(None, Field::Expiry), Ok(Value::Date((NINE / DAY) as i32)));
        assert_eq!(value(time_of_day("10:30"), Field::EventTime), Ok(Value::Time(NINE)));
        assert_eq!([time_of_day("24:00"), time_of_day("9"), time_of_day("09:5x")], [None; 3]);
    }
}
