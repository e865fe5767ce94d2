//! The schemas of a registry in Python: who waits for a registry and asks it is there, who reads messages is here.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::intake::registry::{self, Scratch, frame};
use crate::python::integers;

/// Messages one after another that all have a frame, or all have none: which, and how many.
type Runs = Vec<(bool, usize)>;

/// Schemas by their ids; any thread may add one and read messages.
#[pyclass(module = "lowtide._native", frozen)]
pub(super) struct Schemas(RwLock<registry::Schemas>);

impl Schemas {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, registry::Schemas> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, registry::Schemas> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Schemas {
    #[new]
    fn new() -> Schemas {
        Schemas(RwLock::default())
    }

    /// Takes an Avro schema. Why it cannot be used, if it cannot.
    fn add_avro(&self, id: u32, document: &str, references: Vec<String>) -> Option<String> {
        self.write().add_avro(id, document, &references)
    }

    /// Takes a Protobuf schema as descriptors of files, its own last. Why it cannot be used, if it cannot.
    fn add_protobuf(&self, id: u32, files: Vec<PyBackedBytes>) -> Option<String> {
        self.write().add_protobuf(id, &files)
    }

    fn add_json(&self, id: u32) {
        self.write().add_json(id);
    }

    fn add_unusable(&self, id: u32, why: String) {
        self.write().add_unusable(id, why);
    }

    /// Of messages that lie one after another: the runs with and without a frame, as (is framed, number of messages), and the ids
    /// that are named and not known yet. An empty message belongs to the run that it stands in.
    fn look(&self, data: &[u8], lengths: Bound<'_, PyAny>) -> PyResult<(Runs, Vec<u32>)> {
        let (schemas, mut start) = (self.read(), 0usize);
        let (mut runs, mut missing): (Runs, Vec<u32>) = (Vec::new(), Vec::new());
        let mut last = None;
        for length in integers(&lengths)? {
            let end = (start + length.max(0) as usize).min(data.len());
            let framed = frame(&data[start..end]).map(|(id, _)| id);
            if framed.is_some() && framed != last {
                last = framed;
                missing.extend(framed.filter(|id| !schemas.contains(*id) && !missing.contains(id)));
            }
            match runs.last_mut() {
                Some((is_framed, count)) if *is_framed == framed.is_some() || start == end => *count += 1,
                _ => runs.push((framed.is_some(), 1)),
            }
            start = end;
        }
        Ok((runs, missing))
    }

    /// The JSON text of one framed message; `None` if it has none.
    fn text<'py>(&self, py: Python<'py>, message: &[u8]) -> Option<Bound<'py, PyBytes>> {
        let (id, body) = frame(message)?;
        let mut scratch = Scratch::default();
        let text = self.read().text(id, body, None, &mut scratch).map(|text| PyBytes::new(py, text.as_bytes()));
        text.ok()
    }
}
