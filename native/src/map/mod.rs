//! What a map makes of a row of somebody else's data: movements, a declared skip, or a reject.

use std::sync::Arc;

use crate::intake::field::Fields;
use crate::intake::reject::Fault;
use crate::values::error::CoreError;

/// A compiled map; the same for every document and thread.
pub struct Mapping {
    hash: String,
}

impl Mapping {
    /// Reads the compiled form that `lowtide.map` writes. An error of kind `Map` if it cannot be used.
    pub fn read(document: &[u8]) -> Result<Mapping, CoreError> {
        let _ = document;
        Err(CoreError::map("maps are not built yet"))
    }

    /// XXH3-128 of the compiled form, 32 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// What one row becomes.
pub enum Row<'a> {
    /// The movements of the row, at least one, in the order of the rules.
    Movements(&'a [Fields<'a>]),
    /// The number of the rule of `skip` that took it; `None`: a step with `else: skip`.
    Skipped(Option<usize>),
    /// Why the row as a whole is rejected, and the column at fault.
    Rejected(Fault, Option<&'a str>),
}

/// One document while it is read: the columns of its header, the cells that `fill_down` carries, how often an id occurred.
pub struct RowReader {
    pub mapping: Arc<Mapping>,
}
