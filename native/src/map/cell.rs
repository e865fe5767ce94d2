//! A cell: what one column or path of a row holds, as it came.

use std::borrow::Cow;

use crate::values::instant::{self, Millis};

/// The value of a column or a path.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell<'a> {
    /// There is no such key.
    #[default]
    Absent,
    Null,
    Text(Cow<'a, str>),
    /// A number of JSON or of a typed column, with its digits.
    Number(Cow<'a, str>),
    Flag(bool),
    Time(Millis),
    /// Wall-clock milliseconds, without a zone.
    Wall(Millis),
    /// Days since 1970.
    Date(i32),
    /// An object or a list; from JSON with its text.
    Group(&'a str),
}

impl<'a> Cell<'a> {
    pub fn is_absent(&self) -> bool {
        matches!(self, Cell::Absent | Cell::Null)
    }

    /// The cell as text: numbers with their digits, times as RFC 3339. `None` for what has none.
    #[inline]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Cell::Text(text) | Cell::Number(text) => Cow::Borrowed(text),
            Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Cell::Time(at) => Cow::Owned(instant::format(*at)),
            Cell::Wall(at) => Cow::Owned(instant::format(*at).trim_end_matches('Z').to_owned()),
            Cell::Date(day) => Cow::Owned(instant::format_day(*day)),
            Cell::Absent | Cell::Null | Cell::Group(_) => return None,
        })
    }

    /// Whether nothing is written in it.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Text(text) => text.trim().is_empty(),
            cell => cell.is_absent(),
        }
    }

    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Absent => Cell::Absent,
            Cell::Null => Cell::Null,
            Cell::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Cell::Number(text) => Cell::Number(Cow::Owned(text.into_owned())),
            Cell::Flag(flag) => Cell::Flag(flag),
            Cell::Time(at) => Cell::Time(at),
            Cell::Wall(at) => Cell::Wall(at),
            Cell::Date(day) => Cell::Date(day),
            Cell::Group(_) => Cell::Group(""),
        }
    }

    /// The same cell for as long as its own text lives.
    pub fn borrowed(&self) -> Cell<'_> {
        match self {
            Cell::Text(text) => Cell::Text(Cow::Borrowed(text)),
            Cell::Number(text) => Cell::Number(Cow::Borrowed(text)),
            Cell::Group(text) => Cell::Group(text),
            cell => cell.clone().into_owned(),
        }
    }
}

/// The beginning of a text in quotes, for a message.
pub fn quoted(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(40).collect();
    format!("{start:?}{}", if letters.next().is_some() { "…" } else { "" })
}
