//! A decimal number as it is written, before it becomes thousandths: exact to thirty digits, never a binary float.

use std::cmp::Ordering;

use crate::values::quantity::{self, Milli};

/// ± mantissa × 10^exponent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimal {
    pub negative: bool,
    pub mantissa: u128,
    pub exponent: i64,
}

impl Decimal {
    /// Reads `2`, `+5`, `-1.250`, `.5`, `5.`, `1e3`; `None` for another text.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, mantissa, exponent) = quantity::read(text.as_bytes())?;
        Some(Decimal { negative, mantissa, exponent })
    }

    /// Reads a number with these marks: `1.250,5`, `5-`, `(5)`. Marks of thousands stand before groups of three digits, in the
    /// Indian way also of two; where they are not named, a number does not have any. `None` for another text.
    pub fn parse_with(text: &str, marks: Marks) -> Option<Decimal> {
        plain(text.as_bytes(), marks).or_else(|| Decimal::parse_any(text, marks))
    }

    fn parse_any(text: &str, marks: Marks) -> Option<Decimal> {
        let text = text.trim();
        let (text, bracket) = match text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
            Some(inner) => (inner.trim(), true),
            None => (text, false),
        };
        let (text, behind) = match text.strip_suffix('-') {
            Some(rest) => (rest.trim_end(), true),
            None => (text, false),
        };
        let (text, minus) = match text.strip_prefix('\u{2212}') {
            Some(rest) => (rest.trim_start(), true),
            None => (text, false),
        };
        let turns = usize::from(bracket) + usize::from(behind) + usize::from(minus);
        if turns > 1 || turns == 1 && text.starts_with(['-', '+']) {
            return None;
        }
        let number = if marks == Marks::default() { Decimal::parse(text) } else { parse_marked(text, marks) }?;
        Some(Decimal { negative: number.negative != (turns == 1), ..number })
    }

    /// The number whose unscaled value is `value`, with `scale` decimal places.
    pub fn scaled(value: i128, scale: u8) -> Decimal {
        Decimal { negative: value < 0, mantissa: value.unsigned_abs(), exponent: -i64::from(scale) }
    }

    pub fn abs(self) -> Decimal {
        Decimal { negative: false, ..self }
    }

    pub fn negate(self) -> Decimal {
        Decimal { negative: !self.negative, ..self }
    }

    /// The exact product; `None` if it does not fit in 38 digits.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        let (a, b) = (self.shortened(), other.shortened());
        Some(Decimal {
            negative: a.negative != b.negative,
            mantissa: a.mantissa.checked_mul(b.mantissa)?,
            exponent: a.exponent.checked_add(b.exponent)?,
        })
    }

    /// Without zeros at its end.
    fn shortened(mut self) -> Decimal {
        while self.mantissa != 0 && self.mantissa.is_multiple_of(10) {
            (self.mantissa, self.exponent) = (self.mantissa / 10, self.exponent + 1);
        }
        self
    }

    /// Rounded to so many decimal places, half away from zero.
    pub fn rounded(self, places: u8) -> Decimal {
        let over = -i64::from(places) - self.exponent;
        let mantissa = match over {
            ..=0 => return self,
            1..=38 => {
                let unit = 10u128.pow(over as u32);
                self.mantissa / unit + u128::from(self.mantissa % unit >= unit.div_ceil(2))
            }
            _ => 0,
        };
        Decimal { mantissa, exponent: -i64::from(places), ..self }
    }

    /// In thousandths, as a quantity is read; `None` if it has more places, or is larger than a record may carry.
    pub fn milli(self) -> Option<Milli> {
        quantity::finish(self.negative, self.mantissa, self.exponent)
    }

    /// The whole number at or below it; `None` beyond ±10^18.
    pub fn floor(self) -> Option<i64> {
        let (whole, over) = match self.exponent {
            power @ 0..=18 => (self.mantissa.checked_mul(10u128.pow(power as u32))?, false),
            power @ -38..=-1 => {
                let unit = 10u128.pow(-power as u32);
                (self.mantissa / unit, !self.mantissa.is_multiple_of(unit))
            }
            _ => (0, self.mantissa != 0),
        };
        if self.exponent > 18 && self.mantissa != 0 || whole > 1_000_000_000_000_000_000 {
            return None;
        }
        let whole = whole as i64;
        Some(if self.negative { -whole - i64::from(over) } else { whole })
    }

    /// Compares the exact values.
    pub fn compare(self, other: Decimal) -> Ordering {
        match (self.mantissa == 0 || !self.negative, other.mantissa == 0 || !other.negative) {
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (true, true) => self.compare_size(other),
            (false, false) => other.compare_size(self),
        }
    }

    fn compare_size(self, other: Decimal) -> Ordering {
        let (a, b) = (self.shortened(), other.shortened());
        if a.mantissa == 0 || b.mantissa == 0 {
            return a.mantissa.cmp(&b.mantissa);
        }
        let digits = |number: Decimal| i64::from(number.mantissa.ilog10()) + number.exponent;
        digits(a).cmp(&digits(b)).then_with(|| {
            let least = a.exponent.min(b.exponent);
            // Both have their first digit at the same place, so neither grows to more than the longer one's 39 digits.
            let grown = |number: Decimal| {
                number.mantissa.saturating_mul(10u128.saturating_pow((number.exponent - least) as u32))
            };
            grown(a).cmp(&grown(b))
        })
    }
}

/// What stands between the whole and its parts, and between thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    pub decimal: char,
    pub thousands: Option<char>,
}

impl Default for Marks {
    fn default() -> Marks {
        Marks { decimal: '.', thousands: None }
    }
}

impl Marks {
    /// Spaces of every width are one mark of thousands, and so are both apostrophes.
    fn is_thousands(self, letter: char) -> bool {
        match self.thousands {
            Some(' ' | '\u{a0}' | '\u{202f}' | '\u{2009}') => {
                matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
            }
            Some('\'' | '\u{2019}') => matches!(letter, '\'' | '\u{2019}'),
            mark => mark == Some(letter),
        }
    }
}

/// A number of at most 18 digits with a sign before it, a mark of decimals and nothing else, as most are. `None`: it may be another.
#[inline]
fn plain(text: &[u8], marks: Marks) -> Option<Decimal> {
    let decimal = match marks.decimal {
        '.' if marks.thousands != Some('.') => b'.',
        ',' if marks.thousands != Some(',') => b',',
        _ => return None,
    };
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    if digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut places, mut marked) = (0u64, 0, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => (mantissa, places) = (mantissa * 10 + u64::from(byte - b'0'), places + i64::from(marked)),
            _ if *byte == decimal && !marked => marked = true,
            _ => return None,
        }
    }
    let count = digits.len() - usize::from(marked);
    (1..=18).contains(&count).then(|| Decimal { negative, mantissa: mantissa.into(), exponent: -places })
}

fn parse_marked(text: &str, marks: Marks) -> Option<Decimal> {
    let mut plain = String::with_capacity(text.len());
    // How many digits the group has that ends here, and whether a mark of thousands stood before it.
    let (mut group, mut grouped, mut whole) = (0, false, true);
    for letter in text.chars() {
        if whole && marks.is_thousands(letter) {
            if group == 0 || group > 3 || grouped && group < 2 {
                return None;
            }
            (group, grouped) = (0, true);
            continue;
        }
        if whole && !letter.is_ascii_digit() && !matches!(letter, '+' | '-') {
            if grouped && group != 3 {
                return None;
            }
            whole = false;
        }
        match letter {
            _ if letter == marks.decimal => plain.push('.'),
            '.' | ',' => return None,
            _ => plain.push(letter),
        }
        group += usize::from(letter.is_ascii_digit());
    }
    if whole && grouped && group != 3 {
        return None;
    }
    Decimal::parse(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milli(text: &str, decimal: char, thousands: Option<char>) -> Option<Milli> {
        Decimal::parse_with(text, Marks { decimal, thousands })?.milli()
    }

    #[test]
    fn numbers_as_people_and_programs_write_them() {
        for (text, decimal, thousands, value) in [
            ("1.250,5", ',', Some('.'), 1_250_500),
            ("1,250.5", '.', Some(','), 1_250_500),
            ("12,34,567.5", '.', Some(','), 1_234_567_500),
            ("1 250,5", ',', Some(' '), 1_250_500),
            ("1\u{202f}250,5", ',', Some(' '), 1_250_500),
            ("1'250.5", '.', Some('\''), 1_250_500),
            ("1’250.5", '.', Some('\''), 1_250_500),
            ("2,5", ',', None, 2500),
            ("5-", '.', None, -5000),
            ("5,5-", ',', None, -5500),
            ("(5)", '.', None, -5000),
            ("( 1.250,5 )", ',', Some('.'), -1_250_500),
            ("−5", '.', None, -5000),
            ("+5", '.', None, 5000),
            ("-1.250", ',', Some('.'), -1_250_000),
            (" 7 ", '.', None, 7000),
            ("1e3", '.', None, 1_000_000),
        ] {
            assert_eq!(milli(text, decimal, thousands), Some(value), "{text}");
        }
    }

    #[test]
    fn a_number_with_other_marks_is_refused() {
        for (text, decimal, thousands) in [
            ("1,250.5", ',', Some('.')),
            ("1.25", ',', Some('.')),
            ("1.2500", ',', Some('.')),
            ("1250.5", ',', None),
            ("1,5", '.', None),
            ("1 250", '.', None),
            ("1..250", ',', Some('.')),
            (".250", ',', Some('.')),
            ("1.250,5.0", ',', Some('.')),
            ("-5-", '.', None),
            ("(-5)", '.', None),
            ("(5-)", '.', None),
            ("5--", '.', None),
            ("", '.', None),
            ("12,5x", ',', None),
            ("1,2,3", ',', None),
        ] {
            assert_eq!(milli(text, decimal, thousands), None, "{text}");
        }
    }

    #[test]
    fn products_are_exact_and_rounded_only_where_asked() {
        let number = |text: &str| Decimal::parse(text).unwrap();
        assert_eq!(number("2").times(number("24")).unwrap().milli(), Some(48_000));
        assert_eq!(number("0.1").times(number("0.333")).unwrap().milli(), None);
        assert_eq!(number("0.1").times(number("0.335")).unwrap().rounded(3).milli(), Some(34));
        assert_eq!(number("-0.1").times(number("0.335")).unwrap().rounded(3).milli(), Some(-34));
        assert_eq!(number("1e40").times(number("1e-40")).unwrap().milli(), Some(1000));
        assert_eq!(number(&"9".repeat(30)).times(number("999999999999")), None);
        assert_eq!(Decimal::scaled(-1500, 3).milli(), Some(-1500));
        assert_eq!(number("1e-60").rounded(3).milli(), Some(0));
    }

    #[test]
    fn sizes_compare_exactly_however_they_are_written() {
        let number = |text: &str| Decimal::parse(text).unwrap();
        for (a, b, order) in [
            ("0", "-0", Ordering::Equal),
            ("1.0", "1", Ordering::Equal),
            ("0.1", "0.10000000000000000000000000001", Ordering::Less),
            ("1e100", "1e99", Ordering::Greater),
            ("-1e100", "1", Ordering::Less),
            ("-2", "-3", Ordering::Greater),
            ("1000", "1e3", Ordering::Equal),
            ("0", "1e-90", Ordering::Less),
        ] {
            assert_eq!(number(a).compare(number(b)), order, "{a} {b}");
        }
    }

    #[test]
    fn the_whole_number_below() {
        for (text, floor) in [
            ("5", Some(5)),
            ("5.9", Some(5)),
            ("-5.1", Some(-6)),
            ("-5", Some(-5)),
            ("1e3", Some(1000)),
            ("1e19", None),
            ("0e50", Some(0)),
            ("-1e-50", Some(-1)),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().floor(), floor, "{text}");
        }
    }
}
