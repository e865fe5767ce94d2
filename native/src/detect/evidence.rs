//! A decision becomes a ledger entry: the numbers of the moment and, as `detail`, what they can be recomputed from.

use crate::alert::entry::{Cause, Entry};
use crate::demand::projection::first_past;
use crate::detect::decisions::Decision;
use crate::detect::detail;
use crate::detect::outlook::Outlook;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::values::quantity::{self, Milli};

/// The next entry of the alert that a decision changes.
pub fn entry(book: &mut Book, rules: &Rules, outlook: &Outlook<'_>, cause: Cause<'_>, decision: &Decision) -> Entry {
    let lifecycle = &mut book.extras_mut(outlook.row).alerts_mut().lifecycles[decision.lifecycle];
    lifecycle.seq += 1;
    let (alert_id, seq, kind) = (lifecycle.alert_id, lifecycle.seq, lifecycle.kind);
    let (opened_at, episode) = (lifecycle.opened_at, lifecycle.episode);
    let position = &outlook.position;
    let projection = outlook.projection();
    let curve = projection.curve(position.available());
    let p = decision.p.unwrap_or_else(|| projection.p_stockout(position.available()));
    let (trip_level, exit_level) = levels(outlook, kind, decision.severity);
    let (location, sku) = book.name(outlook.row);
    let supplies = book.extras(outlook.row).map(|extras| &extras.supplies);
    Entry {
        offset: position.offset,
        alert_id,
        seq,
        change: decision.change,
        kind,
        severity: decision.severity,
        location: location.to_owned(),
        sku: sku.to_owned(),
        event_time: outlook.now,
        opened_at,
        episode,
        cause: match cause {
            Cause::Record { source, id } => Some((source.to_owned(), id.to_owned())),
            Cause::Timer => None,
        },
        reason: decision.reason,
        policy_version: rules.version.clone(),
        inputs_version: rules.inputs.version.clone(),
        on_hand: position.on_hand,
        available: position.available(),
        on_order: supplies.map_or(0, |supplies| supplies.on_order()),
        in_transit: supplies.map_or(0, |supplies| supplies.in_transit()),
        demand_per_day: quantity::from_units(outlook.forecast.estimate.rate),
        p_stockout: Some(p),
        stockout_days: [0.1, 0.5, 0.9].map(|chance| first_past(&curve, chance)),
        trip_level,
        exit_level,
        supersedes: decision.supersedes,
        detail: detail::of(book, outlook, kind, &curve),
    }
}

/// The stock at which the alert begins, and at which it ends; `None` where it does not depend on stock.
fn levels(outlook: &Outlook<'_>, kind: AlertType, severity: u8) -> (Option<Milli>, Option<Milli>) {
    match kind {
        AlertType::ProjectedStockout => {
            let line = outlook.terms.lines[usize::from(severity.max(1)) - 1];
            let projection = outlook.projection();
            (Some(projection.trip_level(line)), Some(projection.trip_level(line * outlook.terms.exit_ratio)))
        }
        AlertType::BelowReorderPoint => {
            let level = outlook.reorder_point().map(quantity::from_units);
            (level, level)
        }
        AlertType::OutOfStock | AlertType::NegativeStock => (Some(0), Some(0)),
        _ => (None, None),
    }
}
