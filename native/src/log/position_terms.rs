//! What a policy says about a position, where the log has to know it before a key group sees the record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::intake::times::{NaiveZone, ZoneOf};
use crate::log::feeds::place::Watch;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::policy::{Catalogue, Policy, ZONE_OF_POSITION};
use crate::values::calendar::Calendar;
use crate::values::feed::feed_name;

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
    /// Whether any layer looks for silent feeds: else there is no need to know any.
    pub looks_for_silence: bool,
}

impl PositionTerms {
    pub fn new(policy: &Policy, catalogue: Catalogue) -> Arc<PositionTerms> {
        let holds_returns =
            policy.layers.iter().any(|layer| layer.values.get("returns").is_some_and(|value| value == "hold"));
        let looks_for_silence = policy.looks_for(AlertType::SilentFeed);
        let rules = Mutex::new(Rules::new(policy.clone(), catalogue));
        Arc::new(PositionTerms { rules, holds_returns, looks_for_silence })
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

    /// What is said of a source of a location, or of all of them together; `None`: its silence is not looked for.
    pub fn watch(&self, location: &str, source: &str) -> Option<Watch> {
        self.of(location, &feed_name(source), |rules, number| {
            let terms = rules.terms(number);
            let watch = Watch { needed: terms.signs.silent_records, least_ms: terms.signs.silent_least_ms };
            (!terms.off[AlertType::SilentFeed as usize]).then_some(watch)
        })
    }

    /// Finds the zone of a position.
    pub fn zone_of(self: &Arc<PositionTerms>) -> ZoneOf {
        let terms = self.clone();
        Box::new(move |location, sku| terms.of(location, sku, |rules, number| rules.calendar(number).clone()))
    }
}
