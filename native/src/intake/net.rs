//! The last net below the readers of what comes from outside: a mistake of ours costs one record, and not the run.
//!
//! Every reader is to refuse whatever it cannot use. Where one panics instead, the record that it was reading becomes a reject, and the
//! next one is read. Nothing that a reader borrows for the time of a record is used again after a panic.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::intake::reject::{Code, Fault};

const BEFORE: &str = "reading it led to a mistake in Lowtide (";
const BEHIND: &str = "): please report it with the record";

/// What `read` gives; a fault that names the mistake if it panics.
#[inline]
pub fn caught<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| Err(mistake(&*panic)))
}

#[cold]
fn mistake(panic: &(dyn Any + Send)) -> Fault {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let what: String = text.unwrap_or("it does not say what").chars().take(200).collect();
    Fault::new(Code::Mistake, None, format!("{BEFORE}{what}{BEHIND}"))
}

/// What the panic said that led to this fault.
pub fn panic_of(fault: &Fault) -> &str {
    fault.message.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix(BEHIND)).unwrap_or(&fault.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_that_says_what_it_was() {
        assert_eq!(caught(|| Ok(7)), Ok(7));
        let none: Vec<u8> = Vec::new();
        let fault = caught(|| Ok(none[3])).unwrap_err();
        assert_eq!((fault.code, fault.field), (Code::Mistake, None));
        assert_eq!(panic_of(&fault), "index out of bounds: the len is 0 but the index is 3");
        assert!(caught::<()>(|| std::panic::panic_any(7)).unwrap_err().message.contains("does not say"));
    }
}
