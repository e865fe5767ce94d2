//! Signs: what gives away a fault that the record of stock does not show. The policy says which are looked for (`look_for`).
//!
//! A sign is judged at moments that do not hang on what else wakes the position: at each of its records, at the end of a day on
//! which it sold, and at the times that [`next_due`] gives.

pub mod cover;
pub mod expiring;
pub mod feed;
pub mod hole;
pub mod idle;
pub mod mismatch;
pub mod quiet;
pub mod slip;
pub mod variance;

use crate::detect::Moment;
use crate::detect::decisions::Decisions;
use crate::policy::Terms;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::position::{NO_TIMER, flag};
use crate::values::calendar::{Calendar, LocalDay};
use crate::values::instant::Millis;
use crate::values::movement::Kind;

/// Runs the detectors of signs, where `exempt` says whether the position gets no reorder alert.
pub fn detect(decisions: &mut Decisions<'_>, moment: &Moment<'_>, exempt: bool) {
    let (row, terms) = (decisions.outlook.row, decisions.outlook.terms);
    if terms.signs.none {
        return end_all(decisions);
    }
    let is_known = decisions.book.lifecycles(row).iter().any(|known| known.kind.is_sign());
    let may_slip = !is_off(terms, AlertType::SlippingSupply) && !decisions.book.supplies(row).is_empty();
    if !is_known && !may_slip && !has_a_sign(decisions.book, terms, decisions.outlook.calendar, moment) {
        return; // each condition is false, and a condition that never held changes nothing
    }
    slip::detect(decisions, exempt);
    mismatch::detect(decisions);
    variance::detect(decisions);
    hole::detect(decisions);
    cover::detect(decisions, moment);
    idle::detect(decisions);
    expiring::detect(decisions, moment);
    quiet::detect(decisions, moment);
}

/// A policy that looks for no sign has replaced one that did.
fn end_all(decisions: &mut Decisions<'_>) {
    let row = decisions.outlook.row;
    let open: Vec<AlertType> =
        decisions.book.lifecycles(row).iter().map(|known| known.kind).filter(|kind| kind.is_sign()).collect();
    for kind in open {
        decisions.step(kind, 0, ["not_looked_for"; 2]);
    }
}

/// Whether a sign may have something to say of a position that no other detector has to look at. On the path of every movement.
#[inline]
pub fn may_speak(book: &Book, rules: &Rules, moment: &Moment<'_>) -> bool {
    let number = book.rows[moment.row as usize].terms;
    let terms = rules.terms(number);
    !terms.signs.none && has_a_sign(book, terms, rules.calendar(number), moment)
}

#[inline(never)]
fn has_a_sign(book: &Book, terms: &Terms, calendar: &Calendar, moment: &Moment<'_>) -> bool {
    let position = &book.rows[moment.row as usize];
    let by_stock = book.extras(moment.row).is_some_and(|extras| {
        extras.supplies.are_doubtful()
            || extras
                .alerts
                .as_ref()
                .is_some_and(|alerts| alerts.holes.is_some() || variance::may_be(alerts, terms, moment.now))
    });
    by_stock
        || (moment.closed && quiet::may_open(position, terms))
        || idle::may_be(position, terms)
        || (cover::is_judged(position, moment) && cover::may_be(position, terms))
        || (position.has(flag::LOTS) && expiring::may_be(book, terms, calendar, moment))
}

/// When a sign of a position is to be judged although nothing happens; [`NO_TIMER`] if none is.
#[inline]
pub fn next_due(book: &Book, rules: &Rules, moment: &Moment<'_>) -> Millis {
    let position = &book.rows[moment.row as usize];
    let nothing = rules.terms(position.terms).signs.none
        || (position.today > 0 && !position.has(flag::LOTS) && book.extras(moment.row).is_none());
    if nothing { NO_TIMER } else { next_sign(book, rules, moment) }
}

#[inline(never)]
fn next_sign(book: &Book, rules: &Rules, moment: &Moment<'_>) -> Millis {
    let (row, now) = (moment.row, moment.now);
    let position = &book.rows[row as usize];
    let (terms, calendar) = (rules.terms(position.terms), rules.calendar(position.terms));
    let mut due = NO_TIMER;
    if let Some(extras) = book.extras(row) {
        if extras.supplies.are_doubtful() {
            due = due.min(mismatch::next_due(book, terms, row, now));
        }
        due = due.min(slip::next_due(book, rules, moment));
        if extras.supplies.are_doubtful() || extras.alerts.is_some() {
            due = due.min(hole::next_due(book, terms, row, now)).min(variance::next_due(book, terms, row, now));
        }
    }
    if position.has(flag::LOTS) {
        due = due.min(expiring::next_due(book, rules, moment));
    }
    // A day of sales has a timer at its end, and what comes in is a record.
    if position.today <= 0 {
        let active =
            book.lifecycles(row).iter().any(|known| quiet::OF_DEMAND.contains(&known.kind) && known.is_active());
        let quiet = quiet::days_left(position, terms, &moment.day, active, || feed::is_silent(book, row, now));
        let days = [idle::days_left(position, terms), quiet].into_iter().flatten().min();
        due = days.map_or(due, |days| calendar.end_of_day(i64::from(moment.day.number) + i64::from(days) - 1).min(due));
    }
    due.max(now + 1)
}

fn is_off(terms: &Terms, kind: AlertType) -> bool {
    terms.off[kind as usize]
}

/// Whether the cause is a record that is no sale: one of the position, or one that changes the rules.
fn is_by_other_than_sale(moment: &Moment<'_>) -> bool {
    moment.record.map_or(moment.is_by_record(), |record| record.kind != Kind::Sale)
}

/// Whether time looks at the position at the end of a day on which it sold.
fn ends_day_of_sales(idle_days: u16, moment: &Moment<'_>) -> bool {
    let LocalDay { start, .. } = moment.day;
    moment.record.is_none() && moment.now == start && idle_days == 0
}
