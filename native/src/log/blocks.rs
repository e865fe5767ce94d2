//! Blocks of every kind: lines of JSON, messages of a topic, rows of CSV, columns. Each gives its records to the log in order.

use crate::intake::columns::{self, Columns};
use crate::intake::csv::{Table, lines_of};
use crate::intake::envelope;
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
            self.line += 1;
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

    /// One line of JSON; `text` is it as text, if that is known.
    pub(crate) fn line(&mut self, bytes: &[u8], text: Option<&str>, arrival: Option<Millis>) {
        if self.was_read() {
            return;
        }
        if is_blank(bytes) {
            self.offset += 1;
            return;
        }
        if bytes.len() > self.policy.max_record_bytes {
            return self.reject(bytes, self.oversize());
        }
        let Some(text) = text.or_else(|| simdutf8::basic::from_utf8(bytes).ok()) else {
            let what = envelope::of_bytes(bytes).unwrap_or("the record is not UTF-8: export it in UTF-8");
            return self.reject(bytes, Fault::new(Code::NotUtf8, None, what));
        };
        let mut fields = Fields::default();
        match json::decode(text, &mut fields) {
            Ok(()) => self.record(&fields, arrival, |_| bytes.to_vec()),
            Err(mut fault) => {
                if let Some(what) = envelope::of_bytes(bytes) {
                    fault.message = what.to_owned();
                }
                self.reject(bytes, fault);
            }
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

    /// The next blocks are those of the file `name`, from its first line on.
    pub fn file(&mut self, name: &str) {
        (self.file, self.line) = (Some(name.into()), 0);
    }

    /// The header of a CSV file, and what stands between its columns; both hold for the rows that follow. `before` is the number
    /// of lines above it.
    pub fn csv_header(&mut self, line: &[u8], delimiter: u8, before: u64) {
        self.line += before + 1 + lines_of(line).1;
        self.table = Table::new(line, delimiter);
    }

    /// Whole CSV records below the last header.
    pub fn csv(&mut self, block: &[u8]) -> Routed {
        let mut table = std::mem::take(&mut self.table);
        self.line = table.each(block, self.line, |table, row, line| {
            self.line = line;
            self.row(row.trim_ascii(), table);
        });
        self.table = table;
        self.route(false)
    }

    /// The row that `table` has read last; `bytes` are those that it was read from.
    pub(crate) fn row(&mut self, bytes: &[u8], table: &Table) {
        if self.was_read() {
            return;
        }
        if bytes.len() > self.policy.max_record_bytes {
            return self.reject(bytes, self.oversize());
        }
        match table.fields() {
            Ok(fields) => self.record(&fields, None, |_| bytes.to_vec()),
            Err(fault) => self.reject(bytes, fault),
        }
    }

    /// Rows of an Arrow batch, one record a row.
    pub fn columns(&mut self, columns: &Columns, message: Option<Message>) -> Routed {
        if message.is_some_and(|message| !self.is_next(message.number)) {
            return self.route(false);
        }
        for row in 0..columns.rows {
            self.line += 1;
            let mut fields = Fields::default();
            match columns.row(row, &mut fields) {
                Ok(()) => self.values(&fields, message.and_then(|message| message.arrival)),
                Err(fault) => self.set_aside(&columns::as_json(&fields), fault),
            }
        }
        self.route(false)
    }

    /// The values of a row of columns.
    pub(crate) fn values(&mut self, fields: &Fields<'_>, arrival: Option<Millis>) {
        if !self.was_read() {
            self.record(fields, arrival, columns::as_json);
        }
    }

    /// A piece of the source that does not hold records, such as the rest of a damaged file.
    pub fn unreadable(&mut self, code: Code, message: &str, bytes: &[u8]) {
        self.line += 1;
        self.set_aside(bytes, Fault::new(code, None, message));
    }

    /// A record that is known to be wrong.
    pub(crate) fn set_aside(&mut self, bytes: &[u8], fault: Fault) {
        if !self.was_read() {
            self.reject(bytes, fault);
        }
    }
}

/// Whether a line holds no record.
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}
