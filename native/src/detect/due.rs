//! What is due of a position by time: its timers fire and the marks that were passed publish it, in the order of their times.
//!
//! All this is done before a record changes the position, and for the others in pieces between blocks. Each step sees only its own
//! position, as it was at the time of the step, so when it is done cannot show.

use crate::alert::entry::Cause;
use crate::detect::{Moment, calibration, look};
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::days::{close_passed_days, fold_promises};
use crate::stock::output::Output;
use crate::stock::position::{NO_TIMER, RowId, flag};
use crate::values::instant::{Millis, next_minute};

/// Whether anything of a position is due at or before `clock`.
#[inline]
pub fn is_due(book: &Book, output: &Output, row: RowId, clock: Millis) -> bool {
    let position = &book.rows[row as usize];
    position.next_due <= clock || output.owes(position)
}

/// Does all of a position that is due at or before `clock`: a time up to which marks were passed.
///
/// This is on the path of every movement; mostly it is two comparisons.
#[inline]
pub fn catch_up(book: &mut Book, rules: &Rules, output: &mut Output, row: RowId, clock: Millis) {
    if is_due(book, output, row, clock) {
        step_up(book, rules, output, row, clock);
    }
}

#[inline(never)]
fn step_up(book: &mut Book, rules: &Rules, output: &mut Output, row: RowId, clock: Millis) {
    let mut mark = output.mark_of(&book.rows[row as usize]).unwrap_or(NO_TIMER);
    loop {
        let position = &book.rows[row as usize];
        let (due, was_dirty) = (position.next_due, position.has(flag::DIRTY));
        let published = if was_dirty { mark } else { NO_TIMER };
        if published.min(due) > clock {
            return;
        }
        if published <= due {
            output.publish(book, rules, row);
            continue;
        }
        fire(book, rules, output, row);
        if !was_dirty && book.rows[row as usize].has(flag::DIRTY) {
            // Marks are passed in time, minutes for positions with an open alert, so one up to `clock` was.
            mark = rules.next_mark(due);
            if book.has_open_alert(row) {
                mark = mark.min(next_minute(due));
            }
        }
    }
}

/// Fires the timer of a position that is set. It is fired before anything else changes the position, so it sees the state as it was
/// when it was due.
fn fire(book: &mut Book, rules: &Rules, output: &mut Output, row: RowId) {
    let now = book.rows[row as usize].next_due;
    book.mark_changed(row);
    book.rows[row as usize].next_due = NO_TIMER;
    let open = book.rows[row as usize].day;
    let day = close_passed_days(book, rules, output, row, now);
    fold_promises(book, rules, output, row, now, &day);
    if now == day.start {
        calibration::note(book, rules, output, row, &day);
    }
    let closed = day.number > open;
    look(book, rules, output, &Moment { row, now, day, cause: Cause::Timer, record: None, before: None, closed });
}
