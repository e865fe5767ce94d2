//! Stock is counted in thousandths, from text to text, and never passes through a binary float.

/// A signed amount of stock in thousandths of the SKU's unit.
pub type Milli = i64;

/// The largest amount a record may carry: 10^12 units.
pub const LIMIT: Milli = 1_000_000_000_000_000;

/// Reads a decimal number (`2`, `+5`, `-1.250`, `.5`, `5.`, `1e3`) into thousandths.
///
/// A value within 1e-9 units of a thousandth is that thousandth: so a weight that went through a binary float
/// (`0.30000000000000004`) is read as it was meant. `None` when the text is not a finite number, lies further than that from
/// every thousandth, or is larger than 10^12 units. Digits, not places, count: `1.2500` is 1250 thousandths.
pub fn parse(text: &[u8]) -> Option<Milli> {
    if let Some(units) = whole(text) {
        return Some(units * 1000);
    }
    let (negative, mantissa, exponent) = read(text)?;
    finish(negative, mantissa, exponent)
}

/// At most nine digits and nothing else, which most quantities are.
#[inline]
fn whole(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0, |units, byte| byte.is_ascii_digit().then(|| units * 10 + i64::from(byte - b'0')))
}

/// value × 10^-scale in thousandths, where that is exact and at most 10^12 units; then it is what [`parse`] reads of its text.
#[inline]
pub fn scaled(value: i64, scale: u8) -> Option<Milli> {
    let thousandths = match scale {
        0..=3 => value.checked_mul(POWERS[3 - scale as usize])?,
        4..=9 => Some(POWERS[scale as usize - 3]).filter(|unit| value % unit == 0).map(|unit| value / unit)?,
        _ => return None,
    };
    (thousandths.unsigned_abs() <= LIMIT as u64).then_some(thousandths)
}

const POWERS: [i64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// The parts of a decimal number: its sign, and mantissa × 10^exponent.
#[inline]
pub(super) fn read(text: &[u8]) -> Option<(bool, u128, i64)> {
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mut mantissa, mut significant, mut zeros) = (0u128, 0u32, 0i64);
    let (mut scale, mut seen_point, mut digits) = (0i64, false, 0usize);
    while let [byte, tail @ ..] = rest {
        match byte {
            b'0' if mantissa == 0 => digits += 1,
            b'0'..=b'9' if *byte == b'0' || significant + zeros as u32 >= LONGEST => {
                zeros += 1; // what follows the longest mantissa is too small to count
                digits += 1;
            }
            b'1'..=b'9' => {
                significant += 1 + zeros as u32;
                mantissa = mantissa * 10u128.pow(zeros as u32 + 1) + u128::from(byte - b'0');
                zeros = 0;
                digits += 1;
            }
            b'.' if !seen_point => {
                seen_point = true;
                rest = tail;
                continue;
            }
            b'e' | b'E' if digits > 0 => {
                let exponent = parse_exponent(tail)?;
                return Some((negative, mantissa, zeros - scale + exponent));
            }
            _ => return None,
        }
        scale += i64::from(seen_point);
        rest = tail;
    }
    if digits == 0 {
        return None;
    }
    Some((negative, mantissa, zeros - scale))
}

/// The digits of a mantissa that are read exactly: more than 10^12 units and 10^-9 of a unit need.
const LONGEST: u32 = 30;

fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i64, |v, d| (v * 10 + i64::from(d - b'0')).min(100_000));
    Some(if negative { -value } else { value })
}

/// mantissa × 10^exponent in thousandths: exact, or the thousandth that lies within 1e-9 units.
pub(super) fn finish(negative: bool, mantissa: u128, exponent: i64) -> Option<Milli> {
    if mantissa == 0 {
        return Some(0);
    }
    let value = match exponent + 3 {
        power @ 0..=18 => mantissa.checked_mul(10u128.pow(power as u32))?,
        power @ -36..=-1 => nearest(mantissa, 10u128.pow(-power as u32))?,
        power if power < 0 => 0, // under 10^30 × 10^-37 thousandths
        _ => return None,
    };
    if value > LIMIT as u128 {
        return None;
    }
    Some(if negative { -(value as i64) } else { value as i64 })
}

/// The whole number that is `value / unit` within a millionth; `None` where none is.
fn nearest(value: u128, unit: u128) -> Option<u128> {
    let (whole, over) = (value / unit, value % unit);
    let near = |distance: u128| distance <= unit / 1_000_000;
    match () {
        () if near(over) => Some(whole),
        () if near(unit - over) => Some(whole + 1),
        () => None,
    }
}

/// The most that stock can grow to: 18 digits, what the warehouse's Decimal(18, 3) holds.
const FULL: Milli = 999_999_999_999_999_999;

/// Adds to stock; stops at 10^15 units instead of wrapping. Every sum of amounts is made here or in [`sum`], so none leaves 64 bits
/// or a column of the warehouse.
#[inline]
pub fn add(stock: Milli, change: Milli) -> Milli {
    stock.saturating_add(change).clamp(-FULL, FULL)
}

/// The sum of amounts; stops at 10^15 units. Only the sum is cut and not its steps, so their order does not matter.
pub fn sum(amounts: impl Iterator<Item = Milli>) -> Milli {
    full(amounts.map(i128::from).sum())
}

/// An exact sum, cut at 10^15 units.
#[inline]
pub fn full(sum: i128) -> Milli {
    sum.clamp(-i128::from(FULL), i128::from(FULL)) as Milli
}

/// Writes thousandths as the shortest decimal: `95`, `-1.25`, `0.001`.
pub fn format(value: Milli) -> String {
    let (sign, magnitude) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let (whole, part) = (magnitude / 1000, magnitude % 1000);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let text = format!("{sign}{whole}.{part:03}");
    text.trim_end_matches('0').to_owned()
}

/// Thousandths from an estimate in units, to the nearest; stops at 10^15 units, and what is not a number is 0.
pub fn from_units(units: f64) -> Milli {
    ((units * 1000.0).round() as Milli).clamp(-FULL, FULL)
}

/// Units, for estimates only.
pub fn units(value: Milli) -> f64 {
    value as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (text, value) in [
            ("2", 2000),
            ("-1.250", -1250),
            ("1e3", 1_000_000),
            ("1.2500", 1250),
            ("0", 0),
            ("-0.0", 0),
            ("12e-2", 120),
            ("0.00000000000000000000000000000000000000", 0),
            ("1000000000000", LIMIT),
            ("1E+2", 100_000),
            ("100.5", 100_500),
            ("+5", 5000),
            (".5", 500),
            ("5.", 5000),
            ("-.25", -250),
            ("0.30000000000000004", 300),
            ("0.8999999999999999", 900),
            ("-0.8999999999999999", -900),
            ("0.1000000000000000055511151231257827021181583404541015625", 100),
            ("0.299999999999999988897769753748434595763683319091796875", 300),
            ("1.000000001", 1000),
            ("0.000000001", 0),
            ("3.0000000000000001e1", 30_000),
            ("1e-40", 0),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(value), "{text}");
        }
    }

    #[test]
    fn a_scaled_number_is_what_its_text_is() {
        for value in
            [0i64, 1, -7, 1_250, 1_000_000, -12_000_000, 999_999_999_999_999, i64::MAX, i64::MIN, LIMIT, LIMIT + 1]
        {
            for scale in 0..=12u8 {
                let text = format!("{value}e-{scale}");
                let parsed = parse(text.as_bytes());
                match scaled(value, scale) {
                    Some(amount) => assert_eq!(parsed, Some(amount), "{text}"),
                    None => assert!(scale > 3 || parsed.is_none(), "{text} is {parsed:?}"),
                }
            }
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "NaN",
            "inf",
            "1.2345",
            "1e400",
            "1000000000000.001",
            "1e-4",
            "0.0004",
            "1.0000000011",
            "+-1",
            "+",
            "-.",
            ".e3",
            "1e",
            "1e+",
            "--1",
            "9999999999999999999999999999999999999999",
            "1.2.3",
            "1 ",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn no_sum_leaves_what_a_column_holds() {
        assert_eq!((add(FULL, 1), add(-FULL, -FULL), add(FULL, -1)), (FULL, -FULL, FULL - 1));
        assert_eq!(sum([LIMIT; 20_000].into_iter()), FULL);
        assert_eq!(sum([i64::MAX, i64::MAX, -i64::MAX, -i64::MAX, 7].into_iter()), 7, "its steps are not cut");
        for (units, milli) in [(1e300, FULL), (f64::NEG_INFINITY, -FULL), (f64::NAN, 0), (1.0005, 1001)] {
            assert_eq!(from_units(units), milli, "{units}");
        }
    }

    #[test]
    fn text_is_the_shortest() {
        for (value, text) in [(95_000, "95"), (-1250, "-1.25"), (1, "0.001"), (-500, "-0.5"), (0, "0")] {
            assert_eq!(format(value), text);
        }
    }
}
