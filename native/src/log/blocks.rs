//! Blocks of every kind: lines of JSON, messages of a topic, rows of CSV, columns. Each gives its records to the log in order.

use csv_core::ReadRecordResult;

use crate::intake::columns::{self, Columns};
use crate::intake::json;
use crate::intake::message::{self, Form, Message};
use crate::intake::record::{Field, Fields, Value};
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

    /// A piece of the source that does not hold records, such as the rest of a damaged file.
    pub fn unreadable(&mut self, code: Code, message: &str, bytes: &[u8]) {
        if self.was_read() {
            return;
        }
        self.reject(bytes, Fault::new(code, None, message));
    }
}
