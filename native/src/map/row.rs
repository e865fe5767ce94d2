//! What one row becomes: movements, a declared skip, or a reject.

use crate::intake::field::Fields;
use crate::intake::reject::Fault;
use crate::map::mapping::Mapping;

/// A movement that a rule of the map made of a row.
#[derive(Clone, Debug, Default)]
pub struct Mapped<'a> {
    /// The number of the rule in `movements`; `None` for a movement that a reader wrote in our own form.
    pub rule: Option<usize>,
    pub fields: Fields<'a>,
}

/// Why a row as a whole cannot be used.
#[derive(Debug)]
pub struct Rejection<'a> {
    pub fault: Fault,
    /// The column at fault, as the map writes it.
    pub column: Option<&'a str>,
    /// The bytes from which a reader could not make a row; without them the row's own bytes are kept.
    pub bytes: Option<Vec<u8>>,
    /// The first movement, as far as it could be made: it may have a time.
    pub fields: Option<&'a Fields<'a>>,
}

impl<'a> Rejection<'a> {
    pub fn new(fault: Fault, column: Option<&'a str>) -> Rejection<'a> {
        Rejection { fault, column, bytes: None, fields: None }
    }
}

/// What one row becomes.
#[derive(Debug)]
pub enum Row<'a> {
    /// The movements of the row, at least one, in the order of the rules.
    Movements(&'a [Mapped<'a>]),
    /// The number of the rule of `skip` that took it; `None`: a step with `else: skip`, or a row in which nothing is.
    Skipped(Option<usize>),
    Rejected(Rejection<'a>),
}

/// Takes each row of a map, with the line that the row itself names (`_line` of a reader).
pub type Take<'t> = &'t mut dyn FnMut(&Mapping, Option<u64>, Row<'_>);
