//! Quantities and instants are written as text and read back; other text is refused.

use crate::support::logs::config;
use lowtide_native::values::instant::{self, MINUTE, TimeError};
use lowtide_native::values::quantity;
use proptest::collection::vec;
use proptest::prelude::*;

/// mantissa × 10^exponent in thousandths by plain integer arithmetic, if it is a quantity.
fn thousandths(mantissa: i128, exponent: i32) -> Option<i64> {
    let power = exponent + 3;
    let value = if power >= 0 {
        mantissa.checked_mul(10i128.checked_pow(power as u32)?)?
    } else {
        let unit = 10i128.checked_pow(power.unsigned_abs())?;
        (mantissa % unit == 0).then_some(mantissa / unit)?
    };
    (value.abs() <= i128::from(quantity::LIMIT)).then_some(value as i64)
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn a_quantity_comes_back(value in -quantity::LIMIT..=quantity::LIMIT) {
        prop_assert_eq!(quantity::parse(quantity::format(value).as_bytes()), Some(value));
        prop_assert_eq!(quantity::parse(format!("{value}e-3").as_bytes()), Some(value));
        prop_assert_eq!(quantity::parse(format!("{value}000.000E-6").as_bytes()), Some(value));
    }

    #[test]
    fn a_decimal_is_read_as_integers_would(
        negative: bool, whole in 0..10u64.pow(16), places in "[0-9]{0,7}", zeros in 0..6usize, exponent in -9..9i32,
    ) {
        let point = if places.is_empty() { "" } else { "." };
        let sign = if negative { "-" } else { "" };
        let text = format!("{sign}{}{whole}{point}{places}e{exponent}", "0".repeat(zeros));
        let mantissa: i128 = format!("{sign}{whole}{places}").parse().unwrap();
        prop_assert_eq!(quantity::parse(text.as_bytes()), thousandths(mantissa, exponent - places.len() as i32), "{}", text);
    }

    #[test]
    fn any_bytes_are_a_quantity_and_an_instant_or_none(bytes in vec(any::<u8>(), 0..40), text in "[0-9eE.+-]{0,40}") {
        for bytes in [&bytes[..], text.as_bytes()] {
            prop_assert!(quantity::parse(bytes).is_none_or(|value| value.abs() <= quantity::LIMIT));
            let _ = instant::parse(bytes);
        }
    }

    #[test]
    fn an_instant_comes_back(at in instant::FIRST..instant::END, offset in -23 * 60 - 59..24 * 60i64, more in "[0-9]{0,9}") {
        let text = instant::format(at);
        prop_assert_eq!(instant::parse(text.as_bytes()), Ok(at));
        prop_assert_eq!(instant::parse(at.to_string().as_bytes()), Ok(at));
        let wall = instant::format(at + offset * MINUTE);
        let wall = wall.trim_end_matches('Z');
        let sign = if offset < 0 { '-' } else { '+' };
        let zoned = format!("{wall}{more}{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
        prop_assert_eq!(instant::parse(zoned.replace('T', " ").as_bytes()), Ok(at), "{}", zoned);
        prop_assert_eq!(instant::parse(text.trim_end_matches('Z').as_bytes()), Err(TimeError::NoZone(at)));
    }

    #[test]
    fn nearly_a_time_is_a_time_or_none(text in "20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,5})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])?") {
        if let Ok(at) = instant::parse(text.as_bytes()) {
            prop_assert!((instant::FIRST..instant::END).contains(&at));
        }
    }
}
