//! A void takes back what its record did; one that comes before its record guesses, and is put right when the record comes.
//!
//! ```text
//! void of a record that is remembered ─▶ takes back what that did        of a count, an order, …: a reject
//! void of a record that is not        ─▶ takes back what `of` says, on stock and demand, and waits
//!                                         ├▶ the record comes: the guess is taken out, what it did is taken back
//!                                         └▶ the clock is `late_window` past the void: nothing came, it is counted
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::intake::record::Valid;
use crate::intake::reject::{Fault, Place, Reject};
use crate::log::dedup::{self, void_fingerprint};
use crate::log::partition::{Partition, group_of};
use crate::values::deed::Deed;
use crate::values::instant::Millis;
use crate::values::movement::{Kind, Movement};
use crate::values::names::tag_of_names;
use crate::values::quantity::Milli;

/// A void whose record has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub event_time: Millis,
    pub quantity: Milli,
    /// What it took back at once.
    pub guess: Option<Deed>,
    pub location: Box<str>,
    pub sku: Box<str>,
}

/// The voids that wait, by the fingerprint of their record and their own.
#[derive(Debug, Default)]
pub struct Voids {
    waiting: BTreeMap<(u64, u64), Waiting>,
    by_time: BTreeSet<(Millis, u64, u64)>,
    /// Records that voids of the open block name: whether those wait is not decided yet.
    open: Vec<u64>,
}

impl Voids {
    /// Whether a record with this fingerprint may be one that a void waits for.
    #[inline]
    pub fn may_wait_for(&self, record: u64) -> bool {
        (!self.waiting.is_empty() && self.waiting.range((record, 0)..=(record, u64::MAX)).next().is_some())
            || (!self.open.is_empty() && self.open.binary_search(&record).is_ok())
    }

    /// A void of the open block names this record.
    pub fn names(&mut self, record: u64) {
        if let Err(at) = self.open.binary_search(&record) {
            self.open.insert(at, record);
        }
    }

    /// All voids of the open block are decided.
    pub fn close_block(&mut self) {
        self.open.clear();
    }

    /// The void waits; true when it takes the place of one that nobody remembers as a void of this record any more.
    #[must_use]
    pub fn wait(&mut self, record: u64, void: u64, waiting: Waiting) -> bool {
        let time = waiting.event_time;
        let before = self.waiting.insert((record, void), waiting);
        if let Some(before) = &before {
            self.by_time.remove(&(before.event_time, record, void));
        }
        self.by_time.insert((time, record, void));
        before.is_some()
    }

    /// Lets go of the voids whose record has not come in time; how many they were.
    pub fn expire(&mut self, oldest: Millis) -> u64 {
        let mut count = 0;
        while let Some((time, record, void)) = self.by_time.first().copied()
            && time < oldest
        {
            self.by_time.pop_first();
            self.waiting.remove(&(record, void));
            count += 1;
        }
        count
    }

    /// The voids that waited for this record at its position, or at any where it has none.
    fn take(&mut self, record: u64, position: Option<(&str, &str)>) -> Vec<Waiting> {
        let fits = |void: &Waiting| position.is_none_or(|(l, s)| (&*void.location, &*void.sku) == (l, s));
        let of_record = self.waiting.range((record, 0)..=(record, u64::MAX));
        let keys: Vec<_> = of_record.filter(|(_, void)| fits(void)).map(|(key, _)| *key).collect();
        let mut taken = Vec::with_capacity(keys.len());
        for key in keys {
            let void = self.waiting.remove(&key).expect("it was there");
            self.by_time.remove(&(void.event_time, key.0, key.1));
            taken.push(void);
        }
        taken
    }

    /// All that wait, by the fingerprints of record and void.
    pub fn all(&self) -> impl ExactSizeIterator<Item = (&(u64, u64), &Waiting)> {
        self.waiting.iter()
    }

    pub fn clear(&mut self) {
        (self.waiting, self.by_time) = Default::default();
    }
}

/// A void of the open block, as far as it has to be known when it is decided.
pub(crate) struct OpenVoid {
    /// Fingerprint of the record that it names; `None` when it names none.
    record: Option<u64>,
    void: u64,
    tag: u16,
    offset: u64,
    place: Option<Place>,
    waiting: Waiting,
    bytes: Vec<u8>,
}

/// What becomes of a void.
pub(crate) enum Verdict {
    Duplicate,
    /// Its record is of this kind, which cannot be voided: it is a reject.
    Refused(Kind),
    /// It takes this back.
    Taken(Option<Deed>),
}

impl OpenVoid {
    pub(crate) fn new(valid: &Valid<'_>, tag: u16, offset: u64, place: Option<Place>, bytes: Vec<u8>) -> OpenVoid {
        let reference = valid.reference;
        OpenVoid {
            record: reference.map(|id| dedup::fingerprint(valid.source, id)),
            void: reference.map_or(0, |id| void_fingerprint(valid.source, id, &valid.location, &valid.sku)),
            tag,
            offset,
            place,
            waiting: Waiting {
                event_time: valid.event_time,
                quantity: valid.quantity,
                guess: Deed::guess(valid.of),
                location: valid.location.as_ref().into(),
                sku: valid.sku.as_ref().into(),
            },
            bytes,
        }
    }

    pub(crate) fn record(&self) -> Option<u64> {
        self.record
    }
}

impl Partition {
    /// Decides a void that is not a duplicate by its own id. `before` is the clock before it, `after` the clock after it.
    pub(crate) fn decide_void(&mut self, void: OpenVoid, before: Millis, after: Millis) -> Verdict {
        let Some(record) = void.record else {
            self.counts.void_unmatched += 1;
            return Verdict::Taken(void.waiting.guess);
        };
        let deed = match self.judge_void(record, void.void, void.tag, before) {
            Verdict::Taken(deed) => deed,
            Verdict::Duplicate => return Verdict::Duplicate,
            Verdict::Refused(kind) => {
                let fault = Fault::void_of_what("ref", kind.name());
                self.reject_void(Reject { offset: void.offset, place: void.place, fault, record: void.bytes });
                return Verdict::Refused(kind);
            }
        };
        let own = Deed::new(Kind::Void, false, false, None, void.tag);
        self.dedup.remember(void.void, after, void.waiting.event_time, own);
        if deed.is_some() {
            return Verdict::Taken(deed);
        }
        let guess = void.waiting.guess;
        if after - void.waiting.event_time > self.policy.late_window_ms {
            self.counts.void_unmatched += 1; // it is too late to wait
            return Verdict::Taken(guess);
        }
        self.counts.void_unmatched += u64::from(self.voids.wait(record, void.void, void.waiting));
        Verdict::Taken(guess)
    }

    /// Lets go of the voids whose record can not come in time any more at `clock`.
    pub(crate) fn expire_voids(&mut self, clock: Millis) {
        self.counts.void_unmatched += self.voids.expire(clock - self.policy.late_window_ms);
    }

    /// What becomes of a void by what is remembered: it takes back what its record did, nothing where that is not known.
    fn judge_void(&self, record: u64, void: u64, tag: u16, before: Millis) -> Verdict {
        let deed = self.dedup.find(record, before).filter(|deed| deed.may_be_of(tag));
        match deed.map(Deed::kind).filter(|kind| !kind.can_be_voided()) {
            Some(kind) => Verdict::Refused(kind),
            None if self.dedup.find(void, before).is_some() => Verdict::Duplicate,
            None => Verdict::Taken(deed),
        }
    }

    /// Whether a record is a void that will not be taken: of what cannot be voided, or the second of one record.
    fn is_refused_or_second(&self, valid: &Valid<'_>, before: Millis) -> bool {
        let (Kind::Void, Some(id)) = (valid.kind, valid.reference) else { return false };
        let record = dedup::fingerprint(valid.source, id);
        let void = void_fingerprint(valid.source, id, &valid.location, &valid.sku);
        let tag = tag_of_names(&valid.location, &valid.sku);
        !matches!(self.judge_void(record, void, tag, before), Verdict::Taken(_))
    }

    /// A record comes that a void may have waited for: what the void guessed is taken out, what the record does is taken back.
    #[cold]
    pub(crate) fn correct(&mut self, valid: &Valid<'_>, record: u64) {
        self.deduplicate();
        let before = self.clock.unwrap_or(valid.event_time);
        let clock = before.max(valid.event_time);
        if self.dedup.find(record, before).is_some() || self.is_refused_or_second(valid, before) {
            return; // it is not a record
        }
        self.expire_voids(clock);
        let has_position = valid.kind.has_position();
        let position = has_position.then_some((&*valid.location, &*valid.sku));
        let own = has_position.then(|| group_of(&valid.location, &valid.sku, self.groups));
        for void in self.voids.take(record, position) {
            let right =
                valid.kind.can_be_voided().then(|| self.deed_of(valid, tag_of_names(&valid.location, &valid.sku)));
            self.counts.void_of_what += u64::from(right.is_none());
            let group = group_of(&void.location, &void.sku, self.groups);
            let together = own == Some(group) || valid.kind.changes_rules();
            let parts = [(void.guess, -void.quantity), (right, void.quantity)];
            let parts: Vec<_> = parts.into_iter().filter(|(deed, _)| deed.is_some()).collect();
            for (number, (deed, quantity)) in parts.iter().enumerate() {
                self.writers[group as usize].push(&Movement {
                    kind: Kind::Void,
                    quantity: *quantity,
                    event_time: void.event_time,
                    due: None,
                    clock,
                    offset: self.offset,
                    id: valid.id,
                    source: valid.source,
                    location: &void.location,
                    sku: &void.sku,
                    reference: valid.reference,
                    deed: *deed,
                    has_reason: false,
                    joined: together || number + 1 < parts.len(),
                });
            }
        }
    }
}
