//! A policy that changes, or inputs that change, are a record in the log: from there on they hold, in every replay at the same place.
//!
//! Days that have passed are learned from under the old ones. Then every position gets its new terms and is looked at; what
//! opens, changes or ends by that is caused by the record.

use crate::alert::entry::Cause;
use crate::detect::{Moment, look, signs};
use crate::policy::Policy;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::days::close_passed_days;
use crate::stock::output::Output;
use crate::stock::position::RowId;
use crate::stock::thresholds;
use crate::values::error::CoreError;
use crate::values::movement::{Kind, Movement};

/// Puts in force what the record `m` refers to: a compiled policy, or the hash of inputs.
pub(super) fn apply(
    book: &mut Book,
    rules: &mut Rules,
    output: &mut Output,
    m: &Movement<'_>,
) -> Result<(), CoreError> {
    let rows = 0..book.rows.len() as RowId;
    for row in rows.clone() {
        book.mark_changed(row);
        close_passed_days(book, rules, output, row, m.clock);
    }
    let reference = m.reference.unwrap_or("");
    match m.kind {
        Kind::Policy => rules.replace(Policy::read(reference)?),
        _ => rules.use_inputs(reference)?,
    }
    let cause = Cause::Record { source: m.source, id: m.id };
    signs::feed::change_rules(book, rules, output, m.clock, cause)?;
    for row in rows {
        let (location, sku) = book.name(row);
        let terms = rules.resolve(location, sku)?;
        book.rows[row as usize].terms = terms;
        book.sample(row, rules);
        thresholds::refresh(book, rules, row);
        let day = close_passed_days(book, rules, output, row, m.clock);
        look(book, rules, output, &Moment { row, now: m.clock, day, cause, record: None, before: None, closed: true });
    }
    Ok(())
}
