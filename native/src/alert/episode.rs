//! An alert is an episode: it opens, worsens, eases and ends. An event that does not change it does not write an entry.
//!
//! ```text
//!            dwell                      higher level: WORSENED, lower level: EASED
//!   quiet ──────────▶ open (OPENED) ──────────────────────────────────────────────┐
//!     ▲                 │  the fourth opening in `flap_window`: FLAPPING, once     │
//!     └─────────────────┴── condition false for `clear_after` (flapping: `flap_hold`): CLEARED
//!                           another alert takes over: SUPERSEDED      an exemption applies: EXPIRED
//! ```
//! [`Lifecycle::step`] is pure: state, level, time in; entries out.

use xxhash_rust::xxh3::xxh3_128;

use crate::policy::Terms;
use crate::policy::alert_type::{AlertType, TYPES};
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::instant::Millis;

/// What an entry of the ledger says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Opened,
    Worsened,
    Eased,
    Revised,
    Flapping,
    Cleared,
    Expired,
    Superseded,
}

impl Change {
    pub fn name(self) -> &'static str {
        match self {
            Change::Opened => "OPENED",
            Change::Worsened => "WORSENED",
            Change::Eased => "EASED",
            Change::Revised => "REVISED",
            Change::Flapping => "FLAPPING",
            Change::Cleared => "CLEARED",
            Change::Expired => "EXPIRED",
            Change::Superseded => "SUPERSEDED",
        }
    }

    pub fn ends(self) -> bool {
        matches!(self, Change::Cleared | Change::Expired | Change::Superseded)
    }
}

/// 26 characters of Crockford base 32.
pub type AlertId = [u8; 26];

pub fn text(id: &AlertId) -> &str {
    std::str::from_utf8(id).expect("an alert id is ASCII")
}

/// The alerts of one type at one position, one after another: at most one is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifecycle {
    pub kind: AlertType,
    /// 0 if an episode is not open, else 1 watch to 3 critical.
    pub level: u8,
    pub flapping: bool,
    pub episode: u32,
    /// Number of the last entry of the episode.
    pub seq: u32,
    pub opened_at: Millis,
    pub alert_id: AlertId,
    /// Since when the condition holds without an episode (dwell).
    pub holding: Option<Millis>,
    /// Since when an open episode's level is lower than recorded.
    pub lower: Option<Millis>,
    /// Since when an open episode's condition is false.
    pub quiet: Option<Millis>,
    /// The latest openings within the flap window, oldest first.
    pub openings: Vec<Millis>,
}

impl Lifecycle {
    pub fn new(kind: AlertType) -> Lifecycle {
        Lifecycle {
            kind,
            level: 0,
            flapping: false,
            episode: 0,
            seq: 0,
            opened_at: 0,
            alert_id: [b'0'; 26],
            holding: None,
            lower: None,
            quiet: None,
            openings: Vec::new(),
        }
    }

    pub fn is_open(&self) -> bool {
        self.level > 0
    }

    /// Whether it is open, or about to open.
    pub fn is_active(&self) -> bool {
        self.is_open() || self.holding.is_some()
    }

    /// Whether any record may change it: it is not a sign, or it is active.
    pub fn is_watched(&self) -> bool {
        !self.kind.is_sign() || self.is_active()
    }

    /// The condition has level `level` (0: false) at `now`. Returns the changes.
    pub fn step(&mut self, level: u8, now: Millis, terms: &Terms) -> Vec<Change> {
        if self.is_open() { self.step_open(level, now, terms) } else { self.step_quiet(level, now, terms) }
    }

    fn step_quiet(&mut self, level: u8, now: Millis, terms: &Terms) -> Vec<Change> {
        if level == 0 {
            self.holding = None;
            return Vec::new();
        }
        let since = *self.holding.get_or_insert(now);
        if now - since < terms.dwell_ms {
            return Vec::new();
        }
        self.holding = None;
        self.level = level;
        self.episode += 1;
        self.opened_at = now;
        self.flapping = false;
        self.openings.retain(|at| now - at <= terms.flap_window_ms);
        self.openings.push(now);
        if terms.flap_count > 0 && self.openings.len() >= terms.flap_count {
            self.openings.remove(0);
            self.flapping = true;
            return vec![Change::Opened, Change::Flapping];
        }
        vec![Change::Opened]
    }

    fn step_open(&mut self, level: u8, now: Millis, terms: &Terms) -> Vec<Change> {
        if level > 0 {
            self.quiet = None;
        }
        if level >= self.level {
            self.lower = None;
            if level == self.level {
                return Vec::new();
            }
            self.level = level;
            return vec![Change::Worsened];
        }
        if level == 0 {
            self.lower = None;
        }
        let since = if level == 0 { &mut self.quiet } else { &mut self.lower };
        let since = *since.get_or_insert(now);
        if now - since < self.hold(level, terms) {
            return Vec::new();
        }
        if level == 0 {
            self.end();
            return vec![Change::Cleared];
        }
        self.lower = None;
        self.level = level;
        vec![Change::Eased]
    }

    fn hold(&self, level: u8, terms: &Terms) -> i64 {
        if level == 0 && self.flapping { terms.clear_after_ms.max(terms.flap_hold_ms) } else { terms.clear_after_ms }
    }

    /// Ends the episode for another reason than its condition: superseded or expired.
    pub fn end(&mut self) {
        self.level = 0;
        self.flapping = false;
        self.lower = None;
        self.quiet = None;
        self.holding = None;
    }

    /// When a dwell or a hold that has begun will be over.
    pub fn due(&self, terms: &Terms) -> Option<Millis> {
        let dwell = self.holding.map(|since| since + terms.dwell_ms);
        let lower = self.lower.map(|since| since + self.hold(1, terms));
        let quiet = self.quiet.map(|since| since + self.hold(0, terms));
        [dwell, lower, quiet].into_iter().flatten().min()
    }

    pub fn write(&self, e: &mut Encoder) {
        for value in [self.kind as u32, u32::from(self.level), u32::from(self.flapping), self.episode, self.seq] {
            e.u32(value);
        }
        e.i64(self.opened_at);
        e.text(text(&self.alert_id));
        [self.holding, self.lower, self.quiet].into_iter().for_each(|since| e.option(since));
        e.u32(self.openings.len() as u32);
        self.openings.iter().for_each(|at| e.i64(*at));
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Lifecycle, CoreError> {
        let kind =
            TYPES.get(d.u32()? as usize).ok_or_else(|| CoreError::damage("the state names an unknown alert type"))?.0;
        let mut lifecycle = Lifecycle::new(kind);
        (lifecycle.level, lifecycle.flapping) = (d.u32()?.min(3) as u8, d.u32()? == 1);
        (lifecycle.episode, lifecycle.seq, lifecycle.opened_at) = (d.u32()?, d.u32()?, d.time()?);
        let id = d.text()?.as_bytes().try_into();
        lifecycle.alert_id =
            id.map_err(|_| CoreError::damage("an alert id in the state does not have 26 characters"))?;
        (lifecycle.holding, lifecycle.lower, lifecycle.quiet) =
            (d.optional_time()?, d.optional_time()?, d.optional_time()?);
        for _ in 0..d.u32()? {
            lifecycle.openings.push(d.time()?);
        }
        Ok(lifecycle)
    }
}

/// The level of a probability with hysteresis: each severity switches on at its line and off below
/// `exit_ratio` × its line; the level is the highest that is on.
pub fn graded(p: f64, level: u8, terms: &Terms) -> u8 {
    (1..=3)
        .rev()
        .find(|severity| {
            let line = terms.lines[usize::from(*severity) - 1];
            p >= line || (level >= *severity && p >= terms.exit_ratio * line)
        })
        .unwrap_or(0)
}

/// The identity of an episode: 48 bits of its opening in ms, 80 bits of a stable hash of its position and type.
pub fn alert_id(
    pipeline: &str,
    location: &str,
    sku: &str,
    kind: AlertType,
    episode: u32,
    opened_at: Millis,
) -> AlertId {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut about = Vec::with_capacity(64);
    for part in [pipeline, location, sku, kind.name()] {
        about.extend_from_slice(&(part.len() as u32).to_le_bytes());
        about.extend_from_slice(part.as_bytes());
    }
    about.extend_from_slice(&episode.to_le_bytes());
    let bits = (opened_at as u128 & 0xffff_ffff_ffff) << 80 | (xxh3_128(&about) & ((1 << 80) - 1));
    std::array::from_fn(|at| ALPHABET[(bits >> (5 * (25 - at)) & 31) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;
    use crate::values::instant::{DAY, HOUR};

    fn terms() -> Terms {
        policy::defaults().terms(&[0]).unwrap()
    }

    #[test]
    fn low_restocked_low_is_exactly_two_episodes() {
        let (terms, mut lifecycle) = (terms(), Lifecycle::new(AlertType::OutOfStock));
        let all: Vec<Change> =
            [3, 3, 3, 0, 0, 3, 3].iter().enumerate().flat_map(|(t, l)| lifecycle.step(*l, t as i64, &terms)).collect();
        assert_eq!(all, [Change::Opened, Change::Cleared, Change::Opened]);
        assert_eq!(lifecycle.episode, 2);
    }

    #[test]
    fn entry_and_exit_lines_stand_apart() {
        let mut terms = terms();
        terms.lines = [0.3, 0.5, 0.8];
        let mut level = 0;
        let levels: Vec<u8> = [0.29, 0.30, 0.2, 0.51, 0.81, 0.41, 0.39, 0.26, 0.24, 0.16, 0.149, 0.29]
            .iter()
            .map(|p| {
                level = graded(*p, level, &terms);
                level
            })
            .collect();
        assert_eq!(levels, [0, 1, 1, 2, 3, 3, 2, 2, 1, 1, 0, 0]);
    }

    #[test]
    fn the_fourth_opening_in_a_week_flaps_and_holds_for_a_day() {
        let (terms, mut lifecycle) = (terms(), Lifecycle::new(AlertType::OutOfStock));
        let mut changes = Vec::new();
        for at in 0..5 {
            changes.extend(lifecycle.step(3, at * 2 * HOUR, &terms));
            changes.extend(lifecycle.step(0, at * 2 * HOUR + HOUR, &terms));
        }
        let opened = changes.iter().filter(|c| **c == Change::Opened).count();
        assert_eq!((opened, *changes.last().unwrap()), (4, Change::Flapping));
        assert_eq!(lifecycle.due(&terms), Some(9 * HOUR + DAY));
        assert_eq!(lifecycle.step(0, 9 * HOUR + DAY, &terms), [Change::Cleared]);
    }

    #[test]
    fn dwell_and_clear_after_wait_for_the_clock() {
        let mut terms = terms();
        (terms.dwell_ms, terms.clear_after_ms) = (10, 20);
        let mut lifecycle = Lifecycle::new(AlertType::ProjectedStockout);
        assert_eq!(lifecycle.step(1, 0, &terms), []);
        assert_eq!(lifecycle.step(0, 5, &terms), []);
        assert_eq!(lifecycle.step(1, 6, &terms), []);
        assert_eq!(lifecycle.due(&terms), Some(16));
        assert_eq!(lifecycle.step(2, 16, &terms), [Change::Opened]);
        assert_eq!(lifecycle.step(1, 20, &terms), []);
        assert_eq!(lifecycle.due(&terms), Some(40));
        assert_eq!(lifecycle.step(1, 40, &terms), [Change::Eased]);
        assert_eq!(lifecycle.step(0, 50, &terms), []);
        assert_eq!((lifecycle.due(&terms), lifecycle.step(0, 70, &terms)), (Some(70), vec![Change::Cleared]));
    }

    #[test]
    fn an_identity_is_a_format() {
        let id = alert_id("lowtide", "330", "1004906", AlertType::OutOfStock, 1, 1_795_339_800_000);
        assert_eq!(&id, b"01M819EKE0ZEYY5VNEWY3TBPKX");
        assert_ne!(id, alert_id("lowtide", "330", "1004906", AlertType::OutOfStock, 2, 1_795_339_800_000));
        assert_ne!(
            alert_id("a", "bc", "d", AlertType::OutOfStock, 1, 0),
            alert_id("a", "b", "cd", AlertType::OutOfStock, 1, 0)
        );
    }
}
