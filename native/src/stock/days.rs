//! A position's day closes before anything of the next happens: what was sold in stock is learned, what was sold is published.
//!
//! Nothing closes a day at midnight by itself. A position that sold has a timer at the end of its day; the others stay on an
//! older day until something touches them, and then close all days at once.

use crate::demand::estimate::Day;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::output::Output;
use crate::stock::position::{NO_TIMER, Row, RowId, flag};
use crate::stock::promises::Promised;
use crate::stock::shelf_life;
use crate::stock::thresholds;
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;
use crate::values::quantity;

/// Brings a position's open day to the local day of `now`, which it gives: closes the days before it and learns from them.
///
/// This is on the path of every movement. Mostly the day is still open: one look at the calendar's last day and one comparison.
#[inline]
pub fn close_passed_days(book: &mut Book, rules: &Rules, output: &mut Output, row: RowId, now: Millis) -> LocalDay {
    let position = &book.rows[row as usize];
    let day = rules.calendar(position.terms).day(now);
    if day.number > position.day {
        close_days(book, rules, output, row, &day, now);
    }
    day
}

fn close_days(book: &mut Book, rules: &Rules, output: &mut Output, row: RowId, day: &LocalDay, now: Millis) {
    if book.rows[row as usize].has(flag::SOLD_TODAY) {
        output.publish_open_day(book, row);
    }
    let time = book.take_stock_time(row);
    learn_ordering(book, rules, row);
    let was_silent = was_silent(book, rules, row, book.rows[row as usize].day, now);
    let position = &mut book.rows[row as usize];
    let terms = rules.terms(position.terms);
    let in_stock = position.has(flag::IN_STOCK);
    let mut exposure = f64::from(time.exposure);
    if in_stock {
        exposure += terms.exposure(position.day, f64::from(time.stocked_since), 1.0);
    }
    let closed = Day {
        number: position.day,
        units: (quantity::units(position.today) - f64::from(time.unlearned)).max(0.0),
        exposure,
        full: terms.day_exposure(position.day),
        sold_out: !in_stock,
        sold: position.today > 0,
        silent: was_silent,
    }
    .learned(&terms.prior);
    let Row { demand, traces, .. } = position;
    traces.close(demand, &closed, in_stock, &terms.prior, &terms.signs);
    for number in position.day + 1..day.number {
        let silent = self::was_silent(book, rules, row, number, now);
        let Row { demand, traces, .. } = &mut book.rows[row as usize];
        let full = if in_stock { terms.day_exposure(number) } else { 0.0 };
        let exposure = if silent { 0.0 } else { full };
        let idle = Day { number, units: 0.0, exposure, full, sold_out: false, sold: false, silent };
        traces.close(demand, &idle, in_stock, &terms.prior, &terms.signs);
        if !in_stock && number > book.rows[row as usize].day + 7 {
            break; // one end of a week has passed: more days without stock change nothing
        }
    }
    let position = &mut book.rows[row as usize];
    (position.day, position.today) = (day.number, 0);
    position.set(flag::SOLD_TODAY, false);
    if book.rows[row as usize].has(flag::LOTS) {
        shelf_life::settle(book, rules, row, day);
    }
    thresholds::refresh(book, rules, row);
}

/// Whether the feed of a position was silent for some of a local day, so that what was sold on it teaches nothing. Only what was
/// decided before the day ended counts: so it does not matter whether the day is closed at once or `now`.
#[inline]
pub fn was_silent(book: &Book, rules: &Rules, row: RowId, number: i32, now: Millis) -> bool {
    if !book.feeds.knows_any() {
        return false;
    }
    let calendar = rules.calendar(book.rows[row as usize].terms);
    let (start, end) = (calendar.end_of_day(i64::from(number) - 1), calendar.end_of_day(number.into()));
    book.was_silent(row, start, end - 1, now)
}

/// The open day ends: it had an order, or it had none.
fn learn_ordering(book: &mut Book, rules: &Rules, row: RowId) {
    let position = &book.rows[row as usize];
    let Some(extras) = book.extras(row) else { return };
    if !position.has(flag::ORDERED) {
        return;
    }
    let mut ordering = position.ordering();
    let calendar = rules.calendar(position.terms);
    ordering.close(position.day, position.available(), extras.supplies.all().iter(), calendar);
    book.rows[row as usize].set_ordering(ordering);
}

/// Notes that a position came into stock, or went out of it.
///
/// This is on the path of every movement. A position that is in stock all day, or out of stock all day, does not need a
/// [`StockTime`], so mostly one flag is compared.
///
/// [`StockTime`]: crate::stock::position::StockTime
#[inline]
pub fn note_stock(book: &mut Book, rules: &Rules, row: RowId, now: Millis, day: &LocalDay) {
    let position = &mut book.rows[row as usize];
    let in_stock = position.available() > 0;
    if in_stock == position.has(flag::IN_STOCK) {
        return;
    }
    position.set(flag::IN_STOCK, in_stock);
    if !in_stock {
        position.traces.begin();
    }
    let (terms, open_day) = (rules.terms(position.terms), position.day);
    let (time, share) = (book.stock_time_mut(row), day.share(now));
    if in_stock {
        time.stocked_since = share as f32;
    } else {
        time.exposure += terms.exposure(open_day, f64::from(time.stocked_since), share) as f32;
    }
}

/// Folds the promises that have left the late window by `now`: what is available may rise by itself with it.
#[inline]
pub fn fold_promises(book: &mut Book, rules: &Rules, output: &mut Output, row: RowId, now: Millis, day: &LocalDay) {
    if book.promised(row).is_none() {
        return;
    }
    let oldest = now - rules.policy.late_window_ms;
    if book.change_promised(row, |promised| promised.fold(oldest)) {
        book.extras_mut(row).changed_by_time();
        output.mark_dirty(book, row, now);
        note_stock(book, rules, row, now, day);
    }
}

/// When a fold will next change what is available; [`NO_TIMER`] if no fold will.
#[inline]
pub fn next_fold(book: &Book, rules: &Rules, row: RowId) -> Millis {
    let change = book.promised(row).and_then(Promised::next_change);
    change.map_or(NO_TIMER, |at| at + rules.policy.late_window_ms + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{self, Catalogue};
    use crate::values::instant::{DAY, HOUR};

    #[test]
    fn only_demand_from_time_in_stock_is_learned() {
        let mut rules = Rules::new(policy::defaults(), Catalogue::new());
        let (mut book, mut output) = (Book::default(), Output::default());
        let terms = rules.resolve("330", "milk").unwrap();
        let day = rules.calendar(terms).day(0);
        let names = book.number("330", "milk");
        let row = book.add(names, terms, &rules, &day);
        book.rows[0].on_hand = 4000;
        note_stock(&mut book, &rules, row, 6 * HOUR, &day);
        (book.rows[0].on_hand, book.rows[0].today) = (0, 4000);
        book.rows[0].set(flag::SOLD_TODAY, true);
        note_stock(&mut book, &rules, row, 18 * HOUR, &day);
        let time = book.stock_time(row);
        assert_eq!((time.exposure, time.stocked_since), (0.5, 0.25));
        let today = close_passed_days(&mut book, &rules, &mut output, row, DAY + HOUR);
        let position = &book.rows[0];
        assert_eq!((position.day, position.today, today.number), (1, 0, 1));
        assert_eq!(output.take().demand.iter().map(|day| day.demand).collect::<Vec<_>>(), [4000]);
        // 4 in half a day, sold out: 8 a day, of which one day and the prior's day without a sale are the mean
        let estimate = position.demand.estimate(&rules.terms(terms).prior);
        assert!((estimate.rate - 4.0).abs() < 1e-6, "{}", estimate.rate);
    }
}
