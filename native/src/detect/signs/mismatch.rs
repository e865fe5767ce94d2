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
    mismatches(book, terms, row, now).filter(move |supply| supply.settles_at(terms.signs.mismatch_after_ms) <= now)
}

fn mismatches<'a>(book: &'a Book, terms: &Terms, row: RowId, now: Millis) -> impl Iterator<Item = &'a Supply> {
    let oldest = now - terms.ref_memory_ms;
    let doubtful = book.extras(row).into_iter().flat_map(move |extras| extras.supplies.doubtful(oldest));
    doubtful.filter(|supply| supply.mismatch().is_some())
}

pub fn detect(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    let any = found(decisions.book, outlook.terms, outlook.row, outlook.now).next().is_some();
    decisions.judge(TransferMismatch, any, ["received_is_not_shipped", "received_is_shipped"]);
}

/// When the next ref should agree, or is forgotten.
pub fn next_due(book: &Book, terms: &Terms, row: RowId, now: Millis) -> Millis {
    if is_off(terms, TransferMismatch) {
        return NO_TIMER;
    }
    let due = mismatches(book, terms, row, now).flat_map(|supply| {
        let forgotten = supply.forgotten_at(terms.ref_memory_ms).unwrap_or(NO_TIMER);
        [supply.settles_at(terms.signs.mismatch_after_ms), forgotten]
    });
    due.filter(|due| *due > now).min().unwrap_or(NO_TIMER)
}
