//! Text with holes: `{单据编号}#{分录}`.

use std::borrow::Cow;

use crate::map::cell::Cell;

#[derive(Debug)]
pub enum Part {
    Text(String),
    Hole(usize),
}

/// Texts and columns, one after another.
#[derive(Debug, Default)]
pub struct Template {
    parts: Vec<Part>,
}

/// Why a template gives no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// A column that is not there, or is empty beside other parts.
    Absent(usize),
    /// A column that holds an object or a list.
    Group(usize),
}

impl Template {
    pub fn new(parts: Vec<Part>) -> Template {
        Template { parts }
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The column, where the template is nothing else.
    pub fn single(&self) -> Option<usize> {
        match self.parts[..] {
            [Part::Hole(at)] => Some(at),
            _ => None,
        }
    }

    pub fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(at) => Some(*at),
            Part::Text(_) => None,
        })
    }

    /// The text, where it is that of one text or of one column, and not empty; like [`Template::text`].
    #[inline]
    pub fn plain<'r>(&'r self, cells: &'r [Cell<'_>], trims: bool) -> Option<&'r str> {
        let text: &str = match &self.parts[..] {
            [Part::Text(text)] => text,
            [Part::Hole(at)] => match &cells[*at] {
                Cell::Text(text) | Cell::Number(text) if trims => trim(text),
                Cell::Text(text) | Cell::Number(text) => text,
                _ => return None,
            },
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// The text; with `trims` without spaces around each column. Where several parts are joined, an empty column counts as absent:
    /// else two rows that lack a part would get the same id.
    #[inline]
    pub fn text<'r>(&'r self, cells: &'r [Cell<'_>], trims: bool) -> Result<Cow<'r, str>, Gap> {
        match &self.parts[..] {
            [Part::Text(text)] => Ok(Cow::Borrowed(text)),
            [Part::Hole(at)] => cell_text(cells, *at, trims),
            parts => {
                let mut joined = String::with_capacity(64);
                for part in parts {
                    match part {
                        Part::Text(text) => joined.push_str(text),
                        Part::Hole(at) => {
                            let text = cell_text(cells, *at, trims)?;
                            if trim(&text).is_empty() {
                                return Err(Gap::Absent(*at));
                            }
                            joined.push_str(&text);
                        }
                    }
                }
                Ok(Cow::Owned(joined))
            }
        }
    }
}

#[inline]
fn cell_text<'r>(cells: &'r [Cell<'_>], at: usize, trims: bool) -> Result<Cow<'r, str>, Gap> {
    let text = match &cells[at] {
        Cell::Text(text) | Cell::Number(text) => {
            return Ok(Cow::Borrowed(if trims { trim(text) } else { text }));
        }
        Cell::Group(_) => return Err(Gap::Group(at)),
        cell => cell.text().ok_or(Gap::Absent(at))?,
    };
    Ok(if trims { trimmed(text) } else { text })
}

/// A text without spaces around it.
#[inline]
pub fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// The same as [`str::trim`]; texts that begin and end with a visible letter of ASCII or a Han character are known at once.
#[inline]
pub fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    let visible = |byte: u8| byte > b' ' && byte < 0x7f;
    let han = |byte: u8| (0xe4..=0xe9).contains(&byte);
    let starts = bytes.first().is_some_and(|first| visible(*first) || han(*first));
    let ends = bytes.last().is_some_and(|last| visible(*last)) || bytes.len() >= 3 && han(bytes[bytes.len() - 3]);
    if starts && ends { text } else { text.trim() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_not_there_makes_the_whole_absent() {
        let template = Template::new(vec![Part::Hole(0), Part::Text("#".into()), Part::Hole(1)]);
        let text =
            |a: &str, b: Cell<'static>| template.text(&[Cell::Text(a.to_owned().into()), b], true).map(Cow::into_owned);
        assert_eq!(text(" X1 ", Cell::Number("2".into())), Ok("X1#2".into()));
        assert_eq!(text("X1", Cell::Text(" ".into())), Err(Gap::Absent(1)));
        assert_eq!(text("X1", Cell::Null), Err(Gap::Absent(1)));
        assert_eq!(text("X1", Cell::Group("{}")), Err(Gap::Group(1)));
        assert_eq!(Template::new(vec![Part::Hole(0)]).text(&[Cell::Text("".into())], true), Ok("".into()));
    }

    #[test]
    fn spaces_of_every_kind_are_trimmed() {
        for text in
            ["a", " a", "a ", "中", "中\u{3000}", "\u{a0}中", "é", "é ", "", " ", "\u{2003}a\u{2003}", "a\u{7f}", "中a"]
        {
            assert_eq!(trim(text), text.trim(), "{text:?}");
        }
    }
}
