//! Detectors look at a position that was touched, by a record or by time, and say which alerts change.
//!
//! They run in the order of [`crate::policy::alert_type::TYPES`]. A detector decides a level (0: its condition is false);
//! [`crate::alert::episode::Lifecycle`] decides what that means for the alert; [`evidence`] writes it down. Those of signs come last ([`signs`]).

use crate::alert::episode::{Change, graded};
use crate::detect::decisions::Decisions;
use crate::detect::outlook::Outlook;
use crate::detect::{Moment, evidence, hours, revision, signs};
use crate::policy::ReorderPoint;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::output::Output;
use crate::stock::position::{RowId, flag};
use crate::stock::{thresholds, turnover};
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;
use crate::values::movement::{Kind, Movement};
use crate::values::quantity::{self, Milli};

/// The alert types that ask for goods: an exempt position gets none of them.
pub const REORDER: [AlertType; 3] = [AlertType::OutOfStock, AlertType::ProjectedStockout, AlertType::BelowReorderPoint];

/// Runs the detectors; what changes becomes entries of the ledger, and the position is published with them. Gives the hour of the
/// day at which time alone will change an alert; [`NO_TIMER`] if it will not.
pub fn detect(book: &mut Book, rules: &Rules, output: &mut Output, moment: &Moment<'_>) -> Millis {
    let row = moment.row;
    let outlook = Outlook::of(book, rules, row, moment.now, &moment.day);
    let exempt = exemption(book, rules, row, moment.now, &moment.day);
    let mut decisions = Decisions::new(book, &outlook);
    negative_stock(&mut decisions);
    if let Some(reason) = exempt {
        for kind in REORDER {
            decisions.end(kind, Change::Expired, reason);
            decisions.stop_waiting(kind);
        }
    } else {
        stockout(&mut decisions);
        reorder_point(&mut decisions);
    }
    overdue_supply(&mut decisions);
    sales_spike(&mut decisions, moment.record);
    signs::detect(&mut decisions, moment, exempt.is_some());
    if let (Some(before), Some(record)) = (&moment.before, moment.record) {
        revision::revise(&mut decisions, before, record);
    }
    let list = decisions.list;
    let next_hour = hours::next_change(book, &outlook);
    if list.is_empty() {
        return next_hour;
    }
    for decision in &list {
        let entry = evidence::entry(book, rules, &outlook, moment.cause, decision);
        output.tables.ledger.push(entry);
    }
    if moment.record.is_none() {
        book.extras_mut(row).changed_by_time();
    }
    output.publish(book, rules, row);
    next_hour
}

/// Why a position gets no reorder alert, if it gets none: it sells little, or nobody plans it.
pub fn exemption(book: &Book, rules: &Rules, row: RowId, now: Millis, day: &LocalDay) -> Option<&'static str> {
    let position = &book.rows[row as usize];
    let terms = rules.terms(position.terms);
    if turnover::is_low(book, terms, row, day) {
        return Some("low_turnover");
    }
    position.is_silent(terms, rules, now).then_some("unplanned")
}

/// Below zero, where anything ever said what is there.
fn negative_stock(decisions: &mut Decisions<'_>) {
    let position = &decisions.outlook.position;
    let negative = position.on_hand < 0 && position.has(flag::STATED);
    decisions.judge(AlertType::NegativeStock, negative, ["on_hand_below_zero", "on_hand_not_below_zero"]);
}

/// out_of_stock, and projected_stockout while something is still available.
fn stockout(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    let available = outlook.position.available();
    let empty = available <= 0 && (decisions.is_open(AlertType::OutOfStock) || outlook.forecast.is_any());
    decisions.judge(AlertType::OutOfStock, empty, ["available_at_or_below_zero", "available_again"]);
    if decisions.is_open(AlertType::OutOfStock) {
        let superseded = decisions.end(AlertType::ProjectedStockout, Change::Superseded, "superseded_by_out_of_stock");
        return decisions.name_superseded(AlertType::OutOfStock, superseded);
    }
    if empty && !outlook.terms.off[AlertType::OutOfStock as usize] {
        return; // out_of_stock holds for its dwell: the projection waits with it
    }
    let open = decisions.open_level(AlertType::ProjectedStockout);
    let position = &outlook.position;
    let quiet = !position.is_foretold() || (position.is_safe(position.safe_today) && open == 0);
    let p = if quiet { 0.0 } else { outlook.projection().p_stockout(available) };
    let first = decisions.list.len();
    let reasons = ["p_stockout_over_line", "p_stockout_under_exit_line"];
    decisions.step(AlertType::ProjectedStockout, graded(p, open, outlook.terms), reasons);
    decisions.list[first..].iter_mut().for_each(|decision| decision.p = Some(p));
}

fn reorder_point(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    if outlook.terms.reorder_point == ReorderPoint::Off {
        return;
    }
    if decisions.is_open(AlertType::ProjectedStockout) {
        let reason = "superseded_by_projected_stockout";
        let superseded = decisions.end(AlertType::BelowReorderPoint, Change::Superseded, reason);
        return decisions.name_superseded(AlertType::ProjectedStockout, superseded);
    }
    let least = outlook.reorder_point().map_or(0, quantity::from_units);
    let below = inventory_position(decisions.book, outlook) < least;
    let reasons = ["inventory_position_below_reorder_point", "inventory_position_at_reorder_point"];
    decisions.judge(AlertType::BelowReorderPoint, below, reasons);
}

/// Available, and the supply that is due within the horizon and not overdue.
pub fn inventory_position(book: &Book, outlook: &Outlook<'_>) -> Milli {
    let last = outlook.day.number + outlook.terms.horizon as i32 - 1;
    let supplies = book.supplies(outlook.row).iter();
    let counts =
        supplies.filter(|s| s.overdue_at(outlook.terms) > outlook.now && outlook.calendar.number(s.due) <= last);
    quantity::add(outlook.position.available(), quantity::sum(counts.map(|s| s.remaining)))
}

fn overdue_supply(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    let overdue = decisions.book.supplies(outlook.row).iter().any(|s| s.overdue_at(outlook.terms) <= outlook.now);
    decisions.judge(AlertType::OverdueSupply, overdue, ["supply_overdue", "supply_received_redated_or_cancelled"]);
}

fn sales_spike(decisions: &mut Decisions<'_>, record: Option<&Movement<'_>>) {
    let (outlook, kind) = (decisions.outlook, AlertType::SalesSpike);
    let position = &outlook.position;
    let sold = record.is_some_and(|m| m.kind == Kind::Sale && outlook.day.contains(m.event_time));
    if sold && thresholds::may_be_spike(position, outlook.terms) && !outlook.terms.off[kind as usize] {
        let tail = outlook.today().at_least((position.today as f64 / 1000.0).ceil());
        if tail < outlook.terms.spike_p {
            decisions.book.extras_mut(outlook.row).alerts_mut().spiked_at = Some(outlook.now);
        }
    }
    let spiked_at = decisions.book.alerts(outlook.row).and_then(|alerts| alerts.spiked_at);
    let recent = spiked_at.is_some_and(|at| outlook.now - at < outlook.terms.spike_hold_ms);
    let reasons = ["demand_of_the_day_beyond_spike_p", "spike_hold_passed"];
    decisions.judge(kind, recent, reasons);
}
