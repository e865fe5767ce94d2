//! Steps on numbers: marks, base64 of Debezium, sign, factors and units. From text to thousandths, exact, without a binary float.

use crate::intake::reject::Code;
use crate::map::cell::{Cell, quoted};
use crate::map::document::Sign;
use crate::map::lookup::{Lookup, nfc};
use crate::map::value::{Failure, Made, TextValue};
use crate::values::base64;
use crate::values::decimal::{Decimal, Marks};
use crate::values::quantity::Milli;

/// How a text becomes a number.
pub struct NumberSteps {
    pub marks: Marks,
    /// The text is base64 of a big-endian number in two's complement, with so many decimal places.
    pub base64_scale: Option<u8>,
    pub sign: Sign,
    pub times: Option<Box<(TextValue, NumberSteps)>>,
    pub unit: Option<Box<TextValue>>,
    /// Pieces a unit.
    pub units: Lookup<Decimal>,
    /// Pieces a unit of one SKU, by unit, then by SKU.
    pub units_by_sku: Lookup<Lookup<Decimal>>,
    pub round: Option<u8>,
}

impl NumberSteps {
    /// The number of a text; `cell` is the column that it was read from, where it was read from one alone.
    pub fn decimal(&self, text: &str, cell: Option<&Cell<'_>>) -> Option<Decimal> {
        let number = match (cell, self.base64_scale) {
            (Some(Cell::Number(_)), _) => Decimal::parse(text),
            (_, Some(scale)) => unscaled(text).map(|value| Decimal::scaled(value, scale)),
            _ => Decimal::parse_with(text, self.marks),
        }?;
        Some(match self.sign {
            Sign::Keep => number,
            Sign::Abs => number.abs(),
            Sign::Negate => number.negate(),
        })
    }

    /// The thousandths of a number with its factors.
    pub fn milli(&self, number: Decimal, cells: &[Cell<'_>], sku: &str) -> Result<Made<Milli>, Box<Failure>> {
        let mut number = Some(number);
        if let Some(times) = &self.times {
            let (value, steps) = &**times;
            match value.number(steps, cells)? {
                Made::Value(factor) => number = number.and_then(|number| number.times(factor)),
                Made::Absent(column) => return Ok(Made::Absent(column)),
                Made::Skip => return Ok(Made::Skip),
            }
        }
        if let Some(unit) = &self.unit {
            let Some(factor) = self.factor(unit, cells, sku)? else { return Ok(Made::Skip) };
            number = number.and_then(|number| number.times(factor));
        }
        let number = number.map(|number| self.round.map_or(number, |places| number.rounded(places)));
        let milli = number.and_then(Decimal::milli);
        milli.map(Made::Value).ok_or_else(|| {
            let why = match self.round {
                Some(_) => "is larger than 10^12 units",
                None => "has more than 3 decimal places, or is larger than 10^12 units: `round: 3` rounds it",
            };
            Failure::new(Code::BadQuantity, why, None)
        })
    }

    /// The pieces of the row's unit; `None` where a step skips the row.
    fn factor(&self, unit: &TextValue, cells: &[Cell<'_>], sku: &str) -> Result<Option<Decimal>, Box<Failure>> {
        let text = match unit.make(cells)? {
            Made::Value(text) => text,
            Made::Absent(_) => "".into(),
            Made::Skip => return Ok(None),
        };
        let name = nfc(&text);
        let factor = self.units.find(&name).or_else(|| self.units_by_sku.find(&name)?.find(nfc(sku).as_ref()));
        factor.copied().map(Some).ok_or_else(|| {
            let why = match self.units_by_sku.find(&name) {
                Some(_) => format!("is a unit of which the map does not know the pieces for SKU {}", quoted(sku)),
                None => "is a unit that the map does not know".to_owned(),
            };
            Failure::new(Code::BadUnit, why, unit.column()).of(&text)
        })
    }
}

/// A big-endian number in two's complement of at most 16 bytes.
fn unscaled(text: &str) -> Option<i128> {
    let (mut value, mut length) = (0i128, 0);
    let whole = base64::each_byte(text, |byte| {
        value = if length == 0 { i128::from(byte as i8) } else { value << 8 | i128::from(byte) };
        length += 1;
    });
    (whole && (1..=16).contains(&length)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_debezium() {
        for (text, value) in [
            ("B9A=", Some(2000)),
            ("+iQ=", Some(-1500)),
            ("C7g=", Some(3000)),
            ("AA==", Some(0)),
            ("", None),
            ("2.0", None),
        ] {
            assert_eq!(unscaled(text), value, "{text}");
        }
        assert_eq!(unscaled(&base64::encode(&[0x80; 16])), Some(i128::from_be_bytes([0x80; 16])));
        assert_eq!(unscaled(&base64::encode(&[1; 17])), None);
    }
}
