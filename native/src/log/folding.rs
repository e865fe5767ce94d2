//! One message may hold more records that cannot be used than anybody reads. Each of the first has a reject of its own; one reject
//! stands for the others, says how many they are, and keeps their bytes as far as a reject may.
//!
//! A reject weighs some hundred bytes, and what causes it may be one byte. Without a bound a block of messages of 4 MiB would become
//! rejects of half a gigabyte. Every record keeps its own number, and is counted under its own reason.

use crate::intake::kept::SHORT;
use crate::intake::message::Between;
use crate::intake::reject::{Fault, Reject};
use crate::log::partition::Partition;

/// How many records of one message have rejects of their own, as long as these keep so many bytes.
pub(crate) const ALONE: usize = 10_000;
const ALONE_BYTES: usize = 16 << 20;

/// The rejects of the message that is being read.
#[derive(Debug)]
pub(crate) struct Folding {
    alone: usize,
    kept: usize,
    between: Between,
    rest: Option<Rest>,
}

#[derive(Debug)]
struct Rest {
    first: Reject,
    count: u64,
    /// Where the bytes of the last record begin that was added.
    last: usize,
    /// Whether bytes were left out.
    full: bool,
}

impl Folding {
    pub(crate) fn new(between: Between) -> Folding {
        Folding { alone: 0, kept: 0, between, rest: None }
    }

    /// Takes one more reject; `None` if it is kept with others.
    fn take(&mut self, reject: Reject, most: usize) -> Option<Reject> {
        if self.alone < ALONE && self.kept <= ALONE_BYTES {
            self.alone += 1;
            self.kept += reject.record.len();
            return Some(reject);
        }
        match &mut self.rest {
            None => self.rest = Some(Rest { first: reject, count: 1, last: 0, full: false }),
            Some(rest) => rest.add(&reject.record, self.between, most),
        }
        None
    }

    /// The reject of all that have none of their own.
    fn finish(self) -> Option<Reject> {
        let Rest { mut first, count, full, .. } = self.rest?;
        if count > 1 {
            if self.between == Between::Commas {
                first.record.insert(0, b'[');
                first.record.push(b']');
            }
            let kept = if full { "; the bytes of the first of them are kept" } else { "" };
            first.fault.message = format!(
                "{count} more records of this message cannot be used{kept}; what is wrong with the first of them: {}",
                first.fault.message
            );
        }
        Some(first)
    }
}

impl Rest {
    fn add(&mut self, record: &[u8], between: Between, most: usize) {
        self.count += 1;
        let last = &self.first.record[self.last..];
        if last == record || record.len() == SHORT && last.starts_with(record) {
            return; // another row of the same record
        }
        self.full |= self.first.record.len() + record.len() + 3 > most;
        if !self.full {
            self.first.record.push(if between == Between::Commas { b',' } else { b'\n' });
            self.last = self.first.record.len();
            self.first.record.extend_from_slice(record);
        }
    }
}

impl Partition {
    /// Reads one message; records that it calls are records of this message.
    pub(crate) fn read_message<R>(&mut self, between: Between, read: impl FnOnce(&mut Partition) -> R) -> R {
        let before = self.folding.replace(Folding::new(between));
        let result = read(self);
        let rest = std::mem::replace(&mut self.folding, before).and_then(Folding::finish);
        self.rejects.extend(rest);
        result
    }

    #[cold]
    pub(crate) fn reject(&mut self, bytes: &[u8], fault: Fault) {
        self.counts.records += 1;
        let record = bytes[..bytes.len().min(self.policy.max_record_bytes)].to_vec();
        let reject = Reject { offset: self.offset, place: self.place(), fault, record };
        self.offset += 1;
        self.count_reject(&reject);
        let most = self.policy.max_record_bytes;
        let alone = match &mut self.folding {
            Some(folding) => folding.take(reject, most),
            None => Some(reject),
        };
        self.rejects.extend(alone);
    }

    /// Keeps the reject of a void. It is decided with its block, which may end in another message, so it is never folded.
    pub(crate) fn reject_void(&mut self, reject: Reject) {
        self.count_reject(&reject);
        self.rejects.push(reject);
    }

    fn count_reject(&mut self, reject: &Reject) {
        *self.counts.rejects.entry(reject.fault.code.name()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::message::{Layout, Message};
    use crate::policy;

    fn read(texts: &[&str]) -> Partition {
        let mut partition = Partition::new(&policy::defaults(), 1);
        let data: String = texts.concat();
        let messages: Vec<Message> = (texts.iter().zip([7, 100_007]))
            .map(|(text, number)| Message { length: text.len(), number, arrival: None })
            .collect();
        partition.messages(data.as_bytes(), &messages, Layout::Auto);
        partition
    }

    #[test]
    fn a_message_of_a_hundred_thousand_bad_records_is_a_few_rejects() {
        let good = r#"{"id":"1","source":"t","kind":"sale","sku":"a","location":"b","quantity":1,"event_time":"2026-11-22T09:30:00Z"}"#;
        let array = format!("[{}1,{good}]", "1,".repeat(99_998));
        let mut partition = read(&[&array, "[1,2]"]);
        let (counts, rejects) = (partition.counts().clone(), partition.take_rejects());
        assert_eq!((counts.records, counts.accepted, counts.rejects["not_an_object"]), (100_002, 1, 100_001));
        assert_eq!(partition.offset(), 100_009, "every record has its number");
        let offsets: Vec<u64> = rejects.iter().map(|reject| reject.offset).collect();
        assert_eq!(offsets, (7..10_008).chain([100_007, 100_008]).collect::<Vec<u64>>());
        let rest = &rejects[ALONE];
        assert!(
            rest.fault
                .message
                .starts_with("89999 more records of this message cannot be used; what is wrong with the first"),
            "{rest:?}"
        );
        assert_eq!(rest.record, b"[1]", "equal records are kept once");
        assert!(rejects.iter().map(|reject| reject.record.len()).sum::<usize>() < 11_000);
    }

    #[test]
    fn the_bytes_of_the_rest_are_a_message_again() {
        let lines: Vec<String> = (0..ALONE + 3).map(|number| format!("{{\"n\":{number}}}")).collect();
        let rest = |text: &str| String::from_utf8(read(&[text]).take_rejects()[ALONE].record.clone()).unwrap();
        assert_eq!(rest(&lines.join("\n")), lines[ALONE..].join("\n"));
        assert_eq!(rest(&format!("[{}]", lines.join(","))), format!("[{}]", lines[ALONE..].join(",")));
        let one = read(&[&lines[..=ALONE].join("\n")]).take_rejects();
        assert!(one[ALONE].fault.message.starts_with("`"), "the only one more is a reject like the others: {one:?}");
        let long: Vec<String> = (0..ALONE + 200).map(|n| format!("{{\"n\":\"{n}{}\"}}", "x".repeat(1000))).collect();
        let rest = read(&[&long.join("\n")]).take_rejects().pop().unwrap();
        assert!(rest.record.len() <= 64 << 10 && rest.record.len() > 63 << 10 && rest.record.ends_with(b"}"));
        assert!(
            rest.fault.message.starts_with("200 more records of this message cannot be used; the bytes of the first")
        );
    }
}
