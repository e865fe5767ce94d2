//! A ledger entry is one change of one alert with the numbers that explain it; (alert_id, seq) is its identity for good.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::alert::episode::{AlertId, Change};
use crate::policy::alert_type::AlertType;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

/// What made an entry: a record, or only the passing of event time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause<'a> {
    Record { source: &'a str, id: &'a str },
    Timer,
}

/// One row of the ledger; names as in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub offset: u64,
    pub alert_id: AlertId,
    pub seq: u32,
    pub change: Change,
    pub kind: AlertType,
    /// 1 watch to 3 critical; of an ended episode, its last.
    pub severity: u8,
    pub location: String,
    pub sku: String,
    pub event_time: Millis,
    pub opened_at: Millis,
    pub episode: u32,
    /// (source, id) of the record that caused it; `None` when time did.
    pub cause: Option<(String, String)>,
    pub reason: &'static str,
    pub policy_version: Arc<str>,
    /// Hash of the inputs in force, empty without any.
    pub inputs_version: Arc<str>,
    pub on_hand: Milli,
    pub available: Milli,
    pub on_order: Milli,
    pub in_transit: Milli,
    pub demand_per_day: Milli,
    pub p_stockout: Option<f64>,
    /// Day (1 is today) on which P(out) passes .1, .5 and .9.
    pub stockout_days: [Option<u16>; 3],
    pub trip_level: Option<Milli>,
    pub exit_level: Option<Milli>,
    pub supersedes: Option<AlertId>,
    pub detail: String,
}

impl Entry {
    /// The canonical order of a ledger: event_time, location, SKU, alert, seq.
    pub fn order(&self, other: &Entry) -> Ordering {
        fn key(e: &Entry) -> (Millis, &str, &str, AlertId, u32) {
            (e.event_time, &e.location, &e.sku, e.alert_id, e.seq)
        }
        key(self).cmp(&key(other))
    }
}
