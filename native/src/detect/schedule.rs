//! A timer is set for the one moment at which a position's answer may change by itself; most positions do not have one.

use crate::detect::{Moment, signs};
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::policy::{ReorderPoint, Terms};
use crate::stock::book::Book;
use crate::stock::days::next_fold;
use crate::stock::position::{NO_TIMER, Row, RowId, flag};
use crate::stock::turnover;
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;

/// Sets the next timer of a position that has nothing to look at: the end of a day on which it sold, so that the day is
/// published, or a promise whose fold changes what is available.
///
/// An earlier timer stays. On a day without sales nothing else is due where `safe_idle` is available: idle days are closed when
/// the next record comes.
#[inline]
pub(super) fn close_at_day_end(book: &mut Book, rules: &Rules, moment: &Moment<'_>) {
    let position = &book.rows[moment.row as usize];
    let wakes = position.has(flag::SOLD_TODAY)
        || (!is_silent(position, rules, moment)
            && (position.has(flag::SAMPLED) || !position.is_safe(position.safe_idle)));
    let day_end = if wakes { moment.day.end } else { NO_TIMER };
    let due = day_end.min(next_fold(book, rules, moment.row)).min(signs::next_due(book, rules, moment));
    if due < position.next_due {
        book.set_timer(moment.row, due);
    }
}

/// Whether nobody plans the position, so that no midnight has anything to say.
fn is_silent(position: &Row, rules: &Rules, moment: &Moment<'_>) -> bool {
    position.is_silent(rules.terms(position.terms), rules, moment.now)
}

/// Sets the position's next timer: the end of its day if that can change its answer, the hour of the day that does, a hold that
/// ends, an order that becomes overdue, a promise that is folded.
pub(super) fn schedule(book: &mut Book, rules: &Rules, moment: &Moment<'_>, next_hour: Millis) {
    let (row, now, day) = (moment.row, moment.now, &moment.day);
    let position = &book.rows[row as usize];
    let terms = rules.terms(position.terms);
    let spike_ends = book.alerts(row).and_then(|alerts| alerts.spiked_at).map(|at| at + terms.spike_hold_ms);
    let holds = book.lifecycles(row).iter().filter_map(|lifecycle| lifecycle.due(terms));
    let overdue = book.supplies(row).iter().map(|supply| supply.overdue_at(terms));
    let others =
        [next_fold(book, rules, row), next_hour, silence(book, rules, row), signs::next_due(book, rules, moment)];
    let mut next =
        holds.chain(overdue).chain(spike_ends).chain(others).filter(|due| *due > now).min().unwrap_or(NO_TIMER);
    let daily = !is_silent(position, rules, moment);
    let changes = |at: Millis| at > day.end && changes_with_time(book, terms, row, day);
    if position.has(flag::SOLD_TODAY) || (daily && (position.has(flag::SAMPLED) || changes(next))) {
        next = next.min(day.end);
    }
    book.set_timer(row, next);
}

/// When the alerts of a position that nobody plans end: right after the log has shown that somebody plans others.
fn silence(book: &Book, rules: &Rules, row: RowId) -> Millis {
    let position = &book.rows[row as usize];
    let ends = rules.planned_since != NO_TIMER && position.may_be_silent(rules.terms(position.terms));
    if ends && book.has_open_alert(row) { rules.planned_since + 1 } else { NO_TIMER }
}

/// Sets the timers of positions that nobody plans, when it becomes known that somebody plans others.
pub fn silence_unplanned(book: &mut Book, rules: &Rules) {
    for row in 0..book.rows.len() as RowId {
        let due = silence(book, rules, row);
        if due < book.rows[row as usize].next_due {
            book.mark_changed(row);
            book.set_timer(row, due);
        }
    }
}

/// Whether the mere turn of a day can change one of the position's alerts.
fn changes_with_time(book: &Book, terms: &Terms, row: RowId, day: &LocalDay) -> bool {
    let position = &book.rows[row as usize];
    let open = |kind| book.open_alert(row, kind).is_some();
    if open(AlertType::ProjectedStockout) || open(AlertType::BelowReorderPoint) {
        return true;
    }
    if position.available() <= 0 {
        let out = open(AlertType::OutOfStock);
        let may_expire = terms.low_turnover_units > 0 && out;
        let may_open = !out && !terms.off[AlertType::OutOfStock as usize] && position.is_foretold();
        return may_expire
            || may_open
            || (terms.reorder_point != ReorderPoint::Off && !position.is_safe(position.safe_idle));
    }
    let reorder = position.is_foretold() || terms.reorder_point != ReorderPoint::Off;
    !position.is_safe(position.safe_idle) && reorder && !turnover::is_low(book, terms, row, day)
}
