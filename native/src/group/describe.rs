//! Everything about one position, for a person who asks.

use serde_json::{Value as Json, json};

use crate::group::Group;
use crate::policy::alert_type::SEVERITIES;
use crate::stock::position::{NEVER, Side};
use crate::values::instant;
use crate::values::quantity;

/// One position as JSON text; `None` when no movement has named it. Stock as decimal text, times RFC 3339.
pub fn position(group: &Group, location: &str, sku: &str) -> Option<String> {
    let at = group.find(location, sku)?;
    let row = &group.rows[at as usize];
    let none = Side::default();
    let side = group.side(at).unwrap_or(&none);
    let time = |at: i64| if at == NEVER { Json::Null } else { instant::format(at).into() };
    let supply: Vec<Json> = side
        .supplies
        .iter()
        .map(|s| {
            json!({"ref": s.reference, "remaining": quantity::format(s.remaining), "due": time(s.due),
                   "in_transit": quantity::format(s.in_transit)})
        })
        .collect();
    let alerts: Vec<Json> = side
        .watches()
        .iter()
        .filter(|watch| watch.is_open())
        .map(|watch| {
            json!({"alert_id": std::str::from_utf8(&watch.alert_id).unwrap_or(""), "type": watch.kind.name(),
                   "severity": SEVERITIES[usize::from(watch.level)], "opened_at": time(watch.opened_at)})
        })
        .collect();
    let description = json!({
        "location": location,
        "sku": sku,
        "on_hand": quantity::format(row.on_hand),
        "allocated": quantity::format(side.allocated),
        "held": quantity::format(side.held),
        "available": quantity::format(row.available()),
        "on_order": quantity::format(side.on_order()),
        "in_transit": quantity::format(side.in_transit()),
        "last_event_time": time(row.last_event),
        "counted_at": time(row.counted_at),
        "demand_today": quantity::format(row.today),
        "rate_per_day": row.demand.rate(),
        "dispersion": row.demand.dispersion(),
        "evidence": row.demand.evidence(),
        "supply": supply,
        "alerts": alerts,
    });
    Some(description.to_string())
}
