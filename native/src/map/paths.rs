//! Which paths of a document a map reads: rows of a reader, and records in the form in which a source sends them.

use crate::map::document::Read;
use crate::map::mapping::Column;
use crate::map::trie::{ABOUT, CLOCK, EACH, EVENT, IMAGE, OP, RECORD, SCHEMA, Trie};

/// Keys that readers write beside the columns of a row; a map cannot name them.
pub const RESERVED: [&str; 6] = ["_line", "_reject", "_message", "_raw", "_occurrence", "_movement"];

/// The cells behind those of the columns: one for each reserved key, then the data of an event in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    Line,
    Reject,
    Message,
    Raw,
    Occurrence,
    Movement,
    Data,
}

/// The record of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The document itself.
    Itself,
    /// What stands at a path of it.
    Path,
    /// `payload` where there is one: Debezium and Kafka Connect write a schema beside it.
    Payload,
    /// `data` of a CloudEvent; columns `ce.…` are its attributes.
    Event,
}

/// What a map reads of a document of a source.
pub struct Source {
    pub root: Root,
    /// From the document: the record, wherever it may be.
    pub document: Trie,
    /// From a record that is not wrapped.
    pub record: Trie,
    /// From a record that is wrapped, and from nothing beside it.
    pub wrapped: Trie,
    /// From an element of `each`.
    pub element: Option<Trie>,
}

/// The paths of a map.
pub struct Paths {
    /// How many cells a row has.
    pub cells: usize,
    columns: usize,
    /// A name with points may be one key: (cell of the key, cell of the column). The key holds.
    pub dotted: Vec<(usize, usize)>,
    /// From a row of a reader: each column by its name or its path.
    pub row: Trie,
    /// `None` where a record is the document itself and one row.
    pub source: Option<Source>,
    /// The path of the record, where it is not the document itself.
    pub root: Option<String>,
    /// The path of the list whose elements are rows.
    pub each: Option<String>,
    /// Whether a message without a value is passed over.
    pub tombstones: bool,
    /// Whether records are change events of Debezium.
    pub changes: bool,
}

impl Paths {
    pub fn new(read: &Read, columns: &[Column]) -> Paths {
        let mut dotted = Vec::new();
        let mut next = columns.len() + RESERVED.len() + 1;
        for (at, column) in columns.iter().enumerate() {
            if keys(&column.name).count() > 1 {
                dotted.push((next, at));
                next += 1;
            }
        }
        let changes = read.format == "debezium";
        let build = Build { columns, dotted: &dotted, each: read.each.as_deref(), changes };
        let mut row = Trie::default();
        for (at, column) in columns.iter().enumerate() {
            build.column(&mut row, 0, at, &column.name);
        }
        for (at, name) in RESERVED.iter().enumerate() {
            let node = row.path(0, [*name]);
            row.set_cell(node, columns.len() + at);
        }
        let root = match read.root.as_deref() {
            None => Root::Itself,
            Some("auto") if read.format == "cloudevents" => Root::Event,
            Some("auto") => Root::Payload,
            Some(_) => Root::Path,
        };
        let source = (root != Root::Itself || read.each.is_some() || changes)
            .then(|| build.source(root, read.root.as_deref().unwrap_or("")));
        let tombstones = matches!(&*read.format, "debezium" | "connect");
        let path = match root {
            Root::Itself => None,
            Root::Path => read.root.clone(),
            Root::Payload => Some("payload".to_owned()),
            Root::Event => Some("data".to_owned()),
        };
        let (cells, columns, each) = (next, columns.len(), read.each.clone());
        Paths { cells, columns, dotted, row, source, root: path, each, tombstones, changes }
    }

    /// The cell of something that is not a column.
    #[inline]
    pub fn extra(&self, extra: Extra) -> usize {
        self.columns + extra as usize
    }
}

/// The keys of a path; a name that begins with `^` keeps it in its first key.
fn keys(name: &str) -> impl Iterator<Item = &str> {
    name.split('.')
}

struct Build<'b> {
    columns: &'b [Column],
    dotted: &'b [(usize, usize)],
    each: Option<&'b str>,
    changes: bool,
}

impl Build<'_> {
    /// A column below a node: as one key, and as a path.
    fn column(&self, trie: &mut Trie, from: usize, at: usize, name: &str) {
        let node = trie.path(from, keys(name));
        trie.set_cell(node, at);
        if let Some((cell, _)) = self.dotted.iter().find(|(_, column)| *column == at) {
            let node = trie.path(from, [name]);
            trie.set_cell(node, *cell);
        }
    }

    /// The columns of a record below a node; around the list of `each` those with `^`.
    fn record(&self, trie: &mut Trie, from: usize, but: impl Fn(&str) -> bool) {
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| !but(&column.name)) {
            match (self.each, column.name.strip_prefix('^')) {
                (Some(_), Some(name)) => self.column(trie, from, at, name),
                (None, _) => self.column(trie, from, at, &column.name),
                (Some(_), None) => {}
            }
        }
        if let Some(each) = self.each {
            let node = trie.path(from, keys(each));
            trie.mark(node, EACH);
        }
        if self.changes {
            let about = ["ddl", "tableChanges", "event_count", "data_collections"].map(|key| (key, ABOUT));
            for (key, marks) in
                [("op", OP), ("before", IMAGE), ("after", IMAGE), ("ts_ms", CLOCK)].into_iter().chain(about)
            {
                let node = trie.path(from, [key]);
                trie.mark(node, marks);
            }
        }
    }

    fn source(&self, root: Root, path: &str) -> Source {
        let of_event = |name: &str| root == Root::Event && name.starts_with("ce.");
        let (mut document, mut record, mut wrapped) = (Trie::default(), Trie::default(), Trie::default());
        self.record(&mut record, 0, |_| false);
        let wrapper = match root {
            Root::Itself => None,
            Root::Path => Some(path),
            Root::Payload => Some("payload"),
            Root::Event => Some("data"),
        };
        if root == Root::Itself || root == Root::Payload {
            self.record(&mut document, 0, |_| false);
        }
        if let Some(wrapper) = wrapper {
            for trie in [&mut document, &mut wrapped] {
                let node = trie.path(0, keys(wrapper));
                trie.mark(node, RECORD);
                self.record(trie, node, of_event);
            }
        }
        if root == Root::Payload || root == Root::Path {
            let node = document.path(0, ["schema"]);
            document.mark(node, SCHEMA);
        }
        if root == Root::Event {
            let node = document.path(0, ["specversion"]);
            document.mark(node, EVENT);
            for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| of_event(&column.name)) {
                let node = document.path(0, [&column.name["ce.".len()..]]);
                document.set_cell(node, at);
            }
            let node = document.path(0, ["data_base64"]);
            document.set_cell(node, self.columns.len() + Extra::Data as usize);
        }
        let line = document.path(0, [RESERVED[0]]);
        document.set_cell(line, self.columns.len() + Extra::Line as usize);
        let element = self.each.map(|_| {
            let mut element = Trie::default();
            let inner = |(_, column): &(usize, &Column)| !column.name.starts_with('^') && !of_event(&column.name);
            for (at, column) in self.columns.iter().enumerate().filter(inner) {
                self.column(&mut element, 0, at, &column.name);
            }
            element
        });
        Source { root, document, record, wrapped, element }
    }
}
