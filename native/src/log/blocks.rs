//! Blocks of every kind: lines of JSON, messages of a topic, rows of CSV, columns. Each gives its records to the log in order.

use arrow_array::RecordBatch;

use crate::intake::batch;
use crate::intake::columns::{self, Columns};
use crate::intake::csv::{Table, lines_of};
use crate::intake::envelope;
use crate::intake::field::Fields;
use crate::intake::json;
use crate::intake::kept::{self, OfRecord};
use crate::intake::message::{self, Between, Layout, Message};
use crate::intake::net::caught;
use crate::intake::reject::{Code, Fault};
use crate::log::partition::{Partition, Routed};
use crate::map::{Batch, RowReader};
use crate::values::instant::Millis;

impl Partition {
    /// Lines of JSON. Each ends with `\n`, except perhaps the last. `arrivals`, if given, has one arrival time per record.
    pub fn lines(&mut self, block: &[u8], arrivals: Option<&[Millis]>) -> Routed {
        let block_text = simdutf8::basic::from_utf8(block).ok();
        let mut rows = self.rows.take();
        let (mut start, mut line) = (0, 0);
        while start < block.len() {
            let end = memchr::memchr(b'\n', &block[start..]).map_or(block.len(), |at| start + at);
            let arrival = arrivals.and_then(|times| times.get(line).copied());
            self.line += 1;
            let (bytes, text) = (&block[start..end], block_text.map(|text| &text[start..end]));
            match &mut rows {
                None => self.line(bytes, text, arrival),
                Some(rows) => self.map_line(rows, bytes, text, arrival),
            }
            (start, line) = (end + 1, line + 1);
        }
        self.rows = rows;
        self.route(false)
    }

    /// Messages of a log that numbers them itself, one after another in `data`. Each holds one movement or many.
    ///
    /// The first record has the number of its message, and the next records have the numbers after it. A number never goes back.
    /// So in a topic with one movement per message, records have the offsets of the topic, including gaps.
    pub fn messages(&mut self, data: &[u8], messages: &[Message], layout: Layout) -> Routed {
        let text = simdutf8::basic::from_utf8(data).ok();
        self.envelope = layout.envelope();
        let mut start = 0;
        for message in messages {
            let end = (start + message.length).min(data.len());
            let whole = json::without_frame(&data[start..end]);
            start = end;
            if !self.is_next(message.number) {
                continue;
            }
            let start = end - whole.len();
            if whole.trim_ascii().is_empty() {
                self.tombstone(message.arrival);
            }
            let records = message::records(whole, layout);
            self.read_message(records.between(), |partition| {
                for record in records {
                    let at = start + record.start;
                    let text = text.and_then(|text| text.get(at..start + record.end));
                    partition.line(&whole[record], text, message.arrival);
                }
            });
        }
        self.route(false)
    }

    /// A message without a text says that a row of a table was deleted before: it has a number and is not a record.
    pub(super) fn tombstone(&mut self, arrival: Option<Millis>) {
        match self.rows.take() {
            None => self.offset += 1,
            Some(mut rows) => {
                self.map_record(&mut rows, b"", "", arrival);
                self.rows = Some(rows);
            }
        }
    }

    /// One line of JSON for the map of the log.
    fn map_line(&mut self, rows: &mut RowReader, bytes: &[u8], text: Option<&str>, arrival: Option<Millis>) {
        if is_blank(bytes) {
            self.offset += 1;
        } else if bytes.len() > self.policy.max_record_bytes && !rows.mapping().has_lists() {
            self.reject_line(self.oversize(), bytes);
        } else if let Some(text) = text.or_else(|| simdutf8::basic::from_utf8(bytes).ok()) {
            self.map_record(rows, bytes, text, arrival);
        } else {
            self.reject_line(not_utf8(bytes), bytes);
        }
    }

    fn map_record(&mut self, rows: &mut RowReader, bytes: &[u8], text: &str, arrival: Option<Millis>) {
        let of_record = OfRecord::new(&bytes[..bytes.len().min(self.policy.max_record_bytes)], kept::OF_LOG);
        let mut read = |log: &mut Partition| {
            let read = caught(|| {
                rows.json(text, &mut |map, line, row| log.take_row(map, line, row, arrival, &|| of_record.bytes()));
                Ok(())
            });
            log.reject_mistake(read, || of_record.bytes());
        };
        match self.folding {
            Some(_) => read(self),
            None => self.read_message(Between::Lines, read),
        }
    }

    /// A row on which the reader with a map panicked is one reject.
    fn reject_mistake(&mut self, read: Result<(), Fault>, bytes: impl FnOnce() -> Vec<u8>) {
        if let Err(fault) = read {
            self.reject_line(fault, &bytes());
        }
    }

    /// A row that does not reach the map of the log, or whose map has refused it in a sorter.
    #[cold]
    pub(crate) fn reject_line(&mut self, fault: Fault, bytes: &[u8]) {
        if !self.was_read() {
            self.reject_row(fault, bytes);
        }
    }

    /// One line of JSON; `text` is it as text, if that is known.
    pub(crate) fn line(&mut self, bytes: &[u8], text: Option<&str>, arrival: Option<Millis>) {
        if let Some(mut rows) = self.rows.take() {
            self.map_line(&mut rows, bytes, text, arrival);
            self.rows = Some(rows);
            return;
        }
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
            return self.reject(bytes, not_utf8(bytes));
        };
        self.json(text, bytes, arrival);
    }

    fn oversize(&self) -> Fault {
        oversize(self.policy.max_record_bytes)
    }

    /// The next blocks are those of the file `name`, from its first line on.
    pub fn file(&mut self, name: &str) {
        (self.file, self.line) = (Some(name.into()), 0);
        if let Some(reader) = &mut self.rows {
            reader.document();
        }
    }

    /// The header of a CSV file, and what stands between its columns; both hold for the rows that follow. `before` is the number
    /// of lines above it. Gives the columns that the map of the log needs and the header lacks.
    pub fn csv_header(&mut self, line: &[u8], delimiter: u8, before: u64) -> Vec<String> {
        self.line += before + u64::from(!line.is_empty()) + lines_of(line).1;
        self.table = table_of(line, delimiter);
        self.rows.as_mut().map_or_else(Vec::new, |reader| reader.csv_header(line, delimiter))
    }

    /// Whole CSV records below the last header.
    pub fn csv(&mut self, block: &[u8]) -> Routed {
        let (mut table, mut rows) = (std::mem::take(&mut self.table), self.rows.take());
        self.line = table.each(block, self.line, |table, row, line| {
            self.line = line;
            match &mut rows {
                None => self.row(row.trim_ascii(), table),
                Some(rows) => self.map_row(rows, row.trim_ascii(), table),
            }
        });
        (self.table, self.rows) = (table, rows);
        self.route(false)
    }

    /// The row that `table` has read last; `bytes` are those that it was read from.
    pub(crate) fn row(&mut self, bytes: &[u8], table: &Table) {
        if let Some(mut rows) = self.rows.take() {
            self.map_row(&mut rows, bytes, table);
            self.rows = Some(rows);
            return;
        }
        if self.was_read() {
            return;
        }
        if bytes.len() > self.policy.max_record_bytes {
            return self.reject(bytes, self.oversize());
        }
        match caught(|| table.fields()) {
            Ok(fields) => self.record(&fields, None, |_| bytes.to_vec()),
            Err(fault) => self.reject(bytes, fault),
        }
    }

    fn map_row(&mut self, rows: &mut RowReader, bytes: &[u8], table: &Table) {
        if bytes.len() > self.policy.max_record_bytes {
            return self.reject_line(self.oversize(), bytes);
        }
        let read = caught(|| {
            rows.csv(table, &mut |mapping, line, row| self.take_row(mapping, line, row, None, &|| bytes.to_vec()));
            Ok(())
        });
        self.reject_mistake(read, || bytes.to_vec());
    }

    /// Rows of an Arrow batch of a file, one record a row. With a map, gives the columns that it needs and the batch lacks instead of
    /// reading anything.
    pub fn columns(&mut self, batch: &RecordBatch) -> Result<Routed, Vec<String>> {
        if let Err(fault) = batch::check(batch) {
            self.set_aside(b"", fault);
            return Ok(self.route(false));
        }
        self.rows_of(batch, None)?;
        Ok(self.route(false))
    }

    /// A message that holds columns, one record a row; `whole` are its bytes. One that cannot be read, or lacks columns that the map
    /// of the log names, is one reject.
    pub fn arrow(&mut self, batches: Result<Vec<RecordBatch>, Fault>, whole: &[u8], message: Message) -> Routed {
        if !self.is_next(message.number) {
            return self.route(false);
        }
        let checked = batches.and_then(|batches| batches.iter().try_for_each(batch::check).map(|()| batches));
        match checked {
            Ok(batches) => self.read_message(Between::Commas, |log| {
                for batch in &batches {
                    if let Err(lacks) = log.rows_of(batch, message.arrival) {
                        log.reject_line(lacking(&lacks), whole);
                    }
                }
            }),
            Err(fault) if self.rows.is_some() => self.reject_line(fault, whole),
            Err(fault) => self.set_aside(whole, fault),
        }
        self.route(false)
    }

    fn rows_of(&mut self, batch: &RecordBatch, arrival: Option<Millis>) -> Result<(), Vec<String>> {
        if let Some(mut rows) = self.rows.take() {
            let batch = Batch::new(rows.mapping(), batch);
            if batch.lacks.is_empty() {
                self.map_columns(&mut rows, &batch, arrival);
            }
            self.rows = Some(rows);
            return if batch.lacks.is_empty() { Ok(()) } else { Err(batch.lacks) };
        }
        let columns = Columns::new(batch);
        let mut fields = Fields::default();
        for row in 0..columns.rows {
            self.line += 1;
            match caught(|| columns.row(row, &mut fields)) {
                Ok(()) => self.values(&fields, arrival),
                Err(fault) => self.set_aside(&columns::as_json(&columns.before_fault(row)), fault),
            }
        }
        Ok(())
    }

    fn map_columns(&mut self, rows: &mut RowReader, batch: &Batch, arrival: Option<Millis>) {
        for number in 0..batch.rows {
            self.line += 1;
            let bytes = || batch.as_json(number);
            let read = caught(|| {
                rows.columns(batch, number, &mut |mapping, line, row| {
                    self.take_row(mapping, line, row, arrival, &bytes)
                });
                Ok(())
            });
            self.reject_mistake(read, Vec::new);
        }
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

/// The table below a header; an empty line: there is no header.
pub(super) fn table_of(line: &[u8], delimiter: u8) -> Table {
    if line.is_empty() { Table::headless(delimiter) } else { Table::new(line, delimiter) }
}

/// Why a table or a message is not read that lacks columns which its map names.
#[cold]
pub fn lacking(columns: &[String]) -> Fault {
    let names: Vec<_> = columns.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "the columns lack {}, which the map names: write {{name?}} in the map for a column that may be absent",
        names.join(", ")
    );
    Fault::new(Code::BadDocument, None, message)
}

/// Why a record of more than `most` bytes is not read.
#[cold]
pub(super) fn oversize(most: usize) -> Fault {
    let message = format!("the record is longer than `max_record_bytes` ({most}): its first bytes are kept");
    Fault::new(Code::TooLong, None, message)
}

/// Why bytes that are not text are not read.
#[cold]
pub(super) fn not_utf8(bytes: &[u8]) -> Fault {
    let what = envelope::of_bytes(bytes).unwrap_or("the record is not UTF-8: export it in UTF-8");
    Fault::new(Code::NotUtf8, None, what)
}

/// Whether a line holds no record.
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}
