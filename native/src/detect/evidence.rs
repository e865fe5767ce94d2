//! A decision becomes a ledger entry: the numbers of the moment and, as `detail`, what they can be recomputed from.

use serde_json::{Map, Value as Json, json};

use crate::alert::entry::{Cause, Entry};
use crate::demand::negbin::NegBin;
use crate::demand::projection::{first_past, rounded};
use crate::detect::decisions::Decision;
use crate::detect::detectors::inventory_position;
use crate::detect::outlook::Outlook;
use crate::policy::ReorderPoint;
use crate::policy::alert_type::{AlertType, SEVERITIES};
use crate::policy::rules::Rules;
use crate::policy::terms::Service;
use crate::stock::book::Book;
use crate::stock::ordering::ExpectedOrder;
use crate::stock::supply::Supply;
use crate::values::instant::{self, HOUR};
use crate::values::quantity::{self, Milli};

type Detail = Map<String, Json>;

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
        detail: Json::Object(detail(book, outlook, kind, &curve)).to_string(),
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
        AlertType::OverdueSupply | AlertType::SalesSpike => (None, None),
    }
}

fn detail(book: &Book, outlook: &Outlook<'_>, kind: AlertType, curve: &[f64]) -> Detail {
    let supplies = book.supplies(outlook.row);
    let mut detail = projection(outlook, supplies, curve);
    match kind {
        AlertType::BelowReorderPoint => detail.extend(reorder(outlook, inventory_position(book, outlook))),
        AlertType::OverdueSupply => detail.extend(overdue(outlook, supplies)),
        AlertType::SalesSpike => detail.extend(spike(outlook)),
        _ => {}
    }
    detail
}

fn projection(outlook: &Outlook<'_>, supplies: &[Supply], curve: &[f64]) -> Detail {
    let (day, terms, forecast) = (&outlook.day, outlook.terms, &outlook.forecast);
    let estimate = &forecast.estimate;
    let as_of = day.start + ((day.end - day.start) as f64 * day.share_of_hours(outlook.now)) as i64;
    let supply: Vec<Json> = supplies
        .iter()
        .zip(&outlook.arrivals)
        .map(|(supply, arrival)| {
            let mut row = json!({
                "ref": supply.reference,
                "remaining": quantity::format(supply.remaining),
                "due": instant::format(supply.due),
                "overdue_days": (day.number - outlook.calendar.number(supply.due)).max(0),
                "arrives": arrival.on,
            });
            if supply.is_remainder() && terms.remainder < 1.0 {
                row["comes"] = terms.remainder.into();
            }
            row
        })
        .collect();
    let mut lines: Detail =
        SEVERITIES[1..].iter().zip(terms.lines).map(|(name, line)| ((*name).to_owned(), line.into())).collect();
    lines.insert("exit_ratio".to_owned(), terms.exit_ratio.into());
    let mut demand = json!({
        "rate_per_day": estimate.rate,
        "phi": estimate.phi,
        "kappa": estimate.kappa,
        "levels": outlook.demand.levels(),
        "weights": estimate.weights,
        "days_learned": outlook.demand.learned_days(&terms.prior),
        "season": terms.season,
        "drivers": terms.factors.as_ref().map(|f| f.drivers_of(day.number, terms.horizon as i32)).unwrap_or_default(),
        "prior": {"rate": terms.prior.rate, "days": terms.prior.days, "dispersion": terms.prior.dispersion, "calm": terms.prior.calm},
        "today": terms.day_exposure(day.number),
        "exposure": forecast.exposure,
    });
    if forecast.given.is_some() {
        let to: Vec<NegBin> = (0..forecast.horizon()).map(|bucket| forecast.to(bucket)).collect();
        demand["mean"] = to.iter().map(|demand| demand.mean).collect();
        demand["variance"] = to.iter().map(|demand| demand.variance).collect();
    }
    into_map(json!({
        "as_of": instant::format(as_of),
        "time_zone": terms.time_zone,
        "horizon_days": terms.horizon,
        "demand": demand,
        "supply": supply,
        "expected_order": outlook.expected_order.as_ref().map(|order| expected(outlook, order)),
        "lateness": terms.lateness,
        "lines": lines,
        "lead_time_days": terms.lead_time_days,
        "review_period_days": terms.review_period_days,
        "out_by": curve.iter().copied().map(rounded).collect::<Vec<_>>(),
        "layers": terms.layers,
    }))
}

fn expected(outlook: &Outlook<'_>, order: &ExpectedOrder) -> Json {
    json!({
        "point": outlook.position.ordering().point,
        "quantity": quantity::format(order.arrival.remaining),
        "position": quantity::format(order.position),
        "on_day": order.on_day,
        "due_in": order.due_in,
        "arrives": order.arrival.on,
    })
}

fn reorder(outlook: &Outlook<'_>, inventory_position: Milli) -> Detail {
    let (terms, safety) = (outlook.terms, outlook.safety());
    let ordered = outlook.position.ordering().quantity;
    let formula = (terms.reorder_point == ReorderPoint::Formula).then(|| {
        json!({
            "k": safety.k,
            "sigma": safety.sigma,
            "safety_stock": safety.stock(),
            "service": if terms.service == Service::Fill { "fill" } else { "cycle" },
            "service_level": terms.service_level,
            "quantity": (ordered > 0.0).then_some(ordered),
            "lead_time_sd_days": terms.lead_time_sd_days,
        })
    });
    into_map(json!({
        "reorder_point": quantity::format(quantity::from_units(outlook.reorder_point().unwrap_or_default())),
        "grace_hours": terms.grace_ms as f64 / HOUR as f64,
        "inventory_position": quantity::format(inventory_position),
        "formula": formula,
    }))
}

fn overdue(outlook: &Outlook<'_>, supplies: &[Supply]) -> Detail {
    let late = supplies.iter().filter(|supply| supply.overdue_at(outlook.terms) <= outlook.now);
    let late: Vec<Json> = late
        .map(|s| json!({"ref": s.reference, "remaining": quantity::format(s.remaining), "due": instant::format(s.due)}))
        .collect();
    into_map(json!({"overdue": late, "grace_hours": outlook.terms.grace_ms as f64 / HOUR as f64}))
}

fn spike(outlook: &Outlook<'_>) -> Detail {
    let (demand, today) = (outlook.today(), outlook.position.today);
    into_map(json!({
        "day": instant::format_day(outlook.day.number),
        "sold": quantity::format(today),
        "mean": demand.mean,
        "variance": demand.variance,
        "tail_p": demand.at_least((today as f64 / 1000.0).ceil()),
        "spike_p": outlook.terms.spike_p,
        "spike_min": outlook.terms.spike_min,
    }))
}

fn into_map(value: Json) -> Detail {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
