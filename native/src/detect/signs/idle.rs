//! Goods that lie: so many days in stock without a sale.

use crate::alert::episode::Change;
use crate::detect::decisions::Decisions;
use crate::detect::signs::is_off;
use crate::policy::Terms;
use crate::policy::alert_type::AlertType::{self, DeadStock, SlowMoving};
use crate::stock::position::Row;

/// dead_stock, and slow_moving as long as it is not dead.
pub fn detect(decisions: &mut Decisions<'_>) {
    let outlook = decisions.outlook;
    let lies = |kind| lies(&outlook.position, outlook.terms, kind);
    let reasons = ["not_sold_for_long", "sold_or_gone"];
    let dead = lies(DeadStock);
    decisions.judge(DeadStock, dead, reasons);
    if decisions.is_open(DeadStock) {
        let superseded = decisions.end(SlowMoving, Change::Superseded, "superseded_by_dead_stock");
        return decisions.name_superseded(DeadStock, superseded);
    }
    if !dead {
        decisions.judge(SlowMoving, lies(SlowMoving), reasons);
    }
}

fn days_of(terms: &Terms, kind: AlertType) -> u16 {
    if kind == DeadStock { terms.signs.dead_days } else { terms.signs.slow_days }
}

fn lies(position: &Row, terms: &Terms, kind: AlertType) -> bool {
    !is_off(terms, kind)
        && position.traces.idle_days >= days_of(terms, kind)
        && position.today <= 0
        && position.available() >= terms.signs.idle_least.max(1)
}

#[inline]
pub fn may_be(position: &Row, terms: &Terms) -> bool {
    position.traces.idle_days >= terms.signs.slow_days.min(terms.signs.dead_days)
        && (lies(position, terms, SlowMoving) || lies(position, terms, DeadStock))
}

/// Days, today included, after which it will have lain long enough if it is not sold.
pub fn days_left(position: &Row, terms: &Terms) -> Option<u16> {
    if position.available() < terms.signs.idle_least.max(1) {
        return None;
    }
    let kinds = [SlowMoving, DeadStock].into_iter().filter(|kind| !is_off(terms, *kind));
    kinds.map(|kind| days_of(terms, kind).saturating_sub(position.traces.idle_days)).filter(|left| *left > 0).min()
}
