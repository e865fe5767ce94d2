//! A table of CSV: its header names the columns, and each of its records gives the values of one row.

use std::borrow::Cow;

use csv_core::ReadRecordResult;

use crate::intake::field::{Field, Fields, Value};
use crate::intake::reject::{Code, Fault};

/// The columns of a table, and the row that was read last.
pub struct Table {
    columns: Vec<Option<Field>>,
    delimiter: u8,
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// How much of `text` and of `ends` the last row takes.
    row: (usize, usize),
}

impl Default for Table {
    fn default() -> Table {
        Table::new(b"", b',')
    }
}

impl Table {
    /// `line` is the header; `delimiter` stands between the columns.
    pub fn new(line: &[u8], delimiter: u8) -> Table {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let line = [line.trim_ascii_end(), b"\n"].concat();
        let (mut output, mut ends) = (vec![0; line.len() + 16], vec![0; line.len() + 16]);
        let (_, _, _, count) = csv_reader(delimiter).read_record(&line, &mut output, &mut ends);
        let mut columns = Vec::new();
        let mut start = 0;
        for end in &ends[..count] {
            let name = std::str::from_utf8(output.get(start..*end).unwrap_or(b"")).unwrap_or("");
            columns.push(Field::of_column(name));
            start = *end;
        }
        let ends = vec![0; columns.len().max(16) * 4];
        Table { columns, delimiter, reader: csv_reader(delimiter), text: vec![0; 1024], ends, row: (0, 0) }
    }

    /// Reads the record at the start of `rest`: how many bytes it takes, with the line ends before it. `None`: `rest` holds no
    /// further record.
    pub fn read(&mut self, rest: &[u8]) -> Option<usize> {
        self.reader.reset();
        let (mut read, mut written, mut fields) = (0, 0, 0);
        loop {
            let input = if read < rest.len() { &rest[read..] } else { &[] };
            let output = &mut self.text[written..];
            let (result, r, w, f) = self.reader.read_record(input, output, &mut self.ends[fields..]);
            (read, written, fields) = (read + r, written + w, fields + f);
            match result {
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return None,
            }
        }
        self.row = (written, fields);
        (read > 0).then_some(read)
    }

    /// Hands each record of a block to `take`: its bytes, and the line in which it starts. `line` is the last line before the
    /// block; gives the last line of it.
    pub fn each(&mut self, block: &[u8], mut line: u64, mut take: impl FnMut(&Table, &[u8], u64)) -> u64 {
        let mut rest = block;
        while let Some(read) = self.read(rest) {
            let (row, after) = rest.split_at(read);
            rest = after;
            let (before, within) = lines_of(row);
            if !row.trim_ascii().is_empty() {
                take(self, row, line + before + 1);
            }
            line += within;
        }
        line
    }

    /// The values of the row that was read last.
    pub fn fields(&self) -> Result<Fields<'_>, Fault> {
        let (text, ends) = (&self.text[..self.row.0], &self.ends[..self.row.1]);
        let text = simdutf8::basic::from_utf8(text)
            .map_err(|_| Fault::new(Code::NotUtf8, None, "the row is not UTF-8: export it in UTF-8"))?;
        // Some programs leave out empty cells at the end of a row, others add some.
        let full = ends.get(self.columns.len().wrapping_sub(1)).copied();
        if full.is_some_and(|full| text[full..].bytes().any(|b| b != b' ')) {
            let message = format!(
                "the row has {} fields and its header {}: quote fields that hold {}",
                ends.len(),
                self.columns.len(),
                name_of(self.delimiter)
            );
            return Err(Fault::new(Code::BadRow, None, message));
        }
        let mut fields = Fields::default();
        let mut start = 0;
        for (field, end) in self.columns.iter().zip(ends) {
            let cell = &text[start..*end];
            start = *end;
            let Some(field) = *field else { continue };
            let value = match cell {
                "" => Value::Null,
                _ if self.delimiter == b';' && field.is_quantity() => Value::Text(with_point(cell)),
                _ => Value::Text(cell.into()),
            };
            if fields.set(field, value) {
                let name = field.name();
                return Err(Fault::new(Code::DuplicateField, name, format!("column `{name}` stands twice: keep one")));
            }
        }
        Ok(fields)
    }
}

/// How many lines end before a record and within it: its own line is the next one after those before it.
pub fn lines_of(record: &[u8]) -> (u64, u64) {
    let before = record.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
    (before as u64, memchr::memchr_iter(b'\n', record).count() as u64)
}

fn csv_reader(delimiter: u8) -> csv_core::Reader {
    csv_core::ReaderBuilder::new().delimiter(delimiter).build()
}

fn name_of(delimiter: u8) -> &'static str {
    match delimiter {
        b';' => "a semicolon",
        b'\t' => "a tab",
        b'|' => "a bar",
        _ => "a comma",
    }
}

/// A decimal comma becomes a point: where columns are separated by semicolons, a number holds a comma for that.
fn with_point(cell: &str) -> Cow<'_, str> {
    match cell.split_once(',') {
        Some((whole, places)) if !whole.contains('.') && !places.contains([',', '.']) => {
            format!("{whole}.{places}").into()
        }
        _ => cell.into(),
    }
}
