//! Everything about one position, for a person who asks.

use serde_json::{Value as Json, json};

use crate::alert::episode;
use crate::policy::alert_type::SEVERITIES;
use crate::stock::book::Book;
use crate::stock::position::NEVER;
use crate::stock::rows::PositionRow;
use crate::values::instant;
use crate::values::quantity;

/// One position as JSON text; `None` when no movement has named it. Stock as decimal text, times RFC 3339.
pub fn position(book: &Book, location: &str, sku: &str) -> Option<String> {
    let row = book.find(location, sku)?;
    let position = &book.rows[row as usize];
    let stock = PositionRow::of(book, row);
    let time = |at: i64| if at == NEVER { Json::Null } else { instant::format(at).into() };
    let supply = book.supplies(row).iter().map(|s| {
        json!({"ref": s.reference, "remaining": quantity::format(s.remaining), "due": time(s.due),
               "in_transit": quantity::format(s.in_transit)})
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
        "rate_per_day": position.demand.rate(),
        "dispersion": position.demand.dispersion(),
        "evidence": position.demand.evidence(),
        "supply": supply.collect::<Vec<_>>(),
        "alerts": alerts.collect::<Vec<_>>(),
    });
    Some(description.to_string())
}
