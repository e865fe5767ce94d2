//! Batches of columns that come from outside: nothing is read of one before its buffers are checked.
//!
//! Python has asked Arrow itself (`validate(full=True)`), which alone knows how long the buffers are. Here the batch is imported and
//! checked once more by the Arrow of this crate: offsets, keys of dictionaries, UTF-8, lengths of children, types. Whatever speaks
//! against it is a sentence for the owner of the data, and never an exception that ends the run.

use arrow_array::RecordBatch;
use arrow_pyarrow::FromPyArrow;
use pyo3::prelude::*;

use crate::intake::batch;
use crate::intake::net::{caught, panic_of};
use crate::intake::reject::{Code, Fault};

/// The batch, or a fault of the kind `code`.
pub(super) fn batch_of(batch: &Bound<'_, PyAny>, code: Code) -> Result<RecordBatch, Fault> {
    let refused = |why: &str| {
        let why: String = why.lines().next().unwrap_or_default().chars().take(200).collect();
        Fault::new(code, None, format!("its columns cannot be read ({why}): write them again"))
    };
    let import = || RecordBatch::from_pyarrow_bound(batch).map_err(|e| refused(&e.value(batch.py()).to_string()));
    // The importer panics for some of what it cannot import, such as the name of a column that is not UTF-8.
    caught(import).map_err(|fault| if fault.code == Code::Mistake { refused(panic_of(&fault)) } else { fault })
}

/// A batch for a reader outside a log, which refuses the document as a whole.
pub(super) fn checked_batch_of(outside: &Bound<'_, PyAny>) -> Result<RecordBatch, Fault> {
    let made = batch_of(outside, Code::BadDocument)?;
    batch::check(&made)?;
    Ok(made)
}
