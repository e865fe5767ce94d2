//! Times as a program writes them that cannot write RFC 3339: `DD/MM/YYYY HH:mm`, or the same as `%d/%m/%Y %H:%M`.

use crate::values::instant::{self, DAY, HOUR, MINUTE, Millis, SECOND, TimeError};

/// What a format asks for at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Four digits.
    Year,
    /// Two digits: of this century.
    ShortYear,
    Month,
    /// The name of a month or its beginning.
    MonthName,
    Day,
    /// One to three digits: from 1 January.
    DayOfYear,
    Hour,
    /// From 1 to 12, with AM or PM.
    HalfHour,
    Minute,
    Second,
    /// Digits behind the seconds, cut to milliseconds.
    Fraction,
    /// AM or PM, before or behind the hour.
    Half,
    /// `Z` or an offset.
    Offset,
    /// One space or more.
    Space,
    Byte(u8),
}

impl Part {
    fn is_number(self) -> bool {
        !matches!(self, Part::MonthName | Part::Half | Part::Offset | Part::Space | Part::Byte(_))
    }
}

/// (letters, strftime, what they ask for); longer letters stand first.
const PARTS: [(&str, &str, Part); 13] = [
    ("YYYY", "%Y", Part::Year),
    ("YY", "%y", Part::ShortYear),
    ("MMM", "%b", Part::MonthName),
    ("MM", "%m", Part::Month),
    ("DDD", "%j", Part::DayOfYear),
    ("DD", "%d", Part::Day),
    ("HH", "%H", Part::Hour),
    ("hh", "%I", Part::HalfHour),
    ("mm", "%M", Part::Minute),
    ("ss", "%S", Part::Second),
    ("SSS", "%f", Part::Fraction),
    ("A", "%p", Part::Half),
    ("Z", "%z", Part::Offset),
];

/// Months in English, German, French, Spanish, Italian, Dutch and Portuguese: their first letters, as far as they tell them apart.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrz", "maa", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

/// What a text in a format is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// With an offset.
    Instant(Millis),
    /// Without one: wall-clock milliseconds.
    Wall(Millis),
    /// Days since 1970, of a format without an hour.
    Date(i32),
}

/// A format of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFormat {
    /// Each with whether it is a number beside another one: then it has all its digits.
    parts: Vec<(Part, bool)>,
    /// Without one, seconds may have a point and a fraction.
    has_fraction: bool,
}

impl TimeFormat {
    /// Refused, with the reason, unless it names a day, a month and a year, each part once.
    pub fn new(text: &str) -> Result<TimeFormat, String> {
        let percent = text.contains('%');
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(first) = rest.chars().next() {
            let name = |row: &(&'static str, &'static str, Part)| if percent { row.1 } else { row.0 };
            if let Some(row) = PARTS.iter().find(|row| rest.starts_with(name(row))) {
                if parts.contains(&row.2) {
                    return Err(format!("`{text}` is not a format of times: a part stands in it twice"));
                }
                parts.push(row.2);
                rest = &rest[name(row).len()..];
                continue;
            }
            if first == '%' || !percent && first.is_ascii_alphanumeric() && first != 'T' {
                return Err(format!("`{text}` is not a format of times: `{first}` means nothing in it"));
            }
            match first {
                ' ' => parts.push(Part::Space),
                _ => parts.extend(first.to_string().bytes().map(Part::Byte)),
            }
            rest = &rest[first.len_utf8()..];
        }
        let has = |part| parts.contains(&part);
        let day = has(Part::DayOfYear) || has(Part::Day) && (has(Part::Month) || has(Part::MonthName));
        if !(day && (has(Part::Year) || has(Part::ShortYear))) || has(Part::HalfHour) && !has(Part::Half) {
            return Err(format!("`{text}` is not a format of times: write one such as `DD/MM/YYYY HH:mm`"));
        }
        let beside = |at: usize| parts.get(at).is_some_and(|part: &Part| part.is_number());
        let fixed = |at: usize| beside(at) && (at > 0 && beside(at - 1) || beside(at + 1));
        let has_fraction = has(Part::Fraction);
        Ok(TimeFormat { has_fraction, parts: parts.iter().enumerate().map(|(at, part)| (*part, fixed(at))).collect() })
    }

    /// Reads a time; a part of one or two digits may have either, unless another number follows or stands before it without
    /// anything between. A time without an offset is `NoZone`; `None` for another text.
    pub fn parse(&self, text: &[u8]) -> Option<Result<Millis, TimeError>> {
        Some(match self.moment(text)? {
            Moment::Instant(at) => instant::from_epoch(at),
            Moment::Wall(wall) => instant::from_epoch(wall).and_then(|wall| Err(TimeError::NoZone(wall))),
            Moment::Date(day) => {
                instant::from_epoch(i64::from(day) * DAY).and_then(|wall| Err(TimeError::NoZone(wall)))
            }
        })
    }

    /// Reads a time or a date; `None` for another text.
    pub fn moment(&self, text: &[u8]) -> Option<Moment> {
        let (mut year, mut month, mut day, mut of_year) = (0, 0, 0, None);
        let (mut hour, mut minute, mut second, mut millis) = (None, 0, 0, 0);
        let (mut half, mut offset, mut rest) = (None, None, text);
        for (part, fixed) in &self.parts {
            let number = |most: usize, rest: &mut &[u8]| take_number(rest, if *fixed { most } else { 1 }, most);
            match part {
                Part::Year => year = take_number(&mut rest, 4, 4)?,
                Part::ShortYear => year = 2000 + take_number(&mut rest, 2, 2)?,
                Part::Month => month = number(2, &mut rest)?,
                Part::MonthName => month = take_month(&mut rest)?,
                Part::Day => day = number(2, &mut rest)?,
                Part::DayOfYear => of_year = Some(number(3, &mut rest)?),
                Part::Hour | Part::HalfHour => hour = Some(number(2, &mut rest)?),
                Part::Minute => minute = number(2, &mut rest)?,
                Part::Second => {
                    second = number(2, &mut rest)?;
                    if !fixed && !self.has_fraction {
                        millis = take_point_and_fraction(&mut rest)?;
                    }
                }
                Part::Fraction => millis = take_fraction(&mut rest)?,
                Part::Half => half = Some(take_half(&mut rest)?),
                Part::Offset => (offset, rest) = (Some(instant::parse_zone(rest)?), &[]),
                Part::Space => rest = take_spaces(rest)?,
                Part::Byte(byte) => rest = rest.strip_prefix(&[*byte])?,
            }
        }
        if !rest.is_empty() || half.is_some() && !hour.is_some_and(|hour| (1..=12).contains(&hour)) {
            return None;
        }
        let start = match of_year {
            None => instant::day_of(year, month, day)?,
            Some(number) => {
                let start = instant::day_of(year, 1, 1)? + (number - 1) * DAY;
                Some(start).filter(|start| number > 0 && *start < instant::days_from_civil(year + 1, 1, 1) * DAY)?
            }
        };
        let Some(hour) = hour else { return i32::try_from(start / DAY).ok().map(Moment::Date) };
        let hour = half.map_or(hour, |afternoon| hour % 12 + if afternoon { 12 } else { 0 });
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (second, millis) = if second == 60 { (59, 999) } else { (second, millis) };
        let wall = start + hour * HOUR + minute * MINUTE + second * SECOND + millis;
        Some(offset.map_or(Moment::Wall(wall), |offset| Moment::Instant(wall - offset)))
    }
}

#[inline]
fn take_number(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let (mut number, mut length) = (0, 0);
    while let [digit @ b'0'..=b'9', after @ ..] = *rest {
        if length == most {
            break;
        }
        (number, length, *rest) = (number * 10 + i64::from(digit - b'0'), length + 1, after);
    }
    (length >= least).then_some(number)
}

fn take_spaces(rest: &[u8]) -> Option<&[u8]> {
    let after = rest.trim_ascii_start();
    (after.len() < rest.len()).then_some(after)
}

/// A month by its name or its beginning, with the letters and the point behind it.
fn take_month(rest: &mut &[u8]) -> Option<i64> {
    let text = rest.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let length = text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(text.len());
    let name = text[..length].to_lowercase();
    let names = |month: &usize| MONTHS[*month].iter().any(|start| name.starts_with(start));
    let month = (0..12).find(names)?;
    *rest = rest[length..].strip_prefix(b".").unwrap_or(&rest[length..]);
    Some(month as i64 + 1)
}

fn take_fraction(rest: &mut &[u8]) -> Option<i64> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(length);
    *rest = after;
    let place = |at| digits.get(at).map_or(0, |d: &u8| i64::from(d - b'0'));
    (length > 0).then(|| place(0) * 100 + place(1) * 10 + place(2))
}

/// A fraction with its point, or nothing.
fn take_point_and_fraction(rest: &mut &[u8]) -> Option<i64> {
    match rest {
        [b'.', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => {
            *rest = digits;
            take_fraction(rest)
        }
        _ => Some(0),
    }
}

/// Whether it is PM; also in Chinese and Japanese.
fn take_half(rest: &mut &[u8]) -> Option<bool> {
    const HALVES: [(&str, bool); 8] = [
        ("AM", false),
        ("PM", true),
        ("a.m.", false),
        ("p.m.", true),
        ("上午", false),
        ("下午", true),
        ("午前", false),
        ("午後", true),
    ];
    let names = |half: &&(&str, bool)| {
        rest.get(..half.0.len()).is_some_and(|start| start.eq_ignore_ascii_case(half.0.as_bytes()))
    };
    let (name, afternoon) = HALVES.iter().find(names)?;
    *rest = &rest[name.len()..];
    Some(*afternoon)
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
    fn numbers_without_anything_between_have_all_their_digits() {
        assert_eq!(read("%Y%m%d%H%M%S", "20261122093000"), Some(Err(TimeError::NoZone(NINE))));
        assert_eq!(read("%y%m%d %H%M", "261122 0930"), Some(Err(TimeError::NoZone(NINE))));
        for text in ["2026112293000", "202611220930", "2026112209300", "20261122 93000"] {
            assert_eq!(read("%Y%m%d%H%M%S", text), None, "{text}");
        }
    }

    #[test]
    fn months_by_their_names_and_days_of_the_year() {
        for (format, text) in [
            ("%d-%b-%Y %H:%M", "22-Nov-2026 09:30"),
            ("%d. %b %Y %H:%M", "22. November 2026 09:30"),
            ("%d %b. %Y %H:%M", "22 nov. 2026 09:30"),
            ("%Y年%m月%d日 %H:%M", "2026年11月22日  9:30"),
            ("%Y/%m/%d %p %I:%M", "2026/11/22 上午 9:30"),
            ("%Y-%j %H:%M", "2026-326 09:30"),
            ("%Y-%m-%d %H:%M:%S", "2026-11-22 9:30:00.0004"),
            ("%d.%m.%Y %H:%M Uhr", "22.11.2026 09:30 Uhr"),
        ] {
            let format = format.replace("%b.", "%b");
            assert_eq!(read(&format, text), Some(Err(TimeError::NoZone(NINE))), "{format} {text}");
        }
        for (text, month) in
            [("5 mars 2026", 3), ("5 déc. 2026", 12), ("5 Juin 2026", 6), ("5 juil. 2026", 7), ("5 Mrz 2026", 3)]
        {
            let day = instant::days_from_civil(2026, month, 5) as i32;
            assert_eq!(TimeFormat::new("%d %b %Y").unwrap().moment(text.as_bytes()), Some(Moment::Date(day)), "{text}");
        }
        for text in ["2026-0 09:30", "2026-366 09:30", "22-Foo-2026 09:30"] {
            assert_eq!(read("%Y-%j %H:%M", text), None, "{text}");
        }
    }

    #[test]
    fn a_format_without_a_day_or_with_unknown_letters_is_refused() {
        for text in ["", "HH:mm", "DD/MM", "DD/MM/YYYY hh:mm", "%d/%m/%Y %Q", "DD/DD/YYYY MM"] {
            assert!(TimeFormat::new(text).is_err(), "{text}");
        }
    }
}
