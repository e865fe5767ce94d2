//! A position's day closes before anything of the next happens: what was sold in stock is learned, what was sold is published.
//!
//! Nothing closes a day at midnight by itself. A position that sold has a timer at the end of its day; the others stay on an
//! older day until something touches them, and then close all days at once: days on which nothing was sold cost one formula.

use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::output::Output;
use crate::stock::position::{NO_TIMER, RowId, flag};
use crate::stock::promises::Promised;
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
        close_days(book, rules, output, row, &day);
    }
    day
}

fn close_days(book: &mut Book, rules: &Rules, output: &mut Output, row: RowId, day: &LocalDay) {
    if book.rows[row as usize].has(flag::SOLD_TODAY) {
        output.publish_open_day(book, row);
    }
    let time = book.take_stock_time(row);
    let position = &mut book.rows[row as usize];
    let terms = rules.terms(position.terms);
    let (mut exposure, mut share) = (f64::from(time.exposure), f64::from(time.share));
    if position.has(flag::IN_STOCK) {
        let since = f64::from(time.stocked_since);
        exposure += terms.profile.between(position.day, since, 1.0);
        share += 1.0 - since;
    }
    let learned = (quantity::units(position.today) - f64::from(time.unlearned)).max(0.0);
    position.demand.close_day(learned, exposure, share, terms.discount);
    if position.has(flag::IN_STOCK) {
        position.demand.close_idle(position.day + 1, day.number - position.day - 1, terms);
    }
    (position.day, position.today) = (day.number, 0);
    position.set(flag::SOLD_TODAY, false);
    thresholds::refresh(position, terms);
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
    let (terms, open_day) = (rules.terms(position.terms), position.day);
    let (time, share) = (book.stock_time_mut(row), day.share(now));
    if in_stock {
        time.stocked_since = share as f32;
    } else {
        let since = f64::from(time.stocked_since);
        time.exposure += terms.profile.between(open_day, since, share) as f32;
        time.share += (share - since) as f32;
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
        output.mark_dirty(book, row);
        note_stock(book, rules, row, now, day);
    }
}

/// When a fold will next change what is available; [`NO_TIMER`] if no fold will.
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
        let row = book.add(names, terms, rules.terms(terms), &day);
        book.rows[0].on_hand = 4000;
        note_stock(&mut book, &rules, row, 6 * HOUR, &day);
        (book.rows[0].on_hand, book.rows[0].today) = (0, 4000);
        book.rows[0].set(flag::SOLD_TODAY, true);
        note_stock(&mut book, &rules, row, 18 * HOUR, &day);
        let time = book.stock_time(row);
        assert_eq!((time.share, time.exposure, time.stocked_since), (0.5, 0.5, 0.25));
        let today = close_passed_days(&mut book, &rules, &mut output, row, DAY + HOUR);
        let position = &book.rows[0];
        assert_eq!((position.day, position.today, today.number), (1, 0, 1));
        assert_eq!(output.take().demand.iter().map(|day| day.demand).collect::<Vec<_>>(), [4000]);
        let prior = rules.terms(terms).prior_days * libm::pow(rules.terms(terms).discount, 0.5);
        assert!((position.demand.rate() - 4.0 / (prior + 0.5)).abs() < 1e-6, "{}", position.demand.rate());
    }
}
