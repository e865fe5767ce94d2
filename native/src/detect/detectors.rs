//! Six detectors look at a position that was touched, by a record or by time, and say which alerts change.
//!
//! They run in the order of [`crate::alert::episode::TYPES`]. A detector decides a level (0: its condition is false);
//! [`crate::alert::episode::Watch`] decides what that means for the episode; `entries.rs` writes it down.

use crate::alert::entry::Cause;
use crate::alert::episode::{AlertId, Change, Watch, alert_id, graded};
use crate::detect::outlook::Sight;
use crate::group::Group;
use crate::policy::ReorderPoint;
use crate::policy::alert_type::AlertType;
use crate::stock::position::Side;
use crate::stock::thresholds;
use crate::values::calendar::LocalDay;
use crate::values::instant::{HOUR, Millis};
use crate::values::movement::{Kind, Movement};
use crate::values::quantity::{self, Milli};

/// The numbers of a position before a late or correcting record: what a revision is measured against.
pub(crate) struct Before {
    p: f64,
    available: Milli,
    on_hand: Milli,
}

/// A change that is about to be written.
pub(crate) struct Decision {
    pub watch: usize,
    pub change: Change,
    pub severity: u8,
    pub reason: &'static str,
    pub supersedes: Option<AlertId>,
    pub p: Option<f64>,
}

impl Group {
    pub(crate) fn numbers_before(&self, at: u32, m: &Movement<'_>, day: &LocalDay) -> Option<Before> {
        let corrects = matches!(m.kind, Kind::Void | Kind::Count);
        if !corrects && m.clock - m.event_time <= HOUR {
            return None;
        }
        if !self.side(at)?.watches().iter().any(Watch::is_open) {
            return None;
        }
        let sight = self.sight(at, m.clock, day);
        let available = sight.row.available();
        Some(Before { p: sight.projection().p_stockout(available), available, on_hand: sight.row.on_hand })
    }

    fn watch_index(&mut self, at: u32, kind: AlertType) -> usize {
        let watches = &mut self.side_mut(at).alerts_mut().watches;
        match watches.iter().position(|watch| watch.kind == kind) {
            Some(index) => index,
            None => {
                watches.reserve_exact(1);
                watches.push(Watch::new(kind));
                watches.len() - 1
            }
        }
    }

    pub(crate) fn open_watch(&self, at: u32, kind: AlertType) -> Option<&Watch> {
        self.side(at)?.watches().iter().find(|watch| watch.kind == kind && watch.is_open())
    }

    /// Feeds one detector's level to its watch; nothing is stored for a condition that never held.
    fn feed(
        &mut self,
        at: u32,
        kind: AlertType,
        level: u8,
        sight: &Sight,
        reasons: [&'static str; 2],
        out: &mut Vec<Decision>,
    ) {
        let known = self.side(at).is_some_and(|side| side.watches().iter().any(|watch| watch.kind == kind));
        let level = if sight.terms.off[kind as usize] { 0 } else { level };
        if level == 0 && !known {
            return;
        }
        let watch = self.watch_index(at, kind);
        let state = &mut self.sides[self.rows[at as usize].side as usize].alerts_mut().watches[watch];
        let last_level = state.level;
        for change in state.step(level, sight.now, &sight.terms) {
            if change == Change::Opened {
                let (location, sku) = (self.locations.get(sight.row.location), self.skus.get(sight.row.sku));
                state.alert_id = alert_id(&self.pipeline, location, sku, kind, state.episode, state.opened_at);
                state.seq = 0;
            }
            let reason = match change {
                Change::Flapping => "opened_too_often",
                Change::Opened | Change::Worsened => reasons[0],
                _ => reasons[1],
            };
            let severity = if change.ends() { last_level } else { state.level };
            out.push(Decision { watch, change, severity, reason, supersedes: None, p: None });
        }
    }

    /// Ends an open episode for a reason that is not its own condition.
    fn end(
        &mut self,
        at: u32,
        kind: AlertType,
        change: Change,
        reason: &'static str,
        out: &mut Vec<Decision>,
    ) -> Option<AlertId> {
        self.open_watch(at, kind)?;
        let watch = self.watch_index(at, kind);
        let state = &mut self.side_mut(at).alerts_mut().watches[watch];
        let (severity, id) = (state.level, state.alert_id);
        state.end();
        out.push(Decision { watch, change, severity, reason, supersedes: None, p: None });
        Some(id)
    }

    /// The alert of `kind` that opens in this step names the one that it replaces.
    fn name_old(&self, at: u32, kind: AlertType, old: Option<AlertId>, out: &mut [Decision]) {
        let of_kind = |d: &Decision| self.side(at).is_some_and(|side| side.watches()[d.watch].kind == kind);
        if let Some(opening) = out.iter_mut().find(|d| d.change == Change::Opened && of_kind(d)) {
            opening.supersedes = old;
        }
    }

    pub(crate) fn detect(
        &mut self,
        at: u32,
        now: Millis,
        day: &LocalDay,
        cause: Cause<'_>,
        record: Option<&Movement<'_>>,
        before: Option<Before>,
    ) {
        let sight = self.sight(at, now, day);
        let available = sight.row.available();
        let exempt = self.is_low_turnover(at, day, &sight.terms);
        let mut out = Vec::new();

        let level = |kind: AlertType, holds: bool| if holds { sight.terms.severity[kind as usize] } else { 0 };
        self.feed(
            at,
            AlertType::NegativeStock,
            level(AlertType::NegativeStock, sight.row.on_hand < 0),
            &sight,
            ["on_hand_below_zero", "on_hand_not_below_zero"],
            &mut out,
        );
        if exempt {
            for kind in [AlertType::OutOfStock, AlertType::ProjectedStockout, AlertType::BelowReorderPoint] {
                self.end(at, kind, Change::Expired, "low_turnover", &mut out);
                self.stop_waiting(at, kind);
            }
        } else {
            self.detect_stockout(at, available, &sight, &mut out);
            self.detect_reorder_point(at, available, &sight, &mut out);
        }
        self.detect_overdue(at, &sight, &mut out);
        self.detect_spike(at, &sight, record, &mut out);
        if let Some(before) = before {
            self.revise(at, &sight, &before, record, &mut out);
        }
        if !out.is_empty() {
            self.write(at, &sight, cause, out);
            self.publish(at);
        }
    }

    /// A dwell that had begun is off.
    fn stop_waiting(&mut self, at: u32, kind: AlertType) {
        let side = self.rows[at as usize].side;
        let alerts = self.sides.get_mut(side as usize).and_then(|side| side.alerts.as_mut());
        if let Some(watch) = alerts.and_then(|alerts| alerts.watches.iter_mut().find(|watch| watch.kind == kind)) {
            watch.holding = None;
        }
    }

    /// out_of_stock, and projected_stockout while something is still available.
    fn detect_stockout(&mut self, at: u32, available: Milli, sight: &Sight, out: &mut Vec<Decision>) {
        let open = self.open_watch(at, AlertType::OutOfStock).is_some();
        let empty = available <= 0 && (open || quantity::from_units(sight.forecast.total()) > 0);
        let severity = if empty { sight.terms.severity[AlertType::OutOfStock as usize] } else { 0 };
        self.feed(at, AlertType::OutOfStock, severity, sight, ["available_at_or_below_zero", "available_again"], out);
        let watched = empty && !sight.terms.off[AlertType::OutOfStock as usize];
        if self.open_watch(at, AlertType::OutOfStock).is_some() {
            let old = self.end(at, AlertType::ProjectedStockout, Change::Superseded, "superseded_by_out_of_stock", out);
            self.name_old(at, AlertType::OutOfStock, old, out);
            return;
        }
        if watched {
            return; // out_of_stock holds for its dwell: the projection waits with it
        }
        let open = self.open_watch(at, AlertType::ProjectedStockout).map_or(0, |watch| watch.level);
        let p = if sight.row.demand.rate() <= 0.0 || (available >= sight.row.safe && open == 0) {
            0.0
        } else {
            sight.projection().p_stockout(available)
        };
        let first = out.len();
        let reasons = ["p_stockout_over_line", "p_stockout_under_exit_line"];
        self.feed(at, AlertType::ProjectedStockout, graded(p, open, &sight.terms), sight, reasons, out);
        for decision in &mut out[first..] {
            decision.p = Some(p);
        }
    }

    fn detect_reorder_point(&mut self, at: u32, available: Milli, sight: &Sight, out: &mut Vec<Decision>) {
        if sight.terms.reorder_point == ReorderPoint::Off {
            return;
        }
        if self.open_watch(at, AlertType::ProjectedStockout).is_some() {
            let old =
                self.end(at, AlertType::BelowReorderPoint, Change::Superseded, "superseded_by_projected_stockout", out);
            self.name_old(at, AlertType::ProjectedStockout, old, out);
            return;
        }
        let level = sight.reorder_point().map_or(0, |(units, _)| thresholds::as_stock(units));
        let below = self.inventory_position(at, available, sight) < level;
        let severity = if below { sight.terms.severity[AlertType::BelowReorderPoint as usize] } else { 0 };
        let reasons = ["inventory_position_below_reorder_point", "inventory_position_at_reorder_point"];
        self.feed(at, AlertType::BelowReorderPoint, severity, sight, reasons, out);
    }

    /// Available and the supply that is due within the horizon and not overdue.
    pub(crate) fn inventory_position(&self, at: u32, available: Milli, sight: &Sight) -> Milli {
        let calendar = &self.calendars[sight.row.terms as usize];
        let last = sight.day.number + sight.terms.horizon as i32 - 1;
        let supplies = self.side(at).map_or(&[][..], |side| &side.supplies);
        let counts =
            supplies.iter().filter(|s| s.due + sight.terms.grace_ms > sight.now && calendar.number(s.due) <= last);
        available + counts.map(|s| s.remaining).sum::<Milli>()
    }

    fn detect_overdue(&mut self, at: u32, sight: &Sight, out: &mut Vec<Decision>) {
        let overdue =
            self.side(at).is_some_and(|side| side.supplies.iter().any(|s| s.due + sight.terms.grace_ms <= sight.now));
        let severity = if overdue { sight.terms.severity[AlertType::OverdueSupply as usize] } else { 0 };
        let reasons = ["supply_overdue", "supply_received_redated_or_cancelled"];
        self.feed(at, AlertType::OverdueSupply, severity, sight, reasons, out);
    }

    fn detect_spike(&mut self, at: u32, sight: &Sight, record: Option<&Movement<'_>>, out: &mut Vec<Decision>) {
        let row = &sight.row;
        let sold = record.is_some_and(|m| m.kind == Kind::Sale && sight.day.contains(m.event_time));
        if sold && self.may_be_spike(row) && !sight.terms.off[AlertType::SalesSpike as usize] {
            let tail = sight.today().at_least((row.today as f64 / 1000.0).ceil());
            if tail < sight.terms.spike_p {
                self.side_mut(at).alerts_mut().spiked_at = Some(sight.now);
            }
        }
        let recent =
            self.side(at).and_then(Side::spiked_at).is_some_and(|at| sight.now - at < sight.terms.spike_hold_ms);
        let severity = if recent { sight.terms.severity[AlertType::SalesSpike as usize] } else { 0 };
        self.feed(
            at,
            AlertType::SalesSpike,
            severity,
            sight,
            ["demand_of_the_day_beyond_spike_p", "spike_hold_passed"],
            out,
        );
    }

    /// A late or correcting record moved the numbers of an open episode by more than `revise_over` and changed nothing else.
    fn revise(
        &mut self,
        at: u32,
        sight: &Sight,
        before: &Before,
        record: Option<&Movement<'_>>,
        out: &mut Vec<Decision>,
    ) {
        let Some(m) = record else { return };
        let reason = match m.kind {
            Kind::Void => "corrected_by_void",
            Kind::Count => "corrected_by_count",
            _ => "late_record",
        };
        let over = sight.terms.revise_over;
        let moved = |old: Milli, new: Milli| (new - old).abs() as f64 > over * (old.abs().max(1000) as f64);
        let Some(side) = self.side(at) else { return };
        for (watch, state) in side.watches().iter().enumerate() {
            if !state.is_open() || out.iter().any(|d| d.watch == watch) {
                continue;
            }
            let p = sight.projection().p_stockout(sight.row.available());
            let changed = match state.kind {
                AlertType::ProjectedStockout => (p - before.p).abs() > over,
                AlertType::OutOfStock | AlertType::BelowReorderPoint => moved(before.available, sight.row.available()),
                AlertType::NegativeStock => moved(before.on_hand, sight.row.on_hand),
                AlertType::OverdueSupply | AlertType::SalesSpike => false,
            };
            if changed {
                let p = (state.kind == AlertType::ProjectedStockout).then_some(p);
                out.push(Decision {
                    watch,
                    change: Change::Revised,
                    severity: state.level,
                    reason,
                    supersedes: None,
                    p,
                });
            }
        }
    }
}
