//! What a map expects of its movements beyond their form: `expect:` warns of what is unlikely, or rejects it.

use crate::intake::record::Valid;
use crate::map::cell::quoted;
use crate::map::compile::decimal;
use crate::map::document::{self, On};
use crate::map::lookup::{Lookup, nfc};
use crate::values::error::CoreError;
use crate::values::instant::{self, Millis};
use crate::values::quantity::{self, Milli};

/// The expectations of a map.
pub struct Expect {
    /// Whether an unexpected movement is rejected; else it is taken and warned of.
    pub rejects: bool,
    least: Option<Milli>,
    most: Option<Milli>,
    kinds: Option<Lookup<()>>,
    skus: Option<Lookup<()>>,
    locations: Option<Lookup<()>>,
    /// How far an event time may be from the arrival of its record, where the log has one.
    within_ms: Option<i64>,
}

impl Expect {
    pub fn new(document: &document::Expect) -> Result<Expect, CoreError> {
        let bound = |text: &Option<String>| -> Result<Option<Milli>, CoreError> {
            let Some(text) = text else { return Ok(None) };
            let milli = decimal(text)?.milli();
            let wrong = || CoreError::map(format!("`{text}` is not a quantity of at most 3 decimal places"));
            Ok(Some(milli.ok_or_else(wrong)?))
        };
        let set = |texts: &Option<Vec<String>>| {
            texts.as_ref().map(|texts| Lookup::new(texts.iter().map(|text| (text.clone(), ()))))
        };
        let (least, most) = match &document.quantity {
            Some(bounds) => (bound(&bounds.min)?, bound(&bounds.max)?),
            None => (None, None),
        };
        Ok(Expect {
            rejects: document.on == On::Reject,
            least,
            most,
            kinds: set(&document.kind),
            skus: set(&document.sku),
            locations: set(&document.location),
            within_ms: document.event_time_within_ms,
        })
    }

    /// The first field that is not as expected, and a sentence.
    pub fn unexpected(&self, valid: &Valid<'_>, arrival: Option<Millis>) -> Option<(&'static str, String)> {
        let unknown =
            |set: &Option<Lookup<()>>, text: &str| set.as_ref().is_some_and(|set| set.find(&nfc(text)).is_none());
        if unknown(&self.kinds, valid.kind.name()) {
            return Some(("kind", format!("`kind` {} is not expected", valid.kind.name())));
        }
        let position = valid.kind.has_position();
        if position && unknown(&self.skus, &valid.sku) {
            return Some(("sku", format!("`sku` {} is not in the catalogue", quoted(&valid.sku))));
        }
        if position && unknown(&self.locations, &valid.location) {
            return Some(("location", format!("`location` {} is not in the locations file", quoted(&valid.location))));
        }
        let quantity = valid.quantity;
        if self.least.is_some_and(|least| quantity < least) || self.most.is_some_and(|most| quantity > most) {
            return Some((
                "quantity",
                format!("`quantity` {} is outside the limits of the map", quantity::format(quantity)),
            ));
        }
        let far = |arrival: Millis| self.within_ms.is_some_and(|within| (arrival - valid.event_time).abs() > within);
        if arrival.is_some_and(|arrival| arrival >= instant::FIRST && far(arrival)) {
            let time = instant::format(valid.event_time);
            return Some(("event_time", format!("`event_time` {time} is too far from the arrival of the record")));
        }
        None
    }
}
