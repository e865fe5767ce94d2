//! A late or correcting record may move the numbers of an open alert without changing its level: then the alert is revised.

use crate::alert::episode::Change;
use crate::detect::decisions::{Decision, Decisions};
use crate::detect::outlook::Outlook;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::position::RowId;
use crate::values::calendar::LocalDay;
use crate::values::instant::HOUR;
use crate::values::movement::{Kind, Movement};
use crate::values::quantity::Milli;

/// The numbers of a position before a late or correcting record: what a revision is measured against.
pub struct NumbersBefore {
    p: f64,
    available: Milli,
    on_hand: Milli,
}

impl NumbersBefore {
    /// The numbers before record `m`. `None` if it cannot revise an alert: it is on time and not a correction, or the position does
    /// not have an open alert.
    #[inline]
    pub fn of(book: &Book, rules: &Rules, row: RowId, m: &Movement<'_>, day: &LocalDay) -> Option<NumbersBefore> {
        let corrects = matches!(m.kind, Kind::Void | Kind::Count);
        let may_revise = corrects || m.clock - m.event_time > HOUR;
        (may_revise && book.has_open_alert(row))
            .then(|| NumbersBefore::now(&Outlook::of(book, rules, row, m.clock, day)))
    }

    fn now(outlook: &Outlook<'_>) -> NumbersBefore {
        let (available, on_hand) = (outlook.position.available(), outlook.position.on_hand);
        NumbersBefore { p: outlook.projection().p_stockout(available), available, on_hand }
    }
}

/// Revises the open alerts that this look did not change and whose numbers the record moved by more than `revise_over`.
pub fn revise(decisions: &mut Decisions<'_>, before: &NumbersBefore, record: &Movement<'_>) {
    let reason = match record.kind {
        Kind::Void => "corrected_by_void",
        Kind::Count => "corrected_by_count",
        _ => "late_record",
    };
    let outlook = decisions.outlook;
    let (position, over) = (&outlook.position, outlook.terms.revise_over);
    let moved = |old: Milli, new: Milli| (new - old).abs() as f64 > over * (old.abs().max(1000) as f64);
    for (at, lifecycle) in decisions.book.lifecycles(outlook.row).iter().enumerate() {
        if !lifecycle.is_open() || decisions.list.iter().any(|decision| decision.lifecycle == at) {
            continue;
        }
        let p = outlook.projection().p_stockout(position.available());
        let changed = match lifecycle.kind {
            AlertType::ProjectedStockout => (p - before.p).abs() > over,
            AlertType::OutOfStock | AlertType::BelowReorderPoint => moved(before.available, position.available()),
            AlertType::NegativeStock => moved(before.on_hand, position.on_hand),
            _ => false,
        };
        if changed {
            let p = (lifecycle.kind == AlertType::ProjectedStockout).then_some(p);
            let (change, severity) = (Change::Revised, lifecycle.level);
            decisions.list.push(Decision { lifecycle: at, change, severity, reason, supersedes: None, p });
        }
    }
}
