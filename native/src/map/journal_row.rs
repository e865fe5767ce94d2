//! Rows as a reader writes them: one JSON object with all its columns, so that a journal holds what came and another map can be
//! tried on it.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::intake::csv::Table;
use crate::intake::reject::Fault;
use crate::map::batch::{write_cell, write_text};
use crate::map::evaluate::{Element, MappedRow};
use crate::map::mapping::Mapping;
use crate::map::paths::RESERVED;
use crate::values::base64;

/// Writes the rows of one document.
pub struct JournalRow {
    /// The columns of `fill_down`: names and cells.
    filled: Vec<(String, usize)>,
    /// The columns of the table, each with the cell that `fill_down` gives it; `None`: c1, c2, ….
    names: Option<Vec<(String, Option<usize>)>>,
    root: Option<String>,
    each: Option<String>,
    occurrences: bool,
    /// What stands around the elements of the record that is being written; `None`: it is not an object.
    around: Option<Map<String, Value>>,
}

impl JournalRow {
    pub fn new(mapping: &Mapping) -> JournalRow {
        let filled = mapping.fill_down.iter().map(|at| (mapping.columns[*at].name.clone(), *at));
        JournalRow {
            filled: filled.collect(),
            names: None,
            root: mapping.paths.root.clone(),
            each: mapping.paths.each.clone(),
            occurrences: mapping.counts_occurrences,
            around: None,
        }
    }

    /// The columns of the table that comes.
    pub fn header(&mut self, names: Option<&[String]>) {
        self.names = names.map(|names| {
            let mut known: Vec<(String, Option<usize>)> = Vec::new();
            let mut taken: HashSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
            for (at, name) in names.iter().enumerate() {
                let plain = if name.trim().is_empty() { format!("c{}", at + 1) } else { name.trim().to_owned() };
                let name = if taken.contains(&plain) { format!("{plain} (column {})", at + 1) } else { plain };
                let filled = self.filled.iter().find(|(filled, _)| *filled == name).map(|(_, cell)| *cell);
                taken.insert(name.clone());
                known.push((name, filled));
            }
            known
        });
    }

    /// Whether a row is not the line that it was read from.
    pub fn changes_lines(&self) -> bool {
        self.each.is_some() || self.root.is_none() && (self.occurrences || !self.filled.is_empty())
    }

    /// What could not be made into a row.
    pub fn write_reject(&self, line: u64, fault: &Fault, bytes: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(
            format!("{{\"_line\":{line},\"_reject\":\"{}\",\"_message\":", fault.code.name()).as_bytes(),
        );
        write_text(&fault.message, out);
        out.extend_from_slice(b",\"_raw\":\"");
        out.extend_from_slice(base64::encode(bytes).as_bytes());
        out.extend_from_slice(b"\"}\n");
    }

    /// The row that the table has read last. Of a row in which nothing is only the line is written.
    pub fn write_csv(&self, line: u64, table: &Table, row: &MappedRow<'_>, out: &mut Vec<u8>) {
        let Ok(cells) = table.cells() else { return };
        out.extend_from_slice(format!("{{\"_line\":{line}").as_bytes());
        self.write_occurrences(row, out);
        let count = self.names.as_ref().map_or_else(|| cells.iter().count(), Vec::len);
        for at in (0..count).take_while(|_| !row.cells.is_empty()) {
            let cell = cells.get(at).unwrap_or("");
            out.push(b',');
            match self.names.as_ref().map(|names| &names[at]) {
                None => write_text(&format!("c{}", at + 1), out),
                Some((name, _)) => write_text(name, out),
            }
            out.push(b':');
            match self.names.as_ref().and_then(|names| names[at].1) {
                Some(filled) => write_cell(&row.cells[filled], out),
                None => write_text(cell, out),
            }
        }
        out.extend_from_slice(b"}\n");
    }

    fn write_occurrences(&self, row: &MappedRow<'_>, out: &mut Vec<u8>) {
        if !row.occurrences.is_empty() {
            let numbers: Vec<String> = row.occurrences.iter().map(u32::to_string).collect();
            out.extend_from_slice(format!(",\"_occurrence\":[{}]", numbers.join(",")).as_bytes());
        }
    }

    /// A record or an element of one. `text` is the record; where it cannot be read, the row is written as a reject by its line.
    pub fn write_json(&mut self, line: u64, text: &str, row: &MappedRow<'_>, out: &mut Vec<u8>) {
        let line = row.line.unwrap_or(line);
        if self.root.is_some() && self.each.is_none() {
            out.extend_from_slice(text.as_bytes());
            return out.push(b'\n');
        }
        let object = match row.element {
            Some(element) => self.element(element),
            None => serde_json::from_str::<Map<String, Value>>(text).ok(),
        };
        let Some(mut object) = object else {
            out.extend_from_slice(text.as_bytes());
            return out.push(b'\n');
        };
        for (name, cell) in self.filled.iter().filter(|_| !row.cells.is_empty()) {
            let mut text = Vec::new();
            write_cell(&row.cells[*cell], &mut text);
            object.insert(name.clone(), serde_json::from_slice(&text).unwrap_or(Value::Null));
        }
        object.remove("_line");
        out.extend_from_slice(format!("{{\"_line\":{line}").as_bytes());
        if object.remove("_occurrence").is_none() || !row.occurrences.is_empty() {
            self.write_occurrences(row, out);
        }
        for (key, value) in &object {
            out.push(b',');
            write_text(key, out);
            out.push(b':');
            serde_json::to_writer(&mut *out, value).expect("memory takes every value");
        }
        out.extend_from_slice(b"}\n");
    }

    /// An element with the columns around it, which `^` names.
    fn element(&mut self, element: Element<'_>) -> Option<Map<String, Value>> {
        let mut object: Map<String, Value> = serde_json::from_str(element.text).ok()?;
        if element.is_first {
            self.around = self.around(element.record);
        }
        object.extend(self.around.as_ref()?.iter().map(|(key, value)| (key.clone(), value.clone())));
        Some(object)
    }

    /// The columns that each element of a record has from outside. They are read once, not again for each element.
    fn around(&self, record: &str) -> Option<Map<String, Value>> {
        let document: Value = serde_json::from_str(record).ok()?;
        let inner =
            self.root.as_ref().and_then(|root| root.split('.').try_fold(&document, |value, key| value.get(key)));
        let attributes = inner.and(document.as_object()).filter(|document| document.contains_key("specversion"));
        let record = inner.unwrap_or(&document).as_object()?;
        let each = self.each.as_deref().and_then(|each| each.split('.').next());
        let columns = record.iter().filter(|(key, _)| Some(&***key) != each);
        let columns = columns.map(|(key, value)| (format!("^{key}"), value.clone()));
        let attributes = attributes.into_iter().flatten().filter(|(_, value)| !value.is_object());
        let attributes = attributes.map(|(key, value)| (format!("ce.{key}"), value.clone()));
        Some(columns.chain(attributes).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_elements_is_read_once_for_a_record() {
        let mut journal = JournalRow {
            filled: Vec::new(),
            names: None,
            root: None,
            each: Some("lines".to_owned()),
            occurrences: false,
            around: None,
        };
        let mut written = |text, record, is_first| {
            let object = journal.element(Element { text, record, is_first });
            object.map(|object| serde_json::to_string(&object).unwrap())
        };
        let record = r#"{"no":"7","lines":[{"a":1},{"a":2}]}"#;
        assert_eq!(written(r#"{"a":1}"#, record, true).unwrap(), r#"{"a":1,"^no":"7"}"#);
        assert_eq!(written(r#"{"a":2}"#, "not read again", false).unwrap(), r#"{"a":2,"^no":"7"}"#);
        assert_eq!(written(r#"{"b":3}"#, r#"{"no":"8"}"#, true).unwrap(), r#"{"b":3,"^no":"8"}"#);
        assert_eq!(written(r#"{"b":4}"#, "[]", true), None);
    }
}
