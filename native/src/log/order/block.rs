//! A block of sorted records says all that the partition has to know of them.
//!
//! ```text
//! LTO2 | u32 files   | each: name, u32 delimiter (0: not a table), header
//!      | u32 records | each: u32 file × 8 + form, u64 line, u32 length
//!      | bytes of all records | checksum
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use crate::log::blocks::table_of;
use crate::log::order::entry::{self, FORMS, Form, Head, torn};
use crate::log::order::file::FileReader;
use crate::log::partition::{Partition, Routed};
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;

const MAGIC: &[u8; 4] = b"LTO2";
/// What the number of a file is multiplied by, to make room for a form.
const FORM: u32 = 8;

/// A block while it is filled.
#[derive(Default)]
pub struct BlockWriter {
    /// The files of its records, and the place of each among them.
    files: Vec<u32>,
    places: HashMap<u32, u32>,
    index: Vec<(u32, u64, u32)>,
    bytes: Vec<u8>,
}

impl BlockWriter {
    pub fn push(&mut self, entry: &[u8]) -> Result<(), CoreError> {
        let (head, bytes) = Head::of(entry)?;
        let place = *self.places.entry(head.file).or_insert_with(|| {
            self.files.push(head.file);
            self.files.len() as u32 - 1
        });
        self.index.push((place * FORM + head.form as u32, head.line, bytes.len() as u32));
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub fn records(&self) -> usize {
        self.index.len()
    }

    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The block and how many records it holds; the writer is empty again.
    pub fn finish(&mut self, files: &[FileReader]) -> (Vec<u8>, usize) {
        let records = self.records();
        let mut e = Encoder::new(MAGIC);
        e.u32(self.files.len() as u32);
        for file in self.files.drain(..) {
            let file = &files[file as usize];
            e.text(&file.name);
            e.u32(file.header.0.into());
            e.bytes(&file.header.1);
        }
        e.u32(records as u32);
        for (what, line, length) in self.index.drain(..) {
            e.u32(what);
            e.u64(line);
            e.u32(length);
        }
        e.bytes(&self.bytes);
        self.bytes.clear();
        self.places.clear();
        (e.finish(), records)
    }
}

impl Partition {
    /// A block of records that [`crate::log::order::sorter`] has put in order.
    pub fn sorted(&mut self, block: &[u8]) -> Result<Routed, CoreError> {
        let mut d = Decoder::new(block, MAGIC).map_err(|_| torn())?;
        let (mut files, mut tables) = (Vec::<(Arc<str>, usize)>::new(), Vec::new());
        for _ in 0..d.u32()? {
            let (name, header) = (d.text()?, (d.u32()? as u8, d.bytes()?));
            let at = tables.iter().position(|(known, _)| *known == header).unwrap_or_else(|| {
                tables.push((header, table_of(header.1, header.0)));
                tables.len() - 1
            });
            files.push((name.into(), at));
        }
        let mut index = Vec::new();
        for _ in 0..d.u32()? {
            index.push((d.u32()?, d.u64()?, d.u32()? as usize));
        }
        let bytes = d.bytes()?;
        d.end()?;
        let text = simdutf8::basic::from_utf8(bytes).ok();
        let (mut start, mut last) = (0, None);
        for (what, line, length) in index {
            let record = bytes.get(start..start + length).ok_or_else(torn)?;
            let text = text.and_then(|text| text.get(start..start + length));
            start += length;
            let (name, table) = files.get((what / FORM) as usize).ok_or_else(torn)?;
            if last.replace(what / FORM) != Some(what / FORM) {
                self.file = Some(name.clone());
            }
            self.line = line;
            match *FORMS.get((what % FORM) as usize).ok_or_else(torn)? {
                Form::Line => self.line(record, text, None),
                Form::Row => {
                    let (_, table) = &mut tables[*table];
                    table.read(record);
                    self.row(record.trim_ascii(), table);
                }
                Form::Fields => self.values(&entry::read_fields(record)?, None),
                Form::Fault => {
                    let (fault, record) = entry::read_fault(record)?;
                    self.set_aside(record, fault);
                }
                Form::Mapped => {
                    let (first, fields, row) = entry::read_mapped(record)?;
                    self.take_mapped(&fields, first, row);
                }
                Form::Skipped => self.pass_row(),
                Form::WrongRow => {
                    let (fault, row) = entry::read_fault(record)?;
                    self.reject_line(fault, row);
                }
            }
        }
        Ok(self.route(false))
    }
}
