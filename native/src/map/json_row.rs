//! A JSON text becomes rows: a row of a reader, a record of a source, the elements of `each`, what an envelope holds.

use crate::intake::field::Fields;
use crate::intake::json;
use crate::intake::reject::{Code, Fault};
use crate::map::cell::Cell;
use crate::map::evaluate::{About, Element, Visit, visit_decided, visit_row};
use crate::map::mapping::Mapping;
use crate::map::pass::{Repeated, elements};
use crate::map::paths::{Extra, RESERVED, Root, Source};
use crate::map::reader::{State, emptied};
use crate::map::row::{Mapped, Rejection, Row};
use crate::map::scan::{Seen, is_heartbeat, scan};
use crate::map::trie::{ABOUT, EVENT, IMAGE, OP, RECORD, SCHEMA, Trie};
use crate::values::base64;

/// Visits the rows of a text of JSON.
pub fn visit_text<'a>(
    state: &mut State,
    mapping: &Mapping,
    text: &'a str,
    cells: &mut Vec<Cell<'a>>,
    visit: Visit<'_>,
) {
    if mapping.paths.tombstones && matches!(text.trim(), "" | "null") {
        return decided(mapping, Row::Skipped(None), visit);
    }
    match &mapping.paths.source {
        None => visit_row_text(state, mapping, text, cells, visit),
        Some(source) => visit_document(state, mapping, source, text, cells, visit),
    }
}

fn decided(mapping: &Mapping, row: Row<'_>, visit: Visit<'_>) {
    visit_decided(mapping, About::default(), row, visit);
}

fn reject(mapping: &Mapping, code: Code, message: impl Into<String>, visit: Visit<'_>) {
    decided(mapping, Row::Rejected(Rejection::new(Fault::new(code, None, message), None)), visit);
}

fn scanned<'a>(
    schema: &mut Repeated,
    mapping: &Mapping,
    text: &'a str,
    trie: &Trie,
    cells: &mut Vec<Cell<'a>>,
    visit: Visit<'_>,
) -> Option<Seen<'a>> {
    cells.clear();
    cells.resize(mapping.paths.cells, Cell::Absent);
    match scan(text, trie, cells, schema) {
        Ok(seen) => Some(seen),
        Err(fault) => {
            decided(mapping, Row::Rejected(Rejection::new(fault, None)), visit);
            None
        }
    }
}

/// A record without an envelope, or a row of a reader.
fn visit_row_text<'a>(
    state: &mut State,
    mapping: &Mapping,
    text: &'a str,
    cells: &mut Vec<Cell<'a>>,
    visit: Visit<'_>,
) {
    let Some(seen) = scanned(&mut state.schema, mapping, text, &mapping.paths.row, cells, visit) else { return };
    match seen.root {
        Some(list) if list.starts_with('[') => visit_list(state, mapping, list, cells, visit),
        Some(_) => reject(mapping, Code::NotAnObject, "the record is JSON but not an object", visit),
        None => visit_cells(state, mapping, &seen, cells, None, visit),
    }
}

/// Each element of a list is a record.
fn visit_list<'a>(state: &mut State, mapping: &Mapping, list: &'a str, cells: &mut Vec<Cell<'a>>, visit: Visit<'_>) {
    let mut empty = true;
    for element in elements(list) {
        empty = false;
        visit_text(state, mapping, element, cells, visit);
    }
    if empty {
        decided(mapping, Row::Skipped(None), visit);
    }
}

/// A document of a source: the record is found in it.
fn visit_document<'a>(
    state: &mut State,
    mapping: &Mapping,
    source: &Source,
    text: &'a str,
    cells: &mut Vec<Cell<'a>>,
    visit: Visit<'_>,
) {
    let Some(seen) = scanned(&mut state.schema, mapping, text, &source.document, cells, visit) else { return };
    if cells[mapping.paths.extra(Extra::Line)] != Cell::Absent {
        return visit_row_text(state, mapping, text, cells, visit);
    }
    let there = seen.marks & RECORD != 0;
    match (source.root, seen.root) {
        (_, Some(list)) if list.starts_with('[') && !there => {
            return visit_list(state, mapping, list, cells, visit);
        }
        (Root::Payload | Root::Path, Some("null")) if mapping.paths.tombstones => {
            return decided(mapping, Row::Skipped(None), visit);
        }
        (Root::Path, Some(list)) if list.starts_with('[') => {
            let mut empty = true;
            for element in elements(list) {
                empty = false;
                visit_record(state, mapping, source, element, cells, visit);
            }
            return if empty {
                decided(mapping, Row::Skipped(None), visit)
            };
        }
        (Root::Payload, _) if there && (seen.root.is_some() || seen.marks & (SCHEMA | OP | IMAGE) == 0) => {
            return visit_record(state, mapping, source, text, cells, visit);
        }
        (Root::Payload, _) if there && seen.outside => {
            let Some(seen) = scanned(&mut state.schema, mapping, text, &source.wrapped, cells, visit) else { return };
            return visit_found(state, mapping, source, text, &seen, cells, visit);
        }
        (Root::Event, _) if seen.marks & EVENT == 0 && seen.root.is_none_or(|_| there) => {
            return visit_record(state, mapping, source, text, cells, visit);
        }
        (Root::Event, None) if !there => return visit_base64(state, mapping, source, cells, visit),
        (Root::Event, Some(_)) if there => {
            return reject(mapping, Code::NotAnObject, "`data` of the event is not an object", visit);
        }
        (Root::Path, None) if !there => {
            return reject(
                mapping,
                Code::NotAnObject,
                "the record has no object at the root that the map names",
                visit,
            );
        }
        (_, Some(_)) => return reject(mapping, Code::NotAnObject, "the record is JSON but not an object", visit),
        _ => {}
    }
    visit_found(state, mapping, source, text, &seen, cells, visit);
}

/// A text that is the record itself.
fn visit_record<'a>(
    state: &mut State,
    mapping: &Mapping,
    source: &Source,
    text: &'a str,
    cells: &mut Vec<Cell<'a>>,
    visit: Visit<'_>,
) {
    let Some(seen) = scanned(&mut state.schema, mapping, text, &source.record, cells, visit) else { return };
    match seen.root {
        Some(_) => reject(mapping, Code::NotAnObject, "the record is JSON but not an object", visit),
        None => visit_found(state, mapping, source, text, &seen, cells, visit),
    }
}

/// The data of an event in base64; its attributes are in the cells.
fn visit_base64(state: &mut State, mapping: &Mapping, source: &Source, cells: &[Cell<'_>], visit: Visit<'_>) {
    let data = match &cells[mapping.paths.extra(Extra::Data)] {
        Cell::Text(text) => base64::decode(text).and_then(|bytes| String::from_utf8(bytes).ok()),
        _ => return reject(mapping, Code::NotAnObject, "the event has no `data`", visit),
    };
    let Some(data) = data else {
        return reject(mapping, Code::NotAnObject, "`data_base64` of the event is not a JSON object in base64", visit);
    };
    let mut cells: Vec<Cell<'_>> = cells.iter().map(Cell::borrowed).collect();
    match scan(&data, &source.record, &mut cells, &mut state.schema) {
        Err(fault) => decided(mapping, Row::Rejected(Rejection::new(fault, None)), visit),
        Ok(seen) if seen.root.is_some() => {
            reject(mapping, Code::NotAnObject, "`data_base64` of the event is not an object", visit);
        }
        Ok(seen) => visit_found(state, mapping, source, &data, &seen, &mut cells, visit),
    }
}

/// A record whose columns are in the cells.
fn visit_found<'a>(
    state: &mut State,
    mapping: &Mapping,
    source: &Source,
    text: &'a str,
    seen: &Seen<'a>,
    cells: &mut Vec<Cell<'a>>,
    visit: Visit<'_>,
) {
    if mapping.paths.changes {
        let about = seen.marks & (OP | IMAGE) == 0 && (seen.marks & ABOUT != 0 || is_heartbeat(seen));
        if seen.truncates || about {
            return decided(mapping, Row::Skipped(None), visit);
        }
    }
    let Some(element) = &source.element else {
        return visit_cells(state, mapping, seen, cells, None, visit);
    };
    let Some(list) = seen.each.filter(|list| list.starts_with('[')) else {
        return reject(mapping, Code::MissingField, "the record has no list for `each`", visit);
    };
    let (mut empty, mut is_first, outer) = (true, true, std::mem::take(cells));
    for part in elements(list) {
        empty = false;
        let mut cells: Vec<Cell<'_>> = outer.iter().map(Cell::borrowed).collect();
        match scan(part, element, &mut cells, &mut state.schema) {
            Err(fault) => decided(mapping, Row::Rejected(Rejection::new(fault, None)), visit),
            Ok(inner) if inner.root.is_some() => {
                reject(mapping, Code::NotAnObject, "an element of `each` is not an object", visit);
            }
            Ok(inner) => {
                let twice = seen.twice.or(inner.twice);
                let inner = Seen { twice, ..inner };
                let element = Element { text: part, record: text, is_first: std::mem::take(&mut is_first) };
                visit_cells(state, mapping, &inner, &mut cells, Some(element), visit);
            }
        }
    }
    *cells = emptied(outer);
    if empty {
        decided(mapping, Row::Skipped(None), visit);
    }
}

/// The cells of one row are there.
fn visit_cells<'a>(
    state: &mut State,
    mapping: &Mapping,
    seen: &Seen<'a>,
    cells: &mut Vec<Cell<'a>>,
    element: Option<Element<'_>>,
    visit: Visit<'_>,
) {
    if let Some(at) = seen.twice {
        let name = name_of(mapping, at);
        let fault =
            Fault::new(Code::DuplicateField, None, format!("`{name}` stands twice in the record: send it once"));
        let rejection = Rejection::new(fault, Some(name));
        return visit_decided(mapping, About { element, ..About::default() }, Row::Rejected(rejection), visit);
    }
    for (key, column) in &mapping.paths.dotted {
        if cells[*key] != Cell::Absent {
            cells[*column] = std::mem::take(&mut cells[*key]);
        }
    }
    let extra = |extra: Extra| &cells[mapping.paths.extra(extra)];
    let line = extra(Extra::Line).text().and_then(|line| line.parse().ok());
    let given: Vec<u32> = match extra(Extra::Occurrence) {
        Cell::Group(list) => serde_json::from_str(list).unwrap_or_default(),
        _ => Vec::new(),
    };
    let about = About { line, given: &given, element };
    if line.is_some() && seen.keys == 1 {
        return visit_decided(mapping, about, Row::Skipped(None), visit); // an empty row of a table
    }
    if let Some(code) = extra(Extra::Reject).text() {
        return visit_reject(mapping, about, &code, extra(Extra::Message), extra(Extra::Raw), visit);
    }
    match extra(Extra::Movement) {
        Cell::Group(movement) => return visit_movement(mapping, about, movement, visit),
        Cell::Absent => {}
        _ => return reject(mapping, Code::NotAnObject, "`_movement` is not an object", visit),
    }
    let State { carried, tools, .. } = state;
    if mapping.fill_down.is_empty() {
        return visit_row(mapping, cells, about, tools, visit);
    }
    let mut cells: Vec<Cell<'_>> = cells.iter().map(Cell::borrowed).collect();
    carried.fill(&mapping.fill_down, &mut cells);
    visit_row(mapping, &cells, about, tools, visit);
}

/// What a reader could not make a row of.
fn visit_reject(mapping: &Mapping, about: About<'_>, code: &str, message: &Cell<'_>, raw: &Cell<'_>, visit: Visit<'_>) {
    let code = Code::from_name(code).unwrap_or(Code::BadDocument);
    let message = message.text().unwrap_or_default();
    let bytes = raw.text().and_then(|raw| base64::decode(&raw));
    let rejection = Rejection { bytes, ..Rejection::new(Fault::new(code, None, message), None) };
    visit_decided(mapping, about, Row::Rejected(rejection), visit);
}

/// A movement in our own form.
fn visit_movement(mapping: &Mapping, about: About<'_>, movement: &str, visit: Visit<'_>) {
    let mut fields = Fields::default();
    match json::decode(movement, &mut fields) {
        Ok(()) => visit_decided(mapping, about, Row::Movements(&[Mapped { rule: None, fields }]), visit),
        Err(fault) => visit_decided(mapping, about, Row::Rejected(Rejection::new(fault, None)), visit),
    }
}

/// The name of the key that a cell has.
fn name_of(mapping: &Mapping, at: usize) -> &str {
    let column = mapping.paths.dotted.iter().find(|(key, _)| *key == at).map_or(at, |(_, column)| *column);
    match mapping.columns.get(column) {
        Some(column) => &column.name,
        None => RESERVED.get(column - mapping.columns.len()).unwrap_or(&"data_base64"),
    }
}
