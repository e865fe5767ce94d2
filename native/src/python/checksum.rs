//! The checksums of a journal: CRC-32C of its frames, XXH3-128 of documents and maps.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use xxhash_rust::xxh3::Xxh3;

/// CRC-32C (Castagnoli) of bytes; `before` is that of the bytes in front of them.
#[pyfunction]
#[pyo3(name = "crc32c", signature = (data, before = 0))]
fn frame_checksum(data: &[u8], before: u32) -> u32 {
    ::crc32c::crc32c_append(before, data)
}

/// XXH3-128 of bytes that come piece by piece.
#[pyclass(module = "lowtide._native")]
struct Digest(Xxh3);

#[pymethods]
impl Digest {
    #[new]
    #[pyo3(signature = (data = None))]
    fn new(data: Option<&[u8]>) -> Digest {
        let mut hash = Xxh3::new();
        hash.update(data.unwrap_or_default());
        Digest(hash)
    }

    fn update(&mut self, py: Python<'_>, data: &[u8]) {
        py.detach(|| self.0.update(data));
    }

    /// The 16 bytes of the hash, most significant first: as its hexadecimal digits are written.
    fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.digest128().to_be_bytes())
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Digest>()?;
    module.add_function(wrap_pyfunction!(frame_checksum, module)?)
}
