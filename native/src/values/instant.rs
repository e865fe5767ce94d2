//! An instant is a count of milliseconds since 1970 in UTC; text is only how people write it.

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

pub const SECOND: Millis = 1000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// 2000-01-01T00:00:00Z, the first instant a record may carry.
pub const FIRST: Millis = 946_684_800_000;
/// 2101-01-01T00:00:00Z, the first instant after the last year (2100) that a record may carry.
pub const END: Millis = 4_133_980_800_000;

/// Why a text is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// Not RFC 3339, or outside the years 2000 to 2100.
    Bad,
    /// A date and a time, but no `Z` and no offset: carries the wall-clock milliseconds.
    NoZone(Millis),
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// The inverse of [`days_from_civil`]: (year, month, day).
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month as u32, (doy - (153 * mp + 2) / 5 + 1) as u32)
}

fn two(text: &[u8], at: usize) -> Option<i64> {
    let (a, b) = (text.get(at)?.wrapping_sub(b'0'), text.get(at + 1)?.wrapping_sub(b'0'));
    (a <= 9 && b <= 9).then(|| i64::from(a) * 10 + i64::from(b))
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn in_range(value: Millis) -> Result<Millis, TimeError> {
    if (FIRST..END).contains(&value) { Ok(value) } else { Err(TimeError::Bad) }
}

/// Checks an integer of epoch milliseconds.
pub fn from_epoch(value: i64) -> Result<Millis, TimeError> {
    in_range(value)
}

/// Reads RFC 3339 or epoch milliseconds.
///
/// `T` or a space; seconds may be absent; a fraction of any length is cut to milliseconds; the leap second `:60` is :59.999;
/// the offset is `Z`, `+08:00`, `+0800` or `+08`.
pub fn parse(text: &[u8]) -> Result<Millis, TimeError> {
    if !text.is_empty() && text.len() <= 15 && text.iter().all(u8::is_ascii_digit) {
        return in_range(text.iter().fold(0i64, |v, d| v * 10 + i64::from(d - b'0')));
    }
    let (wall, rest) = parse_wall(text).ok_or(TimeError::Bad)?;
    match rest {
        [] => in_range(wall).and_then(|wall| Err(TimeError::NoZone(wall))),
        [b'Z' | b'z'] => in_range(wall),
        [b'+' | b'-', ..] => in_range(wall - parse_zone(rest).ok_or(TimeError::Bad)?),
        _ => Err(TimeError::Bad),
    }
}

/// The offset of `Z`, `+08:00`, `+0800` or `+08` from UTC, in milliseconds.
pub fn parse_zone(text: &[u8]) -> Option<Millis> {
    match text {
        [b'Z' | b'z'] => Some(0),
        [b'+', offset @ ..] => parse_offset(offset),
        [b'-', offset @ ..] => parse_offset(offset).map(|offset| -offset),
        _ => None,
    }
}

/// The start of a day of the calendar, as wall-clock milliseconds.
pub fn day_of(year: i64, month: i64, day: i64) -> Option<Millis> {
    let valid = (1..=12).contains(&month) && day >= 1 && day <= month_length(year, month);
    valid.then(|| days_from_civil(year, month, day) * DAY)
}

/// `08:00`, `0800` or `08` as milliseconds.
fn parse_offset(text: &[u8]) -> Option<Millis> {
    let minutes = match text.len() {
        2 => 0,
        4 => two(text, 2)?,
        5 if text[2] == b':' => two(text, 3)?,
        _ => return None,
    };
    let hours = two(text, 0)?;
    (hours <= 23 && minutes <= 59).then_some(hours * HOUR + minutes * MINUTE)
}

/// Days since 1970 of a date alone, `2026-11-22`, from 2000 to 2100.
pub fn parse_date(text: &[u8]) -> Option<i64> {
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let (year, month, day) = (two(text, 0)? * 100 + two(text, 2)?, two(text, 5)?, two(text, 8)?);
    let valid = (1..=12).contains(&month) && day >= 1 && day <= month_length(year, month);
    let days = valid.then(|| days_from_civil(year, month, day))?;
    in_range(days * DAY).ok().map(|_| days)
}

/// The two-digit numbers in eight bytes of the form `pattern`, in which `0` is any digit: byte n of the result is the number of the
/// digits n and n + 1.
#[inline]
fn tens(bytes: &[u8], pattern: [u8; 8]) -> Option<u64> {
    let most = u64::from_le_bytes(pattern.map(|byte| if byte == b'0' { 0x7f - 9 } else { 0x7f }));
    let digits = u64::from_le_bytes(bytes.try_into().ok()?) ^ u64::from_le_bytes(pattern);
    let other = (digits.wrapping_add(most) | digits) & 0x8080_8080_8080_8080;
    (other == 0).then(|| digits.wrapping_mul(10).wrapping_add(digits >> 8))
}

/// What [`parse_wall`] reads, of a time that is written to the second: eight bytes at once. `None` says nothing.
#[inline]
fn to_second(text: &[u8]) -> Option<(Millis, &[u8])> {
    let (head, rest) = text.split_at_checked(19)?;
    let (date, clock) = (tens(&head[..8], *b"0000-00-")?, tens(&head[11..], *b"00:00:00")?);
    let byte = |word: u64, at: u32| i64::from((word >> (8 * at)) as u8);
    let (year, month, day) = (byte(date, 0) * 100 + byte(date, 2), byte(date, 5), two(head, 8)?);
    let (hour, minute, second) = (byte(clock, 0), byte(clock, 3), byte(clock, 6));
    let is_date = (1..=12).contains(&month) && day >= 1 && day <= month_length(year, month);
    let is_time = matches!(head[10], b'T' | b't' | b' ') && hour <= 23 && minute <= 59 && second <= 59;
    if !is_date || !is_time {
        return None;
    }
    let (millis, rest) = fraction(rest)?;
    let days = days_from_civil(year, month, day);
    Some((days * DAY + hour * HOUR + minute * MINUTE + second * SECOND + millis, rest))
}

/// The milliseconds of `.5` or of nothing, and what follows them; further digits are cut.
#[inline]
fn fraction(text: &[u8]) -> Option<(Millis, &[u8])> {
    let [b'.', digits @ ..] = text else { return Some((0, text)) };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digit = |place: usize| if place < length { i64::from(digits[place] - b'0') } else { 0 };
    (length > 0).then(|| (digit(0) * 100 + digit(1) * 10 + digit(2), &digits[length..]))
}

/// The wall-clock milliseconds of `2026-11-22T09:30:00.5` and what follows them.
fn parse_wall(text: &[u8]) -> Option<(Millis, &[u8])> {
    if let Some(whole) = to_second(text) {
        return Some(whole);
    }
    if text.len() < 16 || text[4] != b'-' || text[7] != b'-' || text[13] != b':' {
        return None;
    }
    if !matches!(text[10], b'T' | b't' | b' ') {
        return None;
    }
    let year = two(text, 0)? * 100 + two(text, 2)?;
    let (month, day) = (two(text, 5)?, two(text, 8)?);
    let (hour, minute) = (two(text, 11)?, two(text, 14)?);
    let (mut second, mut millis, mut rest) = (0, 0, &text[16..]);
    if let [b':', seconds @ ..] = rest {
        second = two(seconds, 0)?;
        (millis, rest) = fraction(&seconds[2..])?;
    }
    if !(1..=12).contains(&month)
        || day < 1
        || day > month_length(year, month)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    if second == 60 {
        (second, millis) = (59, 999);
    }
    let days = days_from_civil(year, month, day);
    Some((days * DAY + hour * HOUR + minute * MINUTE + second * SECOND + millis, rest))
}

/// What a text that is not an instant looks like, and what to do about it.
pub fn looks_like(text: &str) -> Option<&'static str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == text.len() {
        return match digits {
            9 | 10 => Some("looks like seconds: write milliseconds"),
            16 => Some("looks like microseconds: write milliseconds"),
            19 => Some("looks like nanoseconds: write milliseconds"),
            _ => None,
        };
    }
    if let Ok(number) = text.parse::<f64>() {
        return match number {
            30_000.0..80_000.0 => Some("looks like the date number of a spreadsheet: export the column as text"),
            9e8..5e9 => Some("looks like seconds: write whole milliseconds"),
            _ => None,
        };
    }
    let date = text.split([' ', 'T', ',']).next().unwrap_or(text);
    let parts: Vec<&str> = date.split(['/', '.', '-']).collect();
    let numbers = parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    match (numbers, parts.first().map_or(0, |p| p.len()), parts.last().map_or(0, |p| p.len())) {
        (true, 4, _) if parse_date(date.as_bytes()).is_some() && date.len() == text.len() => {
            Some("is a date without a time: add the time of day")
        }
        (true, 4, _) if !date.contains('-') => Some("has slashes or dots: write the date as 2026-11-22"),
        (true, 1..=2, 4) => match parts[0].parse::<u32>() {
            Ok(13..) => Some("is written day first: set `time_format`, or write the date as 2026-11-22"),
            _ => Some("is written day or month first: set `time_format`, or write the date as 2026-11-22"),
        },
        _ => None,
    }
}

/// The first whole minute after `clock`.
pub fn next_minute(clock: Millis) -> Millis {
    (clock.div_euclid(MINUTE) + 1) * MINUTE
}

/// Writes RFC 3339 in UTC with milliseconds: `2026-11-22T09:30:00.000Z`.
pub fn format(value: Millis) -> String {
    let (year, month, day) = civil_from_days(value.div_euclid(DAY));
    let rest = value.rem_euclid(DAY);
    if !(0..=9999).contains(&year) {
        return format!("{year:04}-{month:02}-{day:02}T{}", &format(rest)[11..]);
    }
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let date = [(0, year / 100), (2, year % 100), (5, month.into()), (8, day.into())];
    let clock = [(11, rest / HOUR), (14, rest / MINUTE % 60), (17, rest / SECOND % 60), (20, rest % SECOND / 10)];
    for (at, two) in date.into_iter().chain(clock) {
        text[at] += (two / 10) as u8;
        text[at + 1] += (two % 10) as u8;
    }
    text[22] += (rest % 10) as u8;
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes the date of a day number: `2026-11-22`.
pub fn format_day(days: i32) -> String {
    let (year, month, day) = civil_from_days(i64::from(days));
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_is_the_same_instant() {
        let expected = 1_795_339_800_000;
        for text in [
            "2026-11-22T09:30:00Z",
            "2026-11-22 09:30:00z",
            "2026-11-22T17:30:00.000+08:00",
            "2026-11-22t04:30:00.0009999999999-05:00",
            "2026-11-22T17:30:00+0800",
            "2026-11-22 17:30+08",
            "2026-11-22T09:30Z",
            "1795339800000",
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(expected), "{text}");
        }
        assert_eq!(format(expected), "2026-11-22T09:30:00.000Z");
        assert_eq!(parse(b"2016-12-31T23:59:60Z").map(format).unwrap(), "2016-12-31T23:59:59.999Z");
    }

    #[test]
    fn what_is_no_instant_says_why() {
        for text in [
            "",
            "now",
            "2026-11-22",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "1999-12-31T23:59:59Z",
            "2101-01-01T00:00:00Z",
            "2026-11-22T09:3Z",
            "2026-11-22T09:30:00.Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T09:30:00+080",
            "2026-11-22T09:30:00 +0800",
            "2026-11-22T09:30:0Z",
            "2026-11-22T09:30:00+24:00",
            "2026-11-22T09:30:00+2400",
            "2026-11-22T09:30:00ZZ",
            "12345",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(TimeError::Bad), "{text}");
        }
        assert!(matches!(parse(b"2026-11-22T09:30:00"), Err(TimeError::NoZone(_))));
        assert!(matches!(parse(b"2026-11-22 09:30"), Err(TimeError::NoZone(_))));
    }

    #[test]
    fn what_is_no_instant_says_what_it_looks_like() {
        for (text, start) in [
            ("1795334400", "looks like seconds"),
            ("1795334400.25", "looks like seconds"),
            ("1795334400123456", "looks like microseconds"),
            ("22/11/2026 08:00", "is written day first"),
            ("22.11.2026", "is written day first"),
            ("11/12/2026 08:00", "is written day or month first"),
            ("2026/11/22 08:00", "has slashes"),
            ("2026-11-22", "is a date without a time"),
            ("46348.3333", "looks like the date number"),
        ] {
            assert!(looks_like(text).is_some_and(|said| said.starts_with(start)), "{text}: {:?}", looks_like(text));
        }
        for text in ["now", "", "2026-13-01T00:00:00Z", "123", "1-2-3-4"] {
            assert_eq!(looks_like(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_alone_is_a_day() {
        assert_eq!(parse_date(b"2026-11-22").map(|days| format_day(days as i32)).unwrap(), "2026-11-22");
        for text in [&b"2026-02-29"[..], b"26-11-22", b"2026-11-2", b"1999-12-31", b"2101-01-01", b"2026/11/22"] {
            assert_eq!(parse_date(text), None);
        }
    }

    #[test]
    fn dates_go_there_and_back() {
        for days in (10_950..50_000).step_by(13) {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, i64::from(m), i64::from(d)), days);
        }
    }
}
