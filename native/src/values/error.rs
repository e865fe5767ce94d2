//! Why the core refuses something: a kind, which says what a person can do about it, and one sentence.

use std::fmt;
use std::io;

/// What is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The state is whole, and another version of this program wrote it.
    Version,
    /// The state is damaged: its bytes are not those that were written, or contradict one another.
    Damage,
    /// The compiled policy or the catalogue is wrong.
    Policy,
    /// The compiled map is wrong, or a table lacks a column that it names.
    Map,
    /// The log asks for inputs that are not there.
    Inputs,
    /// The block of movements is damaged, or another version of this program wrote it.
    Block,
    /// The disk refused to write.
    Disk,
    /// The caller broke a rule of this crate.
    Call,
}

/// A refusal of the core. The room `python` makes it an exception of `lowtide.errors`, by its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreError {
    pub kind: Kind,
    pub message: String,
}

impl CoreError {
    pub fn new(kind: Kind, message: impl Into<String>) -> CoreError {
        CoreError { kind, message: message.into() }
    }

    pub fn damage(message: impl Into<String>) -> CoreError {
        CoreError::new(Kind::Damage, message)
    }

    pub fn policy(message: impl Into<String>) -> CoreError {
        CoreError::new(Kind::Policy, message)
    }

    pub fn map(message: impl Into<String>) -> CoreError {
        CoreError::new(Kind::Map, message)
    }

    pub fn block(message: impl Into<String>) -> CoreError {
        CoreError::new(Kind::Block, message)
    }

    pub fn call(message: impl Into<String>) -> CoreError {
        CoreError::new(Kind::Call, message)
    }
}

impl fmt::Display for CoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CoreError {}

impl From<io::Error> for CoreError {
    fn from(error: io::Error) -> CoreError {
        CoreError::new(Kind::Disk, error.to_string())
    }
}
