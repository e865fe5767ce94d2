//! The rows of a document with what became of them: for `map check` and for intake, which both look at documents outside a log.

use std::sync::Arc;

use crate::intake::csv::{Table, lines_of};
use crate::intake::field::Field;
use crate::intake::kept::OfRecord;
use crate::intake::net::caught;
use crate::intake::record::Checks;
use crate::intake::reject::{Code, Fault};
use crate::intake::{record, times};
use crate::map::batch::Batch;
use crate::map::evaluate::MappedRow;
use crate::map::journal_row::JournalRow;
use crate::map::mapping::Mapping;
use crate::map::movement_text::write_movement;
use crate::map::reader::RowReader;
use crate::map::row::{Mapped, Rejection, Row};
use crate::values::instant::Millis;

/// The bytes that the rows of one record take together before the rest of them are rejects: each row is written with all that stands
/// around it in the record, so a short record may become rows without an end.
const OF_RECORD: usize = 16 << 20;

/// A row that is rejected.
#[derive(Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// The number of the row in its call, from 0.
    pub row: usize,
    /// The line of the document, from 1; in a file of columns the row.
    pub line: u64,
    pub fault: Fault,
    /// The column at fault; empty where none is.
    pub column: String,
    /// The row as it came.
    pub bytes: Vec<u8>,
}

/// What became of some rows. Rows = good + skipped + rejects.
#[derive(Debug, Default)]
pub struct MappedRows {
    pub rows: usize,
    /// How many places of a log the rows take.
    pub places: usize,
    pub good: usize,
    pub skipped: usize,
    /// Movements by rule.
    pub rules: Vec<usize>,
    /// Rows by rule of `skip`, and one number more: rows that a step or an empty row skips.
    pub skips: Vec<usize>,
    pub rejects: Vec<RejectedRow>,
    /// Row, line, field and sentence of what `expect` only warns of.
    pub warnings: Vec<(usize, u64, &'static str, String)>,
    /// The movements of good rows in the movement form, one JSON object a line.
    pub movements: Vec<u8>,
    /// The row of each movement.
    pub movement_rows: Vec<usize>,
    /// For each row the time of its first movement.
    pub times: Vec<Option<Millis>>,
    /// For each row the numbers of occurrence by rule, where the map counts them.
    pub occurrences: Option<Vec<Vec<u32>>>,
    /// The rows as a reader writes them, for the journal.
    pub ndjson: Vec<u8>,
}

impl MappedRows {
    fn new(mapping: &Mapping) -> MappedRows {
        MappedRows {
            rules: vec![0; mapping.rules()],
            skips: vec![0; mapping.skips() + 1],
            occurrences: mapping.counts_occurrences.then(Vec::new),
            ..MappedRows::default()
        }
    }
}

/// How movements are checked, and whether they are written.
pub struct Judgement {
    pub checks: Checks,
    pub max_record_bytes: usize,
    /// Whether `movements` is filled.
    pub texts: bool,
}

/// Reads one document after another with a map, outside a log.
pub struct DocumentReader {
    reader: RowReader,
    table: Table,
    judgement: Judgement,
    journal: JournalRow,
    line: u64,
}

impl DocumentReader {
    pub fn new(mapping: Arc<Mapping>, checks: Checks, max_record_bytes: usize, texts: bool) -> DocumentReader {
        let journal = JournalRow::new(&mapping);
        let judgement = Judgement { checks, max_record_bytes, texts };
        DocumentReader { reader: RowReader::new(mapping), table: Table::default(), judgement, journal, line: 0 }
    }

    /// A new document begins.
    pub fn document(&mut self) {
        self.reader.document();
        (self.table, self.line) = (Table::default(), 0);
    }

    /// The header of a table, `before` lines below its start: required columns that it lacks. An empty line: the columns are
    /// c1, c2, ….
    pub fn csv_header(&mut self, line: &[u8], delimiter: u8, before: u64) -> Vec<String> {
        let headless = line.trim_ascii().is_empty();
        self.line += before + if headless { 0 } else { 1 + lines_of(line).1 };
        self.table = if headless { Table::headless(delimiter) } else { Table::new(line, delimiter) };
        self.journal.header(self.table.names());
        self.reader.csv_header(line, delimiter)
    }

    /// Whole CSV records in UTF-8.
    pub fn csv(&mut self, block: &[u8]) -> MappedRows {
        let DocumentReader { reader, table, judgement, journal, line } = self;
        let mapping = reader.mapping().clone();
        let mut rows = MappedRows::new(&mapping);
        *line = table.each(block, *line, |table, bytes, line| {
            let bytes = bytes.trim_ascii();
            if bytes.len() > judgement.max_record_bytes {
                let fault = judgement.oversize();
                journal.write_reject(line, &fault, bytes, &mut rows.ndjson);
                return rows.reject(line, Rejection::new(fault, None), bytes, None);
            }
            let before = rows.ndjson.len();
            let read = caught(|| {
                reader.csv_row(table, &mut |row: MappedRow<'_>| {
                    match &row.row {
                        Row::Rejected(rejection) if row.cells.is_empty() => {
                            journal.write_reject(line, &rejection.fault, bytes, &mut rows.ndjson);
                        }
                        _ => journal.write_csv(line, table, &row, &mut rows.ndjson),
                    }
                    rows.take(&mapping, judgement, row, line, &|| bytes.to_vec());
                });
                Ok(())
            });
            rows.take_mistake(read, Some(journal), before, line, bytes);
        });
        rows
    }

    /// NDJSON: records as a source sends them, or rows of a reader. The last line may lack its end.
    pub fn lines(&mut self, block: &[u8]) -> MappedRows {
        let DocumentReader { reader, judgement, journal, line, .. } = self;
        let mapping = reader.mapping().clone();
        let mut rows = MappedRows::new(&mapping);
        for bytes in block.split(|byte| *byte == b'\n') {
            *line += 1;
            let bytes = bytes.trim_ascii();
            if bytes.is_empty() {
                continue;
            }
            if bytes.len() > judgement.max_record_bytes {
                rows.reject(*line, Rejection::new(judgement.oversize(), None), bytes, None);
                continue;
            }
            let Ok(text) = simdutf8::basic::from_utf8(bytes) else {
                let fault = Fault::new(Code::NotUtf8, None, "the record is not UTF-8: export it in UTF-8");
                rows.reject(*line, Rejection::new(fault, None), bytes, None);
                continue;
            };
            let (before, mut written) = (rows.ndjson.len(), rows.ndjson.len());
            let kept = OfRecord::new(bytes, OF_RECORD);
            let read = caught(|| {
                reader.json_rows(text, &mut |row: MappedRow<'_>| {
                    let number = row.line.unwrap_or(*line);
                    if rows.ndjson.len() - before > OF_RECORD {
                        rows.leave_out(journal, number, &kept.bytes());
                    } else {
                        if journal.changes_lines() {
                            journal.write_json(*line, text, &row, &mut rows.ndjson);
                        }
                        rows.take(&mapping, judgement, row, number, &|| kept.bytes());
                    }
                    written = rows.ndjson.len();
                });
                Ok(())
            });
            let journal = journal.changes_lines().then_some(&*journal);
            rows.take_mistake(read, journal, written, *line, bytes);
        }
        // A block that ends with a line end has an empty piece behind it, which is not a line of the document.
        *line -= u64::from(block.is_empty() || block.ends_with(b"\n"));
        rows
    }

    /// Columns that the map names and the batch lacks, and its rows. The batch was checked.
    pub fn columns(&mut self, batch: &arrow_array::RecordBatch) -> Result<MappedRows, Vec<String>> {
        let DocumentReader { reader, judgement, journal, line, .. } = self;
        let mapping = reader.mapping().clone();
        let batch = Batch::new(&mapping, batch);
        if !batch.lacks.is_empty() {
            return Err(batch.lacks);
        }
        let mut rows = MappedRows::new(&mapping);
        for number in 0..batch.rows {
            *line += 1;
            let line = *line;
            let (before, mut written) = (rows.ndjson.len(), rows.ndjson.len());
            let read = caught(|| {
                let bytes = batch.as_json(number);
                let text = std::str::from_utf8(&bytes).expect("JSON is UTF-8");
                let kept = OfRecord::new(&bytes, OF_RECORD);
                reader.batch_rows(&batch, number, &mut |row: MappedRow<'_>| {
                    if rows.ndjson.len() - before > OF_RECORD {
                        rows.leave_out(journal, line, &kept.bytes());
                    } else {
                        journal.write_json(line, text, &row, &mut rows.ndjson);
                        rows.take(&mapping, judgement, row, line, &|| kept.bytes());
                    }
                    written = rows.ndjson.len();
                });
                Ok(())
            });
            rows.take_mistake(read, Some(journal), written, line, b"");
        }
        Ok(rows)
    }
}

impl Judgement {
    fn oversize(&self) -> Fault {
        let message =
            format!("the row is longer than `max_record_bytes` ({}): its first bytes are kept", self.max_record_bytes);
        Fault::new(Code::TooLong, None, message)
    }
}

impl MappedRows {
    /// A row on which the reader panicked is one reject. `journal` keeps the rows of the record that were taken
    /// before it, up to `before`; `None`: it keeps the line as it came.
    fn take_mistake(
        &mut self,
        read: Result<(), Fault>,
        journal: Option<&JournalRow>,
        before: usize,
        line: u64,
        bytes: &[u8],
    ) {
        let Err(fault) = read else { return };
        if let Some(journal) = journal {
            self.ndjson.truncate(before);
            journal.write_reject(line, &fault, bytes, &mut self.ndjson);
        }
        self.reject(line, Rejection::new(fault, None), bytes, None);
    }

    /// A row of a record whose rows are already too long, with all that stands around each of them: it is a reject.
    fn leave_out(&mut self, journal: &JournalRow, line: u64, bytes: &[u8]) {
        let message = format!(
            "the rows of the record take more than {} MiB, because each has all that stands around it: send fewer in one record",
            OF_RECORD >> 20
        );
        let fault = Fault::new(Code::TooLong, None, message);
        journal.write_reject(line, &fault, bytes, &mut self.ndjson);
        self.reject(line, Rejection::new(fault, None), bytes, None);
    }

    fn take(
        &mut self,
        mapping: &Mapping,
        judgement: &Judgement,
        row: MappedRow<'_>,
        line: u64,
        bytes: &dyn Fn() -> Vec<u8>,
    ) {
        if let Some(occurrences) = &mut self.occurrences {
            occurrences.push(row.occurrences.to_vec());
        }
        match row.row {
            Row::Skipped(rule) => {
                let rule = rule.unwrap_or(self.skips.len() - 1);
                self.skips[rule] += 1;
                self.skipped += 1;
                self.places += 1;
                self.rows += 1;
                self.times.push(None);
            }
            Row::Rejected(rejection) => {
                let time = rejection.fields.and_then(|fields| times::event_time(fields, &judgement.checks));
                self.push_reject(line, rejection, bytes, time);
            }
            Row::Movements(movements) => self.take_movements(mapping, judgement, movements, line, bytes),
        }
    }

    fn take_movements(
        &mut self,
        mapping: &Mapping,
        judgement: &Judgement,
        movements: &[Mapped<'_>],
        line: u64,
        bytes: &dyn Fn() -> Vec<u8>,
    ) {
        let checks = &judgement.checks;
        let time = movements.first().and_then(|first| times::event_time(&first.fields, checks));
        let (row, warnings) = (self.rows, &mut self.warnings);
        let checked =
            mapping.check(movements, None, checks, &mut |field, message| warnings.push((row, line, field, message)));
        if let Err(rejection) = checked {
            self.warnings.retain(|warning| warning.0 != row);
            return self.push_reject(line, rejection, bytes, time);
        }
        for mapped in movements {
            if let Some(rule) = mapped.rule {
                self.rules[rule] += 1;
            }
            if judgement.texts {
                let valid = record::validate(&mapped.fields, None, checks).expect("it was checked");
                write_movement(&mapped.fields, &valid, &mut self.movements);
            }
            self.movement_rows.push(row);
        }
        self.good += 1;
        self.places += movements.len();
        self.rows += 1;
        self.times.push(time);
    }

    /// A row that did not become cells.
    fn reject(&mut self, line: u64, rejection: Rejection<'_>, bytes: &[u8], time: Option<Millis>) {
        if let Some(occurrences) = &mut self.occurrences {
            occurrences.push(Vec::new());
        }
        self.push_reject(line, rejection, &|| bytes.to_vec(), time);
    }

    fn push_reject(&mut self, line: u64, rejection: Rejection<'_>, bytes: &dyn Fn() -> Vec<u8>, time: Option<Millis>) {
        let column = rejection.column.unwrap_or("").to_owned();
        let bytes = rejection.bytes.unwrap_or_else(bytes);
        self.rejects.push(RejectedRow { row: self.rows, line, fault: rejection.fault, column, bytes });
        self.places += 1;
        self.rows += 1;
        self.times.push(time);
    }
}

/// The name of a field, or nothing.
pub fn field_name(fault: &Fault) -> &'static str {
    fault.field.and_then(Field::from_name).map_or("", Field::name)
}
