//! Conditions of `skip` and `when`: which rows a rule takes.

use std::cmp::Ordering;

use crate::map::cell::Cell;
use crate::map::lookup::{Lookup, nfc};
use crate::map::template::trim;
use crate::values::decimal::{Decimal, Marks};

/// Whether a row is taken.
#[derive(Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// The text of the cell, without spaces around it, is one of these. False where nothing is.
    In(usize, Lookup<()>),
    /// It is none of these. True where nothing is.
    NotIn(usize, Lookup<()>),
    /// The cell is a number that compares so. False for other texts.
    Compare(usize, Marks, Comparison, Decimal),
    Present(usize, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Greater => order == Ordering::Greater,
            Comparison::GreaterOrEqual => order != Ordering::Less,
            Comparison::Less => order == Ordering::Less,
            Comparison::LessOrEqual => order != Ordering::Greater,
        }
    }
}

impl Condition {
    pub fn holds(&self, cells: &[Cell<'_>]) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(|part| part.holds(cells)),
            Condition::Any(parts) => parts.iter().any(|part| part.holds(cells)),
            Condition::In(at, texts) => is_one_of(&cells[*at], texts),
            Condition::NotIn(at, texts) => !is_one_of(&cells[*at], texts),
            Condition::Compare(at, marks, comparison, bound) => {
                number(&cells[*at], *marks).is_some_and(|number| comparison.holds(number.compare(*bound)))
            }
            Condition::Present(at, present) => cells[*at].is_absent() != *present,
        }
    }

    /// Hands each column that is asked for to `take`.
    pub fn each_column(&self, take: &mut impl FnMut(usize)) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| part.each_column(take)),
            Condition::In(at, _) | Condition::NotIn(at, _) | Condition::Present(at, _) => take(*at),
            Condition::Compare(at, ..) => take(*at),
        }
    }
}

fn is_one_of(cell: &Cell<'_>, texts: &Lookup<()>) -> bool {
    cell.text().is_some_and(|text| texts.find(nfc(trim(&text)).as_ref()).is_some())
}

/// The number in a cell; a number of JSON or of a typed column has the marks of its own form.
pub fn number(cell: &Cell<'_>, marks: Marks) -> Option<Decimal> {
    match cell {
        Cell::Text(text) => Decimal::parse_with(text, marks),
        Cell::Number(text) => Decimal::parse(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Lookup<()> {
        Lookup::new(texts.iter().map(|text| ((*text).to_owned(), ())))
    }

    #[test]
    fn what_holds_where_nothing_is() {
        for cell in [Cell::Absent, Cell::Null] {
            let cells = [cell];
            assert!(!Condition::In(0, texts(&["done", ""])).holds(&cells));
            assert!(Condition::NotIn(0, texts(&["done"])).holds(&cells));
            let bound = Decimal::parse("0").unwrap();
            assert!(!Condition::Compare(0, Marks::default(), Comparison::LessOrEqual, bound).holds(&cells));
            assert!(Condition::Present(0, false).holds(&cells) && !Condition::Present(0, true).holds(&cells));
        }
        let empty = [Cell::Text(" ".into())];
        assert!(Condition::In(0, texts(&[""])).holds(&empty) && Condition::Present(0, true).holds(&empty));
    }

    #[test]
    fn numbers_compare_by_value_and_texts_after_nfc() {
        let bound = Decimal::parse("1250.5").unwrap();
        let marks = Marks { decimal: ',', thousands: Some('.') };
        for (text, comparison, holds) in [
            ("1.250,5", Comparison::GreaterOrEqual, true),
            ("1.250,50", Comparison::Greater, false),
            ("1.250,4", Comparison::Less, true),
            ("5-", Comparison::Less, true),
            ("many", Comparison::Less, false),
        ] {
            let cells = [Cell::Text(text.into())];
            assert_eq!(Condition::Compare(0, marks, comparison, bound).holds(&cells), holds, "{text}");
        }
        assert!(Condition::In(0, texts(&["Café"])).holds(&[Cell::Text("Cafe\u{301} ".into())]));
        assert!(Condition::In(0, texts(&["7"])).holds(&[Cell::Number("7".into())]));
        assert!(Condition::In(0, texts(&["true"])).holds(&[Cell::Flag(true)]));
    }
}
