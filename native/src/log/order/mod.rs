//! The records of finite sources in order of event time: stable, in bounded memory.
//!
//! ```text
//! blocks of files ─▶ [file]: when is each record? ─▶ [buffer] ─▶ sorted runs on disk ─▶ [merge] ─▶ sorted [block]s ─▶ partition
//!                                                       └ all files are in order: nothing is kept, and the files are merged
//! ```
//! A record moves as bytes with a head (form, file, line). It is decoded once to know its time and once more by the partition, which
//! decides what it is. The order is (event time, place of the file, line): it does not depend on memory or on the size of blocks.

pub mod block;
pub mod buffer;
pub mod entry;
pub mod file;
pub mod merge;
pub mod sorter;
