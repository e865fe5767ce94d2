//! A compiled map: its columns, its rules, and the paths that a scanner follows.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_128;

use crate::map::compile;
use crate::map::condition::Condition;
use crate::map::document::Document;
use crate::map::expect::Expect;
use crate::map::lookup::Lookup;
use crate::map::paths::Paths;
use crate::map::rule::Rule;
use crate::values::error::CoreError;

/// A column or a path that a map names.
#[derive(Debug)]
pub struct Column {
    /// As the map writes it, in NFC.
    pub name: String,
    /// Whether every mention of it is `{name?}`: then a table may lack it.
    pub optional: bool,
}

/// A compiled map; the same for every document and thread.
pub struct Mapping {
    pub(crate) hash: String,
    pub(crate) name: String,
    /// In the order of their first use; a cell of a row has the number of its column.
    pub(crate) columns: Vec<Column>,
    pub(crate) paths: Paths,
    pub(crate) fill_down: Vec<usize>,
    pub(crate) zones: Vec<String>,
    pub(crate) zone_of_location: Lookup<usize>,
    pub(crate) only_first: bool,
    pub(crate) skip: Vec<Condition>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) expect: Option<Expect>,
    /// Whether an id counts how often it occurs in a document.
    pub(crate) counts_occurrences: bool,
}

impl Mapping {
    /// Reads the compiled form that `lowtide.map` writes. An error of kind `Map` if it cannot be used.
    pub fn read(document: &[u8]) -> Result<Mapping, CoreError> {
        let parsed: Document = serde_json::from_slice(document)
            .map_err(|error| CoreError::map(format!("the compiled map cannot be read: {error}")))?;
        let mapping = compile::compile(&parsed)?;
        Ok(Mapping { hash: format!("{:032x}", xxh3_128(document)), ..mapping })
    }

    /// XXH3-128 of the compiled form, 32 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every column and path that the map names, in the order of its first use.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| &*column.name)
    }

    /// Whether a record holds a list whose elements are the rows: then the record as a whole may be long.
    pub fn has_lists(&self) -> bool {
        self.paths.each.is_some()
    }

    /// How many rules of `movements` it has.
    pub fn rules(&self) -> usize {
        self.rules.len()
    }

    /// How many rules of `skip` it has.
    pub fn skips(&self) -> usize {
        self.skip.len()
    }

    pub(crate) fn column_name(&self, at: Option<usize>) -> Option<&str> {
        at.map(|at| &*self.columns[at].name)
    }

    /// Columns that a table has to have, of those for which `has` is false.
    pub(crate) fn lacking(&self, has: impl Fn(usize) -> bool) -> Vec<String> {
        let lacks = |(at, column): &(usize, &Column)| !column.optional && !has(*at);
        self.columns.iter().enumerate().filter(lacks).map(|(_, column)| column.name.clone()).collect()
    }
}

const _: fn() = || {
    fn shared_by_threads<T: Send + Sync>() {}
    shared_by_threads::<Arc<Mapping>>();
};
