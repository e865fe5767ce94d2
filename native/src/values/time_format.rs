//! Times as a program writes them that cannot write RFC 3339: `DD/MM/YYYY HH:mm`, or the same as `%d/%m/%Y %H:%M`.

use crate::values::instant::{self, HOUR, MINUTE, Millis, SECOND, TimeError};

/// What a format asks for at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Four digits.
    Year,
    /// Two digits: of this century.
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// Digits behind the seconds, cut to milliseconds.
    Fraction,
    /// AM or PM.
    Half,
    /// `Z` or an offset.
    Offset,
    Byte(u8),
}

/// (letters, strftime, what they ask for); longer letters stand first.
const PARTS: [(&str, &str, Part); 10] = [
    ("YYYY", "%Y", Part::Year),
    ("YY", "%y", Part::ShortYear),
    ("MM", "%m", Part::Month),
    ("DD", "%d", Part::Day),
    ("HH", "%H", Part::Hour),
    ("mm", "%M", Part::Minute),
    ("ss", "%S", Part::Second),
    ("SSS", "%f", Part::Fraction),
    ("A", "%p", Part::Half),
    ("Z", "%z", Part::Offset),
];

/// A format of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFormat {
    parts: Vec<Part>,
}

impl TimeFormat {
    /// Refused, with the reason, unless it names a day, a month and a year, each part once.
    pub fn new(text: &str) -> Result<TimeFormat, String> {
        let percent = text.contains('%');
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(first) = rest.chars().next() {
            let name = |row: &(&'static str, &'static str, Part)| if percent { row.1 } else { row.0 };
            let (part, length) = match PARTS.iter().find(|row| rest.starts_with(name(row))) {
                Some(row) => (row.2, name(row).len()),
                None if first.is_ascii_alphanumeric() && first != 'T' || first == '%' => {
                    return Err(format!("`{text}` is not a format of times: `{first}` means nothing in it"));
                }
                None => (Part::Byte(rest.as_bytes()[0]), 1),
            };
            if !matches!(part, Part::Byte(_)) && parts.contains(&part) {
                return Err(format!("`{text}` is not a format of times: a part stands in it twice"));
            }
            parts.push(part);
            rest = rest.get(length..).unwrap_or("");
        }
        let has = |part| parts.contains(&part);
        if !(has(Part::Day) && has(Part::Month) && (has(Part::Year) || has(Part::ShortYear))) {
            return Err(format!("`{text}` is not a format of times: write one such as `DD/MM/YYYY HH:mm`"));
        }
        Ok(TimeFormat { parts })
    }

    /// Reads a time; a part of one or two digits may have either. A time without an offset is `NoZone`; `None` for another text.
    pub fn parse(&self, text: &[u8]) -> Option<Result<Millis, TimeError>> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let (mut hour, mut minute, mut second, mut millis) = (0, 0, 0, 0);
        let (mut half, mut offset, mut rest) = (None, None, text);
        for part in &self.parts {
            let number = |most: usize, rest: &mut &[u8]| take_number(rest, most);
            match part {
                Part::Year => year = number(4, &mut rest).filter(|_| text.len() > 4)?,
                Part::ShortYear => year = 2000 + number(2, &mut rest)?,
                Part::Month => month = number(2, &mut rest)?,
                Part::Day => day = number(2, &mut rest)?,
                Part::Hour => hour = number(2, &mut rest)?,
                Part::Minute => minute = number(2, &mut rest)?,
                Part::Second => second = number(2, &mut rest)?,
                Part::Fraction => millis = take_fraction(&mut rest)?,
                Part::Half => half = Some(take_half(&mut rest)?),
                Part::Offset => (offset, rest) = (Some(instant::parse_zone(rest)?), &[]),
                Part::Byte(byte) => rest = rest.strip_prefix(&[*byte])?,
            }
        }
        if !rest.is_empty() || half.is_some() && !(1..=12).contains(&hour) {
            return None;
        }
        let hour = half.map_or(hour, |afternoon| hour % 12 + if afternoon { 12 } else { 0 });
        let start = instant::day_of(year, month, day)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let wall = start + hour * HOUR + minute * MINUTE + second * SECOND + millis;
        Some(match offset {
            Some(offset) => instant::from_epoch(wall - offset),
            None => instant::from_epoch(wall).and_then(|wall| Err(TimeError::NoZone(wall))),
        })
    }
}

fn take_number(rest: &mut &[u8], most: usize) -> Option<i64> {
    let length = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(length);
    *rest = after;
    (length > 0 && (most < 4 || length == 4)).then(|| digits.iter().fold(0, |v, d| v * 10 + i64::from(d - b'0')))
}

fn take_fraction(rest: &mut &[u8]) -> Option<i64> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(length);
    *rest = after;
    let place = |at| digits.get(at).map_or(0, |d: &u8| i64::from(d - b'0'));
    (length > 0).then(|| place(0) * 100 + place(1) * 10 + place(2))
}

/// Whether it is PM.
fn take_half(rest: &mut &[u8]) -> Option<bool> {
    let (half, after) = rest.split_at_checked(2)?;
    *rest = after;
    match &half.to_ascii_uppercase()[..] {
        b"AM" => Some(false),
        b"PM" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE: Millis = 1_795_339_800_000; // 2026-11-22T09:30:00Z

    fn read(format: &str, text: &str) -> Option<Result<Millis, TimeError>> {
        TimeFormat::new(format).unwrap().parse(text.as_bytes())
    }

    #[test]
    fn times_of_shops_that_cannot_change_their_export() {
        for (format, text) in [
            ("DD/MM/YYYY HH:mm", "22/11/2026 09:30"),
            ("%d/%m/%Y %H:%M", "22/11/2026 9:30"),
            ("DD.MM.YY HH:mm:ss", "22.11.26 09:30:00"),
            ("MM/DD/YYYY HH:mm A", "11/22/2026 9:30 am"),
            ("YYYYMMDDTHHmmss", "20261122T093000"),
            ("YYYY/MM/DD HH:mm:ss.SSS", "2026/11/22 09:30:00.0"),
        ] {
            assert_eq!(read(format, text), Some(Err(TimeError::NoZone(NINE))), "{format} {text}");
        }
        assert_eq!(read("DD/MM/YYYY HH:mm:ssZ", "22/11/2026 17:30:00+08:00"), Some(Ok(NINE)));
        assert_eq!(read("MM/DD/YYYY HH:mm A", "11/22/2026 12:00 PM"), Some(Err(TimeError::NoZone(NINE + 9_000_000))));
        for text in
            ["", "22/11/2026", "31/02/2026 08:00", "22/11/2026 24:00", "22/11/2026 09:30 x", "2026-11-22T09:30:00Z"]
        {
            assert_eq!(read("DD/MM/YYYY HH:mm", text), None, "{text}");
        }
    }

    #[test]
    fn a_format_without_a_day_or_with_unknown_letters_is_refused() {
        for text in ["", "HH:mm", "DD/MM", "DD/MM/YYYY hh:mm", "%d/%m/%Y %Q", "DD/DD/YYYY MM"] {
            assert!(TimeFormat::new(text).is_err(), "{text}");
        }
    }
}
