//! What Python does with rows that have left the core: it drops what nobody can see of them, and writes them as JSON.

use arrow_array::{Array, RecordBatch, UInt64Array};
use arrow_data::ArrayData;
use arrow_pyarrow::PyArrowType;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::group::{lines, settled};

/// The places of the rows that a table keeps of these batches, in the order of its key.
#[pyfunction]
#[pyo3(name = "settled", signature = (batches, key, version))]
fn settled_rows(
    py: Python<'_>,
    batches: Vec<PyArrowType<RecordBatch>>,
    key: Vec<String>,
    version: &str,
) -> PyResult<PyArrowType<ArrayData>> {
    let batches: Vec<RecordBatch> = batches.into_iter().map(|batch| batch.0).collect();
    let places: UInt64Array = py.detach(|| settled::settled(&batches, &key, version))?.into();
    Ok(PyArrowType(places.into_data()))
}

/// Each row as one line of JSON, with these columns; the column `raw` holds JSON already.
#[pyfunction]
#[pyo3(signature = (batch, columns, raw = None))]
fn json_lines<'py>(
    py: Python<'py>,
    batch: PyArrowType<RecordBatch>,
    columns: Vec<String>,
    raw: Option<&str>,
) -> PyResult<Vec<Bound<'py, PyBytes>>> {
    let (text, ends) = py.detach(|| lines::lines(&batch.0, &columns, raw))?;
    let begins = std::iter::once(0).chain(ends.iter().copied());
    Ok(begins.zip(&ends).map(|(begin, end)| PyBytes::new(py, &text[begin..*end])).collect())
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(settled_rows, module)?)?;
    module.add_function(wrap_pyfunction!(json_lines, module)?)
}
