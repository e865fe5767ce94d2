//! One file of an export: its records one after another, each with its line and its time.

use std::mem;

use crate::intake::columns::{self, Columns};
use crate::intake::csv::{Table, lines_of};
use crate::intake::field::Fields;
use crate::intake::json;
use crate::intake::record::Checks;
use crate::intake::reject::{Code, Fault};
use crate::intake::times;
use crate::log::blocks::is_blank;
use crate::log::order::entry::{self, Form, Head};
use crate::values::instant::Millis;

/// Takes the records of a file: time, head, bytes.
pub type Take<'a> = &'a mut dyn FnMut(Millis, Head, &[u8]);

/// How far a file has been read.
pub struct FileReader {
    number: u32,
    pub name: Box<str>,
    /// What stands between the columns, and the line that names them; empty where the file is not a table.
    pub header: (u8, Vec<u8>),
    table: Table,
    line: u64,
    /// The time of the last record; before the first the lowest that there is.
    last: Millis,
    /// The times of the first record and of the latest.
    pub span: Option<(Millis, Millis)>,
    pub in_order: bool,
    scratch: Vec<u8>,
}

impl FileReader {
    pub fn new(number: u32, name: &str) -> FileReader {
        FileReader {
            number,
            name: name.into(),
            header: (0, Vec::new()),
            table: Table::default(),
            line: 0,
            last: Millis::MIN,
            span: None,
            in_order: true,
            scratch: Vec::new(),
        }
    }

    /// Back to the first line, as if nothing had been read.
    pub fn rewind(&mut self) {
        *self = FileReader::new(self.number, &mem::take(&mut self.name));
    }

    /// A record without a time that can be read keeps the time of the one before it.
    fn hand_on(&mut self, time: Option<Millis>, form: Form, bytes: &[u8], take: Take<'_>) {
        let time = time.unwrap_or(self.last);
        self.in_order &= time >= self.last;
        self.last = time;
        let (first, latest) = self.span.unwrap_or((time, time));
        self.span = Some((first.min(time), latest.max(time)));
        take(time, Head { form, file: self.number, line: self.line }, bytes);
    }

    pub fn lines(&mut self, block: &[u8], checks: &Checks, longest: usize, take: Take<'_>) {
        let text = simdutf8::basic::from_utf8(block).ok();
        let mut start = 0;
        while start < block.len() {
            let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
            let line = &block[start..end];
            self.line += 1;
            if !is_blank(line) {
                let text = text.map_or_else(|| simdutf8::basic::from_utf8(line).ok(), |text| text.get(start..end));
                let time = text.filter(|text| text.len() <= longest).and_then(|text| time_of_line(text, checks));
                self.hand_on(time, Form::Line, line, take);
            }
            start = end + 1;
        }
    }

    pub fn csv_header(&mut self, line: &[u8], delimiter: u8, before: u64) {
        self.line += before + 1 + lines_of(line).1;
        self.header = (delimiter, line.to_vec());
        self.table = Table::new(line, delimiter);
    }

    pub fn csv(&mut self, block: &[u8], checks: &Checks, longest: usize, take: Take<'_>) {
        let mut table = mem::take(&mut self.table);
        self.line = table.each(block, self.line, |table, row, line| {
            self.line = line;
            let short = row.trim_ascii().len() <= longest;
            let fields = short.then(|| table.fields().ok()).flatten();
            let time = fields.and_then(|fields| times::event_time(&fields, checks));
            self.hand_on(time, Form::Row, without_line_ends(row), take);
        });
        self.table = table;
    }

    pub fn columns(&mut self, columns: &Columns, checks: &Checks, take: Take<'_>) {
        for row in 0..columns.rows {
            self.line += 1;
            let mut fields = Fields::default();
            let mut scratch = mem::take(&mut self.scratch);
            scratch.clear();
            match columns.row(row, &mut fields) {
                Ok(()) => {
                    entry::write_fields(&fields, &mut scratch);
                    self.hand_on(times::event_time(&fields, checks), Form::Fields, &scratch, take);
                }
                Err(fault) => {
                    entry::write_fault(&fault, &columns::as_json(&fields), &mut scratch);
                    self.hand_on(None, Form::Fault, &scratch, take);
                }
            }
            self.scratch = scratch;
        }
    }

    pub fn unreadable(&mut self, code: Code, message: &str, record: &[u8], take: Take<'_>) {
        self.line += 1;
        let mut bytes = Vec::new();
        entry::write_fault(&Fault::new(code, None, message), record, &mut bytes);
        self.hand_on(None, Form::Fault, &bytes, take);
    }
}

fn time_of_line(text: &str, checks: &Checks) -> Option<Millis> {
    let mut fields = Fields::default();
    json::decode(text, &mut fields).ok()?;
    times::event_time(&fields, checks)
}

fn without_line_ends(row: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let start = row.iter().position(|byte| !is_end(byte)).unwrap_or(row.len());
    let end = row.iter().rposition(|byte| !is_end(byte)).map_or(start, |last| last + 1);
    &row[start..end]
}
