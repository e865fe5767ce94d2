//! Supply that slips: it comes later than first promised, and that alone makes a stockout likely.

use crate::alert::episode::{Change, graded};
use crate::demand::projection::{Arrival, Projection, arrival_days};
use crate::detect::decisions::Decisions;
use crate::detect::outlook::Outlook;
use crate::detect::signs::is_off;
use crate::detect::{Moment, hours};
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::{OverdueSupply, SlippingSupply};
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::position::NO_TIMER;
use crate::stock::supply::Supply;
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

/// An alert opens while the chance as promised is below this share of the chance as it stands, and holds below that one.
const OPENS: f64 = 0.5;
const HOLDS: f64 = 0.75;

/// When a supply was first promised, if it is open, not overdue yet, and later than that: re-dated, or past its due.
pub fn promised(supply: &Supply, terms: &Terms, now: Millis) -> Option<Millis> {
    let late = (1..now).contains(&supply.due);
    let overdue = supply.overdue_at(terms) <= now;
    supply.slipped_from().or_else(|| late.then_some(supply.due)).filter(|_| !overdue)
}

/// The chance of a stockout if each supply that slips came when it was first promised; `None` where none slips.
pub fn p_as_promised(book: &Book, outlook: &Outlook<'_>) -> Option<f64> {
    let supplies = book.supplies(outlook.row);
    let promised = |supply| promised(supply, outlook.terms, outlook.now);
    if !supplies.iter().any(|supply| promised(supply).is_some()) {
        return None;
    }
    let (mut come, mut arrivals): (Milli, Vec<Arrival>) = (0, Vec::new());
    for (supply, arrival) in supplies.iter().zip(&outlook.arrivals) {
        let due_in = promised(supply).map(|due| outlook.calendar.number(due) - outlook.day.number);
        match due_in {
            None => arrivals.push(arrival.clone()),
            Some(due_in) if due_in < 0 => come = quantity::add(come, supply.remaining),
            Some(due_in) => {
                let on = arrival_days(due_in, &outlook.terms.lateness, outlook.terms.horizon);
                arrivals.push(Arrival { remaining: supply.remaining, on });
            }
        }
    }
    arrivals.extend(outlook.expected_order.iter().map(|order| order.arrival.clone()));
    let available = quantity::add(outlook.position.available(), come);
    Some(Projection::new(&outlook.forecast, &arrivals).p_stockout(available))
}

/// When a supply begins to slip, the end of a day on which one slips, and while the alert is open each full hour.
pub fn next_due(book: &Book, rules: &Rules, moment: &Moment<'_>) -> Millis {
    let terms = rules.terms(book.rows[moment.row as usize].terms);
    if is_off(terms, SlippingSupply) {
        return NO_TIMER;
    }
    if book.open_alert(moment.row, SlippingSupply).is_some() {
        return hours::next_hour(&moment.day, moment.now);
    }
    let waiting = book.supplies(moment.row).iter().filter(|supply| supply.overdue_at(terms) > moment.now);
    let due = waiting.map(|supply| match promised(supply, terms, moment.now) {
        Some(_) => moment.day.end,
        None => supply.due + 1,
    });
    due.filter(|due| *due > moment.now).min().unwrap_or(NO_TIMER)
}

/// slipping_supply, as severe as the chance of a stockout. overdue_supply takes over when the grace has passed.
pub fn detect(decisions: &mut Decisions<'_>, exempt: bool) {
    let outlook = decisions.outlook;
    if decisions.is_open(OverdueSupply) && !is_off(outlook.terms, OverdueSupply) {
        let superseded = decisions.end(SlippingSupply, Change::Superseded, "superseded_by_overdue_supply");
        return decisions.name_superseded(OverdueSupply, superseded);
    }
    let open = decisions.open_level(SlippingSupply);
    let watched = !exempt && !is_off(outlook.terms, SlippingSupply) && outlook.position.is_foretold();
    let as_promised = if watched { p_as_promised(decisions.book, outlook) } else { None };
    let p = as_promised.map_or(0.0, |_| outlook.p_stockout());
    let line = if open > 0 { HOLDS * p } else { outlook.terms.lines[0].min(OPENS * p) };
    let made_by_it = as_promised.is_some_and(|chance| chance < line);
    let level = if made_by_it { graded(p, open, outlook.terms) } else { 0 };
    let first = decisions.list.len();
    decisions.step(SlippingSupply, level, ["supply_slips_and_p_over_line", "supply_came_or_p_under_exit_line"]);
    decisions.list[first..].iter_mut().for_each(|decision| decision.p = as_promised.map(|_| p));
}
