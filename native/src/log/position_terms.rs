//! What a policy says about a position, where the log has to know it before a key group sees the record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::intake::times::{NaiveZone, ZoneOf};
use crate::policy::rules::Rules;
use crate::policy::{Catalogue, Policy, ZONE_OF_POSITION};
use crate::values::calendar::Calendar;

/// What a policy says about times that carry no zone; `None`: they are refused.
pub fn naive_zone(policy: &Policy) -> Option<NaiveZone> {
    match policy.naive_zone.as_deref()? {
        ZONE_OF_POSITION => Some(NaiveZone::OfPosition),
        name => Calendar::new(name).map(NaiveZone::Fixed),
    }
}

/// The rules of a log: those of its key groups, asked before a record is sent to one.
pub struct PositionTerms {
    rules: Mutex<Rules>,
    /// Whether any layer puts returns on hold: else nobody has to look.
    holds_returns: bool,
}

impl PositionTerms {
    pub fn new(policy: &Policy, catalogue: Catalogue) -> Arc<PositionTerms> {
        let holds_returns =
            policy.layers.iter().any(|layer| layer.values.get("returns").is_some_and(|value| value == "hold"));
        Arc::new(PositionTerms { rules: Mutex::new(Rules::new(policy.clone(), catalogue)), holds_returns })
    }

    /// The same catalogue under another policy.
    pub fn under(&self, policy: &Policy) -> Arc<PositionTerms> {
        PositionTerms::new(policy, self.lock().catalogue.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks about a position: `look` gets the rules, and the number of its terms.
    fn of<T>(&self, location: &str, sku: &str, look: impl FnOnce(&Rules, u32) -> T) -> T {
        let mut rules = self.lock();
        let number = rules.resolve(location, sku).expect("the policy was checked when it was read");
        look(&rules, number)
    }

    /// Whether what comes back to a position is put on hold.
    #[inline]
    pub fn holds_returns(&self, location: &str, sku: &str) -> bool {
        self.holds_returns && self.of(location, sku, |rules, number| rules.terms(number).returns_to_hold)
    }

    /// Finds the zone of a position.
    pub fn zone_of(self: &Arc<PositionTerms>) -> ZoneOf {
        let terms = self.clone();
        Box::new(move |location, sku| terms.of(location, sku, |rules, number| rules.calendar(number).clone()))
    }
}
