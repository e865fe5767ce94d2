//! Far fewer sales than are likely: the shelf may be empty, demand may have dried up, or its level may be another one.
//!
//! Traces of closed days decide ([`crate::stock::traces`]). phantom_stock is the most urgent of the three and inhibits the others
//! while sales are low; a new level explains a drought.

use crate::alert::episode::Change;
use crate::detect::Moment;
use crate::detect::decisions::Decisions;
use crate::detect::signs::{feed, is_off};
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::{self, LevelShift, PhantomStock, SalesDrought};
use crate::stock::position::Row;
use crate::values::calendar::LocalDay;

pub const OF_DEMAND: [AlertType; 3] = [PhantomStock, SalesDrought, LevelShift];

/// phantom_stock, level_shift and sales_drought; what opens does so at the close of a day.
pub fn detect(decisions: &mut Decisions<'_>, moment: &Moment<'_>) {
    phantom_stock(decisions, moment.closed);
    if moment.closed {
        level_shift(decisions);
    }
    if moment.closed || decisions.outlook.position.available() <= 0 {
        sales_drought(decisions);
    }
}

fn phantom_stock(decisions: &mut Decisions<'_>, closed: bool) {
    let (position, signs) = (&decisions.outlook.position, &decisions.outlook.terms.signs);
    let may_open = closed && position.traces.idle() <= signs.slow_days;
    let may_hold = may_open || decisions.is_active(PhantomStock);
    let unsold = position.available() > 0 && position.today <= 0;
    let inhibited = !decisions.is_active(PhantomStock) && is_heard_nothing(decisions);
    let holds = may_hold && unsold && !inhibited && position.traces.odds() >= signs.phantom_odds;
    decisions.judge(PhantomStock, holds, ["no_sale_against_odds", "sold_counted_or_gone"]);
    if decisions.is_open(PhantomStock) {
        let superseded = decisions.end(SalesDrought, Change::Superseded, "superseded_by_phantom_stock");
        decisions.name_superseded(PhantomStock, superseded);
    }
}

fn level_shift(decisions: &mut Decisions<'_>) {
    let traces = decisions.outlook.position.traces;
    let down = traces.shift() < 0.0;
    let inhibited = down && decisions.is_open(PhantomStock) && !decisions.is_active(LevelShift);
    decisions.judge(LevelShift, traces.is_shifted() && !inhibited, ["weekly_sales_shifted", "level_is_usual_again"]);
    if down && decisions.is_open(LevelShift) {
        let superseded = decisions.end(SalesDrought, Change::Superseded, "superseded_by_level_shift");
        decisions.name_superseded(LevelShift, superseded);
    }
}

fn sales_drought(decisions: &mut Decisions<'_>) {
    let (position, terms) = (&decisions.outlook.position, decisions.outlook.terms);
    let active = decisions.is_active(SalesDrought);
    let line = terms.signs.drought_line * if active { terms.exit_ratio } else { 1.0 };
    let shifted_down = decisions.is_open(LevelShift) && position.traces.shift() < 0.0;
    let too_old = position.traces.idle() > terms.signs.slow_days;
    let inhibited =
        !active && (shifted_down || too_old || decisions.is_open(PhantomStock) || is_heard_nothing(decisions));
    let holds = position.available() > 0 && position.traces.score() >= line && !inhibited;
    decisions.judge(SalesDrought, holds, ["sales_far_below_expected", "sales_as_expected_or_gone"]);
}

/// Whether the feed of the position is silent, so that what it does not sell says nothing.
fn is_heard_nothing(decisions: &Decisions<'_>) -> bool {
    feed::is_silent(decisions.book, decisions.outlook.row, decisions.outlook.now)
}

/// Whether one of the three may open with a day that has closed.
pub fn may_open(position: &Row, terms: &Terms) -> bool {
    let (traces, signs) = (&position.traces, &terms.signs);
    signs.of_demand
        && (traces.is_shifted()
            || (traces.quiet() > 0.0
                && position.available() > 0
                && (traces.score() >= signs.drought_line || traces.odds() >= signs.phantom_odds)))
}

/// Days, today included, after which one of the three may change although nothing is sold; of a day with sales the end is due
/// anyway. What is `active`, a shift that may open, and where the feed is silent what holds, wait from midnight to midnight.
pub fn days_left(
    position: &Row,
    terms: &Terms,
    day: &LocalDay,
    active: bool,
    is_silent: impl Fn() -> bool,
) -> Option<u16> {
    let (traces, signs) = (&position.traces, &terms.signs);
    if !signs.of_demand {
        return None;
    }
    if active || traces.is_shifted() && !is_off(terms, LevelShift) || may_open(position, terms) && is_silent() {
        return Some(1);
    }
    let shift = if is_off(terms, LevelShift) { None } else { weeks_end(position, terms, day) };
    if position.available() <= 0 {
        return shift;
    }
    let by = |kind, days: &dyn Fn() -> Option<u16>| if is_off(terms, kind) { None } else { days() };
    let odds = by(PhantomStock, &|| traces.days_to_odds(signs.phantom_odds, signs.slow_days));
    let score = by(SalesDrought, &|| traces.days_to_score(signs.drought_line, signs.slow_days));
    [odds, score, shift].into_iter().flatten().min()
}

/// Days until the end of the week in which the CUSUM may pass its line; `None` while demand is not known well enough.
fn weeks_end(position: &Row, terms: &Terms, day: &LocalDay) -> Option<u16> {
    let (demand, traces, line) = (&position.demand, &position.traces, terms.signs.shift_line);
    let of_week = day.number.rem_euclid(7) as u16;
    if demand.sold_this_week() && traces.may_rise(line) {
        return Some(7 - of_week);
    }
    let is_known = demand.is_known() && (traces.usual() > 0.0 || demand.learned_days(&terms.prior) >= 1.0);
    if !is_known || position.available() <= 0 {
        return None;
    }
    let weeks = traces.weeks_to_shift(demand.most_slow_level(), terms.most_day.max(1.0), line)?;
    Some(7 * weeks - of_week)
}
