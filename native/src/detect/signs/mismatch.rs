//! What was shipped under a ref and what was received under it are not the same, although both should be known by now.

use crate::detect::decisions::Decisions;
use crate::detect::signs::is_off;
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::TransferMismatch;
use crate::stock::book::Book;
use crate::stock::position::{NO_TIMER, RowId};
use crate::stock::supply::Supply;
use crate::values::instant::Millis;

/// The refs that should agree by now and do not.
pub fn found<'a>(book: &'a Book, terms: &'a Terms, row: RowId, now: Millis) -> impl Iterator<Item = &'a Supply> {
    mismatches(book, row).filter(move |supply| supply.settles_at(terms.signs.mismatch_after_ms) <= now)
}

fn mismatches(book: &Book, row: RowId) -> impl Iterator<Item = &Supply> {
    let doubtful = book.extras(row).map_or(&[][..], |extras| extras.supplies.doubtful());
    doubtful.iter().filter(|supply| supply.mismatch().is_some())
}

pub fn detect(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    let any = found(decisions.book, outlook.terms, outlook.row, outlook.now).next().is_some();
    let level = if any { outlook.terms.severity[TransferMismatch as usize] } else { 0 };
    decisions.step(TransferMismatch, level, ["received_is_not_shipped", "received_is_shipped"]);
}

/// When the next ref should agree.
pub fn next_due(book: &Book, terms: &Terms, row: RowId, now: Millis) -> Millis {
    if is_off(terms, TransferMismatch) {
        return NO_TIMER;
    }
    let due = mismatches(book, row).map(|supply| supply.settles_at(terms.signs.mismatch_after_ms));
    due.filter(|due| *due > now).min().unwrap_or(NO_TIMER)
}
