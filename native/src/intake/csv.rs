//! A table of CSV: its header names the columns, and each of its records gives the values of one row.

use std::borrow::Cow;

use csv_core::ReadRecordResult;

use crate::intake::cells::{Cells, ends_of_cells};
use crate::intake::field::{Field, Fields, Value};
use crate::intake::reject::{Code, Fault};

/// The columns of a table, and the row that was read last.
pub struct Table {
    /// The names of the columns as the header writes them; `None` for a table without a header.
    names: Option<Vec<String>>,
    columns: Vec<Option<Field>>,
    delimiter: u8,
    /// Reads rows with quotes; made for the first of them.
    reader: Option<Box<csv_core::Reader>>,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// How much of `text` and of `ends` the last row takes.
    row: (usize, usize),
    /// How many bytes stand between two of its cells: a delimiter, where the row is kept as it is.
    gap: usize,
}

impl Default for Table {
    fn default() -> Table {
        Table { names: Some(Vec::new()), ..Table::headless(b',') }
    }
}

impl Table {
    /// `line` is the header; `delimiter` stands between the columns.
    pub fn new(line: &[u8], delimiter: u8) -> Table {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let line = [line.trim_ascii_end(), b"\n"].concat();
        let (mut output, mut ends) = (vec![0; line.len() + 16], vec![0; line.len() + 16]);
        let (_, _, _, count) = csv_reader(delimiter).read_record(&line, &mut output, &mut ends);
        let mut names = Vec::new();
        let mut start = 0;
        for end in &ends[..count] {
            names.push(String::from_utf8_lossy(output.get(start..*end).unwrap_or(b"")).into_owned());
            start = *end;
        }
        let columns = names.iter().map(|name| Field::of_column(name)).collect();
        Table { names: Some(names), columns, ..Table::headless(delimiter) }
    }

    /// A table that begins with its first row. A map calls its columns c1, c2, …; a movement cannot be read from it.
    pub fn headless(delimiter: u8) -> Table {
        let (text, ends) = (vec![0; 1024], vec![0; 64]);
        Table { names: None, columns: Vec::new(), delimiter, reader: None, text, ends, row: (0, 0), gap: 0 }
    }

    /// The names of the columns as the header writes them; `None` for a table without a header.
    pub fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// Reads the record at the start of `rest`: how many bytes it takes, with the line ends before it. `None`: `rest` holds no
    /// further record.
    pub fn read(&mut self, rest: &[u8]) -> Option<usize> {
        self.read_plain(rest).or_else(|| self.read_quoted(rest))
    }

    /// Reads a record without quotes, which most are: it is kept as it is, and the places of its delimiters are found. `None`: read
    /// it with care.
    #[inline]
    fn read_plain(&mut self, rest: &[u8]) -> Option<usize> {
        let start = rest.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
        let line = &rest[start..];
        let length = match memchr::memchr3(b'\n', b'\r', b'"', line) {
            _ if !self.delimiter.is_ascii() => return None,
            Some(at) if line[at] == b'"' => return None,
            Some(at) => at,
            None => line.len(),
        };
        let end = if line[length..].starts_with(b"\r\n") { length + 2 } else { line.len().min(length + 1) };
        let line = &line[..length];
        if self.text.len() < length {
            self.text.resize(length * 2, 0);
        }
        self.text[..length].copy_from_slice(line);
        let fields = ends_of_cells(line, self.delimiter, &mut self.ends);
        (self.row, self.gap) = ((length, fields), 1);
        Some(start + end)
    }

    fn read_quoted(&mut self, rest: &[u8]) -> Option<usize> {
        let reader = self.reader.get_or_insert_with(|| Box::new(csv_reader(self.delimiter)));
        reader.reset();
        let (mut read, mut written, mut fields) = (0, 0, 0);
        loop {
            let input = if read < rest.len() { &rest[read..] } else { &[] };
            let output = &mut self.text[written..];
            let (result, r, w, f) = reader.read_record(input, output, &mut self.ends[fields..]);
            (read, written, fields) = (read + r, written + w, fields + f);
            match result {
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return None,
            }
        }
        (self.row, self.gap) = ((written, fields), 0);
        (read > 0).then_some(read)
    }

    /// Hands each record of a block to `take`: its bytes, and the line in which it starts. `line` is the last line before the
    /// block; gives the last line of it.
    pub fn each(&mut self, block: &[u8], mut line: u64, mut take: impl FnMut(&Table, &[u8], u64)) -> u64 {
        let mut rest = block;
        while let Some(read) = self.read(rest) {
            let (row, after) = rest.split_at(read);
            rest = after;
            let (before, within) = match row {
                [first, .., last] if self.gap > 0 && *first > b'\r' => (0, u64::from(*last == b'\n')),
                _ => lines_of(row),
            };
            if !row.trim_ascii().is_empty() {
                take(self, row, line + before + 1);
            }
            line += within;
        }
        line
    }

    /// The cells of the row that was read last. There may be fewer than columns, and empty ones behind them.
    #[inline]
    pub fn cells(&self) -> Result<Cells<'_>, Fault> {
        let (text, ends) = (&self.text[..self.row.0], &self.ends[..self.row.1]);
        // Two broken cells without a delimiter between them can make a whole character: each cell must be text by itself.
        let whole = |text: &&str| self.gap > 0 || ends.iter().all(|end| text.is_char_boundary(*end));
        let text = simdutf8::basic::from_utf8(text).ok().filter(whole).ok_or_else(not_utf8)?;
        let cells = Cells::new(text, ends, self.gap);
        // Some programs leave out empty cells at the end of a row, others add some.
        let has_text = |at| cells.get(at).is_some_and(|cell| cell.bytes().any(|byte| byte != b' '));
        match (self.columns.len()..ends.len()).any(has_text) {
            true if self.names.is_some() && !self.columns.is_empty() => Err(self.too_long()),
            _ => Ok(cells),
        }
    }

    #[cold]
    fn too_long(&self) -> Fault {
        let message = format!(
            "the row has {} fields and its header {}: quote fields that hold {}",
            self.row.1,
            self.columns.len(),
            name_of(self.delimiter)
        );
        Fault::new(Code::BadRow, None, message)
    }

    /// The values of the row that was read last.
    pub fn fields(&self) -> Result<Fields<'_>, Fault> {
        let cells = self.cells()?;
        let mut fields = Fields::default();
        for (field, cell) in self.columns.iter().zip(cells.iter()) {
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

#[cold]
fn not_utf8() -> Fault {
    Fault::new(Code::NotUtf8, None, "the row is not UTF-8: export it in UTF-8")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_cut_between_two_cells_is_not_text() {
        let mut table = Table::new(b"id,sku", b',');
        table.read(b"\xe4,\xb8\xad\n").unwrap();
        assert_eq!(table.fields().unwrap_err().code, Code::NotUtf8);
    }

    #[test]
    fn a_table_without_a_header_has_as_many_cells_as_its_row() {
        let mut table = Table::headless(b';');
        table.read(b"a;;b\n").unwrap();
        assert_eq!(table.cells().unwrap().iter().collect::<Vec<_>>(), ["a", "", "b"]);
        assert_eq!(table.names(), None);
    }

    #[test]
    fn records_without_quotes_are_read_as_csv_core_reads_them() {
        let (alphabet, mut state) = (b"ab;, \r\n\xe4\"", 7u64);
        let mut next = |end: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % end
        };
        for _ in 0..5_000 {
            let length = next(24);
            let bytes: Vec<u8> = (0..length).map(|_| alphabet[next(if length % 2 == 0 { 8 } else { 9 })]).collect();
            let (mut fast, mut slow) = (Table::headless(b';'), Table::headless(b';'));
            let (mut a, mut b) = (&bytes[..], &bytes[..]);
            loop {
                let (first, second) = (fast.read(a), slow.read_quoted(b));
                assert_eq!(first.is_some(), second.is_some(), "{bytes:?}");
                let (Some(first), Some(second)) = (first, second) else { break };
                let row = |table: &Table| {
                    let cells = table.cells().map(|cells| cells.iter().map(str::to_owned).collect::<Vec<_>>());
                    cells.map_err(|fault| fault.message)
                };
                assert_eq!(row(&fast), row(&slow), "{bytes:?}");
                (a, b) = (&a[first..], &b[second..]);
            }
        }
    }
}
