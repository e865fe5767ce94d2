//! A policy that changes is a record in the log: from there on it holds, in every replay at the same place.
//!
//! What was due before fires, and days that have passed are learned from, under the old policy. Then every position gets its
//! new terms and is looked at; what opens, changes or ends by that is caused by the record.

use crate::alert::entry::Cause;
use crate::group::Group;
use crate::policy::Policy;
use crate::stock::thresholds;
use crate::values::error::CoreError;
use crate::values::movement::Movement;

impl Group {
    /// Applies a policy record: its reference is the compiled policy.
    pub(crate) fn change_policy(&mut self, m: &Movement<'_>) -> Result<(), CoreError> {
        let policy = Policy::read(m.reference.unwrap_or(""))?;
        self.tick(m.clock);
        self.fire_due();
        for at in 0..self.rows.len() as u32 {
            self.touch(at);
            self.roll(at, m.clock);
        }
        self.set_policy(policy);
        self.next_mark = (m.clock.div_euclid(self.policy.publish_every_ms) + 1) * self.policy.publish_every_ms;
        let cause = Cause::Record { source: m.source, id: m.id };
        for at in 0..self.rows.len() as u32 {
            let (location, sku) = (self.rows[at as usize].location, self.rows[at as usize].sku);
            let (location, sku) = (self.locations.get(location).to_owned(), self.skus.get(sku).to_owned());
            let terms = self.resolve(&location, &sku)?;
            let row = &mut self.rows[at as usize];
            row.terms = terms;
            thresholds::refresh(row, &self.terms[terms as usize]);
            let day = self.roll(at, m.clock);
            if self.needs_look(at) {
                self.detect(at, m.clock, &day, cause, None, None);
                self.schedule(at, m.clock, &day);
            } else {
                self.close_at_day_end(at, &day);
            }
        }
        Ok(())
    }

    /// Replaces the policy; what was resolved under the old one is forgotten.
    pub(crate) fn set_policy(&mut self, policy: Policy) {
        self.version = policy.version.as_str().into();
        self.policy = policy;
        self.policy_saved = false;
        self.terms.clear();
        self.calendars.clear();
        self.matched.clear();
    }
}
