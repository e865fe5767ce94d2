//! What is known about one SKU in one location, and what a movement does to it; the same arithmetic as plain_loop.py.

use crate::movement::{Kind, Movement};

pub const DAY_MS: i64 = 86_400_000;
const GRACE_MS: i64 = DAY_MS;
const HORIZON: i64 = 8;
/// Severity, and as normal quantiles its entry line and its exit line.
const LINES: [(u8, f64, f64); 3] = [(3, -0.8416, 0.2533), (2, 0.0, 0.6745), (1, 0.5244, 1.0364)];
const ALERTS: [&str; 4] = ["negative_stock", "out_of_stock", "projected_stockout", "overdue_supply"];
const NEGATIVE: usize = 0;
const OUT: usize = 1;
const PROJECTED: usize = 2;
const OVERDUE: usize = 3;

/// Stock and supply in thousandths, demand in units.
#[derive(Default)]
pub struct Position {
    on_hand: i64,
    rate: f64,
    sold: f64,
    day: Option<i64>,
    /// Open supply in the order of its orders: number, rest, due.
    supply: Vec<(String, i64, i64)>,
    /// For each severity the stock below which it opens, and below which it stays.
    trips: [(u8, i64, i64); 3],
    alerts: [u8; 4],
}

impl Position {
    /// Applies one movement; `ledger` gets a line for each change of an alert.
    pub fn apply(&mut self, movement: &Movement, mut ledger: impl FnMut(String)) {
        let today = movement.clock.div_euclid(DAY_MS);
        let mut stale = self.day != Some(today);
        if let Some(day) = self.day.filter(|_| stale) {
            let days = (today - day).min(28);
            if days != 0 && self.on_hand > 0 {
                self.rate += (self.sold / days as f64 - self.rate) * (1.0 - 0.9755_f64.powf(days as f64));
                self.sold = 0.0;
            }
        }
        self.day = Some(today);
        let quantity = movement.quantity;
        match movement.kind {
            Kind::Sale => {
                self.on_hand -= quantity;
                self.sold += quantity as f64 / 1000.0;
            }
            Kind::Return | Kind::Adjustment => self.on_hand += quantity,
            Kind::Void => {
                self.on_hand += quantity;
                self.sold -= quantity as f64 / 1000.0;
            }
            Kind::Receipt => {
                self.on_hand += quantity;
                stale |= self.receive(&movement.reference, quantity);
            }
            Kind::Order => {
                self.order(&movement.reference, quantity, movement.due);
                stale = true;
            }
            Kind::Count => self.on_hand = quantity,
            Kind::Shipment | Kind::Hold | Kind::Release | Kind::Heartbeat => {}
        }
        if stale {
            self.levels(movement.clock, today);
        }
        self.detect(movement, &mut ledger);
    }

    fn order(&mut self, reference: &str, quantity: i64, due: i64) {
        match self.supply.iter_mut().find(|open| open.0 == reference) {
            Some(open) => (open.1, open.2) = (quantity, due),
            None => self.supply.push((reference.to_owned(), quantity, due)),
        }
    }

    fn receive(&mut self, reference: &str, quantity: i64) -> bool {
        let Some(at) = self.supply.iter().position(|open| open.0 == reference) else { return false };
        self.supply[at].1 -= quantity;
        if self.supply[at].1 <= 0 {
            self.supply.remove(at);
        }
        true
    }

    fn levels(&mut self, clock: i64, today: i64) {
        let mean = self.rate * HORIZON as f64;
        let deviation = (1.5 * mean + mean * mean / 20.0).sqrt();
        let last = (today + HORIZON) * DAY_MS;
        let dated = self.supply.iter().filter(|open| clock < open.2 && open.2 <= last);
        let coming = dated.map(|open| 0.885 * open.1 as f64).sum::<f64>() as i64;
        self.trips = LINES.map(|(severity, entry, leave)| {
            let level = |quantile: f64| (mean + quantile * deviation).ceil() as i64 * 1000 - coming;
            (severity, level(entry).max(0), level(leave))
        });
    }

    fn detect(&mut self, movement: &Movement, ledger: &mut impl FnMut(String)) {
        let stock = self.on_hand;
        self.set(NEGATIVE, if stock < 0 { 2 } else { 0 }, movement, ledger);
        let empty = stock <= 0 && self.rate > 0.0;
        self.set(OUT, if empty { 3 } else { 0 }, movement, ledger);
        let now = self.alerts[PROJECTED];
        let trips = |&&(severity, trip, leave): &&(u8, i64, i64)| stock < trip || (severity <= now && stock < leave);
        let level = if empty { 0 } else { self.trips.iter().find(trips).map_or(0, |line| line.0) };
        self.set(PROJECTED, level, movement, ledger);
        let overdue = self.supply.iter().any(|open| open.2 + GRACE_MS <= movement.clock);
        self.set(OVERDUE, if overdue { 2 } else { 0 }, movement, ledger);
    }

    fn set(&mut self, alert: usize, level: u8, movement: &Movement, ledger: &mut impl FnMut(String)) {
        let before = std::mem::replace(&mut self.alerts[alert], level);
        if before == level {
            return;
        }
        let entry = match (before, level) {
            (0, _) => "OPENED",
            (_, 0) => "CLEARED",
            _ if level > before => "WORSENED",
            _ => "EASED",
        };
        let (clock, location, sku) = (movement.clock, &movement.location, &movement.sku);
        ledger(format!("{clock}\t{location}\t{sku}\t{}\t{entry}\t{level}", ALERTS[alert]));
    }
}
