//! Detectors look at a position that a record or the time has touched, and say what its alerts become.
//!
//! ```text
//! Moment ─▶ look ─▶ needs_look? ─▶ Outlook ─▶ detectors ─▶ Decisions ─▶ evidence ─▶ ledger
//!                        └──────────── no ──────────┴────────────────────▶ the position's next timer
//! ```

pub mod calibration;
pub mod decisions;
pub mod detail;
pub mod detectors;
pub mod due;
pub mod evidence;
pub mod hours;
pub mod outlook;
pub mod revision;
pub mod schedule;
pub mod signs;

use crate::alert::entry::Cause;
use crate::alert::episode::Lifecycle;
use crate::detect::revision::NumbersBefore;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::output::Output;
use crate::stock::position::RowId;
use crate::stock::thresholds;
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;
use crate::values::movement::Movement;

/// Why and when a position is looked at; `day` is its open local day.
pub struct Moment<'a> {
    pub row: RowId,
    pub now: Millis,
    pub day: LocalDay,
    pub cause: Cause<'a>,
    /// The record, if it is one of this position.
    pub record: Option<&'a Movement<'a>>,
    pub before: Option<NumbersBefore>,
    /// Whether a timer has just closed a local day of the position, or the rules changed: then what closed days say is judged.
    /// A record that closes days does not count: it comes at any time, and timers are due when there is something to say.
    pub closed: bool,
}

impl Moment<'_> {
    /// Whether a record is the cause, of this position or of all.
    pub fn is_by_record(&self) -> bool {
        matches!(self.cause, Cause::Record { .. })
    }
}

/// Looks at a position if a detector may have something to say, and sets its next timer.
#[inline(always)]
pub fn look(book: &mut Book, rules: &Rules, output: &mut Output, moment: &Moment<'_>) {
    if needs_look(book, rules, moment.row) || signs::may_speak(book, rules, moment) {
        look_closely(book, rules, output, moment);
    } else {
        schedule::close_at_day_end(book, rules, moment);
    }
}

#[inline(never)]
fn look_closely(book: &mut Book, rules: &Rules, output: &mut Output, moment: &Moment<'_>) {
    let next_hour = detectors::detect(book, rules, output, moment);
    schedule::schedule(book, rules, moment, next_hour);
}

/// Whether a detector may have something to say. This is on the path of every movement, and mostly false.
///
/// It may skip the first six detectors because each of them would find its condition false, and a condition that is false changes
/// nothing where no [`crate::alert::episode::Lifecycle`] exists:
///
/// - negative_stock, out_of_stock: `safe_today` is at least one, so something is available and on hand is positive;
/// - projected_stockout, below_reorder_point: with `safe_today` available both are quiet until the day ends ([`thresholds::refresh`]);
/// - overdue_supply: the position does not have open supply;
/// - sales_spike: the day's demand is not at two deviations above its mean ([`thresholds::may_be_spike`]).
///
/// A lifecycle that is watched or a supply of any kind makes the answer true. What else a sign may say is in [`signs::may_speak`].
#[inline]
fn needs_look(book: &Book, rules: &Rules, row: RowId) -> bool {
    let position = &book.rows[row as usize];
    !position.is_safe(position.safe_today)
        || thresholds::may_be_spike(position, rules.terms(position.terms))
        || book.extras(row).is_some_and(|extras| {
            extras.alerts.as_ref().is_some_and(|alerts| alerts.lifecycles.iter().any(Lifecycle::is_watched))
                || !extras.supplies.as_slice().is_empty()
        })
}
