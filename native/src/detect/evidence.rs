//! A decision becomes a ledger entry: the numbers of the moment and, as `detail`, what they can be recomputed from.

use serde_json::{Map, Value as Json, json};

use crate::alert::entry::{Cause, Entry, rounded};
use crate::demand::projection::first_past;
use crate::detect::detectors::Decision;
use crate::detect::outlook::Sight;
use crate::group::Group;
use crate::policy::alert_type::{AlertType, SEVERITIES};
use crate::stock::position::Side;
use crate::values::instant::{self, HOUR};
use crate::values::quantity::{self, Milli};

impl Group {
    pub(crate) fn write(&mut self, at: u32, sight: &Sight, cause: Cause<'_>, decisions: Vec<Decision>) {
        for decision in decisions {
            let entry = self.entry(at, sight, cause, &decision);
            self.output.ledger.push(entry);
        }
    }

    fn entry(&mut self, at: u32, sight: &Sight, cause: Cause<'_>, decision: &Decision) -> Entry {
        let watch = &mut self.side_mut(at).alerts_mut().watches[decision.watch];
        watch.seq += 1;
        let (alert_id, seq, kind) = (watch.alert_id, watch.seq, watch.kind);
        let (opened_at, episode) = (watch.opened_at, watch.episode);
        let row = &sight.row;
        let available = row.available();
        let projects = kind.is_reorder();
        let curve = if projects { sight.projection().curve(available) } else { Vec::new() };
        let p = decision.p.or_else(|| projects.then(|| curve.iter().copied().fold(0.0, f64::max)));
        let (trip_level, exit_level) = self.trip_levels(sight, kind, decision.severity);
        let mut detail = Map::new();
        if projects {
            detail.extend(self.projection_detail(at, sight, &curve));
        }
        match kind {
            AlertType::BelowReorderPoint => detail.extend(self.reorder_detail(at, available, sight)),
            AlertType::OverdueSupply => detail.extend(self.overdue_detail(at, sight)),
            AlertType::SalesSpike => detail.extend(spike_detail(sight)),
            _ => {}
        }
        let side = self.side(at);
        Entry {
            offset: row.offset,
            alert_id,
            seq,
            change: decision.change,
            kind,
            severity: decision.severity,
            location: self.locations.get(row.location).to_owned(),
            sku: self.skus.get(row.sku).to_owned(),
            event_time: sight.now,
            opened_at,
            episode,
            cause: match cause {
                Cause::Record { source, id } => Some((source.to_owned(), id.to_owned())),
                Cause::Timer => None,
            },
            reason: decision.reason,
            policy_version: self.version.clone(),
            on_hand: row.on_hand,
            available,
            on_order: side.map_or(0, Side::on_order),
            in_transit: side.map_or(0, Side::in_transit),
            demand_per_day: quantity::from_units(sight.forecast.rate),
            p_stockout: p.map(rounded),
            stockout_days: [0.1, 0.5, 0.9].map(|chance| first_past(&curve, chance)),
            trip_level,
            exit_level,
            supersedes: decision.supersedes,
            detail: Json::Object(detail).to_string(),
        }
    }

    fn trip_levels(&self, sight: &Sight, kind: AlertType, severity: u8) -> (Option<Milli>, Option<Milli>) {
        match kind {
            AlertType::ProjectedStockout => {
                let line = sight.terms.lines[usize::from(severity.max(1)) - 1];
                let projection = sight.projection();
                (Some(projection.trip_level(line)), Some(projection.trip_level(line * sight.terms.exit_ratio)))
            }
            AlertType::BelowReorderPoint => {
                let level = sight.reorder_point().map(|(units, _)| quantity::from_units(units));
                (level, level)
            }
            AlertType::OutOfStock | AlertType::NegativeStock => (Some(0), Some(0)),
            AlertType::OverdueSupply | AlertType::SalesSpike => (None, None),
        }
    }

    fn projection_detail(&self, at: u32, sight: &Sight, curve: &[f64]) -> Map<String, Json> {
        let calendar = &self.calendars[sight.row.terms as usize];
        let hour = (sight.day.share(sight.now) * 24.0).floor() / 24.0;
        let as_of = sight.day.start + ((sight.day.end - sight.day.start) as f64 * hour) as i64;
        let supplies = self.side(at).map_or(&[][..], |side| &side.supplies);
        let supply: Vec<Json> = supplies
            .iter()
            .zip(&sight.arrivals)
            .map(|(supply, arrival)| {
                json!({
                    "ref": supply.reference,
                    "remaining": quantity::format(supply.remaining),
                    "due": instant::format(supply.due),
                    "overdue_days": (sight.day.number - calendar.number(supply.due)).max(0),
                    "arrived_by": arrival.by,
                })
            })
            .collect();
        let terms = &sight.terms;
        let lines: Map<String, Json> =
            SEVERITIES[1..].iter().zip(terms.lines).map(|(name, line)| ((*name).to_owned(), line.into())).collect();
        let mut lines = lines;
        lines.insert("exit_ratio".to_owned(), terms.exit_ratio.into());
        let map = json!({
            "as_of": instant::format(as_of),
            "horizon_days": terms.horizon,
            "demand": {
                "rate_per_day": sight.forecast.rate,
                "dispersion": sight.forecast.dispersion,
                "evidence": sight.forecast.evidence,
                "exposure": sight.forecast.exposure,
            },
            "supply": supply,
            "lateness": terms.lateness,
            "lines": lines,
            "lead_time_days": terms.lead_time_days,
            "review_period_days": terms.review_period_days,
            "out_by": curve.iter().copied().map(rounded).collect::<Vec<_>>(),
            "layers": terms.layers,
        });
        into_map(map)
    }

    fn reorder_detail(&self, at: u32, available: Milli, sight: &Sight) -> Map<String, Json> {
        let (units, formula) = sight.reorder_point().unwrap_or_default();
        into_map(json!({
            "reorder_point": quantity::format(quantity::from_units(units)),
            "grace_hours": sight.terms.grace_ms as f64 / HOUR as f64,
            "inventory_position": quantity::format(self.inventory_position(at, available, sight)),
            "formula": formula.map(|f| json!({
                "k": f.k, "sigma": f.sigma, "safety_stock": f.safety_stock, "service_level": sight.terms.service_level,
                "lead_time_sd_days": sight.terms.lead_time_sd_days,
            })),
        }))
    }

    fn overdue_detail(&self, at: u32, sight: &Sight) -> Map<String, Json> {
        let supplies = self.side(at).map_or(&[][..], |side| &side.supplies);
        let late = supplies.iter().filter(|s| s.due + sight.terms.grace_ms <= sight.now);
        let late: Vec<Json> = late
            .map(|s| json!({"ref": s.reference, "remaining": quantity::format(s.remaining), "due": instant::format(s.due)}))
            .collect();
        into_map(json!({"overdue": late, "grace_hours": sight.terms.grace_ms as f64 / HOUR as f64}))
    }
}

fn spike_detail(sight: &Sight) -> Map<String, Json> {
    let demand = sight.today();
    let so_far = (sight.row.today as f64 / 1000.0).ceil();
    into_map(json!({
        "day": instant::format_day(sight.day.number),
        "demand": quantity::format(sight.row.today),
        "mean": demand.mean,
        "variance": demand.variance,
        "tail_p": demand.at_least(so_far),
        "spike_p": sight.terms.spike_p,
        "spike_min": sight.terms.spike_min,
    }))
}

fn into_map(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
