//! What the detectors decide in one look: a level goes through the lifecycle of its alert, and each change becomes an entry.

use crate::alert::episode::{AlertId, Change, Lifecycle};
use crate::detect::outlook::Outlook;
use crate::policy::alert_type::AlertType;
use crate::stock::book::Book;

/// A change that is about to be written.
pub struct Decision {
    /// Which of the position's lifecycles changed.
    pub lifecycle: usize,
    pub change: Change,
    pub severity: u8,
    pub reason: &'static str,
    pub supersedes: Option<AlertId>,
    /// p_stockout, where it made the decision.
    pub p: Option<f64>,
}

/// The decisions of one look at one position, in order.
pub struct Decisions<'a> {
    pub book: &'a mut Book,
    pub outlook: &'a Outlook<'a>,
    pub list: Vec<Decision>,
}

impl<'a> Decisions<'a> {
    pub fn new(book: &'a mut Book, outlook: &'a Outlook<'a>) -> Decisions<'a> {
        Decisions { book, outlook, list: Vec::new() }
    }

    /// Moves a lifecycle on by one detector's level, 0 where its condition is false. `reasons`: of a change to a higher level
    /// than 0, and to a lower one. Nothing is stored for a condition that never held.
    pub fn step(&mut self, kind: AlertType, level: u8, reasons: [&'static str; 2]) {
        let (row, outlook) = (self.outlook.row, self.outlook);
        let level = if outlook.terms.off[kind as usize] { 0 } else { level };
        let known = self.book.lifecycles(row).iter().position(|lifecycle| lifecycle.kind == kind);
        let at = match known {
            Some(at) => at,
            None if level == 0 => return,
            None => self.add_lifecycle(kind),
        };
        let lifecycle = self.lifecycle(at);
        let last_level = lifecycle.level;
        let changes = lifecycle.step(level, outlook.now, outlook.terms);
        let (new_level, episode, opened_at) = (lifecycle.level, lifecycle.episode, lifecycle.opened_at);
        for change in changes {
            if change == Change::Opened {
                let alert_id = self.book.alert_id(row, kind, episode, opened_at);
                let lifecycle = self.lifecycle(at);
                (lifecycle.alert_id, lifecycle.seq) = (alert_id, 0);
            }
            let reason = match change {
                Change::Flapping => "opened_too_often",
                Change::Opened | Change::Worsened => reasons[0],
                _ => reasons[1],
            };
            let severity = if change.ends() { last_level } else { new_level };
            self.list.push(Decision { lifecycle: at, change, severity, reason, supersedes: None, p: None });
        }
    }

    /// The same for a condition that holds or does not: where it holds its level is the severity of the policy.
    pub fn judge(&mut self, kind: AlertType, holds: bool, reasons: [&'static str; 2]) {
        let level = if holds { self.outlook.terms.severity[kind as usize] } else { 0 };
        self.step(kind, level, reasons);
    }

    /// Ends an open alert for a reason that is not its own condition; gives its identity.
    pub fn end(&mut self, kind: AlertType, change: Change, reason: &'static str) -> Option<AlertId> {
        let mut lifecycles = self.book.lifecycles(self.outlook.row).iter();
        let at = lifecycles.position(|lifecycle| lifecycle.kind == kind && lifecycle.is_open())?;
        let lifecycle = self.lifecycle(at);
        let (severity, id) = (lifecycle.level, lifecycle.alert_id);
        lifecycle.end();
        self.list.push(Decision { lifecycle: at, change, severity, reason, supersedes: None, p: None });
        Some(id)
    }

    /// The alert of `kind` that opens in this look names the one that it replaces.
    pub fn name_superseded(&mut self, kind: AlertType, superseded: Option<AlertId>) {
        let lifecycles = self.book.lifecycles(self.outlook.row);
        let opens = |d: &&mut Decision| d.change == Change::Opened && lifecycles[d.lifecycle].kind == kind;
        if let Some(opening) = self.list.iter_mut().find(opens) {
            opening.supersedes = superseded;
        }
    }

    /// A dwell that had begun ends.
    pub fn stop_waiting(&mut self, kind: AlertType) {
        let at = self.book.lifecycles(self.outlook.row).iter().position(|lifecycle| lifecycle.kind == kind);
        if let Some(at) = at {
            self.lifecycle(at).holding = None;
        }
    }

    /// The level of the open alert of one type, 0 if there is not one.
    pub fn open_level(&self, kind: AlertType) -> u8 {
        self.book.open_alert(self.outlook.row, kind).map_or(0, |lifecycle| lifecycle.level)
    }

    /// Whether an alert of one type is open, or waits for its dwell.
    pub fn is_active(&self, kind: AlertType) -> bool {
        self.book.lifecycles(self.outlook.row).iter().any(|known| known.kind == kind && known.is_active())
    }

    pub fn is_open(&self, kind: AlertType) -> bool {
        self.open_level(kind) > 0
    }

    fn lifecycle(&mut self, at: usize) -> &mut Lifecycle {
        &mut self.book.extras_mut(self.outlook.row).alerts_mut().lifecycles[at]
    }

    fn add_lifecycle(&mut self, kind: AlertType) -> usize {
        let lifecycles = &mut self.book.extras_mut(self.outlook.row).alerts_mut().lifecycles;
        lifecycles.reserve_exact(1);
        lifecycles.push(Lifecycle::new(kind));
        lifecycles.len() - 1
    }
}
