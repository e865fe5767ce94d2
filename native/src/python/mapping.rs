//! Maps for Python: a compiled map, and what becomes of the rows of a document.

use std::sync::{Arc, Mutex};

use arrow_array::RecordBatch;
use arrow_pyarrow::PyArrowType;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::log::partition;
use crate::log::position_terms::PositionTerms;
use crate::map;
use crate::policy;
use crate::values::error::CoreError;

/// A compiled map; one for all threads.
#[pyclass(module = "lowtide._native", frozen)]
pub(crate) struct Mapping(Arc<map::Mapping>);

impl Mapping {
    pub(crate) fn core(&self) -> Arc<map::Mapping> {
        self.0.clone()
    }
}

#[pymethods]
impl Mapping {
    #[new]
    fn new(document: &[u8]) -> PyResult<Mapping> {
        Ok(Mapping(Arc::new(map::Mapping::read(document)?)))
    }

    /// XXH3-128 of the compiled map, 32 hexadecimal digits.
    #[getter]
    fn hash(&self) -> &str {
        self.0.hash()
    }

    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// Every column and path that the map names, in the order of first use.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.0.columns().collect()
    }
}

/// What became of some rows of a document.
#[pyclass(module = "lowtide._native", frozen)]
struct MappedRows(map::MappedRows);

/// Row, line, code, field, column, message, the row's bytes.
type Reject<'py> = (usize, u64, &'static str, &'static str, String, String, Bound<'py, PyBytes>);

#[pymethods]
impl MappedRows {
    #[getter]
    fn rows(&self) -> usize {
        self.0.rows
    }

    #[getter]
    fn places(&self) -> usize {
        self.0.places
    }

    #[getter]
    fn good(&self) -> usize {
        self.0.good
    }

    #[getter]
    fn skipped(&self) -> usize {
        self.0.skipped
    }

    #[getter]
    fn rules(&self) -> Vec<usize> {
        self.0.rules.clone()
    }

    #[getter]
    fn skips(&self) -> Vec<usize> {
        self.0.skips.clone()
    }

    #[getter]
    fn rejects<'py>(&self, py: Python<'py>) -> Vec<Reject<'py>> {
        let reject = |reject: &map::RejectedRow| {
            let (code, field) = (reject.fault.code.name(), map::field_name(&reject.fault));
            let (column, message) = (reject.column.clone(), reject.fault.message.clone());
            (reject.row, reject.line, code, field, column, message, PyBytes::new(py, &reject.bytes))
        };
        self.0.rejects.iter().map(reject).collect()
    }

    #[getter]
    fn warnings(&self) -> Vec<(usize, u64, &'static str, String)> {
        self.0.warnings.clone()
    }

    #[getter]
    fn movements<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.movements)
    }

    #[getter]
    fn movement_rows(&self) -> Vec<usize> {
        self.0.movement_rows.clone()
    }

    #[getter]
    fn times(&self) -> Vec<Option<i64>> {
        self.0.times.clone()
    }

    #[getter]
    fn occurrences(&self) -> Option<Vec<Vec<u32>>> {
        self.0.occurrences.clone()
    }

    #[getter]
    fn ndjson<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.ndjson)
    }
}

/// Reads one document after another with a map, outside a log.
#[pyclass(module = "lowtide._native", frozen)]
struct MapReader(Mutex<map::DocumentReader>);

impl MapReader {
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut map::DocumentReader) -> T + Send) -> T {
        py.detach(|| work(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())))
    }
}

#[pymethods]
impl MapReader {
    /// `config`: movements are checked as a run under that policy would; without it under the policy that is shipped.
    #[new]
    #[pyo3(signature = (mapping, config = None, catalogue = None, *, movements = true))]
    fn new(
        mapping: &Mapping,
        config: Option<&[u8]>,
        catalogue: Option<PyArrowType<RecordBatch>>,
        movements: bool,
    ) -> PyResult<MapReader> {
        let (policy, format) = match config {
            Some(config) => (super::configure(config)?.1, super::time_format(config)?),
            None => (policy::defaults(), None),
        };
        let terms = PositionTerms::new(&policy, super::catalogue(catalogue)?);
        let checks = partition::checks(&policy, &terms, format);
        let reader = map::DocumentReader::new(mapping.core(), checks, policy.max_record_bytes, movements);
        Ok(MapReader(Mutex::new(reader)))
    }

    /// A new document begins.
    fn document(&self, py: Python<'_>) {
        self.with(py, map::DocumentReader::document);
    }

    /// The header of a table: required columns that it lacks.
    #[pyo3(signature = (line, delimiter = b',', before = 0))]
    fn csv_header(&self, py: Python<'_>, line: &[u8], delimiter: u8, before: u64) -> Vec<String> {
        self.with(py, |core| core.csv_header(line, delimiter, before))
    }

    /// Whole CSV records in UTF-8.
    fn csv(&self, py: Python<'_>, data: &[u8]) -> MappedRows {
        MappedRows(self.with(py, |core| core.csv(data)))
    }

    /// NDJSON: records as a source sends them, or rows of a reader.
    fn lines(&self, py: Python<'_>, data: &[u8]) -> MappedRows {
        MappedRows(self.with(py, |core| core.lines(data)))
    }

    fn columns(&self, py: Python<'_>, batch: &Bound<'_, PyAny>) -> PyResult<MappedRows> {
        let batch = super::outside::checked_batch_of(batch).map_err(|fault| CoreError::map(fault.message))?;
        let rows = self.with(py, |core| core.columns(&batch));
        let rows = rows.map_err(|lacks| {
            CoreError::map(format!("the document lacks columns that the map names: {}", lacks.join(", ")))
        })?;
        Ok(MappedRows(rows))
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Mapping>()?;
    module.add_class::<MapReader>()?;
    module.add_class::<MappedRows>()
}
