//! Messages are taken out of librdkafka through its own functions, at the addresses that Python found in the library of its client.
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
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::transmute_copy;
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::python::span::{Headers, Span, Witness};

type Client = *mut c_void;
type Queue = *mut c_void;

/// `rd_kafka_message_t` of rdkafka.h.
#[repr(C)]
struct Message {
    error: c_int,
    topic: *mut c_void,
    partition: i32,
    value: *const u8,
    length: usize,
    key: *const u8,
    key_length: usize,
    offset: i64,
    private: *mut c_void,
}

/// The functions of the library, as rdkafka.h declares them.
struct Calls {
    consume_batch_queue: unsafe extern "C" fn(Queue, c_int, *mut *mut Message, usize) -> isize,
    header_get_all: unsafe extern "C" fn(*const c_void, usize, *mut *const c_char, *mut *const u8, *mut usize) -> c_int,
    message_destroy: unsafe extern "C" fn(*mut Message),
    message_errstr: unsafe extern "C" fn(*const Message) -> *const c_char,
    message_headers: unsafe extern "C" fn(*const Message, *mut *const c_void) -> c_int,
    message_leader_epoch: unsafe extern "C" fn(*const Message) -> i32,
    message_timestamp: unsafe extern "C" fn(*const Message, *mut c_int) -> i64,
    queue_destroy: unsafe extern "C" fn(Queue),
    queue_forward: unsafe extern "C" fn(Queue, Queue),
    queue_get_partition: unsafe extern "C" fn(Client, *const c_char, i32) -> Queue,
    queue_new: unsafe extern "C" fn(Client) -> Queue,
}

impl Calls {
    /// # Safety
    /// Each address is that of the function of this name in one library.
    unsafe fn at(addresses: &BTreeMap<String, usize>) -> PyResult<Calls> {
        unsafe fn call<F: Copy>(addresses: &BTreeMap<String, usize>, name: &str) -> PyResult<F> {
            let address = addresses.get(name).copied().filter(|address| *address != 0);
            let address = address.ok_or_else(|| PyValueError::new_err(format!("there is no `{name}`")))?;
            // SAFETY: F is a pointer to a function, which is as large as an address, and the caller promises that it is this one.
            Ok(unsafe { transmute_copy::<usize, F>(&address) })
        }
        // SAFETY: as for `call`, whose caller's promise is ours.
        unsafe {
            Ok(Calls {
                consume_batch_queue: call(addresses, "rd_kafka_consume_batch_queue")?,
                header_get_all: call(addresses, "rd_kafka_header_get_all")?,
                message_destroy: call(addresses, "rd_kafka_message_destroy")?,
                message_errstr: call(addresses, "rd_kafka_message_errstr")?,
                message_headers: call(addresses, "rd_kafka_message_headers")?,
                message_leader_epoch: call(addresses, "rd_kafka_message_leader_epoch")?,
                message_timestamp: call(addresses, "rd_kafka_message_timestamp")?,
                queue_destroy: call(addresses, "rd_kafka_queue_destroy")?,
                queue_forward: call(addresses, "rd_kafka_queue_forward")?,
                queue_get_partition: call(addresses, "rd_kafka_queue_get_partition")?,
                queue_new: call(addresses, "rd_kafka_queue_new")?,
            })
        }
    }

    /// # Safety
    /// The message lives, and is not an error.
    unsafe fn numbers(&self, message: &Message) -> Witness {
        let mut kind = 0;
        // SAFETY: the message lives.
        let (time, epoch) =
            unsafe { ((self.message_timestamp)(message, &mut kind), (self.message_leader_epoch)(message)) };
        Witness { offset: message.offset, arrival: if kind == 0 { -1 } else { time }, epoch }
    }

    /// # Safety
    /// The message lives, and is not an error.
    unsafe fn headers(&self, message: &Message) -> Headers {
        let mut list: *const c_void = std::ptr::null();
        let mut headers = Headers::new();
        // SAFETY: the list belongs to the message, and name and value of a header to the list.
        unsafe {
            if (self.message_headers)(message, &mut list) != 0 {
                return headers;
            }
            let (mut name, mut value, mut length) = (std::ptr::null(), std::ptr::null(), 0);
            while (self.header_get_all)(list, headers.len(), &mut name, &mut value, &mut length) == 0 {
                let value = (!value.is_null()).then(|| std::slice::from_raw_parts(value, length).to_vec());
                headers.push((CStr::from_ptr(name).to_string_lossy().into_owned(), value));
            }
        }
        headers
    }

    /// # Safety
    /// The message lives.
    unsafe fn value<'a>(&self, message: &'a Message) -> &'a [u8] {
        if message.value.is_null() {
            return &[];
        }
        // SAFETY: a value that is there has as many bytes as the message says.
        unsafe { std::slice::from_raw_parts(message.value, message.length) }
    }
}

/// Partition, offset, code and text of an event that is not a message.
type Event = (i32, i64, i32, String);
/// What was received: messages by partition, and events.
type Batch = (BTreeMap<i32, Span>, Vec<Event>);

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
    unsafe fn take(&self, message: &Message, (spans, events): &mut Batch) {
        // SAFETY: the message lives; the text of an error belongs to it or is static.
        unsafe {
            if message.error != 0 {
                let text = (self.calls.message_errstr)(message);
                let text =
                    if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() };
                events.push((message.partition, message.offset, message.error, text));
                return;
            }
            let span = spans.entry(message.partition).or_default();
            span.push(self.calls.value(message), self.calls.numbers(message), self.calls.headers(message));
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
        let (spans, events) = py.detach(|| {
            let batch = self.receive_batch(most, timeout_ms);
            if timeout_ms > 0 && batch.0.is_empty() && batch.1.is_empty() {
                self.forward(); // a partition that was ended and begun anew loses its way some time after its new beginning
            }
            batch
        });
        (spans.into_iter().collect(), events)
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
