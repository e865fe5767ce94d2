//! The functions of librdkafka, at the addresses that Python found in the library of its client. Nothing is linked.

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::transmute_copy;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::python::span::{Headers, Witness};

pub(super) type Client = *mut c_void;
pub(super) type Queue = *mut c_void;

/// `rd_kafka_message_t` of rdkafka.h.
#[repr(C)]
pub(super) struct Message {
    pub(super) error: c_int,
    pub(super) topic: *mut c_void,
    pub(super) partition: i32,
    pub(super) value: *const u8,
    pub(super) length: usize,
    pub(super) key: *const u8,
    pub(super) key_length: usize,
    pub(super) offset: i64,
    pub(super) private: *mut c_void,
}

/// The functions of the library, as rdkafka.h declares them.
pub(super) struct Calls {
    pub(super) consume_batch_queue: unsafe extern "C" fn(Queue, c_int, *mut *mut Message, usize) -> isize,
    pub(super) header_get_all:
        unsafe extern "C" fn(*const c_void, usize, *mut *const c_char, *mut *const u8, *mut usize) -> c_int,
    pub(super) message_destroy: unsafe extern "C" fn(*mut Message),
    pub(super) message_errstr: unsafe extern "C" fn(*const Message) -> *const c_char,
    pub(super) message_headers: unsafe extern "C" fn(*const Message, *mut *const c_void) -> c_int,
    pub(super) message_leader_epoch: unsafe extern "C" fn(*const Message) -> i32,
    pub(super) message_timestamp: unsafe extern "C" fn(*const Message, *mut c_int) -> i64,
    pub(super) queue_destroy: unsafe extern "C" fn(Queue),
    pub(super) queue_forward: unsafe extern "C" fn(Queue, Queue),
    pub(super) queue_get_partition: unsafe extern "C" fn(Client, *const c_char, i32) -> Queue,
    pub(super) queue_new: unsafe extern "C" fn(Client) -> Queue,
}

impl Calls {
    /// # Safety
    /// Each address is that of the function of this name in one library.
    pub(super) unsafe fn at(addresses: &BTreeMap<String, usize>) -> PyResult<Calls> {
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
    pub(super) unsafe fn numbers(&self, message: &Message) -> Witness {
        let mut kind = 0;
        // SAFETY: the message lives.
        let (time, epoch) =
            unsafe { ((self.message_timestamp)(message, &mut kind), (self.message_leader_epoch)(message)) };
        Witness { offset: message.offset, arrival: if kind == 0 { -1 } else { time }, epoch }
    }

    /// # Safety
    /// The message lives, and is not an error.
    pub(super) unsafe fn headers(&self, message: &Message) -> Headers {
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
    pub(super) unsafe fn value<'a>(&self, message: &'a Message) -> &'a [u8] {
        if message.value.is_null() {
            return &[];
        }
        // SAFETY: a value that is there has as many bytes as the message says.
        unsafe { std::slice::from_raw_parts(message.value, message.length) }
    }
}
