//! Rows of CSV come in: dialect, quoting and line ends are those of `csv-core`.

use csv_core::ReadRecordResult;

use crate::intake::field::{Field, Fields, Value};
use crate::intake::reject::{Code, Fault};
use crate::log::partition::{Partition, Routed};

impl Partition {
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
}
