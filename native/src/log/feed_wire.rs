//! What happened to feeds, as bytes behind the movements of a block.
//!
//! ```text
//! change   event u8  told here u8  location u16  source u16  cause source u16  cause id u16  flags u8  0  expected u32
//!          offset u64  time i64  since i64  due i64  needed f64  least i64  learned hours u32  0 0 0 0    (72 bytes, lengths in bytes)
//!          location  source  cause source  cause id                                                       (UTF-8)
//!          f32*                                                     records expected in each hour, so many as `expected` says
//! flags    1: has a cause   2: has evidence; without it all of since … learned hours, and expected, are 0
//! ```

use crate::log::wire::{check_time, word};
use crate::values::error::CoreError;
use crate::values::feed::{Evidence, FeedChange, FeedEvent};

const HEAD: usize = 72;
const HAS_CAUSE: u8 = 1;
const HAS_EVIDENCE: u8 = 2;

/// A change on its way to one key group, and whether that group writes the alert. The others need no evidence.
#[derive(Clone, Copy, Debug)]
pub struct ToldChange<'a> {
    pub change: &'a FeedChange,
    pub here: bool,
}

pub(super) fn write(told: &ToldChange<'_>, bytes: &mut Vec<u8>) {
    let change = told.change;
    let (source, id) = change.cause.as_ref().map_or(("", ""), |(source, id)| (source, id));
    let evidence = change.evidence.as_ref().filter(|_| told.here);
    let mut head = [0u8; HEAD];
    (head[0], head[1]) = (change.event as u8, u8::from(told.here));
    for (at, text) in [(2, &*change.location), (4, &change.source), (6, source), (8, id)] {
        head[at..at + 2].copy_from_slice(&(text.len() as u16).to_le_bytes());
    }
    head[10] = if change.cause.is_some() { HAS_CAUSE } else { 0 } | if evidence.is_some() { HAS_EVIDENCE } else { 0 };
    head[16..24].copy_from_slice(&change.offset.to_le_bytes());
    head[24..32].copy_from_slice(&change.time.to_le_bytes());
    if let Some(evidence) = evidence {
        head[12..16].copy_from_slice(&(evidence.expected.len() as u32).to_le_bytes());
        head[32..40].copy_from_slice(&evidence.since.to_le_bytes());
        head[40..48].copy_from_slice(&evidence.due.to_le_bytes());
        head[48..56].copy_from_slice(&evidence.needed.to_le_bytes());
        head[56..64].copy_from_slice(&evidence.least_ms.to_le_bytes());
        head[64..68].copy_from_slice(&evidence.learned_hours.to_le_bytes());
    }
    bytes.extend_from_slice(&head);
    for text in [&*change.location, &change.source, source, id] {
        bytes.extend_from_slice(text.as_bytes());
    }
    evidence.iter().flat_map(|evidence| &evidence.expected).for_each(|records| bytes.extend(records.to_le_bytes()));
}

/// Reads so many changes, which are all of `bytes`.
pub(super) fn read(mut bytes: &[u8], count: usize) -> Result<Vec<(FeedChange, bool)>, CoreError> {
    let mut changes = Vec::new();
    for _ in 0..count {
        changes.push(change(&mut bytes)?);
    }
    if bytes.is_empty() { Ok(changes) } else { Err(CoreError::block("a block has more than its changes say")) }
}

fn change(rest: &mut &[u8]) -> Result<(FeedChange, bool), CoreError> {
    let head = take(rest, HEAD)?;
    let length = |at| usize::from(u16::from_le_bytes(word(head, at)));
    let (flags, [offset, time]) = (head[10], [16, 24].map(|at| i64::from_le_bytes(word(head, at))));
    check_time(time)?;
    let event = FeedEvent::from_code(head[0]).filter(|_| offset >= 0);
    let event = event.ok_or_else(|| CoreError::block("a block has an unknown change of a feed"))?;
    let mut text = |at| -> Result<Box<str>, CoreError> {
        let text = std::str::from_utf8(take(rest, length(at))?);
        text.map(Into::into).map_err(|_| CoreError::block("a block of movements holds text that is not UTF-8"))
    };
    let (location, source, cause_source, id) = (text(2)?, text(4)?, text(6)?, text(8)?);
    let evidence = if flags & HAS_EVIDENCE == 0 { None } else { Some(evidence(head, rest)?) };
    let cause = (flags & HAS_CAUSE != 0).then_some((cause_source, id));
    Ok((FeedChange { event, time, offset: offset as u64, location, source, cause, evidence }, head[1] == 1))
}

fn evidence(head: &[u8], rest: &mut &[u8]) -> Result<Evidence, CoreError> {
    let [since, due, least_ms] = [32, 40, 56].map(|at| i64::from_le_bytes(word(head, at)));
    check_time(since)?;
    check_time(due)?;
    let hours = u32::from_le_bytes(word(head, 12)) as usize;
    let expected = take(rest, hours.saturating_mul(4))?.chunks_exact(4).map(|bytes| f32::from_le_bytes(word(bytes, 0)));
    let evidence = Evidence {
        since,
        due,
        needed: f64::from_le_bytes(word(head, 48)),
        least_ms,
        learned_hours: u32::from_le_bytes(word(head, 64)),
        expected: expected.collect(),
    };
    if !evidence.needed.is_finite() || evidence.expected.iter().any(|records| !records.is_finite()) {
        return Err(CoreError::block("a block expects a number of records that is not a number"));
    }
    Ok(evidence)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], CoreError> {
    let (taken, left) = rest
        .split_at_checked(length)
        .ok_or_else(|| CoreError::block("a block of movements ends in the middle of a change"))?;
    *rest = left;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_339_800_000;

    #[test]
    fn there_and_back_and_no_torn_change_passes() {
        let silent = FeedChange {
            event: FeedEvent::Silent,
            time: NOW + 9,
            offset: 7,
            location: "Köln".into(),
            source: "till".into(),
            cause: None,
            evidence: Some(Evidence {
                since: NOW,
                due: NOW + 8,
                needed: 20.0,
                least_ms: 5,
                learned_hours: 400,
                expected: vec![12.5, 0.0],
            }),
        };
        let cause = Some(("till".into(), "t-1".into()));
        let back = FeedChange { event: FeedEvent::Back, cause, evidence: None, ..silent.clone() };
        let mut bytes = Vec::new();
        for (change, here) in [(&silent, true), (&silent, false), (&back, true)] {
            write(&ToldChange { change, here }, &mut bytes);
        }
        let unseen = FeedChange { evidence: None, ..silent.clone() };
        assert_eq!(read(&bytes, 3), Ok(vec![(silent, true), (unseen, false), (back, true)]));
        (0..bytes.len()).for_each(|cut| assert!(read(&bytes[..cut], 3).is_err(), "cut at {cut}"));
        assert!(read(&bytes, 2).is_err());
    }
}
