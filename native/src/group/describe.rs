//! Everything about one position, for a person who asks.

use serde_json::{Value as Json, json};

use crate::alert::episode;
use crate::policy::alert_type::SEVERITIES;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::position::NEVER;
use crate::stock::rows::PositionRow;
use crate::values::instant;
use crate::values::quantity;

/// One position as JSON text; `None` when no movement has named it. Stock as decimal text, times RFC 3339.
pub fn position(book: &Book, rules: &Rules, location: &str, sku: &str) -> Option<String> {
    let row = book.find(location, sku)?;
    let position = &book.rows[row as usize];
    let stock = PositionRow::of(book, row);
    let terms = rules.terms(position.terms);
    let (estimate, ordering) = (position.demand.estimate(&terms.prior), position.ordering());
    let time = |at: i64| if at == NEVER { Json::Null } else { instant::format(at).into() };
    let supply = book.supplies(row).iter().map(|s| {
        json!({"ref": s.reference, "remaining": quantity::format(s.remaining), "due": time(s.due),
               "in_transit": quantity::format(s.in_transit)})
    });
    let lots = book.alerts(row).and_then(|alerts| alerts.lots.as_ref());
    let lots = lots.map_or_else(Vec::new, |lots| lots.left(position.on_hand)).into_iter().map(|lot| {
        json!({"expiry": time(lot.expiry), "most": quantity::format(lot.most), "left": quantity::format(lot.left)})
    });
    let open = book.lifecycles(row).iter().filter(|lifecycle| lifecycle.is_open());
    let alerts = open.map(|lifecycle| {
        json!({"alert_id": episode::text(&lifecycle.alert_id), "type": lifecycle.kind.name(),
               "severity": SEVERITIES[usize::from(lifecycle.level)], "opened_at": time(lifecycle.opened_at)})
    });
    let description = json!({
        "location": location,
        "sku": sku,
        "on_hand": quantity::format(stock.on_hand),
        "allocated": quantity::format(stock.allocated),
        "held": quantity::format(stock.held),
        "available": quantity::format(stock.available()),
        "on_order": quantity::format(stock.on_order),
        "in_transit": quantity::format(stock.in_transit),
        "over_released": quantity::format(stock.over_released),
        "over_received": quantity::format(stock.over_received),
        "last_event_time": time(stock.last_event),
        "counted_at": time(position.counted_at),
        "demand_today": quantity::format(position.today),
        "rate_per_day": estimate.rate,
        "phi": estimate.phi,
        "kappa": estimate.kappa,
        "levels": position.demand.levels(),
        "weights": estimate.weights,
        "days_learned": position.demand.learned_days(&terms.prior),
        "order_point": ordering.point,
        "order_quantity": ordering.quantity,
        "planned": position.is_planned(),
        "supply": supply.collect::<Vec<_>>(),
        "lots": lots.collect::<Vec<_>>(),
        "alerts": alerts.collect::<Vec<_>>(),
    });
    Some(description.to_string())
}
