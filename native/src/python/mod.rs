//! The one door to Python: take columns or bytes, release the interpreter lock, call the core, map the error.

mod checksum;
mod drain;
mod guard;
mod librdkafka;
mod mapping;
mod outside;
mod registry;
mod rows;
mod span;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, UInt64Array};
use arrow_data::ArrayData;
use arrow_pyarrow::{FromPyArrow, PyArrowType};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use serde::Deserialize;

use crate::demand::estimate::{Day, Demand, Prior};
use crate::demand::negbin::NegBin;
use crate::group;
use crate::group::batches::{self, Origin};
use crate::group::describe;
use crate::group::slices::SLICE;
use crate::intake::message::{self, Layout, Message};
use crate::intake::registry::Format;
use crate::intake::reject::{Code, Fault};
use crate::log::order::sorter;
use crate::log::{self, partition, placement};
use crate::policy::lines::lines;
use crate::policy::{self, Catalogue, Known, Policy, catalogue, table};
use crate::python::mapping::Mapping;
use crate::stock::rows::{ExpectedDemand, PositionRow};
use crate::values::bytes;
use crate::values::calendar::Calendar;
use crate::values::error::{CoreError, Kind};
use crate::values::time_format::TimeFormat;

#[derive(Deserialize)]
struct Config {
    pipeline: String,
    partition: String,
    policy: Policy,
    /// Hash of the inputs with which a new log begins.
    #[serde(default)]
    inputs: String,
}

/// Every refusal of the core becomes an exception here; its class decides the exit code.
impl From<CoreError> for PyErr {
    fn from(error: CoreError) -> PyErr {
        let (class, hint) = match error.kind {
            Kind::Version => ("StateVersionError", ""),
            Kind::Damage => ("StateError", ""),
            Kind::Policy => ("PolicyError", "Check the file that it was made from: `lowtide policy check F`."),
            Kind::Map => ("MapError", ""),
            Kind::Inputs => {
                ("SettingsError", "Name the folder that holds them: `--inputs DIR`; `lowtide learn` writes it.")
            }
            Kind::Block => ("JobError", "Run the same version of `lowtide` in every process of the cluster."),
            Kind::Call => ("JobError", "This is a mistake in Lowtide: please report it with your command."),
            Kind::Disk => return PyOSError::new_err(error.message),
        };
        Python::attach(|py| {
            let errors = py.import("lowtide.errors");
            let made = errors.and_then(|errors| errors.getattr(class)?.call1((error.message, hint)));
            made.map_or_else(|wrong| wrong, PyErr::from_value)
        })
    }
}

fn configure(text: &[u8]) -> PyResult<(Origin, Policy, String)> {
    let config: Config = serde_json::from_slice(text)
        .map_err(|error| CoreError::policy(format!("the configuration cannot be read: {error}")))?;
    let origin = Origin { pipeline: config.pipeline, partition: config.partition };
    Ok((origin, config.policy.checked()?, config.inputs))
}

/// Inputs by their hash, read once for every log and key group of a process.
#[pyclass(module = "lowtide._native", name = "Inputs", frozen)]
struct InputsByHash(Arc<Known>);

/// (inputs.json, forecasts, classes).
type InputsParts = (PyBackedBytes, Option<PyArrowType<RecordBatch>>, Option<PyArrowType<RecordBatch>>);

#[pymethods]
impl InputsByHash {
    #[new]
    fn new(documents: BTreeMap<String, InputsParts>) -> PyResult<InputsByHash> {
        let mut known = Known::new();
        for (version, (document, forecasts, classes)) in documents {
            let (forecasts, classes) =
                (forecasts.as_ref().map(|batch| &batch.0), classes.as_ref().map(|batch| &batch.0));
            let inputs = policy::Inputs::read(&version, &document, forecasts, classes)?;
            known.insert(version, Arc::new(inputs));
        }
        Ok(InputsByHash(Arc::new(known)))
    }
}

fn known(inputs: Option<&InputsByHash>) -> Arc<Known> {
    inputs.map(|inputs| inputs.0.clone()).unwrap_or_default()
}

/// Why a text is not a format of times; `None` if it is one.
#[pyfunction]
fn time_format_fault(text: &str) -> Option<String> {
    TimeFormat::new(text).err()
}

/// How the source writes times, where the configuration says it.
fn time_format(text: &[u8]) -> PyResult<Option<TimeFormat>> {
    #[derive(Deserialize)]
    struct Format {
        time_format: Option<String>,
    }
    let format = serde_json::from_slice::<Format>(text).ok().and_then(|config| config.time_format);
    Ok(format.map(|format| TimeFormat::new(&format).map_err(CoreError::policy)).transpose()?)
}

fn catalogue(batch: Option<PyArrowType<RecordBatch>>) -> PyResult<Catalogue> {
    Ok(batch.map_or_else(|| Ok(Catalogue::new()), |PyArrowType(batch)| catalogue::of_rows(&batch))?)
}

fn integers(array: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    let data = arrow_array::make_array(ArrayData::from_pyarrow_bound(array)?);
    let numbers =
        data.as_primitive_opt::<Int64Type>().ok_or_else(|| CoreError::call("lengths, numbers and times are int64"))?;
    Ok(numbers.values().to_vec())
}

fn message_at(length: i64, number: i64, arrival: i64) -> Message {
    Message { length: length.max(0) as usize, number: number.max(0) as u64, arrival: (arrival >= 0).then_some(arrival) }
}

/// Messages by their lengths, numbers and arrivals.
fn messages_of(
    lengths: &Bound<'_, PyAny>,
    numbers: &Bound<'_, PyAny>,
    arrivals: &Bound<'_, PyAny>,
) -> PyResult<Vec<Message>> {
    let (lengths, numbers, arrivals) = (integers(lengths)?, integers(numbers)?, integers(arrivals)?);
    let messages = lengths.iter().zip(&numbers).zip(&arrivals);
    Ok(messages.map(|((length, number), arrival)| message_at(*length, *number, *arrival)).collect())
}

fn code(reason: &str) -> PyResult<Code> {
    Ok(Code::from_name(reason).ok_or_else(|| CoreError::call(format!("unknown reject code `{reason}`")))?)
}

fn saved(written: Result<(u64, u64), CoreError>) -> PyResult<(u64, String)> {
    let (length, sum) = written?;
    Ok((length, format!("{:016x}", sum.swap_bytes())))
}

fn slices(segments: &[PyBackedBytes]) -> Vec<&[u8]> {
    segments.iter().map(|segment| &segment[..]).collect()
}

type Blocks<'py> = Vec<(u32, Bound<'py, PyBytes>)>;

fn blocks<'py>(py: Python<'py>, routed: partition::Routed) -> Blocks<'py> {
    routed.into_iter().map(|(group, block)| (group, PyBytes::new(py, &block))).collect()
}

/// Blocks, unless the log asked for something that is not there.
fn unless_stopped(core: &mut partition::Partition, routed: partition::Routed) -> Result<partition::Routed, CoreError> {
    core.take_stop().map_or(Ok(routed), Err)
}

/// The error where a table lacks columns that its map names.
fn lacking(columns: &[String]) -> CoreError {
    CoreError::map(log::blocks::lacking(columns).message)
}

fn unless_lacking(columns: Vec<String>) -> PyResult<()> {
    if columns.is_empty() { Ok(()) } else { Err(lacking(&columns).into()) }
}

/// One log: decodes, validates, deduplicates, keeps the clock and splits the movements over key groups.
#[pyclass(module = "lowtide._native", frozen)]
struct Partition {
    core: Mutex<partition::Partition>,
    origin: Origin,
}

impl Partition {
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut partition::Partition) -> T + Send) -> T {
        py.detach(|| work(&mut self.core.lock().unwrap_or_else(|poisoned| poisoned.into_inner())))
    }

    fn routed<'py>(
        &self,
        py: Python<'py>,
        read: impl FnOnce(&mut partition::Partition) -> partition::Routed + Send,
    ) -> PyResult<Blocks<'py>> {
        let routed = self.with(py, |core| {
            let routed = read(core);
            unless_stopped(core, routed)
        })?;
        Ok(blocks(py, routed))
    }
}

#[pymethods]
impl Partition {
    #[new]
    #[pyo3(signature = (config, groups, catalogue_batch = None, inputs = None))]
    fn new(
        config: &[u8],
        groups: u32,
        catalogue_batch: Option<PyArrowType<RecordBatch>>,
        inputs: Option<&InputsByHash>,
    ) -> PyResult<Partition> {
        let (origin, policy, start) = configure(config)?;
        let core = partition::Partition::new(&policy, groups).with_catalogue(catalogue(catalogue_batch)?);
        let core = core.with_inputs(known(inputs), &start)?;
        Ok(Partition { core: Mutex::new(core.with_time_format(time_format(config)?)), origin })
    }

    #[staticmethod]
    #[pyo3(signature = (config, groups, catalogue_batch, segments, inputs = None))]
    fn restore(
        config: &[u8],
        groups: u32,
        catalogue_batch: Option<PyArrowType<RecordBatch>>,
        segments: Vec<PyBackedBytes>,
        inputs: Option<&InputsByHash>,
    ) -> PyResult<Partition> {
        let (origin, policy, start) = configure(config)?;
        let core = partition::Partition::restore(&policy, groups, &slices(&segments))?;
        let core = core.with_inputs(known(inputs), &start)?;
        let core = core.with_catalogue(catalogue(catalogue_batch)?).with_time_format(time_format(config)?);
        Ok(Partition { core: Mutex::new(core), origin })
    }

    /// Writes what segments hold together to a new file as one: its length and checksum, when it is on disk.
    #[staticmethod]
    fn fold(py: Python<'_>, config: &[u8], segments: Vec<PyBackedBytes>, path: PathBuf) -> PyResult<(u64, String)> {
        let (_, policy, _) = configure(config)?;
        let segments = slices(&segments);
        saved(py.detach(|| partition::Partition::fold(&policy, &segments, &path)))
    }

    #[pyo3(signature = (data, arrivals = None))]
    fn lines<'py>(&self, py: Python<'py>, data: &[u8], arrivals: Option<Bound<'py, PyAny>>) -> PyResult<Blocks<'py>> {
        let arrivals = arrivals.map(|array| integers(&array)).transpose()?;
        self.routed(py, |core| core.lines(data, arrivals.as_deref()))
    }

    /// Messages lie one after another in `data`: their lengths, numbers and arrivals (int64; −1: no arrival time).
    fn messages<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        lengths: Bound<'py, PyAny>,
        numbers: Bound<'py, PyAny>,
        arrivals: Bound<'py, PyAny>,
        layout: &str,
    ) -> PyResult<Blocks<'py>> {
        let layout = Layout::from_name(layout)
            .ok_or_else(|| CoreError::call(format!("unknown layout of messages `{layout}`")))?;
        let messages = messages_of(&lengths, &numbers, &arrivals)?;
        self.routed(py, |core| core.messages(data, &messages, layout))
    }

    /// Framed messages, as for `messages`; `layout` may also be the format that their schemas must have.
    #[allow(clippy::too_many_arguments)] // the columns of a block
    fn framed<'py>(
        &self,
        py: Python<'py>,
        schemas: &registry::Schemas,
        data: &[u8],
        lengths: Bound<'py, PyAny>,
        numbers: Bound<'py, PyAny>,
        arrivals: Bound<'py, PyAny>,
        layout: &str,
    ) -> PyResult<Blocks<'py>> {
        let expected = Format::from_name(layout);
        let envelope = Layout::from_name(layout).and_then(Layout::envelope);
        let messages = messages_of(&lengths, &numbers, &arrivals)?;
        self.routed(py, |core| core.framed(&schemas.read(), data, &messages, expected, envelope))
    }

    fn file(&self, py: Python<'_>, name: &str) {
        self.with(py, |core| core.file(name));
    }

    /// From now on blocks hold rows for this map; None: movements.
    #[pyo3(signature = (mapping))]
    fn map(&self, py: Python<'_>, mapping: Option<&Mapping>) {
        let mapping = mapping.map(Mapping::core);
        self.with(py, |core| core.map(mapping));
    }

    /// The log is read again as a run has read it: (map or None, first message).
    fn map_changes(&self, py: Python<'_>, changes: Vec<(Option<Py<Mapping>>, u64)>) {
        let core = |mapping: Option<Py<Mapping>>| mapping.map(|mapping| mapping.get().core());
        let changes = changes.into_iter().map(|(mapping, first)| (core(mapping), first)).collect();
        self.with(py, |core| core.map_changes(changes));
    }

    /// Keeps in the history of the log that it is read with the maps of these hashes from `first` on: whether it was read with
    /// others before.
    fn note_maps(&self, py: Python<'_>, hashes: Vec<String>, first: u64) -> bool {
        self.with(py, |core| core.note_maps(&hashes, first))
    }

    /// The maps that the log was read with: (hash, first record or message), in their order; an empty hash: without a map.
    #[getter]
    fn maps(&self, py: Python<'_>) -> Vec<(String, u64)> {
        self.with(py, |core| core.maps().iter().map(|used| (used.hash.clone(), used.first)).collect())
    }

    #[pyo3(signature = (line, delimiter = b',', before = 0))]
    fn csv_header(&self, py: Python<'_>, line: &[u8], delimiter: u8, before: u64) -> PyResult<()> {
        unless_lacking(self.with(py, |core| core.csv_header(line, delimiter, before)))
    }

    /// A block of a `Sorter`.
    fn sorted<'py>(&self, py: Python<'py>, block: &[u8]) -> PyResult<Blocks<'py>> {
        let routed = self.with(py, |core| {
            let routed = core.sorted(block)?;
            unless_stopped(core, routed)
        })?;
        Ok(blocks(py, routed))
    }

    fn csv<'py>(&self, py: Python<'py>, data: &[u8]) -> PyResult<Blocks<'py>> {
        self.routed(py, |core| core.csv(data))
    }

    /// Rows of a file of columns.
    fn columns<'py>(&self, py: Python<'py>, batch: &Bound<'py, PyAny>) -> PyResult<Blocks<'py>> {
        let batch = match outside::batch_of(batch, Code::UnreadableFile) {
            Ok(batch) => batch,
            Err(fault) => {
                self.with(py, |core| core.unreadable(fault.code, &fault.message, b""));
                return Ok(Vec::new());
            }
        };
        let routed = self.with(py, |core| {
            let routed = core.columns(&batch).map_err(|lacks| lacking(&lacks))?;
            unless_stopped(core, routed)
        })?;
        Ok(blocks(py, routed))
    }

    /// A message that holds columns, in batches, or `fault` says why it does not; `whole` are its bytes.
    fn arrow<'py>(
        &self,
        py: Python<'py>,
        batches: Vec<Bound<'py, PyAny>>,
        fault: &str,
        whole: &[u8],
        number: i64,
        arrival: i64,
    ) -> PyResult<Blocks<'py>> {
        let made = match fault {
            "" => batches.iter().map(|batch| outside::batch_of(batch, Code::BadMessage)).collect(),
            fault => Err(Fault::new(Code::BadMessage, None, fault)),
        };
        let message = message_at(whole.len() as i64, number, arrival);
        self.routed(py, |core| core.arrow(made, whole, message))
    }

    fn unreadable(&self, py: Python<'_>, reason: &str, message: &str, record: &[u8]) -> PyResult<()> {
        let code = code(reason)?;
        self.with(py, |core| core.unreadable(code, message, record));
        Ok(())
    }

    fn finish<'py>(&self, py: Python<'py>) -> Blocks<'py> {
        blocks(py, self.with(py, partition::Partition::finish))
    }

    fn rejects(&self, py: Python<'_>) -> PyArrowType<RecordBatch> {
        PyArrowType(self.with(py, |core| batches::rejects(&core.take_rejects(), &self.origin)))
    }

    fn counts(&self, py: Python<'_>) -> BTreeMap<String, u64> {
        let counts = self.with(py, |core| core.counts().clone());
        let mut map = BTreeMap::from([
            ("records".to_owned(), counts.records),
            ("accepted".to_owned(), counts.accepted),
            ("duplicates".to_owned(), counts.duplicates),
            ("late".to_owned(), counts.late),
            ("very_late".to_owned(), counts.very_late),
            ("void_unmatched".to_owned(), counts.void_unmatched),
            ("void_of_what".to_owned(), counts.void_of_what),
            ("rejects".to_owned(), counts.rejects.values().sum()),
        ]);
        if counts.rows > 0 {
            let rejected = counts.rows - counts.mapped - counts.skipped;
            let names = ["rows", "mapped", "skipped", "rejected_rows", "unexpected"];
            let of_rows = [counts.rows, counts.mapped, counts.skipped, rejected, counts.unexpected];
            map.extend(names.map(str::to_owned).into_iter().zip(of_rows));
        }
        map.extend(counts.rejects.into_iter().map(|(code, count)| (format!("reject.{code}"), count)));
        map
    }

    #[getter]
    fn clock_ms(&self, py: Python<'_>) -> Option<i64> {
        self.with(py, |core| core.clock())
    }

    /// Version of the policy in force.
    #[getter]
    fn policy_version(&self, py: Python<'_>) -> String {
        self.with(py, |core| core.policy().version.clone())
    }

    /// Hash of the inputs in force; empty without any.
    #[getter]
    fn inputs_version(&self, py: Python<'_>) -> String {
        self.with(py, |core| core.inputs_version().to_owned())
    }

    /// The policy in force, compiled, as JSON.
    #[getter]
    fn policy(&self, py: Python<'_>) -> String {
        self.with(py, |core| core.policy().text())
    }

    /// The number of the next record.
    #[getter]
    fn offset(&self, py: Python<'_>) -> u64 {
        self.with(py, |core| core.offset())
    }

    /// The number of the next message, for a log that numbers them itself.
    #[getter]
    fn next_message(&self, py: Python<'_>) -> u64 {
        self.with(py, |core| core.next_message())
    }

    fn rewind(&self, py: Python<'_>, first: u64) {
        self.with(py, |core| core.rewind(first));
    }

    /// Writes a segment of the state to a new file: its length and checksum, when it is on disk.
    fn save(&self, py: Python<'_>, whole: bool, path: PathBuf) -> PyResult<(u64, String)> {
        saved(self.with(py, |core| core.save_to(whole, &path)))
    }
}

/// Puts the records of files in order of event time: their blocks come in, sorted blocks go out.
#[pyclass(module = "lowtide._native", frozen)]
struct Sorter(Mutex<sorter::Sorter>);

impl Sorter {
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut sorter::Sorter) -> T + Send) -> T {
        py.detach(|| work(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())))
    }
}

#[pymethods]
impl Sorter {
    #[new]
    fn new(
        config: &[u8],
        catalogue_batch: Option<PyArrowType<RecordBatch>>,
        folder: PathBuf,
        memory_bytes: usize,
        rereadable: bool,
    ) -> PyResult<Sorter> {
        let ((_, policy, _), items) = (configure(config)?, catalogue(catalogue_batch)?);
        let sorter = sorter::Sorter::new(&policy, &items, &folder, memory_bytes, rereadable);
        Ok(Sorter(Mutex::new(sorter.with_time_format(time_format(config)?))))
    }

    fn file(&self, py: Python<'_>, name: &str) {
        self.with(py, |core| core.file(name));
    }

    fn lines(&self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        Ok(self.with(py, |core| core.lines(data))?)
    }

    /// The next blocks of the open file hold rows for this map; None: movements.
    #[pyo3(signature = (mapping))]
    fn map(&self, py: Python<'_>, mapping: Option<&Mapping>) -> PyResult<()> {
        let mapping = mapping.map(Mapping::core);
        Ok(self.with(py, |core| core.map(mapping))?)
    }

    #[pyo3(signature = (line, delimiter = b',', before = 0))]
    fn csv_header(&self, py: Python<'_>, line: &[u8], delimiter: u8, before: u64) -> PyResult<()> {
        unless_lacking(self.with(py, |core| core.csv_header(line, delimiter, before))?)
    }

    fn csv(&self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        Ok(self.with(py, |core| core.csv(data))?)
    }

    fn columns(&self, py: Python<'_>, batch: &Bound<'_, PyAny>) -> PyResult<()> {
        match outside::batch_of(batch, Code::UnreadableFile) {
            Ok(batch) => unless_lacking(self.with(py, |core| core.columns(&batch))?),
            Err(fault) => Ok(self.with(py, |core| core.unreadable(fault.code, &fault.message, b""))?),
        }
    }

    fn unreadable(&self, py: Python<'_>, reason: &str, message: &str, record: &[u8]) -> PyResult<()> {
        let code = code(reason)?;
        Ok(self.with(py, |core| core.unreadable(code, message, record))?)
    }

    /// Whether the files have to be read once more, by a new sorter that is told that they cannot be.
    #[getter]
    fn lost(&self, py: Python<'_>) -> bool {
        self.with(py, |core| core.is_lost())
    }

    /// Runs that have gone to disk.
    #[getter]
    fn runs(&self, py: Python<'_>) -> usize {
        self.with(py, |core| core.runs())
    }

    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        Ok(self.with(py, sorter::Sorter::finish)?)
    }

    /// The next block and how many records it holds; `None`: a file needs its next block, or all is handed on.
    fn block<'py>(&self, py: Python<'py>, records: usize) -> PyResult<Option<(Bound<'py, PyBytes>, usize)>> {
        let block = self.with(py, |core| core.block(records))?;
        Ok(block.map(|(block, records)| (PyBytes::new(py, &block), records)))
    }

    #[getter]
    fn needs(&self, py: Python<'_>) -> Option<usize> {
        self.with(py, sorter::Sorter::needs)
    }

    fn end_file(&self, py: Python<'_>) {
        self.with(py, sorter::Sorter::end_file);
    }
}

/// One key group: stock, demand, projection and alerts of its positions.
#[pyclass(module = "lowtide._native", frozen)]
struct Group {
    core: Mutex<group::Group>,
    origin: Origin,
}

impl Group {
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut group::Group) -> T + Send) -> T {
        py.detach(|| work(&mut self.core.lock().unwrap_or_else(|poisoned| poisoned.into_inner())))
    }

    fn around(core: group::Group, origin: Origin) -> Group {
        Group { core: Mutex::new(core), origin }
    }
}

#[pymethods]
impl Group {
    #[new]
    #[pyo3(signature = (config, catalogue_batch = None, inputs = None))]
    fn new(
        config: &[u8],
        catalogue_batch: Option<PyArrowType<RecordBatch>>,
        inputs: Option<&InputsByHash>,
    ) -> PyResult<Group> {
        let (origin, policy, start) = configure(config)?;
        let core = group::Group::new(&origin.pipeline, policy, catalogue(catalogue_batch)?);
        Ok(Group::around(core.with_inputs(known(inputs), &start)?, origin))
    }

    #[staticmethod]
    #[pyo3(signature = (config, catalogue_batch, segments, inputs = None))]
    fn restore(
        py: Python<'_>,
        config: &[u8],
        catalogue_batch: Option<PyArrowType<RecordBatch>>,
        segments: Vec<PyBackedBytes>,
        inputs: Option<&InputsByHash>,
    ) -> PyResult<Group> {
        let (origin, policy, _) = configure(config)?;
        let (items, segments, known) = (catalogue(catalogue_batch)?, slices(&segments), known(inputs));
        let core = py.detach(|| group::Group::restore(&origin.pipeline, policy, items, known, &segments))?;
        Ok(Group::around(core, origin))
    }

    fn apply(&self, py: Python<'_>, block: &[u8]) -> PyResult<()> {
        Ok(self.with(py, |core| core.apply(block))?)
    }

    /// From now on only the latest row of a position waits.
    fn keep_latest(&self, py: Python<'_>) {
        self.with(py, group::Group::keep_latest);
    }

    /// How many rows wait: those of positions, and all others.
    #[getter]
    fn pending(&self, py: Python<'_>) -> (usize, usize) {
        self.with(py, |core| (core.pending_positions(), core.pending() - core.pending_positions()))
    }

    /// Whether something is due by time that was not done yet.
    #[getter]
    fn is_behind(&self, py: Python<'_>) -> bool {
        self.with(py, |core| core.is_behind())
    }

    /// Does a slice of what is due.
    fn work(&self, py: Python<'_>) {
        self.with(py, |core| core.work(SLICE));
    }

    /// Does all that is due.
    fn settle(&self, py: Python<'_>) {
        self.with(py, |core| core.settle());
    }

    fn take(&self, py: Python<'_>) -> BTreeMap<&'static str, PyArrowType<RecordBatch>> {
        let taken = self.with(py, |core| {
            let tables = core.take();
            batches::all(&tables, core.book(), &self.origin)
        });
        taken.into_iter().map(|(name, batch)| (name, PyArrowType(batch))).collect()
    }

    /// The rows of the tables that have some, ledger first; without `positions` those of positions wait on.
    fn hand_over(&self, py: Python<'_>, positions: bool) -> Vec<(&'static str, PyArrowType<RecordBatch>)> {
        let taken = self.with(py, |core| {
            let tables = if positions { core.take() } else { core.take_but_positions() };
            batches::filled(&tables, core.book(), &self.origin)
        });
        taken.into_iter().map(|(name, batch)| (name, PyArrowType(batch))).collect()
    }

    fn positions(&self, py: Python<'_>) -> PyArrowType<RecordBatch> {
        PyArrowType(self.with(py, |core| {
            core.settle();
            let mut expected = ExpectedDemand::default();
            let rows = PositionRow::all(core.book(), core.rules(), &mut expected);
            batches::positions(&rows, &expected, core.book(), &self.origin)
        }))
    }

    fn position(&self, py: Python<'_>, location: &str, sku: &str) -> Option<String> {
        self.with(py, |core| {
            core.settle();
            describe::position(core.book(), core.rules(), location, sku)
        })
    }

    fn terms(&self, py: Python<'_>, location: &str, sku: &str) -> String {
        self.with(py, |core| {
            let values = core.rules().values(location, sku);
            let values: serde_json::Map<_, _> = values
                .into_iter()
                .map(|(key, (value, layer))| (key, serde_json::json!({"value": value, "layer": layer})))
                .collect();
            serde_json::Value::Object(values).to_string()
        })
    }

    /// A hash of each position's names, in the order in which they were first named.
    fn hashes(&self, py: Python<'_>) -> PyArrowType<ArrayData> {
        let hashes: UInt64Array = self.with(py, |core| core.hashes().collect::<Vec<_>>()).into();
        PyArrowType(hashes.into_data())
    }

    /// Location and SKU of the position that was named as number `at`.
    fn name(&self, py: Python<'_>, at: usize) -> Option<(String, String)> {
        self.with(py, |core| core.name(at).map(|(location, sku)| (location.to_owned(), sku.to_owned())))
    }

    /// Writes a segment of the state to a new file: its length and checksum, when it is on disk.
    fn save(&self, py: Python<'_>, whole: bool, path: PathBuf) -> PyResult<(u64, String)> {
        saved(self.with(py, |core| core.save_to(whole, &path)))
    }

    /// How many positions get no reorder alert because nobody plans them.
    #[getter]
    fn silent(&self, py: Python<'_>) -> usize {
        self.with(py, |core| core.silent())
    }

    /// The first record that was not applied yet.
    #[getter]
    fn next_offset(&self, py: Python<'_>) -> u64 {
        self.with(py, |core| core.next_offset())
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.with(py, |core| core.len())
    }
}

/// What is learned from days of one position, the first of which has this local day number: rate, phi, kappa and the three levels
/// after each day. `full` and `sold_out`: the whole day's exposure, and whether it ended sold out.
#[pyfunction]
#[pyo3(signature = (first_day, units, exposure, full = None, sold_out = None, *, prior_rate = 0.0, prior_days = 1.0, dispersion = 1.5,
                    calm = 1.0, whole = true))]
#[allow(clippy::too_many_arguments)]
fn demand_days(
    py: Python<'_>,
    first_day: i32,
    units: &Bound<'_, PyAny>,
    exposure: &Bound<'_, PyAny>,
    full: Option<&Bound<'_, PyAny>>,
    sold_out: Option<&Bound<'_, PyAny>>,
    prior_rate: f64,
    prior_days: f64,
    dispersion: f64,
    calm: f64,
    whole: bool,
) -> PyResult<PyArrowType<RecordBatch>> {
    let numbers = |array: &Bound<'_, PyAny>| -> PyResult<Vec<f64>> {
        let data = arrow_array::make_array(ArrayData::from_pyarrow_bound(array)?);
        let numbers = data.as_primitive_opt::<Float64Type>();
        let numbers = numbers.ok_or_else(|| CoreError::call("units and exposures of days are float64"))?;
        Ok(numbers.values().to_vec())
    };
    let (units, exposure) = (numbers(units)?, numbers(exposure)?);
    let full = full.map(numbers).transpose()?.unwrap_or_else(|| exposure.clone());
    let sold_out: Vec<bool> = match sold_out {
        None => vec![false; units.len()],
        Some(array) => {
            let data = arrow_array::make_array(ArrayData::from_pyarrow_bound(array)?);
            let flags = data.as_boolean_opt().ok_or_else(|| CoreError::call("`sold_out` is a list of booleans"))?;
            flags.iter().map(|flag| flag == Some(true)).collect()
        }
    };
    if [exposure.len(), full.len(), sold_out.len()] != [units.len(); 3] {
        return Err(CoreError::call("units, exposures and flags are of the same days").into());
    }
    let prior = Prior { rate: prior_rate, days: prior_days, dispersion, calm, sold_out_is_whole: whole };
    let columns = py.detach(|| {
        let mut demand = Demand::new(&prior);
        let mut columns: [Vec<f64>; 6] = Default::default();
        for (at, units) in units.into_iter().enumerate() {
            let (exposure, full, sold_out) = (exposure[at], full[at], sold_out[at]);
            let number = first_day + at as i32;
            let day = Day { number, units, exposure, full, sold_out, sold: units > 0.0, silent: false };
            demand.close(&day.learned(&prior), &prior);
            let (estimate, levels) = (demand.estimate(&prior), demand.levels());
            let row = [estimate.rate, estimate.phi, estimate.kappa, levels[0], levels[1], levels[2]];
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        columns.map(|column| Arc::new(Float64Array::from(column)) as ArrayRef)
    });
    let names = ["rate", "phi", "kappa", "level_1", "level_2", "level_3"];
    let batch = RecordBatch::try_from_iter(names.into_iter().zip(columns)).expect("columns of one length");
    Ok(PyArrowType(batch))
}

/// For each (level, mean, variance) the chance that demand reaches the level: the distribution of the alerts.
#[pyfunction]
fn demand_reaches(levels: Vec<f64>, means: Vec<f64>, variances: Vec<f64>) -> PyResult<Vec<f64>> {
    if [means.len(), variances.len()] != [levels.len(); 2] {
        return Err(CoreError::call("levels, means and variances are of the same days").into());
    }
    let moments = means.into_iter().zip(variances);
    let chance = |(level, (mean, variance)): (f64, (f64, f64))| NegBin { mean, variance }.at_least(level);
    Ok(levels.into_iter().zip(moments).map(chance).collect())
}

/// The least whole number of units that demand passes with a chance of at most 1 less `service_level`.
#[pyfunction]
fn demand_quantile(service_level: f64, mean: f64, variance: f64) -> u64 {
    NegBin { mean, variance }.quantile(service_level)
}

/// The lines of watch, warning and critical for a horizon in days and the days that an order covers: those that are set, else shipped.
#[pyfunction]
fn alert_lines(
    watch: Option<f64>,
    warning: Option<f64>,
    critical: Option<f64>,
    horizon: usize,
    cover: f64,
) -> (f64, f64, f64) {
    lines([watch, warning, critical], horizon, cover).into()
}

/// The records of a message, as they came: `layout` is how many it holds (`auto`, `json`, `ndjson`, `array`).
#[pyfunction]
fn records<'py>(py: Python<'py>, data: &[u8], layout: &str) -> PyResult<Vec<Bound<'py, PyBytes>>> {
    let layout =
        Layout::from_name(layout).ok_or_else(|| CoreError::call(format!("unknown layout of messages `{layout}`")))?;
    Ok(message::records(data, layout).map(|range| PyBytes::new(py, &data[range])).collect())
}

/// (number of the layer or `None` for the whole log, names, what would be right).
type PolicyFault = (Option<usize>, Vec<String>, String);

/// What is wrong with a compiled policy.
#[pyfunction]
fn policy_faults(document: &[u8]) -> PyResult<Vec<PolicyFault>> {
    let policy: Policy = serde_json::from_slice(document).map_err(|error| CoreError::policy(error.to_string()))?;
    Ok(policy.faults().into_iter().map(|fault| (fault.layer, fault.keys, fault.message)).collect())
}

/// Whether a policy may name this time zone.
#[pyfunction]
fn is_time_zone(name: &str) -> bool {
    Calendar::is_zone(name)
}

/// Whether a segment of a state is what was written.
#[pyfunction]
fn intact(py: Python<'_>, segment: &[u8]) -> bool {
    py.detach(|| bytes::intact(segment))
}

/// `name` with the salt that makes its key run on the worker of `place`.
#[pyfunction]
fn placed(name: &str, place: u64) -> String {
    placement::placed(name, place)
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("POLICY_TABLE", table::as_json())?;
    module
        .add("STATE_FORMATS", [log::state::MAGIC, group::state::MAGIC].map(|magic| PyBytes::new(module.py(), magic)))?;
    module.add_class::<Partition>()?;
    module.add_class::<Group>()?;
    module.add_class::<Sorter>()?;
    module.add_class::<drain::Drain>()?;
    module.add_class::<guard::Guard>()?;
    module.add_class::<registry::Schemas>()?;
    module.add_class::<span::Span>()?;
    module.add_class::<InputsByHash>()?;
    checksum::register(module)?;
    mapping::register(module)?;
    rows::register(module)?;
    module.add_function(wrap_pyfunction!(alert_lines, module)?)?;
    module.add_function(wrap_pyfunction!(demand_days, module)?)?;
    module.add_function(wrap_pyfunction!(demand_quantile, module)?)?;
    module.add_function(wrap_pyfunction!(demand_reaches, module)?)?;
    module.add_function(wrap_pyfunction!(intact, module)?)?;
    module.add_function(wrap_pyfunction!(is_time_zone, module)?)?;
    module.add_function(wrap_pyfunction!(policy_faults, module)?)?;
    module.add_function(wrap_pyfunction!(placed, module)?)?;
    module.add_function(wrap_pyfunction!(records, module)?)?;
    module.add_function(wrap_pyfunction!(time_format_fault, module)?)?;
    Ok(())
}
