//! A partition is one log: it decides what a record is, whether it is new, and what time it is.
//!
//! ```text
//! bytes ─▶ decode ─▶ validate ─▶ deduplicate ─▶ clock ─▶ one block a key group
//!             └──────────┴─▶ rejects
//! ```
//! Everything that depends on the order of the whole log happens here, so that its split over key groups,
//! blocks and workers cannot show in any result.

use std::collections::BTreeMap;

use csv_core::ReadRecordResult;

use crate::calendar::Calendar;
use crate::columns::{self, Columns};
use crate::dedup::{self, Dedup};
use crate::instant::Millis;
use crate::json;
use crate::message::{self, Form, Message};
use crate::movement::{Kind, Movement};
use crate::policy::Policy;
use crate::position::hash_of_names;
use crate::record::{self, Field, Fields, Rules, Valid, Value};
use crate::reject::{Code, Fault, Reject};
use crate::wire::Writer;

/// What happened to the records of a partition so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub records: u64,
    pub accepted: u64,
    pub duplicates: u64,
    /// Behind the clock, by however little.
    pub late: u64,
    /// Behind the clock by more than `late_window`.
    pub very_late: u64,
    pub rejects: BTreeMap<&'static str, u64>,
}

/// A valid record that waits for its turn to be deduplicated.
struct Pending {
    fingerprint: u64,
    event_time: Millis,
    group: u32,
    /// Where its movement starts in the block of its group; a heartbeat has none.
    at: Option<usize>,
}

/// How many records are looked up before the first of them is decided.
const AHEAD: usize = 32;

pub struct Partition {
    pub(crate) policy: Policy,
    /// Whether the policy stands in a segment of the state.
    pub(crate) policy_saved: bool,
    rules: Rules,
    groups: u32,
    pub(crate) dedup: Dedup,
    header: Vec<Option<Field>>,
    writers: Vec<Writer>,
    /// The clock; `None` before the first record.
    pub(crate) clock: Option<Millis>,
    announced: Millis,
    /// Number of the next record.
    pub(crate) offset: u64,
    /// Number of the next message of a log that numbers them itself: what comes again is passed over.
    pub(crate) next_message: u64,
    /// Records below this number were read before: a file that is read again is passed over up to here.
    read_before: u64,
    pub(crate) counts: Counts,
    rejects: Vec<Reject>,
    pending: Vec<Pending>,
}

/// Blocks for key groups: (number of the group, bytes of [`crate::wire`]).
pub type Routed = Vec<(u32, Vec<u8>)>;

impl Partition {
    /// `groups` is how many key groups the partition is split over, at least one.
    pub fn new(policy: &Policy, groups: u32) -> Partition {
        let groups = groups.max(1);
        Partition {
            policy: policy.clone(),
            policy_saved: false,
            rules: rules(policy),
            groups,
            dedup: Dedup::new(policy.dedup_window_ms),
            header: Vec::new(),
            writers: (0..groups).map(|_| Writer::default()).collect(),
            clock: None,
            announced: Millis::MIN,
            offset: 0,
            next_message: 0,
            read_before: 0,
            counts: Counts::default(),
            rejects: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// The policy in force: the one it began with, or the last that was a record.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(crate) fn set_policy(&mut self, policy: Policy) {
        self.rules = rules(&policy);
        self.dedup.set_window(policy.dedup_window_ms, self.clock.unwrap_or(Millis::MIN));
        self.announced = Millis::MIN;
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
        std::mem::take(&mut self.rejects)
    }

    /// Lines of JSON, each ended by `\n` but perhaps the last. `arrivals`, if given, has one arrival time a record.
    pub fn lines(&mut self, block: &[u8], arrivals: Option<&[Millis]>) -> Routed {
        let block_text = simdutf8::basic::from_utf8(block).ok();
        let (mut start, mut line) = (0, 0);
        while start < block.len() {
            let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
            let arrival = arrivals.and_then(|times| times.get(line).copied());
            self.line(&block[start..end], block_text.map(|text| &text[start..end]), arrival);
            (start, line) = (end + 1, line + 1);
        }
        self.route(false)
    }

    /// Messages of a log that numbers them itself, one after another in `data`. Each holds a movement or many.
    ///
    /// A record has its message's number, and the next ones where there are more; a number never goes back, so a topic of one
    /// movement a message has that topic's own offsets, gaps included.
    pub fn messages(&mut self, data: &[u8], messages: &[Message], form: Form) -> Routed {
        let text = simdutf8::basic::from_utf8(data).ok();
        let mut start = 0;
        for message in messages {
            let end = (start + message.length).min(data.len());
            let whole = &data[start..end];
            start = end;
            if !self.is_next(message.number) {
                continue;
            }
            let start = end - whole.len();
            if whole.trim_ascii().is_empty() {
                self.offset += 1;
            }
            for record in message::records(whole, form) {
                let at = start + record.start;
                let text = text.and_then(|text| text.get(at..start + record.end));
                self.line(&whole[record], text, message.arrival);
            }
        }
        self.route(false)
    }

    /// Whether a message is new; its first record has its number, or the next one after the last record.
    fn is_next(&mut self, number: u64) -> bool {
        if number < self.next_message {
            return false;
        }
        self.next_message = number + 1;
        self.offset = self.offset.max(number);
        true
    }

    /// The files that began with record `first` are read again from their start: up to the next record they change nothing.
    pub fn rewind(&mut self, first: u64) {
        (self.read_before, self.offset) = (self.offset(), first.min(self.offset()));
    }

    /// Whether the next record was read before; then it is passed over.
    #[inline]
    fn was_read(&mut self) -> bool {
        let was_read = self.offset < self.read_before;
        self.offset += u64::from(was_read);
        was_read
    }

    /// The number of the next record that was not read; of one that is passed over it is not its own.
    pub fn offset(&self) -> u64 {
        self.offset.max(self.read_before)
    }

    pub fn next_message(&self) -> u64 {
        self.next_message
    }

    fn line(&mut self, bytes: &[u8], text: Option<&str>, arrival: Option<Millis>) {
        if self.was_read() {
            return;
        }
        if bytes.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r')) {
            self.offset += 1;
            return;
        }
        if bytes.len() > self.policy.max_record_bytes {
            return self.reject(bytes, self.oversize());
        }
        let Some(text) = text.or_else(|| simdutf8::basic::from_utf8(bytes).ok()) else {
            return self.reject(bytes, Fault::new(Code::NotUtf8, None, "the record is not UTF-8: export it in UTF-8"));
        };
        let mut fields = Fields::default();
        match json::decode(text, &mut fields) {
            Ok(()) => self.record(&fields, arrival, |_| bytes.to_vec()),
            Err(fault) => self.reject(bytes, fault),
        }
    }

    fn oversize(&self) -> Fault {
        Fault::new(
            Code::TooLong,
            None,
            format!(
                "the record is longer than `max_record_bytes` ({}): its first bytes are kept",
                self.policy.max_record_bytes
            ),
        )
    }

    /// The header of a CSV file; the columns of the lines that follow.
    pub fn csv_header(&mut self, line: &[u8]) {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        self.header.clear();
        let (mut output, mut ends) = (vec![0; line.len() + 16], vec![0; line.len() + 16]);
        let mut reader = csv_core::Reader::new();
        let (_, read, written, first) = reader.read_record(line, &mut output, &mut ends);
        let (_, _, _, more) = reader.read_record(&line[read..], &mut output[written..], &mut ends[first..]);
        let mut start = 0;
        for end in &ends[..first + more] {
            let name = std::str::from_utf8(&output[start..*end]).unwrap_or("");
            self.header.push(Field::from_name(name.trim()));
            start = *end;
        }
    }

    /// Whole CSV records below the last header.
    pub fn csv(&mut self, block: &[u8]) -> Routed {
        let mut reader = csv_core::Reader::new();
        let (mut output, mut ends) = (vec![0; block.len() + 64], vec![0; self.header.len().max(16) * 4 + 64]);
        let mut rest = block;
        while !rest.is_empty() {
            let (mut read, mut written, mut fields) = (0, 0, 0);
            let whole = loop {
                let input = if read < rest.len() { &rest[read..] } else { &[] };
                let (result, r, w, f) = reader.read_record(input, &mut output[written..], &mut ends[fields..]);
                (read, written, fields) = (read + r, written + w, fields + f);
                match result {
                    ReadRecordResult::OutputFull => output.resize(output.len() * 2, 0),
                    ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                    ReadRecordResult::InputEmpty => {}
                    ReadRecordResult::Record => break true,
                    ReadRecordResult::End => break false,
                }
            };
            let raw = rest[..read].trim_ascii();
            if whole && !raw.is_empty() {
                self.csv_row(raw, &output[..written], &ends[..fields]);
            }
            if !whole || read == 0 {
                break;
            }
            rest = &rest[read..];
        }
        self.route(false)
    }

    fn csv_row(&mut self, raw: &[u8], text: &[u8], ends: &[usize]) {
        if self.was_read() {
            return;
        }
        if raw.len() > self.policy.max_record_bytes {
            return self.reject(raw, self.oversize());
        }
        let Ok(text) = simdutf8::basic::from_utf8(text) else {
            return self.reject(raw, Fault::new(Code::NotUtf8, None, "the row is not UTF-8: export it in UTF-8"));
        };
        if ends.len() != self.header.len() {
            let message = format!(
                "the row has {} fields and its header {}: quote fields that hold a comma",
                ends.len(),
                self.header.len()
            );
            return self.reject(raw, Fault::new(Code::BadRow, None, message));
        }
        let mut fields = Fields::default();
        let mut start = 0;
        for (at, end) in ends.iter().enumerate() {
            let cell = &text[start..*end];
            start = *end;
            let Some(field) = self.header[at] else { continue };
            let value = if cell.is_empty() { Value::Null } else { Value::Text(cell.into()) };
            if fields.set(field, value) {
                let name = field.name();
                return self.reject(
                    raw,
                    Fault::new(Code::DuplicateField, name, format!("column `{name}` stands twice: keep one")),
                );
            }
        }
        self.record(&fields, None, |_| raw.to_vec());
    }

    /// Rows of an Arrow batch, one record a row.
    pub fn columns(&mut self, columns: &Columns, message: Option<Message>) -> Routed {
        if message.is_some_and(|message| !self.is_next(message.number)) {
            return self.route(false);
        }
        for row in 0..columns.rows {
            if self.was_read() {
                continue;
            }
            let mut fields = Fields::default();
            match columns.row(row, &mut fields) {
                Ok(()) => self.record(&fields, message.and_then(|message| message.arrival), columns::as_json),
                Err(fault) => {
                    let record = columns::as_json(&fields);
                    self.reject(&record, fault);
                }
            }
        }
        self.route(false)
    }

    /// A part of the source that holds no record at all, such as the rest of a damaged file.
    pub fn unreadable(&mut self, code: Code, message: &str, bytes: &[u8]) {
        if self.was_read() {
            return;
        }
        self.reject(bytes, Fault::new(code, None, message));
    }

    /// The end of a finite source: every key group fires what is due and publishes what has changed.
    pub fn finish(&mut self) -> Routed {
        self.route(true)
    }

    #[cold]
    fn reject(&mut self, bytes: &[u8], fault: Fault) {
        *self.counts.rejects.entry(fault.code.name()).or_default() += 1;
        self.counts.records += 1;
        let record = bytes[..bytes.len().min(self.policy.max_record_bytes)].to_vec();
        self.rejects.push(Reject { offset: self.offset, fault, record });
        self.offset += 1;
    }

    #[inline]
    fn record(&mut self, fields: &Fields<'_>, arrival: Option<Millis>, bytes: impl Fn(&Fields<'_>) -> Vec<u8>) {
        let valid = match record::validate(fields, arrival, &self.rules) {
            Ok(valid) => valid,
            Err(fault) => return self.reject(&bytes(fields), fault),
        };
        if valid.kind == Kind::Policy {
            return self.new_policy(&valid, bytes(fields));
        }
        self.counts.records += 1;
        let offset = self.offset;
        self.offset += 1;
        let group = group_of(&valid.location, &valid.sku, self.groups);
        let writer = &mut self.writers[group as usize];
        let at = (valid.kind != Kind::Heartbeat).then(|| {
            writer.push(&Movement {
                kind: valid.kind,
                quantity: valid.quantity,
                event_time: valid.event_time,
                due: valid.due,
                clock: 0,
                offset,
                id: valid.id,
                source: valid.source,
                location: &valid.location,
                sku: &valid.sku,
                reference: valid.reference,
            })
        });
        let fingerprint = dedup::fingerprint(valid.source, valid.id);
        self.pending.push(Pending { fingerprint, event_time: valid.event_time, group, at });
    }

    /// A new policy holds from the next record on, and goes to every key group.
    #[cold]
    fn new_policy(&mut self, valid: &Valid<'_>, bytes: Vec<u8>) {
        let policy = match Policy::read(valid.reference.unwrap_or("")) {
            Ok(policy) => policy,
            Err(why) => {
                let message =
                    format!("`ref` of a policy record is no compiled policy ({why}): use `lowtide policy apply`");
                return self.reject(&bytes, Fault::new(Code::BadPolicy, "ref", message));
            }
        };
        self.settle();
        self.counts.records += 1;
        let offset = self.offset;
        self.offset += 1;
        let before = self.clock.unwrap_or(valid.event_time);
        let clock = before.max(valid.event_time);
        if self.dedup.is_duplicate(dedup::fingerprint(valid.source, valid.id), before, clock) {
            self.counts.duplicates += 1;
            return;
        }
        self.clock = Some(clock);
        self.counts.accepted += 1;
        for writer in &mut self.writers {
            writer.push(&Movement {
                kind: Kind::Policy,
                quantity: 0,
                event_time: valid.event_time,
                due: None,
                clock,
                offset,
                id: valid.id,
                source: valid.source,
                location: "",
                sku: "",
                reference: valid.reference,
            });
        }
        self.set_policy(policy);
    }

    /// Deduplicates the block's records in their order and gives each its clock.
    ///
    /// Apart from decoding, and some records ahead, because a record's place among those remembered is a cache miss
    /// of its own: so they overlap.
    fn settle(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        for ahead in pending.chunks(AHEAD) {
            self.dedup.look_ahead(ahead.iter().map(|record| record.fingerprint));
            for record in ahead {
                let before = self.clock.unwrap_or(record.event_time);
                let clock = before.max(record.event_time);
                let writer = &mut self.writers[record.group as usize];
                if self.dedup.is_duplicate(record.fingerprint, before, clock) {
                    self.counts.duplicates += 1;
                    if let Some(at) = record.at {
                        writer.cancel(at);
                    }
                    continue;
                }
                self.clock = Some(clock);
                self.counts.accepted += 1;
                if record.event_time < clock {
                    self.counts.late += 1;
                    self.counts.very_late += u64::from(clock - record.event_time > self.policy.late_window_ms);
                }
                if let Some(at) = record.at {
                    writer.set_clock(at, clock);
                }
            }
        }
        self.pending = pending;
        self.pending.clear();
    }

    /// Blocks for the groups that got records, and for all groups when the clock passed a publish mark or the source ended.
    fn route(&mut self, last: bool) -> Routed {
        self.settle();
        let Some(clock) = self.clock else { return Vec::new() };
        let mark = clock.div_euclid(self.policy.publish_every_ms.max(1));
        let everyone = last || mark > self.announced;
        self.announced = self.announced.max(mark);
        let writers = self.writers.iter_mut().enumerate();
        writers
            .filter(|(_, writer)| everyone || !writer.is_empty())
            .map(|(group, writer)| (group as u32, writer.finish(clock, last)))
            .collect()
    }
}

fn rules(policy: &Policy) -> Rules {
    Rules {
        max_ahead_ms: policy.max_ahead_ms,
        negative_sale_is_return: policy.negative_sale == "return",
        naive_zone: policy.naive_zone.as_deref().and_then(Calendar::new),
    }
}

/// The key group of a position, by its hash.
pub fn group_of(location: &str, sku: &str, groups: u32) -> u32 {
    if groups == 1 {
        return 0;
    }
    (hash_of_names(location, sku) % u64::from(groups)) as u32
}
