//! A datum of Avro becomes JSON, value after value as its schema says.
//!
//! A value of a union is written as the value alone, bytes in base64, a timestamp in RFC 3339 (a local one without a zone), a
//! decimal as a number, an enum as its symbol.

use crate::intake::registry::avro_schema::{AvroSchema, Node, NodeAt};
use crate::intake::registry::cursor::{Cursor, DEEPEST, Misfit, TOO_DEEP, TOO_LONG};
use crate::intake::registry::text::{JsonText, twos_complement};

impl AvroSchema {
    /// Writes the one datum that `body` holds.
    pub fn to_json(&self, body: &[u8], text: &mut JsonText) -> Result<(), Misfit> {
        let mut datum = Datum { nodes: &self.nodes, cursor: Cursor { rest: body }, text };
        datum.value(self.root, 0)?;
        if datum.cursor.rest.is_empty() { Ok(()) } else { Err(Misfit::new(LEFT_OVER)) }
    }

    /// Whether a datum is a text, which then is itself the record.
    pub fn is_text(&self) -> bool {
        matches!(self.nodes[self.root as usize], Node::Text | Node::Bytes)
    }

    /// The text that a datum of such a schema is.
    pub fn text_of<'a>(&self, body: &'a [u8]) -> Result<&'a [u8], Misfit> {
        let mut cursor = Cursor { rest: body };
        let length = usize::try_from(cursor.zigzag()?).map_err(|_| Misfit::new("a length is negative"))?;
        let text = cursor.bytes(length)?;
        if cursor.rest.is_empty() { Ok(text) } else { Err(Misfit::new(LEFT_OVER)) }
    }
}

const LEFT_OVER: &str = "bytes are left over";

struct Datum<'a> {
    nodes: &'a [Node],
    cursor: Cursor<'a>,
    text: &'a mut JsonText,
}

impl<'a> Datum<'a> {
    fn value(&mut self, at: NodeAt, depth: usize) -> Result<(), Misfit> {
        let nodes = self.nodes;
        match &nodes[at as usize] {
            Node::Record(fields) => return self.record(fields, depth),
            Node::Union(branches) => {
                let index = usize::try_from(self.cursor.zigzag()?).ok();
                let branch = index.and_then(|index| branches.get(index));
                let branch = *branch.ok_or_else(|| Misfit::new("it names a branch that the union does not have"))?;
                // Only records and lists count as levels: a union cannot be in itself without one of them.
                return self.value(branch, depth);
            }
            Node::Text => {
                let text = self.length_and_bytes()?;
                self.text.string(text);
            }
            Node::Null | Node::Open => self.text.raw(b"null"),
            Node::Boolean => match self.cursor.byte()? {
                0 => self.text.raw(b"false"),
                1 => self.text.raw(b"true"),
                _ => return Err(Misfit::new("a boolean is neither 0 nor 1")),
            },
            Node::Int => {
                let value = self.int()?;
                self.text.integer(value);
            }
            Node::Long => {
                let value = self.cursor.zigzag()?;
                self.text.integer(value);
            }
            Node::Float => {
                let value = f32::from_le_bytes(self.cursor.array()?);
                self.text.single_float(value);
            }
            Node::Double => {
                let value = f64::from_le_bytes(self.cursor.array()?);
                self.text.float(value);
            }
            Node::Bytes => {
                let bytes = self.length_and_bytes()?;
                self.text.base64(bytes);
            }
            Node::Fixed(size) => {
                let bytes = self.cursor.bytes(*size)?;
                self.text.base64(bytes);
            }
            Node::Uuid => {
                let bytes = self.cursor.bytes(16)?;
                self.text.uuid(bytes);
            }
            Node::Enum(symbols) => {
                let index = usize::try_from(self.int()?).ok();
                let symbol = index.and_then(|index| symbols.get(index));
                self.text.raw(symbol.ok_or_else(|| Misfit::new("it names a symbol that the enum does not have"))?);
            }
            Node::Date => {
                let days = self.int()?;
                self.text.day(days);
            }
            Node::TimeOfDay(digits) => {
                let value = self.cursor.zigzag()?;
                self.text
                    .time_of_day(value, *digits)
                    .ok_or_else(|| Misfit::new("a time of day is not within a day"))?;
            }
            Node::Time(digits, utc) => {
                let value = self.cursor.zigzag()?;
                self.text.time(value, *digits, *utc);
            }
            Node::Decimal(size, scale) => {
                let bytes = match size {
                    Some(size) => self.cursor.bytes(*size)?,
                    None => self.length_and_bytes()?,
                };
                let value =
                    twos_complement(bytes).ok_or_else(|| Misfit::new("a decimal has no byte, or more than sixteen"))?;
                self.text.decimal(value, *scale);
            }
            Node::Array(items) => return self.items(*items, false, depth),
            Node::Map(values) => return self.items(*values, true, depth),
        }
        if self.text.is_too_long() { Err(Misfit::new(TOO_LONG)) } else { Ok(()) }
    }

    fn record(&mut self, fields: &[(Box<[u8]>, NodeAt)], depth: usize) -> Result<(), Misfit> {
        if depth >= DEEPEST {
            return Err(Misfit::new(TOO_DEEP));
        }
        if fields.is_empty() {
            self.text.raw(b"{");
        }
        for (key, node) in fields {
            self.text.raw(key);
            let read = match self.nodes[*node as usize] {
                Node::Text => self.length_and_bytes().map(|text| self.text.string_after_quote(text)),
                _ => self.value(*node, depth + 1),
            };
            read.map_err(|misfit| misfit.within(key))?;
        }
        self.text.raw(b"}");
        if self.text.is_too_long() { Err(Misfit::new(TOO_LONG)) } else { Ok(()) }
    }

    /// The blocks of an array, or of a map: each says how many items it has, a negative number also how many bytes.
    fn items(&mut self, node: NodeAt, keyed: bool, depth: usize) -> Result<(), Misfit> {
        if depth >= DEEPEST {
            return Err(Misfit::new(TOO_DEEP));
        }
        self.text.raw(if keyed { b"{" } else { b"[" });
        let mut is_first = true;
        loop {
            let count = self.cursor.zigzag()?;
            if count == 0 {
                break;
            }
            if count < 0 {
                self.cursor.zigzag()?;
            }
            for _ in 0..count.unsigned_abs() {
                if !std::mem::take(&mut is_first) {
                    self.text.raw(b",");
                }
                if keyed {
                    let key = self.length_and_bytes()?;
                    self.text.string(key);
                    self.text.raw(b":");
                }
                self.value(node, depth + 1)?;
                if self.text.is_too_long() {
                    return Err(Misfit::new(TOO_LONG));
                }
            }
        }
        self.text.raw(if keyed { b"}" } else { b"]" });
        Ok(())
    }

    #[inline]
    fn length_and_bytes(&mut self) -> Result<&'a [u8], Misfit> {
        let length = usize::try_from(self.cursor.zigzag()?).map_err(|_| Misfit::new("a length is negative"))?;
        self.cursor.bytes(length)
    }

    fn int(&mut self) -> Result<i64, Misfit> {
        let value = self.cursor.zigzag()?;
        if i32::try_from(value).is_ok() { Ok(value) } else { Err(Misfit::new("an int is longer than 32 bits")) }
    }
}
