//! What a policy says about a position, where the log has to know it before a key group sees the record.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::intake::record::{NaiveZone, ZoneOf};
use crate::policy::{Catalogue, Policy, Subject, Terms};
use crate::values::calendar::Calendar;

/// What `naive_zone` of a policy says when the zone of each position holds.
pub const OF_POSITION: &str = "position";

/// What a policy says about times that carry no zone; `None`: they are refused.
pub fn naive_zone(policy: &Policy) -> Option<NaiveZone> {
    match policy.naive_zone.as_deref()? {
        OF_POSITION => Some(NaiveZone::OfPosition),
        name => Calendar::new(name).map(NaiveZone::Fixed),
    }
}

/// The terms of positions under one policy; each set of layers that matches is resolved once.
pub struct PositionTerms {
    policy: Policy,
    catalogue: Catalogue,
    known: Mutex<HashMap<Vec<usize>, Arc<Terms>>>,
    /// Whether any layer puts returns on hold: else nobody has to look.
    holds_returns: bool,
}

impl PositionTerms {
    pub fn new(policy: &Policy, catalogue: &Catalogue) -> Arc<PositionTerms> {
        let holds_returns =
            policy.layers.iter().any(|layer| layer.values.get("returns").is_some_and(|value| value == "hold"));
        let (policy, catalogue) = (policy.clone(), catalogue.clone());
        Arc::new(PositionTerms { policy, catalogue, known: Mutex::default(), holds_returns })
    }

    fn of(&self, location: &str, sku: &str) -> Arc<Terms> {
        let layers = self.policy.matching(&Subject { location, sku, item: self.catalogue.get(sku) });
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let terms = known.entry(layers).or_insert_with_key(|layers| {
            Arc::new(self.policy.terms(layers).expect("the policy was checked when it was read"))
        });
        terms.clone()
    }

    /// Whether what comes back to a position is put on hold.
    #[inline]
    pub fn holds_returns(&self, location: &str, sku: &str) -> bool {
        self.holds_returns && self.of(location, sku).returns_to_hold
    }

    /// Finds the zone of a position.
    pub fn zone_of(self: &Arc<PositionTerms>) -> ZoneOf {
        let terms = self.clone();
        Box::new(move |location, sku| {
            Calendar::new(&terms.of(location, sku).time_zone).expect("the zone was checked with the terms")
        })
    }
}
