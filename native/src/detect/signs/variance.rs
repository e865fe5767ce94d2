//! A count that is far from the record: stock goes astray, or records do.

use crate::detect::decisions::Decisions;
use crate::detect::signs::is_off;
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::CountVariance;
use crate::stock::book::Book;
use crate::stock::position::{NO_TIMER, RowId};
use crate::values::instant::Millis;

pub fn detect(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    let variance = decisions.book.alerts(outlook.row).and_then(|alerts| alerts.variance);
    let signs = &outlook.terms.signs;
    let told = |at: Millis| at + signs.variance_after_ms;
    let recent = variance.is_some_and(|v| (0..signs.variance_hold_ms).contains(&(outlook.now - told(v.at))));
    let over = variance.is_some_and(|v| outlook.now >= told(v.at) + signs.variance_hold_ms);
    let reasons = ["count_far_from_record", "count_agrees_or_hold_passed"];
    decisions.judge(CountVariance, recent, reasons);
    if over {
        decisions.book.extras_mut(outlook.row).alerts_mut().variance = None;
    }
}

/// When a count is told, and when it is old enough to say nothing more.
pub fn next_due(book: &Book, terms: &Terms, row: RowId, now: Millis) -> Millis {
    let variance = book.alerts(row).and_then(|alerts| alerts.variance).filter(|_| !is_off(terms, CountVariance));
    let told = variance.map(|variance| variance.at + terms.signs.variance_after_ms);
    let times = told.into_iter().flat_map(|at| [at, at + terms.signs.variance_hold_ms]);
    times.filter(|at| *at > now).min().unwrap_or(NO_TIMER)
}
