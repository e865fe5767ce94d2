//! One document is read row by row: its header, the cells that `fill_down` carries, how often an id occurred.

use std::borrow::Cow;
use std::sync::Arc;

use crate::intake::csv::Table;
use crate::intake::reject::{Code, Fault};
use crate::map::batch::{Batch, is_nested};
use crate::map::cell::Cell;
use crate::map::evaluate::{About, MappedRow, Tools, Visit, visit_decided, visit_row};
use crate::map::json_row;
use crate::map::lookup::nfc;
use crate::map::mapping::Mapping;
use crate::map::pass::Repeated;
use crate::map::row::{Rejection, Row, Take};
use crate::map::template::trim;

/// Reads the rows of one document after another with one map.
pub struct RowReader {
    mapping: Arc<Mapping>,
    header: Header,
    state: State,
    cells: Vec<Cell<'static>>,
}

/// What is kept from one row to the next.
pub struct State {
    pub carried: Carried,
    pub tools: Tools,
    /// What stands beside the records of a source.
    pub schema: Repeated,
}

/// Where the columns of a map stand in a table.
#[derive(Default)]
struct Header {
    /// For each column of the map.
    places: Vec<Option<usize>>,
    /// Whether the table has a header: then a short row has empty cells at its end.
    named: bool,
    /// A column that the map names and the header has twice.
    twice: Option<usize>,
}

impl RowReader {
    pub fn new(mapping: Arc<Mapping>) -> RowReader {
        let carried = Carried(vec![Cell::Absent; mapping.fill_down.len()]);
        let state = State { carried, tools: Tools::new(&mapping), schema: Repeated::default() };
        RowReader { mapping, header: Header::default(), state, cells: Vec::new() }
    }

    pub fn mapping(&self) -> &Arc<Mapping> {
        &self.mapping
    }

    /// A new document begins.
    pub fn document(&mut self) {
        self.header = Header::default();
        self.state.carried.0.fill(Cell::Absent);
        self.state.tools.occurrences.iter_mut().for_each(|occurrences| occurrences.clear());
    }

    /// The header of a table: required columns that it lacks. An empty line: the columns are c1, c2, ….
    pub fn csv_header(&mut self, line: &[u8], delimiter: u8) -> Vec<String> {
        let table = if line.trim_ascii().is_empty() { Table::headless(delimiter) } else { Table::new(line, delimiter) };
        let names = table.names().map(|names| names.iter().map(|name| nfc(name.trim())).collect::<Vec<_>>());
        self.header = Header { named: names.is_some(), ..Header::default() };
        for (at, column) in self.mapping.columns.iter().enumerate() {
            let place = match &names {
                Some(names) => names.iter().position(|name| **name == *column.name),
                None => numbered(&column.name),
            };
            let again = |place: usize| names.iter().flatten().skip(place + 1).any(|name| **name == *column.name);
            if place.is_some_and(again) {
                self.header.twice.get_or_insert(at);
            }
            self.header.places.push(place);
        }
        self.mapping.lacking(|at| self.header.places[at].is_some())
    }

    /// The row that the table has read last. For a table without a header use [`Table::headless`].
    pub fn csv(&mut self, table: &Table, take: Take<'_>) {
        self.csv_row(table, &mut |row: MappedRow<'_>| take(row.mapping, row.line, row.row));
    }

    /// One JSON record, which may hold several rows (`each`), or one row of a reader.
    pub fn json(&mut self, text: &str, take: Take<'_>) {
        self.json_rows(text, &mut |row: MappedRow<'_>| take(row.mapping, row.line, row.row));
    }

    /// A row of an Arrow batch, which may hold several rows (`each`).
    pub fn columns(&mut self, batch: &Batch, row: usize, take: Take<'_>) {
        self.batch_rows(batch, row, &mut |row: MappedRow<'_>| take(row.mapping, row.line, row.row));
    }

    pub(crate) fn csv_row(&mut self, table: &Table, visit: Visit<'_>) {
        let RowReader { mapping, header, state, cells: memory } = self;
        let State { carried, tools, .. } = state;
        let decided = |row: Row<'_>, visit: Visit<'_>| visit_decided(mapping, About::default(), row, visit);
        let columns = match table.cells() {
            Ok(columns) => columns,
            Err(fault) => return decided(Row::Rejected(Rejection::new(fault, None)), visit),
        };
        if let Some(at) = header.twice {
            let name = &*mapping.columns[at].name;
            let fault = Fault::new(Code::DuplicateField, None, format!("column `{name}` stands twice: keep one"));
            return decided(Row::Rejected(Rejection::new(fault, Some(name))), visit);
        }
        if columns.iter().all(|cell| trim(cell).is_empty()) {
            return decided(Row::Skipped(None), visit);
        }
        let mut cells: Vec<Cell<'_>> = std::mem::take(memory);
        cells.extend(header.places.iter().map(|place| match place.map(|place| columns.get(place)) {
            Some(Some(text)) => Cell::Text(Cow::Borrowed(text)),
            Some(None) if header.named => Cell::Text(Cow::Borrowed("")),
            _ => Cell::Absent,
        }));
        cells.resize(mapping.columns.len(), Cell::Absent);
        carried.fill(&mapping.fill_down, &mut cells);
        visit_row(mapping, &cells, About::default(), tools, visit);
        *memory = emptied(cells);
    }

    pub(crate) fn json_rows(&mut self, text: &str, visit: Visit<'_>) {
        let mut cells: Vec<Cell<'_>> = std::mem::take(&mut self.cells);
        json_row::visit_text(&mut self.state, &self.mapping, text, &mut cells, visit);
        self.cells = emptied(cells);
    }

    pub(crate) fn batch_rows(&mut self, batch: &Batch, row: usize, visit: Visit<'_>) {
        if is_nested(&self.mapping) {
            let text = String::from_utf8(batch.as_json(row)).expect("JSON is UTF-8");
            return self.json_rows(&text, visit);
        }
        let RowReader { mapping, state, cells: memory, .. } = self;
        let State { carried, tools, .. } = state;
        let mut cells: Vec<Cell<'_>> = std::mem::take(memory);
        batch.cells(row, &mut cells);
        carried.fill(&mapping.fill_down, &mut cells);
        visit_row(mapping, &cells, About::default(), tools, visit);
        *memory = emptied(cells);
    }
}

/// The number of a column c1, c2, …, from 0.
fn numbered(name: &str) -> Option<usize> {
    name.strip_prefix('c')?.parse::<usize>().ok()?.checked_sub(1)
}

/// The last texts of the columns of `fill_down`.
pub struct Carried(Vec<Cell<'static>>);

impl Carried {
    /// An empty cell of such a column takes what the row before it had.
    #[inline]
    pub fn fill<'c>(&'c mut self, columns: &[usize], cells: &mut [Cell<'c>]) {
        for (carried, at) in self.0.iter_mut().zip(columns) {
            if !cells[*at].is_blank() && *carried != cells[*at] {
                *carried = cells[*at].clone().into_owned();
            }
        }
        for (carried, at) in self.0.iter().zip(columns) {
            if cells[*at].is_blank() && !carried.is_blank() {
                cells[*at] = carried.borrowed();
            }
        }
    }
}

/// The same memory for the cells of another row.
pub fn emptied<'b>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'b>> {
    cells.clear();
    cells.into_iter().map(|_| unreachable!("it is empty")).collect()
}
