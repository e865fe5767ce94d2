//! Local times of a map's zones become instants; the time zone database is asked once a day of the data, not once a row.

use std::cell::Cell;

use crate::values::calendar::Calendar;
use crate::values::instant::{DAY, Millis};

/// One time zone with the day that was asked for last.
pub struct Zone {
    calendar: Calendar,
    day: Cell<LastDay>,
}

#[derive(Clone, Copy)]
struct LastDay {
    number: i64,
    start: Millis,
    /// Whether the clock is not changed on that day, so that the day is as long as every other.
    even: bool,
}

impl Zone {
    /// `None` if the time zone database does not have the name.
    pub fn new(name: &str) -> Option<Zone> {
        Some(Zone {
            calendar: Calendar::new(name)?,
            day: Cell::new(LastDay { number: i64::MIN, start: 0, even: false }),
        })
    }

    /// The instant of a local time: of two the first, of one that never was with the offset before the gap.
    #[inline]
    pub fn instant_of_wall(&self, wall: Millis) -> Millis {
        let number = wall.div_euclid(DAY);
        if self.day.get().number != number {
            self.ask(number);
        }
        let day = self.day.get();
        if day.even { day.start + (wall - number * DAY) } else { self.calendar.instant_of_wall(wall) }
    }

    #[cold]
    fn ask(&self, number: i64) {
        let start = self.calendar.instant_of_wall(number * DAY);
        let end = self.calendar.instant_of_wall((number + 1) * DAY);
        self.day.set(LastDay { number, start, even: end - start == DAY });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::instant::{self, HOUR};

    #[test]
    fn the_same_instants_as_the_calendar_also_where_clocks_change() {
        for name in
            ["UTC", "Europe/Berlin", "America/Chicago", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo"]
        {
            let (zone, calendar) = (Zone::new(name).unwrap(), Calendar::new(name).unwrap());
            let start = instant::days_from_civil(2018, 1, 1) * DAY;
            for step in 0..24 * 2 * 400 {
                let wall = start + step * (HOUR / 2) + 7;
                assert_eq!(zone.instant_of_wall(wall), calendar.instant_of_wall(wall), "{name} {wall}");
            }
        }
    }
}
