//! Blocks of every kind: lines of JSON, messages of a topic, rows of CSV, columns. Each gives its records to the log in order.

use crate::intake::columns::{self, Columns};
use crate::intake::field::Fields;
use crate::intake::json;
use crate::intake::message::{self, Layout, Message};
use crate::intake::reject::{Code, Fault};
use crate::log::partition::{Partition, Routed};
use crate::values::instant::Millis;

impl Partition {
    /// Lines of JSON. Each ends with `\n`, except perhaps the last. `arrivals`, if given, has one arrival time per record.
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

    /// Messages of a log that numbers them itself, one after another in `data`. Each holds one movement or many.
    ///
    /// The first record has the number of its message, and the next records have the numbers after it. A number never goes back.
    /// So in a topic with one movement per message, records have the offsets of the topic, including gaps.
    pub fn messages(&mut self, data: &[u8], messages: &[Message], layout: Layout) -> Routed {
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
            for record in message::records(whole, layout) {
                let at = start + record.start;
                let text = text.and_then(|text| text.get(at..start + record.end));
                self.line(&whole[record], text, message.arrival);
            }
        }
        self.route(false)
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

    pub(super) fn oversize(&self) -> Fault {
        Fault::new(
            Code::TooLong,
            None,
            format!(
                "the record is longer than `max_record_bytes` ({}): its first bytes are kept",
                self.policy.max_record_bytes
            ),
        )
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

    /// A piece of the source that does not hold records, such as the rest of a damaged file.
    pub fn unreadable(&mut self, code: Code, message: &str, bytes: &[u8]) {
        if self.was_read() {
            return;
        }
        self.reject(bytes, Fault::new(code, None, message));
    }
}
