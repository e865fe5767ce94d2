//! A count that is far from the record: stock goes astray, or records do.

use crate::detect::decisions::Decisions;
use crate::detect::signs::is_off;
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::CountVariance;
use crate::stock::book::Book;
use crate::stock::extras::{Alerts, Variance};
use crate::stock::position::{NO_TIMER, RowId};
use crate::values::instant::Millis;

/// When a count is told, and when that is over.
fn told(last: Variance, terms: &Terms) -> (Millis, Millis) {
    let at = last.at + terms.signs.variance_after_ms;
    (at, at + terms.signs.variance_hold_ms)
}

pub fn detect(decisions: &mut Decisions<'_>) {
    let (outlook, active) = (decisions.outlook, decisions.is_active(CountVariance));
    let last = decisions.book.alerts(outlook.row).and_then(|alerts| alerts.variance);
    // A newer count that is far, too, and is not told yet does not end what an earlier one said.
    let holds = last.filter(|last| last.is_far(&outlook.terms.signs)).is_some_and(|last| {
        let (from, until) = told(last, outlook.terms);
        outlook.now < until && (outlook.now >= from || active)
    });
    decisions.judge(CountVariance, holds, ["count_far_from_record", "count_agrees_or_hold_passed"]);
    if !active && last.is_some_and(|last| outlook.now >= told(last, outlook.terms).1) {
        decisions.book.extras_mut(outlook.row).alerts_mut().variance = None;
    }
}

/// Whether the last count may have something to say, or nothing more.
pub fn may_be(alerts: &Alerts, terms: &Terms, now: Millis) -> bool {
    alerts.variance.is_some_and(|last| last.is_far(&terms.signs) || now >= told(last, terms).1)
}

/// When a count is told, and when it is old enough to say nothing more.
pub fn next_due(book: &Book, terms: &Terms, row: RowId, now: Millis) -> Millis {
    let last = book.alerts(row).and_then(|alerts| alerts.variance).filter(|last| last.is_far(&terms.signs));
    let times = last.filter(|_| !is_off(terms, CountVariance)).map(|last| told(last, terms));
    let times = times.into_iter().flat_map(|(from, until)| [from, until]);
    times.filter(|at| *at > now).min().unwrap_or(NO_TIMER)
}
