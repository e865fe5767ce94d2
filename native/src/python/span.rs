//! Consecutive messages of one partition: their bytes lie one after another, their numbers beside them, and Python sees one object.

use std::collections::BTreeMap;

use arrow_array::{Array, Int64Array};
use arrow_data::ArrayData;
use arrow_pyarrow::PyArrowType;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

/// The headers of a message: name, value.
pub(super) type Headers = Vec<(String, Option<Vec<u8>>)>;
/// A message as Python describes it: value, offset, arrival, epoch of the leader, headers.
type Described = (Option<PyBackedBytes>, i64, i64, i32, Headers);
type Numbers = PyArrowType<ArrayData>;

/// What of a message is a number.
#[derive(Clone, Copy, Default)]
pub(super) struct Witness {
    pub offset: i64,
    /// Milliseconds since 1970; −1: unknown.
    pub arrival: i64,
    /// −1: unknown.
    pub epoch: i32,
}

/// Messages in the order of their offsets. A message without a value is an empty one.
#[pyclass(module = "lowtide._native", frozen)]
#[derive(Default)]
pub(super) struct Span {
    data: Vec<u8>,
    ends: Vec<usize>,
    numbers: Vec<Witness>,
    headers: BTreeMap<usize, Headers>,
}

impl Span {
    /// Adds a message behind the others.
    pub(super) fn push(&mut self, value: &[u8], numbers: Witness, headers: Headers) {
        if !headers.is_empty() {
            self.headers.insert(self.ends.len(), headers);
        }
        self.data.extend_from_slice(value);
        self.ends.push(self.data.len());
        self.numbers.push(numbers);
    }

    pub(super) fn bytes(&self) -> usize {
        self.data.len()
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    fn text(&self, at: usize) -> &[u8] {
        &self.data[self.start(at)..self.ends[at]]
    }

    fn lengths_of(&self) -> impl Iterator<Item = i64> {
        (0..self.ends.len()).map(|at| (self.ends[at] - self.start(at)) as i64)
    }

    fn append(&mut self, other: &Span) {
        let (bytes, count) = (self.data.len(), self.ends.len());
        self.data.extend_from_slice(&other.data);
        self.ends.extend(other.ends.iter().map(|end| end + bytes));
        self.numbers.extend_from_slice(&other.numbers);
        self.headers.extend(other.headers.iter().map(|(at, headers)| (at + count, headers.clone())));
    }

    fn within(&self, at: usize) -> PyResult<usize> {
        if at < self.ends.len() { Ok(at) } else { Err(PyIndexError::new_err("the span has fewer messages")) }
    }

    fn column(&self, number: impl Fn(&Witness) -> i64) -> Numbers {
        PyArrowType(Int64Array::from_iter_values(self.numbers.iter().map(number)).into_data())
    }
}

#[pymethods]
impl Span {
    /// Messages that another client has received.
    #[new]
    fn new(messages: Vec<Described>) -> Span {
        let mut span = Span::default();
        for (value, offset, arrival, epoch, headers) in messages {
            span.push(value.as_deref().unwrap_or_default(), Witness { offset, arrival, epoch }, headers);
        }
        span
    }

    /// Spans that follow one another as one.
    #[staticmethod]
    fn joined(spans: Vec<PyRef<'_, Span>>) -> Span {
        let mut whole = Span::default();
        spans.iter().for_each(|span| whole.append(span));
        whole
    }

    fn __len__(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all values.
    #[getter]
    fn size(&self) -> usize {
        self.bytes()
    }

    /// Bytes of the largest value.
    #[getter]
    fn largest(&self) -> i64 {
        self.lengths_of().max().unwrap_or(0)
    }

    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.data)
    }

    #[getter]
    fn lengths(&self) -> Numbers {
        PyArrowType(Int64Array::from_iter_values(self.lengths_of()).into_data())
    }

    #[getter]
    fn offsets(&self) -> Numbers {
        self.column(|one| one.offset)
    }

    #[getter]
    fn arrivals(&self) -> Numbers {
        self.column(|one| one.arrival)
    }

    #[getter]
    fn has_headers(&self) -> bool {
        !self.headers.is_empty()
    }

    fn headers(&self, at: usize) -> Headers {
        self.headers.get(&at).cloned().unwrap_or_default()
    }

    fn value<'py>(&self, py: Python<'py>, at: usize) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, self.text(self.within(at)?)))
    }

    /// Offset, epoch of the leader, arrival; −1 stands for what is not known.
    fn witness(&self, at: usize) -> PyResult<(i64, i32, i64)> {
        let one = self.numbers[self.within(at)?];
        Ok((one.offset, one.epoch, one.arrival))
    }

    /// How many messages lie before an offset.
    fn before(&self, offset: i64) -> usize {
        self.numbers.partition_point(|one| one.offset < offset)
    }

    /// How many of the first messages have at most so many bytes, where each takes `each` beside its value.
    fn fitting(&self, bytes: i64, each: i64) -> usize {
        let mut left = bytes;
        let mut fits = |length: &i64| {
            left -= length + each;
            left >= 0
        };
        self.lengths_of().take_while(|length| fits(length)).count()
    }

    /// The messages from `first` on, at most `count`.
    fn cut(&self, first: usize, count: usize) -> Span {
        let first = first.min(self.ends.len());
        let last = first.saturating_add(count).min(self.ends.len());
        let (begin, end) = (self.start(first), self.start(last));
        Span {
            data: self.data[begin..end].to_vec(),
            ends: self.ends[first..last].iter().map(|end| end - begin).collect(),
            numbers: self.numbers[first..last].to_vec(),
            headers: self.headers.range(first..last).map(|(at, headers)| (at - first, headers.clone())).collect(),
        }
    }

    /// The same messages with these values.
    fn with_values(&self, values: Vec<PyBackedBytes>) -> PyResult<Span> {
        let mut span = Span::default();
        for (at, value) in values.iter().enumerate() {
            span.push(value, self.numbers[self.within(at)?], self.headers(at));
        }
        Ok(span)
    }
}
