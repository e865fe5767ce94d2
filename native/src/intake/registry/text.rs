//! The JSON text of a message: written value by value, so that every reader of JSON can read a message of any format.

use crate::values::instant::{DAY, SECOND, civil_from_days};

/// The longest text of one message. Each value writes at least one byte, so this also bounds how long a message is read.
pub const LONGEST: usize = 1 << 20;
const SECONDS_OF_DAY: i64 = DAY / SECOND;

/// JSON that grows. Its bytes are UTF-8 only if every text that was put in is; the reader checks it once at the end.
#[derive(Default)]
pub struct JsonText(pub Vec<u8>);

impl JsonText {
    pub fn is_too_long(&self) -> bool {
        self.0.len() > LONGEST
    }

    /// Bytes that are JSON already.
    #[inline]
    pub fn raw(&mut self, json: &[u8]) {
        self.0.extend_from_slice(json);
    }

    /// A string in quotes.
    #[inline]
    pub fn string(&mut self, text: &[u8]) {
        self.0.push(b'"');
        self.string_after_quote(text);
    }

    /// A string whose first quote is written already.
    #[inline]
    pub fn string_after_quote(&mut self, text: &[u8]) {
        self.0.reserve(text.len() + 1);
        if text.iter().fold(false, |is, byte| is | must_be_escaped(*byte)) {
            self.escaped(text);
        } else {
            self.raw(text);
        }
        self.0.push(b'"');
    }

    #[cold]
    fn escaped(&mut self, text: &[u8]) {
        for byte in text {
            match byte {
                byte if !must_be_escaped(*byte) => self.0.push(*byte),
                byte => self.escape(*byte),
            }
        }
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'"' | b'\\' => self.raw(&[b'\\', byte]),
            b'\n' => self.raw(b"\\n"),
            _ => self.raw(format!("\\u{byte:04x}").as_bytes()),
        }
    }

    /// The key of an object with its colon, as [`JsonText::raw`] takes it.
    pub fn key(name: &str) -> Box<[u8]> {
        let mut text = JsonText::default();
        text.string(name.as_bytes());
        text.0.push(b':');
        text.0.into()
    }

    pub fn boolean(&mut self, value: bool) {
        self.raw(if value { b"true" } else { b"false" });
    }

    #[inline]
    pub fn integer(&mut self, value: i64) {
        if value < 0 {
            self.0.push(b'-');
        }
        self.natural(value.unsigned_abs());
    }

    #[inline]
    pub fn natural(&mut self, mut value: u64) {
        let (mut digits, mut at) = ([0u8; 20], 20);
        loop {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        self.raw(&digits[at..]);
    }

    /// A number with a binary point: the shortest decimal that means it. What JSON lacks becomes a string: `"NaN"`, `"-Infinity"`.
    pub fn float(&mut self, value: f64) {
        if value.fract() == 0.0 && value.abs() < 1e15 {
            return self.integer(value as i64);
        }
        self.number(value, &value);
    }

    pub fn single_float(&mut self, value: f32) {
        if value.fract() == 0.0 && value.abs() < 1e7 {
            return self.integer(value as i64);
        }
        self.number(value.into(), &value);
    }

    fn number(&mut self, value: f64, exact: &impl serde::Serialize) {
        if value.is_finite() {
            serde_json::to_writer(&mut self.0, exact).expect("a number is written to memory");
        } else {
            self.string(value.to_string().replace("inf", "Infinity").as_bytes());
        }
    }

    /// A whole number divided by 10^`scale`.
    pub fn decimal(&mut self, value: i128, scale: usize) {
        let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        if value < 0 {
            self.0.push(b'-');
        }
        self.raw(whole.as_bytes());
        if scale > 0 {
            self.0.push(b'.');
            self.raw(part.as_bytes());
        }
    }

    /// A point in time in RFC 3339, with `digits` places after the second; `value` counts units of the last place since 1970.
    /// Without `utc` it is the time of a clock on the wall, and has no zone.
    pub fn time(&mut self, value: i64, digits: usize, utc: bool) {
        let per_second = 10i64.pow(digits as u32);
        self.instant(value.div_euclid(per_second), value.rem_euclid(per_second), digits, utc);
    }

    /// The same of whole seconds since 1970 and a part of a second in units of the last place.
    pub fn instant(&mut self, seconds: i64, part: i64, digits: usize, utc: bool) {
        self.0.push(b'"');
        self.date(seconds.div_euclid(SECONDS_OF_DAY));
        self.0.push(b'T');
        self.clock(seconds.rem_euclid(SECONDS_OF_DAY), part, digits);
        self.raw(if utc { b"Z\"" } else { b"\"" });
    }

    /// A time of day; `value` counts units of the last of `digits` places since midnight. `None` if it is not within a day.
    pub fn time_of_day(&mut self, value: i64, digits: usize) -> Option<()> {
        let per_second = 10i64.pow(digits as u32);
        if !(0..SECONDS_OF_DAY * per_second).contains(&value) {
            return None;
        }
        self.0.push(b'"');
        self.clock(value / per_second, value % per_second, digits);
        self.0.push(b'"');
        Some(())
    }

    /// A date in quotes, by its days since 1970.
    pub fn day(&mut self, days: i64) {
        self.0.push(b'"');
        self.date(days);
        self.0.push(b'"');
    }

    fn date(&mut self, days: i64) {
        let (year, month, day) = civil_from_days(days);
        let mut text = *b"0000-00-00";
        if (0..10_000).contains(&year) {
            put(&mut text[..4], year as u64);
        } else {
            self.integer(year);
        }
        put(&mut text[5..7], month.into());
        put(&mut text[8..], day.into());
        self.raw(if (0..10_000).contains(&year) { &text } else { &text[4..] });
    }

    fn clock(&mut self, second_of_day: i64, part: i64, digits: usize) {
        let second = second_of_day as u64;
        let mut text = *b"00:00:00.000000000";
        put(&mut text[..2], second / 3600);
        put(&mut text[3..5], second / 60 % 60);
        put(&mut text[6..8], second % 60);
        put(&mut text[9..9 + digits], part as u64);
        self.raw(&text[..if digits == 0 { 8 } else { 9 + digits }]);
    }

    /// Bytes as a string in base64.
    pub fn base64(&mut self, bytes: &[u8]) {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        self.0.push(b'"');
        for three in bytes.chunks(3) {
            let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            for place in 0..4usize {
                let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
                self.0.push(if place <= three.len() { letter } else { b'=' });
            }
        }
        self.0.push(b'"');
    }

    /// Sixteen bytes as a UUID.
    pub fn uuid(&mut self, bytes: &[u8]) {
        self.0.push(b'"');
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                self.0.push(b'-');
            }
            self.raw(format!("{byte:02x}").as_bytes());
        }
        self.0.push(b'"');
    }
}

/// Writes a number over all of `place`, with zeros before it.
fn put(place: &mut [u8], mut value: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Whether a byte cannot stand in a string of JSON as it is.
#[inline]
fn must_be_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// A whole number in big-endian two's complement; `None` if it has no byte, or needs more than 16.
pub fn twos_complement(bytes: &[u8]) -> Option<i128> {
    let sign = if bytes.first()? & 0x80 == 0 { 0 } else { -1i128 };
    let (before, last) = bytes.split_at(bytes.len().saturating_sub(16));
    let value = last.iter().fold(sign, |value, byte| value << 8 | i128::from(*byte));
    (before.iter().all(|byte| *byte == sign as u8) && value >> 127 == sign).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(write: impl Fn(&mut JsonText)) -> String {
        let mut text = JsonText::default();
        write(&mut text);
        String::from_utf8(text.0).unwrap()
    }

    #[test]
    fn each_value_as_json() {
        assert_eq!(told(|t| t.string("a\"b\\c\n\u{1}é".as_bytes())), r#""a\"b\\c\n\u0001é""#);
        assert_eq!(told(|t| t.integer(i64::MIN)), "-9223372036854775808");
        assert_eq!(told(|t| t.natural(u64::MAX)), "18446744073709551615");
        assert_eq!(told(|t| t.float(0.1 + 0.2)), "0.30000000000000004");
        assert_eq!(told(|t| t.float(1e300)), "1e+300");
        assert_eq!(told(|t| t.float(-3.0)), "-3");
        assert_eq!(told(|t| t.float(f64::NAN)), "\"NaN\"");
        assert_eq!(told(|t| t.single_float(f32::NEG_INFINITY)), "\"-Infinity\"");
        assert_eq!(told(|t| t.single_float(0.1)), "0.1");
        assert_eq!(told(|t| t.decimal(-5, 3)), "-0.005");
        assert_eq!(told(|t| t.decimal(1250, 0)), "1250");
        assert_eq!(told(|t| t.time(1_795_339_800_000, 3, true)), "\"2026-11-22T09:30:00.000Z\"");
        assert_eq!(told(|t| t.time(-1, 6, false)), "\"1969-12-31T23:59:59.999999\"");
        assert_eq!(told(|t| t.time(1_795_339_800, 0, true)), "\"2026-11-22T09:30:00Z\"");
        assert_eq!(told(|t| t.time_of_day(34_200_000, 3).unwrap()), "\"09:30:00.000\"");
        assert_eq!(told(|t| t.day(20_779)), "\"2026-11-22\"");
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(told(|t| t.base64(bytes.as_bytes())), format!("\"{text}\""));
        }
        let uuid: Vec<u8> = (0..16).collect();
        assert_eq!(told(|t| t.uuid(&uuid)), "\"00010203-0405-0607-0809-0a0b0c0d0e0f\"");
    }

    #[test]
    fn no_time_is_too_large() {
        for value in [i64::MIN, i64::MAX] {
            for digits in [0, 3, 6, 9] {
                told(|t| t.time(value, digits, true));
                assert_eq!(JsonText::default().time_of_day(value, digits), None);
            }
            told(|t| t.day(value / DAY));
        }
    }

    #[test]
    fn decimals_of_two_complement() {
        assert_eq!(twos_complement(&[0x07, 0xd0]), Some(2000));
        assert_eq!(twos_complement(&[0xfa, 0x24]), Some(-1500));
        assert_eq!(twos_complement(&[0xff; 16]), Some(-1));
        assert_eq!(twos_complement(&[0; 20]), Some(0));
        assert_eq!(twos_complement(&[[0xff; 17], [0x80; 17]].concat()), None);
        assert_eq!(twos_complement(&[&[0xff; 18][..], &[0x80]].concat()), Some(-128));
        assert_eq!(twos_complement(&[&[0][..], &[0xff; 16]].concat()), None);
        assert_eq!(twos_complement(&[]), None);
    }
}
