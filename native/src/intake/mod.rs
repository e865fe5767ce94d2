//! Bytes become records, or a reject with its reason.

pub mod batch;
pub mod cells;
pub mod column;
pub mod columns;
pub mod csv;
pub mod envelope;
pub mod field;
pub mod json;
pub mod kept;
pub mod layout;
pub mod message;
pub mod net;
pub mod record;
pub mod registry;
pub mod reject;
pub(crate) mod scan;
pub mod times;
