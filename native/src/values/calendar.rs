//! A day is a local day of the shop: 23, 24 or 25 hours long.

use std::cell::Cell;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::values::instant::{self, DAY, Millis};

/// One local day: its number (days since 1970 of the local date) and its half-open span in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalDay {
    pub number: i32,
    pub start: Millis,
    pub end: Millis,
}

impl LocalDay {
    pub fn contains(&self, at: Millis) -> bool {
        (self.start..self.end).contains(&at)
    }

    /// The share of the day that has passed at `at`, 0 to 1.
    pub fn share(&self, at: Millis) -> f64 {
        (at.clamp(self.start, self.end) - self.start) as f64 / (self.end - self.start) as f64
    }

    /// The part of the day that its whole hours before `at` make, 0 to 1: the hour of the day, over 24.
    pub fn share_of_hours(&self, at: Millis) -> f64 {
        (self.share(at) * 24.0).floor() / 24.0
    }

    /// Monday is 0.
    pub fn weekday(&self) -> usize {
        weekday(self.number)
    }
}

/// The weekday of a day number, Monday 0 (1970-01-01 was a Thursday).
pub fn weekday(number: i32) -> usize {
    (i64::from(number) + 3).rem_euclid(7) as usize
}

/// How many ends of days a calendar remembers: timers are set for days to come, many for the same ones.
const ENDS: usize = 256;

/// A time zone that remembers the last day it was asked for: clocks mostly stay within one day.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    utc: bool,
    last: Cell<LocalDay>,
    /// Days by number, each at the place of its number modulo [`ENDS`], with their ends.
    ends: Vec<Cell<(i64, Millis)>>,
}

impl Calendar {
    /// `None` if the time zone database does not have the name.
    pub fn new(name: &str) -> Option<Calendar> {
        let utc = name == "UTC";
        let zone = if utc { TimeZone::UTC } else { TimeZone::get(name).ok()? };
        Some(Calendar {
            zone,
            utc,
            last: Cell::new(LocalDay { number: 0, start: 0, end: 0 }),
            ends: vec![Cell::new((i64::MIN, 0)); ENDS],
        })
    }

    /// Whether a name is in the time zone database that every machine has alike, written as it stands there.
    pub fn is_zone(name: &str) -> bool {
        name == "UTC" || TimeZone::get(name).is_ok_and(|zone| !zone.is_unknown() && zone.iana_name() == Some(name))
    }

    /// The first instant after the local day with this number.
    pub fn end_of_day(&self, number: i64) -> Millis {
        if self.utc {
            return (number + 1) * DAY;
        }
        let place = &self.ends[number.rem_euclid(ENDS as i64) as usize];
        if place.get().0 != number {
            place.set((number, self.instant_of_wall((number + 1) * DAY)));
        }
        place.get().1
    }

    /// The local day that holds `at`.
    pub fn day(&self, at: Millis) -> LocalDay {
        let last = self.last.get();
        if last.contains(at) {
            return last;
        }
        let day = if self.utc {
            let number = at.div_euclid(DAY);
            LocalDay { number: number as i32, start: number * DAY, end: (number + 1) * DAY }
        } else {
            self.local(at)
        };
        self.last.set(day);
        day
    }

    fn local(&self, at: Millis) -> LocalDay {
        let stamp = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = self.zone.to_datetime(stamp).date();
        let number = instant::days_from_civil(date.year().into(), date.month().into(), date.day().into()) as i32;
        LocalDay {
            number,
            start: self.midnight(date),
            end: self.midnight(date.saturating_add(jiff::Span::new().days(1))),
        }
    }

    fn midnight(&self, date: Date) -> Millis {
        let zoned = self.zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible();
        zoned.map_or(0, |stamp| stamp.as_millisecond())
    }

    /// The instant of a local time that does not name a zone.
    pub fn instant_of_wall(&self, wall: Millis) -> Millis {
        let stamp = Timestamp::from_millisecond(wall).unwrap_or(Timestamp::UNIX_EPOCH);
        let civil = TimeZone::UTC.to_datetime(stamp);
        self.zone.to_ambiguous_timestamp(civil).compatible().map_or(wall, |stamp| stamp.as_millisecond())
    }

    /// The day number that holds `at`, without touching the remembered day.
    pub fn number(&self, at: Millis) -> i32 {
        let last = self.last.get();
        if last.contains(at) {
            last.number
        } else if self.utc {
            at.div_euclid(DAY) as i32
        } else {
            self.local(at).number
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::instant::HOUR;

    #[test]
    fn daylight_saving_nights_are_23_and_25_hours_long() {
        let paris = Calendar::new("Europe/Paris").unwrap();
        let spring = paris.day(instant::parse(b"2026-03-29T10:00:00Z").unwrap());
        assert_eq!((spring.end - spring.start) / HOUR, 23);
        let autumn = paris.day(instant::parse(b"2026-10-25T10:00:00Z").unwrap());
        assert_eq!((autumn.end - autumn.start) / HOUR, 25);
        assert_eq!(instant::format_day(autumn.number), "2026-10-25");
        assert_eq!(autumn.weekday(), 6);
        assert_eq!(paris.number(autumn.end), autumn.number + 1);
    }

    #[test]
    fn a_wall_clock_time_gets_the_zone_of_its_source() {
        let paris = Calendar::new("Europe/Paris").unwrap();
        let wall = instant::parse(b"2026-07-01T12:00:00Z").unwrap();
        assert_eq!(instant::format(paris.instant_of_wall(wall)), "2026-07-01T10:00:00.000Z");
    }
}
