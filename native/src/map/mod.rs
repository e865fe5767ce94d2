//! What a map makes of a row of somebody else's data: movements, a declared skip, or a reject.
//!
//! ```text
//! cells of CSV ──┐
//! paths of JSON ─┼─▶ cells ─▶ skip ─▶ rules ─▶ steps ─▶ movements, all or none
//! Arrow columns ─┘
//! ```
//! A map names columns and paths. Each of them has a number, and a row is a list of cells, one for each number. Three readers write
//! cells; everything after them works on cells alone, so the same row gives the same movements in every form.

mod batch;
mod cell;
mod check;
mod compile;
mod condition;
mod document;
mod evaluate;
mod expect;
mod identity;
mod journal_row;
mod json_row;
mod lookup;
mod mapped_rows;
mod mapping;
mod movement_text;
mod number_steps;
mod pass;
mod paths;
mod reader;
mod row;
mod rule;
mod scan;
mod template;
mod text_steps;
mod time_steps;
mod trie;
mod value;
mod zone;

pub use batch::Batch;
pub use mapped_rows::{DocumentReader, MappedRows, RejectedRow, field_name};
pub use mapping::Mapping;
pub use reader::RowReader;
pub use row::{Mapped, Rejection, Row, Take};
