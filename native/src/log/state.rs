//! A partition is saved as bytes, completely or as the additions since the last time, and is restored equal.

use std::path::Path;

use crate::intake::reject::CODES;
use crate::log::counts::Counts;
use crate::log::dedup::Remembered;
use crate::log::mapped::UsedMap;
use crate::log::partition::Partition;
use crate::log::voids::Waiting;
use crate::policy::Policy;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::deed::Deed;
use crate::values::error::CoreError;

/// The name of the format; its last byte is the version.
pub const MAGIC: &[u8; 4] = b"LTP5";

impl Partition {
    /// A segment of the state: clock, next offset, counts, and the remembered fingerprints: all of them, or those
    /// added since the last segment.
    pub fn save(&mut self, whole: bool) -> Result<Vec<u8>, CoreError> {
        let mut e = Encoder::new(MAGIC);
        self.segment(whole, &mut e)?;
        Ok(e.finish())
    }

    /// Writes a segment to a new file. Returns its length and checksum when it is on disk. After an error, the next save must be
    /// complete.
    pub fn save_to(&mut self, whole: bool, path: &Path) -> Result<(u64, u64), CoreError> {
        let mut e = Encoder::to_file(MAGIC, path)?;
        self.segment(whole, &mut e)?;
        Ok(e.finish_file()?)
    }

    fn segment(&mut self, whole: bool, e: &mut Encoder) -> Result<(), CoreError> {
        let at = self.clock.unwrap_or(0);
        let seen = if whole { Some(self.dedup.whole(at)) } else { self.dedup.added() };
        let seen = seen.ok_or_else(|| CoreError::call("a state is saved whole before what changes of it"))?;
        self.write_segment(whole, &seen, e);
        Ok(())
    }

    fn write_segment(&mut self, whole: bool, seen: &[Remembered], e: &mut Encoder) {
        e.option(self.clock);
        e.i64(self.planned_since);
        e.u64(self.offset());
        e.u64(self.next_message);
        let policy = (whole || !self.policy_saved).then(|| self.policy.text());
        e.text(policy.as_deref().unwrap_or(""));
        e.text(&self.inputs_version);
        self.policy_saved = true;
        e.u32(self.maps.len() as u32);
        for used in &self.maps {
            e.text(&used.hash);
            e.u64(used.first);
        }
        let counts = &self.counts;
        for value in [
            counts.records,
            counts.accepted,
            counts.duplicates,
            counts.late,
            counts.very_late,
            counts.void_unmatched,
            counts.void_of_what,
            counts.rows,
            counts.mapped,
            counts.skipped,
            counts.unexpected,
        ] {
            e.u64(value);
        }
        e.u32(counts.rejects.len() as u32);
        for (code, count) in &counts.rejects {
            e.text(code);
            e.u64(*count);
        }
        e.i64(self.dedup.forgotten());
        e.u64(seen.len() as u64);
        let mut last = 0;
        for (fingerprint, at, deed) in seen {
            e.u64(*fingerprint);
            e.signed(at.wrapping_sub(last));
            e.short(deed.bits());
            last = *at;
            e.pass_on();
        }
        e.u32(self.voids.all().len() as u32);
        for ((record, void), waiting) in self.voids.all() {
            e.u64(*record);
            e.u64(*void);
            e.i64(waiting.event_time);
            e.i64(waiting.quantity);
            e.option(waiting.guess.map(|deed| deed.bits() as i64));
            e.text(&waiting.location);
            e.text(&waiting.sku);
        }
        self.feeds.write(whole, e);
    }

    /// Writes the content of `segments` to a new file as one complete segment. Fingerprints stay in the order of the log, without
    /// those outside the window.
    pub fn fold(policy: &Policy, segments: &[&[u8]], path: &Path) -> Result<(u64, u64), CoreError> {
        let (mut partition, mut seen) = (Partition::new(policy, 1), Vec::new());
        for segment in segments {
            partition.apply_segment(segment, &mut seen)?;
        }
        let oldest = partition.clock.unwrap_or(0).saturating_sub(partition.policy.dedup_window_ms);
        let oldest = oldest.max(partition.dedup.forgotten());
        seen.retain(|(_, at, _)| *at >= oldest);
        let mut e = Encoder::to_file(MAGIC, path)?;
        partition.write_segment(true, &seen, &mut e);
        Ok(e.finish_file()?)
    }

    /// A partition as it was when the last of `segments` was saved: a complete one and those saved after it, in order. It
    /// continues with the policy that it had.
    pub fn restore(policy: &Policy, groups: u32, segments: &[&[u8]]) -> Result<Partition, CoreError> {
        let (mut partition, mut seen) = (Partition::new(policy, groups), Vec::new());
        for segment in segments {
            partition.apply_segment(segment, &mut seen)?;
        }
        partition.dedup.restore(&seen);
        partition.feeds.resolve(&partition.terms);
        Ok(partition)
    }

    fn apply_segment(&mut self, segment: &[u8], seen: &mut Vec<Remembered>) -> Result<(), CoreError> {
        let mut d = Decoder::new(segment, MAGIC)?;
        (self.clock, self.planned_since) = (d.optional_time()?, d.time()?);
        (self.offset, self.next_message) = (d.u64()?, d.u64()?);
        let policy = d.text()?;
        if !policy.is_empty() {
            self.set_policy(Policy::read(policy)?);
            self.policy_saved = true;
        }
        self.inputs_version = d.text()?.into();
        self.maps.clear();
        for _ in 0..d.u32()? {
            self.maps.push(UsedMap { hash: d.text()?.into(), first: d.u64()? });
        }
        self.counts = Counts {
            records: d.u64()?,
            accepted: d.u64()?,
            duplicates: d.u64()?,
            late: d.u64()?,
            very_late: d.u64()?,
            void_unmatched: d.u64()?,
            void_of_what: d.u64()?,
            rows: d.u64()?,
            mapped: d.u64()?,
            skipped: d.u64()?,
            unexpected: d.u64()?,
            ..Counts::default()
        };
        for _ in 0..d.u32()? {
            let (name, count) = (d.text()?, d.u64()?);
            let known = CODES.iter().find(|(_, known)| *known == name);
            let known = known.ok_or_else(|| CoreError::damage("the state counts an unknown reject code"))?;
            self.counts.rejects.insert(known.1, count);
        }
        self.dedup.forget_before(d.time()?);
        let mut at = 0i64;
        for _ in 0..d.u64()? {
            let fingerprint = d.u64()?;
            at = d.time_from(at)?;
            seen.push((fingerprint, at, Deed::from_bits(d.short()?)));
        }
        self.voids.clear();
        for _ in 0..d.u32()? {
            let (record, void) = (d.u64()?, d.u64()?);
            let waiting = Waiting {
                event_time: d.time()?,
                quantity: d.amount()?,
                guess: d.option()?.map(|bits| Deed::from_bits(bits as u64)),
                location: d.text()?.into(),
                sku: d.text()?.into(),
            };
            let _ = self.voids.wait(record, void, waiting);
        }
        self.feeds.read(&mut d)?;
        d.end()
    }
}
