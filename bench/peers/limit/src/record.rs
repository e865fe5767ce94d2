//! One record, read in the order of fields in which the bench writes them.

use crate::stock::DAY_MS;

/// A record; texts are parts of the events, numbers are thousandths and milliseconds, `id` and `position` are hashes.
#[derive(Clone, Copy)]
pub struct Record<'events> {
    pub id: u64,
    pub position: u64,
    pub kind: u8,
    pub location: &'events [u8],
    pub sku: &'events [u8],
    pub reference: u64,
    pub quantity: i64,
    pub due: i64,
    pub at: i64,
}

/// The last date that was read, and its midnight.
#[derive(Default)]
pub struct Dates {
    text: [u8; 10],
    midnight: i64,
}

impl<'events> Record<'events> {
    /// The first record of `rest`, and what follows it. Panics if a field is not where it should be.
    pub fn read(rest: &'events [u8], dates: &mut Dates) -> (Self, &'events [u8]) {
        let mut cursor = Cursor { rest };
        let id = cursor.text(br#"{"id":""#);
        let source = cursor.text(br#","source":""#);
        let kind = cursor.text(br#","kind":""#);
        let sku = cursor.text(br#","sku":""#);
        let location = cursor.text(br#","location":""#);
        let quantity = cursor.text(br#","quantity":""#);
        let (mut reference, mut due) = (0, 0);
        if cursor.rest[2] == b'r' {
            reference = hash(cursor.text(br#","ref":""#), 0);
            if cursor.rest[2] == b'd' {
                cursor.skip(br#","due":"#);
                due = cursor.number();
            }
        }
        let time = cursor.text(br#","event_time":""#);
        cursor.skip(b"}\n");
        let at = dates.midnight(&time[..10])
            + digits(&time[11..13]) * 3_600_000
            + digits(&time[14..16]) * 60_000
            + digits(&time[17..19]) * 1000
            + digits(&time[20..23]);
        let record = Self {
            id: hash(id, hash(source, 0)),
            position: hash(sku, hash(location, 0)),
            // The kinds of the stream differ in their first letter.
            kind: kind[0],
            location,
            sku,
            reference,
            quantity: quantity.strip_prefix(b"-").map_or_else(|| digits(quantity), |rest| -digits(rest)) * 1000,
            due,
            at,
        };
        (record, cursor.rest)
    }
}

struct Cursor<'events> {
    rest: &'events [u8],
}

impl<'events> Cursor<'events> {
    #[inline(always)]
    fn skip(&mut self, literal: &[u8]) {
        self.rest = self.rest.strip_prefix(literal).expect("the layout of the bench");
    }

    /// A text without escapes after `literal`.
    #[inline(always)]
    fn text(&mut self, literal: &[u8]) -> &'events [u8] {
        self.skip(literal);
        let end = quote(self.rest);
        let (text, rest) = self.rest.split_at(end);
        self.rest = &rest[1..];
        text
    }

    fn number(&mut self) -> i64 {
        let end = self.rest.iter().position(|byte| !byte.is_ascii_digit()).expect("the end of a number");
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits(text)
    }
}

impl Dates {
    fn midnight(&mut self, text: &[u8]) -> i64 {
        if self.text != text {
            self.text.copy_from_slice(text);
            let (year, month, day) = (digits(&text[..4]), digits(&text[5..7]), digits(&text[8..]));
            // Days since 1970 of the Gregorian calendar, in years that begin in March.
            let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
            let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
            self.midnight = days * DAY_MS;
        }
        self.midnight
    }
}

/// Where the next quote is; it looks at eight bytes at a time.
#[inline(always)]
fn quote(text: &[u8]) -> usize {
    let (words, _) = text.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let other = u64::from_le_bytes(*word) ^ 0x2222_2222_2222_2222;
        let quotes = other.wrapping_sub(0x0101_0101_0101_0101) & !other & 0x8080_8080_8080_8080;
        if quotes != 0 {
            return 8 * number + quotes.trailing_zeros() as usize / 8;
        }
    }
    let end = 8 * words.len();
    end + text[end..].iter().position(|&byte| byte == b'"').expect("the end of a text")
}

#[inline(always)]
fn digits(text: &[u8]) -> i64 {
    text.iter().fold(0, |value, byte| value * 10 + i64::from(byte - b'0'))
}

/// A hash of a short text: eight bytes at a time, multiplied and folded.
fn hash(text: &[u8], seed: u64) -> u64 {
    let mix = |state: u64, word: u64| {
        let wide = u128::from(state ^ word ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        wide as u64 ^ (wide >> 64) as u64
    };
    let (words, last) = text.as_chunks::<8>();
    let state = words.iter().fold(seed ^ text.len() as u64, |state, word| mix(state, u64::from_le_bytes(*word)));
    mix(state, last.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}
