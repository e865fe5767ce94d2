//! A hole in the process: a record without the one that should come before it. It hides mistakes and theft.

use crate::detect::decisions::Decisions;
use crate::detect::signs::is_off;
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::ProcessHole;
use crate::stock::book::Book;
use crate::stock::position::{NO_TIMER, RowId, flag};
use crate::stock::supply::Supply;
use crate::values::instant::Millis;

/// Refs of a position that is ordered for which still have no order, some time after their last record; with the time from which they count.
pub fn unordered<'a>(
    book: &'a Book,
    terms: &'a Terms,
    row: RowId,
    now: Millis,
) -> impl Iterator<Item = (&'a Supply, Millis)> {
    let oldest = now - terms.ref_memory_ms;
    let doubtful = book.extras(row).into_iter().flat_map(move |extras| extras.supplies.doubtful(oldest));
    let ordered_for = book.rows[row as usize].has(flag::ORDERED);
    doubtful.filter_map(move |supply| {
        let (kind, last) = supply.unordered()?;
        let is_told = ordered_for && terms.signs.holes[kind as usize];
        is_told.then_some((supply, last + terms.signs.hole_after_ms))
    })
}

pub fn detect(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    let (terms, now, row) = (outlook.terms, outlook.now, outlook.row);
    let recent = |at: Millis| (0..terms.signs.hole_hold_ms).contains(&(now - at));
    let holes = decisions.book.alerts(row).and_then(|alerts| alerts.holes);
    let by_record = holes.is_some_and(|holes| recent(holes.at));
    let any = by_record || unordered(decisions.book, terms, row, now).any(|(_, at)| recent(at));
    decisions.judge(ProcessHole, any, ["record_without_another", "hole_hold_passed"]);
    if holes.is_some() && !by_record {
        decisions.book.extras_mut(row).alerts_mut().holes = None;
    }
}

/// When a ref begins to count, or a hole ends to.
pub fn next_due(book: &Book, terms: &Terms, row: RowId, now: Millis) -> Millis {
    if is_off(terms, ProcessHole) {
        return NO_TIMER;
    }
    let refs = unordered(book, terms, row, now).map(|(_, at)| at);
    let records = book.alerts(row).and_then(|alerts| alerts.holes).map(|holes| holes.at);
    let times = refs.chain(records).flat_map(|at| [at, at + terms.signs.hole_hold_ms]);
    let forgotten = unordered(book, terms, row, now).filter_map(|(supply, _)| supply.forgotten_at(terms.ref_memory_ms));
    times.chain(forgotten).filter(|at| *at > now).min().unwrap_or(NO_TIMER)
}
