//! A partition is one log: it decides what a record is, whether it is new, and what time it is.
//!
//! ```text
//! bytes ─▶ decode ─▶ validate ─▶ deduplicate ─▶ clock ─▶ one block per key group
//!             └──────────┴─▶ rejects
//! ```
//! Everything that depends on the order of the whole log happens here, so that its split over key groups,
//! blocks and workers cannot show in any result.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::intake::csv::Table;
use crate::intake::envelope::Envelope;
use crate::intake::field::Fields;
use crate::intake::layout::Layouts;
use crate::intake::net::caught;
use crate::intake::record::{self, Checks, Valid};
use crate::intake::reject::{Code, Fault, Place, Reject};
use crate::log::counts::Counts;
use crate::log::dedup::{self, Dedup};
use crate::log::feed_wire::ToldChange;
use crate::log::feeds::Feeds;
use crate::log::folding::Folding;
use crate::log::mapped::UsedMap;
use crate::log::position_terms::{self, PositionTerms};
use crate::log::voids::{OpenVoid, Verdict, Voids};
use crate::log::wire::Writer;
use crate::map::{Mapping, RowReader};
use crate::policy::{Catalogue, Known, Policy, rules};
use crate::values::deed::Deed;
use crate::values::error::{CoreError, Kind as ErrorKind};
use crate::values::feed::{FeedChange, feed_name};
use crate::values::instant::{MINUTE, Millis};
use crate::values::movement::{Kind, Movement};
use crate::values::names::{hash_of_names, tag_of_names};
use crate::values::time_format::TimeFormat;

/// A valid record that waits for its turn to be deduplicated.
struct Pending {
    fingerprint: u64,
    event_time: Millis,
    group: u32,
    deed: Deed,
    /// Whether it shows that somebody plans.
    plans: bool,
    /// Where its movement starts in the block of its group; a heartbeat has none.
    at: Option<usize>,
}

/// How many records are looked up ahead.
const AHEAD: usize = 32;

pub struct Partition {
    pub(crate) policy: Policy,
    /// Hash of the inputs in force, empty without any; and the inputs that a record can put in force.
    pub(crate) inputs_version: Arc<str>,
    known: Arc<Known>,
    /// Why no further record can be read: the log asks for inputs that are not there.
    pub(crate) stopped: Option<CoreError>,
    /// Whether a segment of the state already contains the policy.
    pub(crate) policy_saved: bool,
    pub(crate) terms: Arc<PositionTerms>,
    pub(crate) checks: Checks,
    /// How the last records in JSON were written.
    pub(crate) layouts: Layouts,
    pub(crate) groups: u32,
    pub(crate) dedup: Dedup,
    /// The columns of the next CSV rows.
    pub(crate) table: Table,
    /// Reads rows with a map; `None` where the blocks hold movements.
    pub(crate) rows: Option<RowReader>,
    /// The maps that the log was read with, in their order.
    pub(crate) maps: Vec<UsedMap>,
    /// Maps that the next messages will be read with, each with its first message.
    pub(crate) map_changes: VecDeque<(Option<Arc<Mapping>>, u64)>,
    /// How the address of a topic says that its messages are wrapped.
    pub(crate) envelope: Option<Envelope>,
    /// The file that the records come from; `None` for a topic.
    pub(crate) file: Option<Arc<str>>,
    /// The line of the file in which the last record starts, from 1.
    pub(crate) line: u64,
    pub(crate) writers: Vec<Writer>,
    /// The clock; `None` before the first record.
    pub(crate) clock: Option<Millis>,
    /// The clock of the first order, shipment or receipt: from then on somebody plans.
    pub(crate) planned_since: Millis,
    /// The last minute, or shorter publish mark, that every group was told of.
    last_mark: i64,
    /// Number of the next record.
    pub(crate) offset: u64,
    /// Number of the next message of a log that numbers them itself. Messages below it are skipped.
    pub(crate) next_message: u64,
    /// Records below this number were read before. When a file is read again, they are skipped.
    pub(crate) read_before: u64,
    pub(crate) counts: Counts,
    pub(crate) rejects: Vec<Reject>,
    /// The rejects of the message that is being read; `None` between messages, and in a file of lines.
    pub(crate) folding: Option<Folding>,
    pending: Vec<Pending>,
    pub(crate) voids: Voids,
    /// Voids among the pending, in their order.
    open_voids: VecDeque<OpenVoid>,
    /// The feeds of the log, if the policy looks for silent ones.
    pub(crate) feeds: Feeds,
}

/// Blocks for key groups: (number of the group, bytes of [`crate::log::wire`]).
pub type Routed = Vec<(u32, Vec<u8>)>;

impl Partition {
    /// `groups` is how many key groups the partition is split over, at least one.
    pub fn new(policy: &Policy, groups: u32) -> Partition {
        let groups = groups.max(1);
        let terms = PositionTerms::new(policy, Catalogue::new());
        Partition {
            policy: policy.clone(),
            inputs_version: Arc::default(),
            known: Arc::default(),
            stopped: None,
            policy_saved: false,
            checks: checks(policy, &terms, None),
            terms,
            layouts: Layouts::default(),
            groups,
            dedup: Dedup::new(policy.dedup_window_ms),
            table: Table::default(),
            rows: None,
            maps: Vec::new(),
            map_changes: VecDeque::new(),
            envelope: None,
            file: None,
            line: 0,
            writers: (0..groups).map(|_| Writer::default()).collect(),
            clock: None,
            planned_since: Millis::MAX,
            last_mark: i64::MIN,
            offset: 0,
            next_message: 0,
            read_before: 0,
            counts: Counts::default(),
            rejects: Vec::new(),
            folding: None,
            pending: Vec::new(),
            voids: Voids::default(),
            open_voids: VecDeque::new(),
            feeds: Feeds::default(),
        }
    }

    /// Knows what SKUs are, for layers of the policy that ask for it: the zone of a position may hang on its category.
    pub fn with_catalogue(mut self, catalogue: Catalogue) -> Partition {
        self.terms = PositionTerms::new(&self.policy, catalogue);
        self.checks = checks(&self.policy, &self.terms, self.checks.time_format.take());
        self
    }

    /// Knows these inputs. A new log begins under those with the hash `version`, one that was restored goes on under its own.
    pub fn with_inputs(mut self, known: Arc<Known>, version: &str) -> Result<Partition, CoreError> {
        if self.clock.is_none() && self.offset == 0 {
            self.inputs_version = version.into();
        }
        if !self.inputs_version.is_empty() {
            let inputs = rules::find(&known, &self.inputs_version)?;
            if let Some(fault) = inputs.fault_with(&self.policy) {
                return Err(CoreError::policy(format!("inputs {} under this policy: {fault}", self.inputs_version)));
            }
        }
        self.known = known;
        Ok(self)
    }

    /// The error that ends the reading, if there is one; what was given out with it is not complete.
    pub fn take_stop(&mut self) -> Option<CoreError> {
        self.stopped.take()
    }

    /// Reads times in a format of its own first.
    pub fn with_time_format(mut self, format: Option<TimeFormat>) -> Partition {
        self.checks.time_format = format;
        self
    }

    /// The policy in force: the one it began with, or the last that was a record.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Hash of the inputs in force, empty without any.
    pub fn inputs_version(&self) -> &str {
        &self.inputs_version
    }

    pub(crate) fn set_policy(&mut self, policy: Policy) {
        self.terms = self.terms.under(&policy);
        self.checks = checks(&policy, &self.terms, self.checks.time_format.take());
        self.dedup.set_window(policy.dedup_window_ms, self.clock.unwrap_or(Millis::MIN));
        self.last_mark = i64::MIN;
        self.policy = policy;
        self.policy_saved = false;
    }

    pub fn clock(&self) -> Option<Millis> {
        self.clock
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    pub fn take_rejects(&mut self) -> Vec<Reject> {
        let mut rejects = std::mem::take(&mut self.rejects);
        rejects.sort_by_key(|reject| reject.offset); // a void is refused when all before it are decided
        rejects
    }

    /// Whether a message is new; its first record has its number, or the next one after the last record.
    pub(crate) fn is_next(&mut self, number: u64) -> bool {
        if number < self.next_message {
            return false;
        }
        if !self.map_changes.is_empty() {
            self.change_map(number);
        }
        self.next_message = number + 1;
        self.offset = self.offset.max(number);
        true
    }

    /// The files that began with record `first` are read again from their start. Records up to the next new one are skipped.
    pub fn rewind(&mut self, first: u64) {
        (self.read_before, self.offset) = (self.offset(), first.min(self.offset()));
    }

    /// Whether the next record was read before; then it is skipped.
    #[inline]
    pub(crate) fn was_read(&mut self) -> bool {
        let was_read = self.offset < self.read_before;
        self.offset += u64::from(was_read);
        was_read
    }

    /// The number of the next new record. For a record that is skipped this is not its own number.
    pub fn offset(&self) -> u64 {
        self.offset.max(self.read_before)
    }

    pub fn next_message(&self) -> u64 {
        self.next_message
    }

    /// Where the last record stands.
    pub(crate) fn place(&self) -> Option<Place> {
        self.file.clone().map(|file| Place { file, line: self.line })
    }

    /// The end of a finite source: every key group fires what is due and publishes what has changed.
    pub fn finish(&mut self) -> Routed {
        self.route(true)
    }

    #[inline]
    pub(crate) fn record(
        &mut self,
        fields: &Fields<'_>,
        arrival: Option<Millis>,
        bytes: impl Fn(&Fields<'_>) -> Vec<u8>,
    ) {
        if self.stopped.is_some() {
            return;
        }
        match caught(|| record::validate(fields, arrival, &self.checks)) {
            Ok(valid) => self.take(&valid, || bytes(fields)),
            Err(fault) => self.reject(&bytes(fields), fault),
        }
    }

    /// Takes a record that passed every check, under the next number.
    #[inline]
    pub(crate) fn take(&mut self, valid: &Valid<'_>, bytes: impl Fn() -> Vec<u8>) {
        let fingerprint = dedup::fingerprint(valid.source, valid.id);
        if self.voids.may_wait_for(fingerprint) {
            self.correct(valid, fingerprint);
        }
        if valid.kind.changes_rules() {
            return self.new_rules(valid, bytes());
        }
        self.counts.records += 1;
        let offset = self.offset;
        self.offset += 1;
        let group = group_of(&valid.location, &valid.sku, self.groups);
        let tag = tag_of_names(&valid.location, &valid.sku);
        if valid.kind == Kind::Void {
            let void = OpenVoid::new(valid, tag, offset, self.place(), bytes());
            void.record().iter().for_each(|record| self.voids.names(*record));
            self.open_voids.push_back(void);
        }
        let writer = &mut self.writers[group as usize];
        let at = (valid.kind != Kind::Heartbeat).then(|| {
            writer.push(&Movement {
                kind: valid.kind,
                quantity: valid.quantity,
                event_time: valid.event_time,
                due: valid.due.filter(|_| valid.kind != Kind::Void && !valid.kind.has_expiry()),
                expiry: valid.expiry.filter(|_| valid.kind.has_expiry()),
                clock: 0,
                offset,
                id: valid.id,
                source: valid.source,
                location: &valid.location,
                sku: &valid.sku,
                reference: valid.reference,
                deed: None,
                has_reason: valid.has_reason,
                joined: false,
            })
        });
        let deed = self.deed_of(valid, tag);
        let plans = valid.quantity > 0 && valid.kind.shows_a_plan();
        self.pending.push(Pending { fingerprint, event_time: valid.event_time, group, deed, plans, at });
    }

    /// What a record does, for a void that comes later.
    #[inline]
    pub(crate) fn deed_of(&self, valid: &Valid<'_>, tag: u16) -> Deed {
        let held = valid.kind == Kind::Return && self.terms.holds_returns(&valid.location, &valid.sku);
        Deed::new(valid.kind, valid.quantity < 0, held, valid.reference, tag)
    }

    /// What a record of a policy or of inputs puts in force: `None` for the policy that is.
    fn read_rules(&self, valid: &Valid<'_>) -> Result<Option<Policy>, CoreError> {
        let reference = valid.reference.unwrap_or("");
        let (policy, inputs) = match valid.kind {
            Kind::Policy => (Some(Policy::read(reference)?), &*self.inputs_version),
            _ => (None, reference),
        };
        if policy.is_none() && !inputs.is_empty() && !is_hash(inputs) {
            return Err(CoreError::policy(format!("{:?} is not the hash of inputs", record::short(inputs))));
        }
        let in_force = policy.as_ref().unwrap_or(&self.policy);
        let fault = match inputs {
            "" => None,
            version => rules::find(&self.known, version)?.fault_with(in_force),
        };
        fault.map_or(Ok(policy), |fault| Err(CoreError::policy(format!("with inputs {inputs}: {fault}"))))
    }

    /// A new policy, or new inputs, hold from the next record on, and go to every key group.
    #[cold]
    fn new_rules(&mut self, valid: &Valid<'_>, bytes: Vec<u8>) {
        let read = match caught(|| Ok(self.read_rules(valid))) {
            Ok(read) => read,
            Err(fault) => return self.reject(&bytes, fault),
        };
        let policy = match read {
            Ok(policy) => policy,
            Err(why) if why.kind == ErrorKind::Inputs => {
                self.stopped = Some(why);
                return;
            }
            Err(why) => {
                let kind = valid.kind.name();
                let message =
                    format!("`ref` of a record `{kind}` cannot be used: {why}; write it with `lowtide {kind} apply`");
                return self.reject(&bytes, Fault::new(Code::BadPolicy, "ref", message));
            }
        };
        self.deduplicate();
        self.counts.records += 1;
        let offset = self.offset;
        self.offset += 1;
        let before = self.clock.unwrap_or(valid.event_time);
        let clock = before.max(valid.event_time);
        let deed = Deed::new(valid.kind, false, false, None, 0);
        if self.dedup.is_duplicate(dedup::fingerprint(valid.source, valid.id), before, valid.event_time, deed) {
            self.counts.duplicates += 1;
            return;
        }
        self.clock = Some(clock);
        self.counts.accepted += 1;
        self.expire_voids(clock); // under the policy that they waited under
        for writer in &mut self.writers {
            writer.push(&Movement {
                kind: valid.kind,
                quantity: 0,
                event_time: valid.event_time,
                due: None,
                expiry: None,
                clock,
                offset,
                id: valid.id,
                source: valid.source,
                location: "",
                sku: "",
                reference: valid.reference,
                deed: None,
                has_reason: false,
                joined: false,
            });
        }
        self.note_feeds(before, clock, None);
        match policy {
            Some(policy) => {
                self.set_policy(policy);
                self.feeds.change_terms(clock, &self.terms);
            }
            None => self.inputs_version = valid.reference.unwrap_or("").into(),
        }
    }

    /// Deduplicates the block's records in their order and gives each its clock.
    ///
    /// This is a separate step after decoding, and it looks some records ahead: each look-up is a cache miss, and so the
    /// misses overlap.
    pub(crate) fn deduplicate(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        for ahead in pending.chunks(AHEAD) {
            self.dedup.look_ahead(ahead.iter().map(|record| record.fingerprint));
            for record in ahead {
                let before = self.clock.unwrap_or(record.event_time);
                let clock = before.max(record.event_time);
                let Pending { fingerprint, event_time, deed, .. } = *record;
                if deed.kind() != Kind::Void {
                    if self.dedup.is_duplicate(fingerprint, before, event_time, deed) {
                        self.pass_over(record);
                        continue;
                    }
                } else if let Some(void) = self.open_voids.pop_front() {
                    if self.dedup.find(fingerprint, before).is_some() {
                        self.pass_over(record);
                        continue;
                    }
                    match self.decide_void(void, before, clock) {
                        Verdict::Taken(deed) => {
                            let at = record.at.expect("a void has a movement");
                            self.writers[record.group as usize].set_deed(at, deed);
                        }
                        Verdict::Duplicate => {
                            self.pass_over(record);
                            continue;
                        }
                        Verdict::Refused(_) => {
                            self.writers[record.group as usize].cancel(record.at.expect("a void has a movement"));
                            continue;
                        }
                    }
                    self.dedup.remember(fingerprint, clock, event_time, deed);
                }
                self.clock = Some(clock);
                self.counts.accepted += 1;
                if record.plans {
                    self.planned_since = self.planned_since.min(clock);
                }
                if record.event_time < clock {
                    self.counts.late += 1;
                    self.counts.very_late += u64::from(clock - record.event_time > self.policy.late_window_ms);
                }
                if let Some(at) = record.at {
                    self.writers[record.group as usize].set_clock(at, clock);
                }
                self.note_feeds(before, clock, Some(record));
            }
        }
        self.pending = pending;
        self.pending.clear();
        self.voids.close_block();
    }

    /// A record that was accepted shows that its feed is alive, if it is one of sales; and other feeds may have become silent.
    #[inline]
    fn note_feeds(&mut self, before: Millis, clock: Millis, record: Option<&Pending>) {
        if !self.terms.looks_for_silence {
            return;
        }
        let of_sales = record.filter(|record| matches!(record.deed.kind(), Kind::Sale | Kind::Return | Kind::Void));
        let record = of_sales.and_then(|record| Some(self.writers[record.group as usize].origin(record.at?)));
        self.feeds.record(before, clock, record, &self.terms);
    }

    /// A duplicate changes nothing: readers of its block pass over it.
    fn pass_over(&mut self, record: &Pending) {
        self.counts.duplicates += 1;
        if let Some(at) = record.at {
            self.writers[record.group as usize].cancel(at);
        }
    }

    /// Blocks for the groups that got records, and for all groups if the clock passed a mark or the source ended.
    pub(crate) fn route(&mut self, last: bool) -> Routed {
        self.deduplicate();
        let Some(clock) = self.clock else { return Vec::new() };
        self.expire_voids(clock);
        let mark = clock.div_euclid(self.policy.publish_every_ms.min(MINUTE));
        let changes = self.feeds.take();
        let teller = |change: &FeedChange| group_of(&change.location, &feed_name(&change.source), self.groups);
        let tellers: Vec<u32> = changes.iter().map(teller).collect();
        let everyone = last || mark > self.last_mark || !changes.is_empty();
        self.last_mark = self.last_mark.max(mark);
        let writers = self.writers.iter_mut().enumerate().filter(|(_, writer)| everyone || !writer.is_empty());
        let mut routed = Vec::new();
        for (group, writer) in writers {
            let each = changes.iter().zip(&tellers);
            let told: Vec<_> =
                each.map(|(change, teller)| ToldChange { change, here: *teller == group as u32 }).collect();
            routed.push((group as u32, writer.finish(clock, self.planned_since, last, &told)));
        }
        routed
    }
}

pub(crate) fn checks(policy: &Policy, terms: &Arc<PositionTerms>, time_format: Option<TimeFormat>) -> Checks {
    Checks {
        max_ahead_ms: policy.max_ahead_ms,
        negative_sale_is_return: policy.negative_sale == "return",
        naive_zone: position_terms::naive_zone(policy),
        time_format,
        zone_of: terms.zone_of(),
    }
}

/// Whether a text can be the hash of inputs. What cannot is a mistake of its writer, and no run has to know of it.
fn is_hash(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The key group of a position, by its hash.
pub fn group_of(location: &str, sku: &str, groups: u32) -> u32 {
    if groups == 1 {
        return 0;
    }
    (hash_of_names(location, sku) % u64::from(groups)) as u32
}
