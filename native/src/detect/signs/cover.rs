//! More in stock than will be sold in a long time.

use crate::detect::Moment;
use crate::detect::decisions::Decisions;
use crate::detect::signs::{ends_day_of_sales, is_by_other_than_sale, is_off};
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::Overstock;
use crate::stock::position::Row;
use crate::values::quantity;

/// Days of expected demand that are available; `None` where demand is not known well enough.
pub fn days(position: &Row, terms: &Terms) -> Option<f64> {
    if position.demand.learned_days(&terms.prior) < terms.signs.after_days {
        return None;
    }
    let rate = position.demand.estimate(&terms.prior).rate;
    (rate > 0.0).then(|| quantity::units(position.available()).max(0.0) / rate)
}

/// Whether the cover is judged now: at the end of a day of sales, at a record that is no sale, and when the rules change.
pub fn is_judged(position: &Row, moment: &Moment<'_>) -> bool {
    is_by_other_than_sale(moment) || ends_day_of_sales(position.traces.idle_days, moment)
}

/// Whether there is too much: it lasts for longer than the line, and by enough units.
fn is_over(position: &Row, terms: &Terms) -> bool {
    let signs = &terms.signs;
    days(position, terms).is_some_and(|days| {
        let excess = quantity::units(position.available()) * (1.0 - signs.overstock_exit_days / days);
        days > signs.overstock_days && excess >= signs.overstock_units
    })
}

/// Whether it may be too much. The rate is never below the least level, and that is known without an estimate.
pub fn may_be(position: &Row, terms: &Terms) -> bool {
    let most = terms.signs.overstock_days * position.demand.least_rate();
    !is_off(terms, Overstock) && quantity::units(position.available()) > most && is_over(position, terms)
}

/// overstock, with its entry and its exit apart.
pub fn detect(decisions: &mut Decisions<'_>, moment: &Moment<'_>) {
    let outlook = decisions.outlook;
    if !is_judged(&outlook.position, moment) {
        return;
    }
    let terms = outlook.terms;
    let over = match decisions.is_active(Overstock) {
        true => days(&outlook.position, terms).is_some_and(|days| days > terms.signs.overstock_exit_days),
        false => is_over(&outlook.position, terms),
    };
    decisions.judge(Overstock, over, ["cover_over_line", "cover_under_exit_line"]);
}
