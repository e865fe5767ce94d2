//! A strict scanner of JSON that writes the values of named paths into cells and passes over everything else; it builds no tree.

use crate::intake::reject::{Code, Fault};
use crate::intake::scan::{Broken, Scan};
use crate::map::cell::Cell;
use crate::map::pass::{DEEPEST, Repeated, pass_over};
use crate::map::trie::{CLOCK, EACH, Marks, Node, OP, RECORD, SCHEMA, Trie};

/// What a scan came upon beside cells.
#[derive(Debug, Default)]
pub struct Seen<'a> {
    /// The marks of all keys that were there with a value.
    pub marks: Marks,
    /// A cell that was written twice.
    pub twice: Option<usize>,
    /// The list of `each`.
    pub each: Option<&'a str>,
    /// What stands at the root, if it is not an object: a list of records, or something that is not a record.
    pub root: Option<&'a str>,
    /// How many keys the record has.
    pub keys: usize,
    /// Whether cells were written outside a wrapped record.
    pub outside: bool,
    /// Whether the change event empties the table or is a message about it.
    pub truncates: bool,
}

/// Scans one JSON text. `cells` are all absent before; `schema` is what stood beside the last record.
pub fn scan<'a>(text: &'a str, trie: &Trie, cells: &mut [Cell<'a>], schema: &mut Repeated) -> Result<Seen<'a>, Fault> {
    let (scan, seen) = (Scan::new(text), Seen::default());
    let mut scanner = Scanner { scan, trie, cells, schema, seen, depth: 0, inside: false };
    scanner.scan.space();
    let result = scanner.value(0);
    if result.is_err() && scanner.depth > DEEPEST {
        return Err(Fault::new(Code::NotJson, None, "the record is nested deeper than 64 levels"));
    }
    result.map_err(|_| scanner.scan.fault())?;
    scanner.scan.end()?;
    Ok(scanner.seen)
}

struct Scanner<'t, 'a> {
    scan: Scan<'a>,
    trie: &'t Trie,
    cells: &'t mut [Cell<'a>],
    schema: &'t mut Repeated,
    seen: Seen<'a>,
    depth: u32,
    /// Whether the cursor is in a wrapped record.
    inside: bool,
}

impl<'t, 'a> Scanner<'t, 'a> {
    #[inline]
    fn value(&mut self, at: usize) -> Result<(), Broken> {
        let trie = self.trie;
        let node = trie.node(at);
        let first = self.scan.peek().ok_or(Broken)?;
        if first != b'n' {
            self.seen.marks |= node.marks;
        }
        let special = at == 0 || node.marks & (RECORD | EACH) != 0;
        match first {
            b'{' if !node.is_leaf() || at == 0 || node.marks & RECORD != 0 => self.record(at, node),
            b'[' if !node.is_leaf() && !special => {
                let start = self.scan.at;
                self.array(node)?;
                self.group(node, start);
                Ok(())
            }
            _ if special => self.special(at, node, first),
            _ if node.cell.is_some() || node.marks & OP != 0 => self.leaf(node, first).map(drop),
            _ if node.marks & SCHEMA != 0 => self.schema.pass_over(&mut self.scan, &mut self.depth),
            _ => self.pass_over(),
        }
    }

    /// An object that is followed into its parts.
    fn record(&mut self, at: usize, node: &'t Node) -> Result<(), Broken> {
        let start = self.scan.at;
        let outside = self.inside;
        self.inside |= node.marks & RECORD != 0;
        let keys = self.object(node)?;
        self.inside = outside;
        if at == 0 && self.seen.keys == 0 || node.marks & RECORD != 0 {
            self.seen.keys = keys;
        }
        self.group(node, start);
        Ok(())
    }

    /// Keeps the text of an object or a list from `start` on, where the map names it.
    #[inline]
    fn group(&mut self, node: &Node, start: usize) {
        if let Some(cell) = node.cell {
            let text = &self.scan.text[start..self.scan.at];
            self.set(cell, Cell::Group(text));
        }
    }

    /// A value that is not an object where a record is looked for, or the list of `each`.
    #[inline(never)]
    fn special(&mut self, at: usize, node: &Node, first: u8) -> Result<(), Broken> {
        let text = self.leaf(node, first)?;
        if node.marks & EACH != 0 {
            self.seen.each = Some(text);
        }
        if at == 0 || node.marks & RECORD != 0 {
            self.seen.root = Some(text);
        }
        Ok(())
    }

    /// A value that is not followed into its parts; gives its text.
    #[inline]
    fn leaf(&mut self, node: &Node, first: u8) -> Result<&'a str, Broken> {
        let start = self.scan.at;
        let cell = match first {
            b'"' => Cell::Text(self.scan.string()?),
            b'-' | b'0'..=b'9' => Cell::Number(self.scan.number()?.into()),
            b't' => self.scan.word("true").map(|()| Cell::Flag(true))?,
            b'f' => self.scan.word("false").map(|()| Cell::Flag(false))?,
            b'n' => self.scan.word("null").map(|()| Cell::Null)?,
            _ => {
                self.pass_over()?;
                Cell::Group(&self.scan.text[start..self.scan.at])
            }
        };
        if node.marks & OP != 0 && matches!(&cell, Cell::Text(op) if op == "t" || op == "m") {
            self.seen.truncates = true;
        }
        if let Some(at) = node.cell {
            self.set(at, cell);
        }
        Ok(&self.scan.text[start..self.scan.at])
    }

    #[inline]
    fn set(&mut self, at: usize, cell: Cell<'a>) {
        self.seen.outside |= !self.inside;
        let slot = &mut self.cells[at];
        if !matches!(slot, Cell::Absent) {
            self.seen.twice.get_or_insert(at);
        } else {
            *slot = cell;
        }
    }

    fn object(&mut self, node: &Node) -> Result<usize, Broken> {
        self.descend()?;
        let (mut keys, mut expected) = (0, 0);
        self.scan.space();
        if self.scan.peek() == Some(b'}') {
            self.ascend();
            return Ok(0);
        }
        loop {
            self.scan.space();
            let child = self.scan.key(|key| node.child(key, &mut expected))?;
            self.scan.expect(b':')?;
            self.scan.space();
            keys += 1;
            match child {
                Some(child) => self.value(child)?,
                None => self.pass_over()?,
            }
            self.scan.space();
            match self.scan.peek() {
                Some(b',') => self.scan.at += 1,
                Some(b'}') => {
                    self.ascend();
                    return Ok(keys);
                }
                _ => return Err(Broken),
            }
        }
    }

    fn array(&mut self, node: &Node) -> Result<(), Broken> {
        self.descend()?;
        self.scan.space();
        if self.scan.peek() == Some(b']') {
            self.ascend();
            return Ok(());
        }
        for number in 0usize.. {
            self.scan.space();
            match node.child(&number.to_string(), &mut 0) {
                Some(child) => self.value(child)?,
                None => self.pass_over()?,
            }
            self.scan.space();
            match self.scan.peek() {
                Some(b',') => self.scan.at += 1,
                Some(b']') => break,
                _ => return Err(Broken),
            }
        }
        self.ascend();
        Ok(())
    }

    fn descend(&mut self) -> Result<(), Broken> {
        self.scan.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST { Err(Broken) } else { Ok(()) }
    }

    fn ascend(&mut self) {
        self.scan.at += 1;
        self.depth -= 1;
    }

    #[inline]
    fn pass_over(&mut self) -> Result<(), Broken> {
        pass_over(&mut self.scan, &mut self.depth)
    }
}

/// Whether a change event is a heartbeat: a record with its time and nothing else.
pub fn is_heartbeat(seen: &Seen<'_>) -> bool {
    seen.keys == 1 && seen.marks & CLOCK != 0
}
