//! Lots that expire before they will be sold: mark them down or move them while they can be sold.

use crate::demand::negbin::NegBin;
use crate::detect::Moment;
use crate::detect::decisions::Decisions;
use crate::detect::outlook::Outlook;
use crate::detect::signs::{is_by_other_than_sale, is_off};
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::Expiring;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::lots::Left;
use crate::stock::position::{NO_TIMER, RowId, flag};
use crate::values::calendar::{Calendar, LocalDay};
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

/// A day of it in stock has closed: without any day nothing is known of what will be sold.
const LEARNED: f64 = 0.001;

/// Expired goods are as grave as can be.
const CRITICAL: u8 = 3;

/// What is left of lots that expire soon.
#[derive(Debug, Default)]
pub struct Soon {
    /// Units that can not be sold any more.
    pub expired: Milli,
    /// The lot with the greatest chance that it is not sold in time, with those before it.
    pub worst: Option<Worst>,
}

/// A lot, all that has to be sold by its expiry, and the chance that it is.
#[derive(Debug)]
pub struct Worst {
    pub expiry: Millis,
    /// Units of this lot and of those that expire before it and can still be sold.
    pub units: Milli,
    /// Whole days on which it can be sold, today included.
    pub days: i32,
    /// Days of normal demand until then.
    pub exposure: f64,
    pub demand: NegBin,
    /// The chance that demand does not reach the units.
    pub p: f64,
    /// The units that are expected to be left.
    pub unsold: f64,
}

impl Soon {
    pub fn of(book: &Book, outlook: &Outlook<'_>) -> Soon {
        let (now, within) = (outlook.now, outlook.terms.signs.expiring_days);
        let (mut soon, mut units) = (Soon::default(), 0);
        let forecast = outlook.forecast_of(within.max(1) as usize);
        let is_known = outlook.position.is_foretold()
            || forecast.given.is_some()
            || outlook.position.demand.learned_days(&outlook.terms.prior) > LEARNED;
        for lot in lots(book, outlook.row).into_iter().filter(|lot| lot.left > 0) {
            if lot.expiry < now {
                soon.expired = quantity::add(soon.expired, lot.left);
                continue;
            }
            let days = days_left(lot.expiry, outlook.calendar, &outlook.day);
            if days > within || !is_known {
                break;
            }
            units = quantity::add(units, lot.left);
            let last = days.checked_sub(1).and_then(|last| usize::try_from(last).ok());
            let exposure = last.map_or(0.0, |last| forecast.exposure[last]);
            let demand = last.map_or(NegBin { mean: 0.0, variance: 0.0 }, |last| forecast.to(last));
            let (p, unsold) = judge(&demand, units);
            if soon.worst.as_ref().is_none_or(|worst| (p, unsold) > (worst.p, worst.unsold)) {
                soon.worst = Some(Worst { expiry: lot.expiry, units, days, exposure, demand, p, unsold });
            }
        }
        soon
    }

    /// Units that are expected not to be sold.
    pub fn unsold(&self) -> f64 {
        quantity::units(self.expired) + self.worst.as_ref().map_or(0.0, |worst| worst.unsold)
    }
}

/// The chance that demand does not reach the units, and what is expected to be left of them.
fn judge(demand: &NegBin, units: Milli) -> (f64, f64) {
    let units = quantity::units(units);
    (1.0 - demand.at_least(units.ceil()), demand.unsold(units))
}

pub fn lots(book: &Book, row: RowId) -> Vec<Left> {
    let position = &book.rows[row as usize];
    if !position.has(flag::LOTS) {
        return Vec::new();
    }
    let lots = book.alerts(row).and_then(|alerts| alerts.lots.as_ref());
    lots.map_or_else(Vec::new, |lots| lots.left(position.on_hand))
}

/// Whole local days on which it can be sold, today included; none on its last day, where it expires before the day ends.
fn days_left(expiry: Millis, calendar: &Calendar, day: &LocalDay) -> i32 {
    calendar.number(expiry + 1) - day.number
}

/// Lots are judged at midnight, right after one has expired, at a record that is no sale, and when the rules change.
fn is_judged(lots: &[Left], moment: &Moment<'_>) -> bool {
    let by_time = moment.record.is_none()
        && (moment.now == moment.day.start || lots.iter().any(|lot| lot.expiry + 1 == moment.now));
    by_time || is_by_other_than_sale(moment)
}

/// Of a position with lots.
pub fn may_be(book: &Book, terms: &Terms, calendar: &Calendar, moment: &Moment<'_>) -> bool {
    if is_off(terms, Expiring) {
        return false;
    }
    let lots = lots(book, moment.row);
    let is_soon = |lot: &Left| days_left(lot.expiry, calendar, &moment.day) <= terms.signs.expiring_days;
    is_judged(&lots, moment) && lots.iter().any(|lot| lot.left > 0 && is_soon(lot))
}

/// expiring. What is open, or waits to open, is also judged at every sale, and when its own hold ends.
pub fn detect(decisions: &mut Decisions<'_>, moment: &Moment<'_>) {
    let outlook = decisions.outlook;
    let known = decisions.book.lifecycles(outlook.row).iter().find(|known| known.kind == Expiring);
    let by_itself = known.is_some_and(|known| {
        let hold_ends = known.due(outlook.terms).is_some_and(|due| due <= moment.now);
        known.is_watched() && (moment.record.is_some() || hold_ends)
    });
    if !by_itself && !is_judged(&lots(decisions.book, outlook.row), moment) {
        return;
    }
    let soon = Soon::of(decisions.book, outlook);
    let signs = &outlook.terms.signs;
    let open = decisions.is_open(Expiring);
    let line = if open { signs.expiring_p * outlook.terms.exit_ratio } else { signs.expiring_p };
    let (level, reason) = if soon.expired > 0 {
        (CRITICAL, "units_expired")
    } else if soon.worst.is_some_and(|worst| worst.p >= line) {
        (outlook.terms.severity[Expiring as usize], "lot_will_not_be_sold_in_time")
    } else {
        (0, "lot_will_not_be_sold_in_time")
    };
    decisions.step(Expiring, level, [reason, "lots_will_be_sold_or_gone"]);
}

/// The next midnight, or the end of a lot before it, of a position with lots.
pub fn next_due(book: &Book, rules: &Rules, moment: &Moment<'_>) -> Millis {
    let position = &book.rows[moment.row as usize];
    if is_off(rules.terms(position.terms), Expiring) {
        return NO_TIMER;
    }
    let ends = lots(book, moment.row).into_iter().map(|lot| lot.expiry + 1).filter(|end| *end > moment.now);
    ends.min().unwrap_or(NO_TIMER).min(moment.day.end)
}
