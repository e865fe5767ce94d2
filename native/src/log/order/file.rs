//! One file of an export: its records one after another, each with its line and its time.

use std::mem;
use std::sync::Arc;

use arrow_array::RecordBatch;

use crate::intake::batch;
use crate::intake::columns::{self, Columns};
use crate::intake::csv::{Table, lines_of};
use crate::intake::envelope::{self, Contents};
use crate::intake::field::{Field, Fields};
use crate::intake::json;
use crate::intake::kept::{self, OfRecord};
use crate::intake::net::caught;
use crate::intake::record::Checks;
use crate::intake::reject::{Code, Fault};
use crate::intake::times;
use crate::log::blocks::{is_blank, not_utf8, oversize, table_of};
use crate::log::order::entry::{self, Form, Head};
use crate::map::{Batch, Mapped, Mapping, Rejection, Row, RowReader};
use crate::values::instant::Millis;

/// How many bytes are kept for each row of a record that is longer than a record may be.
const OF_LONG_RECORD: usize = 256;

/// Takes the records of a file: time, head, bytes.
pub type Take<'a> = &'a mut dyn FnMut(Millis, Head, &[u8]);

/// How far a file has been read.
pub struct FileReader {
    number: u32,
    pub name: Box<str>,
    /// What stands between the columns, and the line that names them; empty where the file is not a table.
    pub header: (u8, Vec<u8>),
    table: Table,
    /// Reads its rows with a map; `None` where it holds movements.
    rows: Option<RowReader>,
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
            rows: None,
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

    /// From now on its blocks hold rows for this map; `None`: movements.
    pub fn map(&mut self, mapping: Option<Arc<Mapping>>) {
        self.rows = mapping.map(RowReader::new);
    }

    /// Hands on what a map made of a row; `bytes` are the row as it came, `line` is where a reader found it. Each movement goes to
    /// its own time.
    fn hand_on_row(
        &mut self,
        mapping: &Mapping,
        (line, row): (Option<u64>, Row<'_>),
        bytes: &dyn Fn() -> Vec<u8>,
        checks: &Checks,
        take: Take<'_>,
    ) {
        self.line = line.unwrap_or(self.line);
        match row {
            Row::Skipped(_) => self.hand_on(None, Form::Skipped, &[], take),
            Row::Rejected(rejection) => self.hand_on_wrong(rejection, bytes, checks, take),
            Row::Movements(movements) => {
                let mut first = 1u8;
                match mapping.check(movements, None, checks, &mut |_, _| first = first.saturating_add(1)) {
                    Ok(()) => self.hand_on_movements(movements, first, &bytes(), checks, take),
                    Err(rejection) => self.hand_on_wrong(rejection, bytes, checks, take),
                }
            }
        }
    }

    /// `first` stands before the first movement of the row: see [`entry::write_mapped`].
    fn hand_on_movements(&mut self, movements: &[Mapped<'_>], first: u8, row: &[u8], checks: &Checks, take: Take<'_>) {
        let mut scratch = mem::take(&mut self.scratch);
        for (number, movement) in movements.iter().enumerate() {
            scratch.clear();
            entry::write_mapped(&movement.fields, if number == 0 { first } else { 0 }, row, &mut scratch);
            self.hand_on(times::event_time(&movement.fields, checks), Form::Mapped, &scratch, take);
        }
        self.scratch = scratch;
    }

    #[cold]
    fn hand_on_wrong(
        &mut self,
        rejection: Rejection<'_>,
        bytes: &dyn Fn() -> Vec<u8>,
        checks: &Checks,
        take: Take<'_>,
    ) {
        let time = rejection.fields.and_then(|fields| times::event_time(fields, checks));
        self.hand_on_fault(time, &rejection.fault, &rejection.bytes.unwrap_or_else(bytes), take);
    }

    /// A row that is wrong.
    #[cold]
    fn hand_on_fault(&mut self, time: Option<Millis>, fault: &Fault, row: &[u8], take: Take<'_>) {
        let mut entry = Vec::new();
        entry::write_fault(fault, row, &mut entry);
        self.hand_on(time, Form::WrongRow, &entry, take);
    }

    /// A row on which the reader with a map panicked.
    fn hand_on_mistake(&mut self, read: Result<(), Fault>, row: &[u8], take: Take<'_>) {
        if let Err(fault) = read {
            self.hand_on_fault(None, &fault, row, take);
        }
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
        let mut rows = self.rows.take();
        let text = simdutf8::basic::from_utf8(block).ok();
        let mut start = 0;
        while start < block.len() {
            let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
            let line = &block[start..end];
            self.line += 1;
            if !is_blank(line) {
                let text = text.map_or_else(|| simdutf8::basic::from_utf8(line).ok(), |text| text.get(start..end));
                if let Some(rows) = &mut rows {
                    self.map_line(rows, line, text, checks, longest, take);
                    start = end + 1;
                    continue;
                }
                let time = text.filter(|text| text.len() <= longest).and_then(|text| time_of_line(text, checks));
                self.hand_on(time, Form::Line, line, take);
            }
            start = end + 1;
        }
        self.rows = rows;
    }

    fn map_line(
        &mut self,
        rows: &mut RowReader,
        line: &[u8],
        text: Option<&str>,
        checks: &Checks,
        longest: usize,
        take: Take<'_>,
    ) {
        match text {
            _ if line.len() > longest && !rows.mapping().has_lists() => {
                self.hand_on_fault(None, &oversize(longest), line, take)
            }
            None => self.hand_on_fault(None, &not_utf8(line), line, take),
            Some(text) => {
                let kept = if line.len() > longest { &line[..OF_LONG_RECORD] } else { line };
                let of_record = OfRecord::new(kept, kept::OF_SORTER);
                let read = caught(|| {
                    rows.json(text, &mut |mapping, number, row| {
                        self.hand_on_row(mapping, (number, row), &|| of_record.bytes(), checks, take);
                    });
                    Ok(())
                });
                self.hand_on_mistake(read, kept, take);
            }
        }
    }

    /// Gives the columns that its map needs and the header lacks.
    pub fn csv_header(&mut self, line: &[u8], delimiter: u8, before: u64) -> Vec<String> {
        self.line += before + u64::from(!line.is_empty()) + lines_of(line).1;
        self.header = (delimiter, line.to_vec());
        self.table = table_of(line, delimiter);
        self.rows.as_mut().map_or_else(Vec::new, |reader| reader.csv_header(line, delimiter))
    }

    pub fn csv(&mut self, block: &[u8], checks: &Checks, longest: usize, take: Take<'_>) {
        let (mut table, mut rows) = (mem::take(&mut self.table), self.rows.take());
        self.line = table.each(block, self.line, |table, row, line| {
            self.line = line;
            if let Some(rows) = &mut rows {
                let record = row.trim_ascii();
                if record.len() > longest {
                    return self.hand_on_fault(None, &oversize(longest), record, take);
                }
                let read = caught(|| {
                    rows.csv(table, &mut |mapping, line, row| {
                        self.hand_on_row(mapping, (line, row), &|| record.to_vec(), checks, take);
                    });
                    Ok(())
                });
                return self.hand_on_mistake(read, record, take);
            }
            let short = row.trim_ascii().len() <= longest;
            let time = || Ok(times::event_time(&table.fields()?, checks));
            let time = if short { caught(time).ok().flatten() } else { None };
            self.hand_on(time, Form::Row, without_line_ends(row), take);
        });
        (self.table, self.rows) = (table, rows);
    }

    /// Gives the columns that its map needs and the batch lacks; then nothing is read.
    pub fn columns(&mut self, batch: &RecordBatch, checks: &Checks, take: Take<'_>) -> Vec<String> {
        if let Err(fault) = batch::check(batch) {
            self.line += 1;
            self.set_aside(&fault, b"", take);
            return Vec::new();
        }
        if let Some(mut rows) = self.rows.take() {
            let batch = Batch::new(rows.mapping(), batch);
            if batch.lacks.is_empty() {
                self.map_columns(&mut rows, &batch, checks, take);
            }
            self.rows = Some(rows);
            return batch.lacks;
        }
        let columns = Columns::new(batch);
        let mut fields = Fields::default();
        for row in 0..columns.rows {
            self.line += 1;
            let mut scratch = mem::take(&mut self.scratch);
            scratch.clear();
            match caught(|| columns.row(row, &mut fields)) {
                Ok(()) => {
                    entry::write_fields(&fields, &mut scratch);
                    self.hand_on(times::event_time(&fields, checks), Form::Fields, &scratch, take);
                }
                Err(fault) => {
                    entry::write_fault(&fault, &columns::as_json(&columns.before_fault(row)), &mut scratch);
                    self.hand_on(None, Form::Fault, &scratch, take);
                }
            }
            self.scratch = scratch;
        }
        Vec::new()
    }

    fn map_columns(&mut self, rows: &mut RowReader, batch: &Batch, checks: &Checks, take: Take<'_>) {
        for number in 0..batch.rows {
            self.line += 1;
            let read = caught(|| {
                rows.columns(batch, number, &mut |mapping, line, row| {
                    self.hand_on_row(mapping, (line, row), &|| batch.as_json(number), checks, take);
                });
                Ok(())
            });
            self.hand_on_mistake(read, b"", take);
        }
    }

    pub fn unreadable(&mut self, code: Code, message: &str, record: &[u8], take: Take<'_>) {
        self.line += 1;
        self.set_aside(&Fault::new(code, None, message), record, take);
    }

    /// A piece of the file that is known to be wrong.
    fn set_aside(&mut self, fault: &Fault, record: &[u8], take: Take<'_>) {
        let mut bytes = Vec::new();
        entry::write_fault(fault, record, &mut bytes);
        self.hand_on(None, Form::Fault, &bytes, take);
    }
}

fn time_of_line(text: &str, checks: &Checks) -> Option<Millis> {
    let time = || {
        let mut fields = Fields::default();
        json::decode(text, &mut fields)?;
        if fields.get(Field::EventTime).is_missing() {
            let Some(Contents::Movement(movement, _)) = envelope::open(text) else { return Ok(None) };
            fields = Fields::default();
            json::decode(movement, &mut fields)?;
        }
        Ok(times::event_time(&fields, checks))
    };
    caught(time).ok().flatten()
}

fn without_line_ends(row: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let start = row.iter().position(|byte| !is_end(byte)).unwrap_or(row.len());
    let end = row.iter().rposition(|byte| !is_end(byte)).map_or(start, |last| last + 1);
    &row[start..end]
}
