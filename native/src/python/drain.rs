//! Messages are taken out of librdkafka through its own functions, past its client in Python.
//!
//! ```text
//! queue of partition 0 ─┐
//! queue of partition 1 ─┼▶ queue of the drain ─▶ spans of messages, and events such as the end of a partition
//! queue of partition 2 ─┘
//! queue of the consumer ──▶ the client in Python: its callbacks, its log, errors of the connection
//! ```
//! The client in Python calls functions of Python while it serves the queue of the consumer, and expects to be called by Python when it does.
//! So the drain never serves that queue: the queues of the partitions hold messages and their errors, and nothing else.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::python::librdkafka::{Calls, Client, Message, Queue};
use crate::python::span::Span;

/// Partition, offset, code and text of an event that is not a message.
type Event = (i32, i64, i32, String);
/// A span ends when it has so many bytes: whoever takes a part of one copies the rest.
const LONG: usize = 1 << 20;

/// What was received.
#[derive(Default)]
struct Batch {
    /// With their partitions; those of a partition in the order of its messages.
    spans: Vec<(i32, Span)>,
    /// By partition the place of its last span.
    last: BTreeMap<i32, usize>,
    events: Vec<Event>,
}

impl Batch {
    /// The span to which a message of a partition is added.
    fn span(&mut self, partition: i32) -> &mut Span {
        let open = self.last.get(&partition).filter(|at| self.spans[**at].1.bytes() < LONG);
        let at = open.copied().unwrap_or(self.spans.len());
        if at == self.spans.len() {
            self.spans.push((partition, Span::default()));
            self.last.insert(partition, at);
        }
        &mut self.spans[at].1
    }
}

/// Takes the messages of one topic out of a consumer. Any thread may call it.
#[pyclass(module = "lowtide._native", frozen)]
pub(super) struct Drain {
    calls: Calls,
    client: Client,
    topic: CString,
    queue: Queue,
    partitions: Mutex<Vec<Queue>>,
    /// Keeps the client alive for as long as there are queues of it.
    _consumer: Py<PyAny>,
}

// SAFETY: all functions of the library that are called may be called by any thread.
unsafe impl Send for Drain {}
// SAFETY: as above.
unsafe impl Sync for Drain {}

impl Drain {
    fn receive_batch(&self, most: usize, timeout_ms: i32) -> Batch {
        let mut found: Vec<*mut Message> = vec![null_mut(); most.max(1)];
        let mut count = 0;
        let mut batch = Batch::default();
        // SAFETY: the queue lives as long as self; the library writes at most as many pointers as it is told, and says how many. Each
        // message is ours until it is destroyed, once.
        unsafe {
            // Whoever waits takes one message, and then what the library holds: not what comes in all the time of waiting.
            if timeout_ms > 0 {
                count +=
                    (self.calls.consume_batch_queue)(self.queue, timeout_ms, found.as_mut_ptr(), 1).max(0) as usize;
            }
            let rest = found.len() - count;
            count +=
                (self.calls.consume_batch_queue)(self.queue, 0, found.as_mut_ptr().add(count), rest).max(0) as usize;
            for message in &found[..count] {
                self.take(&**message, &mut batch);
                (self.calls.message_destroy)(*message);
            }
        }
        batch
    }

    /// # Safety
    /// The message lives.
    unsafe fn take(&self, message: &Message, batch: &mut Batch) {
        // SAFETY: the message lives; the text of an error belongs to it or is static.
        unsafe {
            if message.error != 0 {
                let text = (self.calls.message_errstr)(message);
                let text =
                    if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() };
                batch.events.push((message.partition, message.offset, message.error, text));
                return;
            }
            batch.span(message.partition).push(
                self.calls.value(message),
                self.calls.numbers(message),
                self.calls.headers(message),
            );
        }
    }

    /// The queues of the partitions go into ours; to do it again changes nothing.
    fn forward(&self) {
        for queue in &*self.partitions.lock().unwrap_or_else(PoisonError::into_inner) {
            // SAFETY: both queues live as long as self.
            unsafe { (self.calls.queue_forward)(*queue, self.queue) };
        }
    }
}

#[pymethods]
impl Drain {
    /// `consumer` is the client in Python, `client` the address of its handle in the library, `addresses` are those of the functions.
    #[new]
    fn new(consumer: Py<PyAny>, client: usize, addresses: BTreeMap<String, usize>, topic: &str) -> PyResult<Drain> {
        let topic = CString::new(topic).map_err(|_| PyValueError::new_err("a name without byte 0"))?;
        // SAFETY: Python found them by these names in the library that the client uses.
        let calls = unsafe { Calls::at(&addresses)? };
        let client = client as Client;
        // SAFETY: the handle is that of the consumer, which we keep alive.
        let queue = unsafe { (calls.queue_new)(client) };
        Ok(Drain { calls, client, topic, queue, partitions: Mutex::default(), _consumer: consumer })
    }

    /// The messages of a partition will come here. It must not have been assigned yet.
    fn begin(&self, py: Python<'_>, partition: i32) -> PyResult<()> {
        // SAFETY: the client lives, and the library copies the name.
        let queue = unsafe { (self.calls.queue_get_partition)(self.client, self.topic.as_ptr(), partition) };
        if queue.is_null() {
            return Err(PyValueError::new_err(format!("partition {partition} has no queue")));
        }
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner).push(queue);
        py.detach(|| self.forward());
        Ok(())
    }

    /// Up to `most` messages and events: waits for the first, and takes what is there then.
    fn receive(&self, py: Python<'_>, most: usize, timeout_ms: i32) -> (Vec<(i32, Span)>, Vec<Event>) {
        let batch = py.detach(|| {
            let batch = self.receive_batch(most, timeout_ms);
            if timeout_ms > 0 && batch.spans.is_empty() && batch.events.is_empty() {
                // Some time after a partition is unassigned the library ends its forwarding, even if it was assigned again since.
                self.forward();
            }
            batch
        });
        (batch.spans, batch.events)
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        let partitions = self.partitions.get_mut().unwrap_or_else(PoisonError::into_inner);
        for queue in partitions.iter().chain([&self.queue]) {
            // SAFETY: they are ours, and nobody can use them any more.
            unsafe { (self.calls.queue_destroy)(*queue) };
        }
    }
}
