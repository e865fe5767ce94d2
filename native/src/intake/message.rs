//! A message of a log holds one movement or many; its first bytes decide, unless the format was given.

use std::ops::Range;

use crate::intake::envelope::Envelope;
use crate::values::instant::Millis;

/// Where a message ends, and its number and arrival in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    pub length: usize,
    pub number: u64,
    pub arrival: Option<Millis>,
}

/// What stands between the records of a message, so that the bytes of many are a message again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// They are elements of an array, or rows of columns, which are written as one.
    Commas,
    Lines,
}

/// How many movements a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Decided by the bytes: an array begins with a bracket; if the message has lines, the first line ends where an object ends.
    Auto,
    One,
    Lines,
    Array,
    /// As `Auto`; each record is wrapped in this envelope, and any other is a reject.
    Wrapped(Envelope),
}

impl Layout {
    pub fn from_name(name: &str) -> Option<Layout> {
        Some(match name {
            "auto" => Layout::Auto,
            "json" => Layout::One,
            "ndjson" => Layout::Lines,
            "array" => Layout::Array,
            "cloudevents" => Layout::Wrapped(Envelope::CloudEvents),
            "connect" => Layout::Wrapped(Envelope::Connect),
            "debezium" => Layout::Wrapped(Envelope::Debezium),
            _ => return None,
        })
    }

    /// In what each record is wrapped; `None`: its own keys say it.
    pub fn envelope(self) -> Option<Envelope> {
        match self {
            Layout::Wrapped(envelope) => Some(envelope),
            _ => None,
        }
    }
}

/// The records of a message, as ranges of its bytes. Text that starts like an array but is not one becomes a single record,
/// which is then rejected.
pub fn records(message: &[u8], layout: Layout) -> Records<'_> {
    let (start, end) = trimmed(message, 0, message.len());
    let layout = match layout {
        Layout::Auto | Layout::Wrapped(_) => looks(&message[start..end]),
        layout => layout,
    };
    if layout == Layout::Array && start < end {
        return array(message, start, end).unwrap_or(Records { message, at: start, end, layout: Layout::One });
    }
    Records { message, at: start, end, layout }
}

/// The elements of an array; `None` if its brackets or commas do not match.
fn array(message: &[u8], start: usize, end: usize) -> Option<Records<'_>> {
    let whole = &message[start..end];
    let closed = whole.len() >= 2 && whole[0] == b'[' && whole.ends_with(b"]") && brackets(whole) == Some(0);
    let (at, end) = trimmed(message, start + 1, (end - 1).max(start + 1));
    let elements = Records { message, at, end, layout: Layout::Array };
    let fits = closed && !message[at..end].ends_with(b",") && elements.clone().all(|element| !element.is_empty());
    fits.then_some(elements)
}

fn looks(message: &[u8]) -> Layout {
    match message.first() {
        Some(b'[') => Layout::Array,
        Some(b'{') => match memchr::memchr(b'\n', message) {
            Some(at) if message[..at].trim_ascii_end().ends_with(b"}") && brackets(&message[..at]) == Some(0) => {
                Layout::Lines
            }
            _ => Layout::One,
        },
        _ => Layout::One,
    }
}

fn trimmed(message: &[u8], start: usize, end: usize) -> (usize, usize) {
    let part = &message[start..end];
    let start = start + part.len() - part.trim_ascii_start().len();
    (start, start + message[start..end].trim_ascii().len())
}

/// The number of open brackets at the end; `None` if a bracket closes that was not open, or a text does not end.
fn brackets(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0usize, 0);
    while at < text.len() {
        match text[at] {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b'"' => at += text_length(&text[at..])?,
            _ => {}
        }
        at += 1;
    }
    Some(depth)
}

/// The bytes from an opening quote to the closing one.
fn text_length(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// See [`records`].
#[derive(Clone, Debug)]
pub struct Records<'a> {
    message: &'a [u8],
    at: usize,
    end: usize,
    layout: Layout,
}

impl Records<'_> {
    /// What stands between them.
    pub(crate) fn between(&self) -> Between {
        if self.layout == Layout::Array { Between::Commas } else { Between::Lines }
    }
}

impl Iterator for Records<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            if self.at >= self.end {
                return None;
            }
            let rest = &self.message[self.at..self.end];
            let length = match self.layout {
                Layout::Lines => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                Layout::Array => element(rest),
                Layout::One | Layout::Auto | Layout::Wrapped(_) => rest.len(),
            };
            let (start, end) = trimmed(self.message, self.at, self.at + length);
            self.at += length + 1;
            if start < end || self.layout == Layout::Array {
                return Some(start..end);
            }
        }
    }
}

/// The bytes up to the next comma outside brackets and texts.
fn element(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        match rest[at] {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at += text_length(&rest[at..]).unwrap_or(rest.len()),
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(message: &str, layout: Layout) -> Vec<&str> {
        records(message.as_bytes(), layout).map(|range| &message[range]).collect()
    }

    #[test]
    fn a_message_is_what_it_looks_like() {
        assert_eq!(told(r#" {"a":1} "#, Layout::Auto), [r#"{"a":1}"#]);
        assert_eq!(told("{\"a\":1}\n\n {\"b\":2}\r\n", Layout::Auto), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(told("{\n \"a\": {\n}\n}", Layout::Auto), ["{\n \"a\": {\n}\n}"]);
        assert_eq!(
            told(r#"[{"a":"],[\""}, {"b":[1,2]} ,3]"#, Layout::Auto),
            [r#"{"a":"],[\""}"#, r#"{"b":[1,2]}"#, "3"]
        );
        assert_eq!(told("nonsense\nmore", Layout::Auto), ["nonsense\nmore"]);
        assert_eq!(told("nonsense\nmore", Layout::Lines), ["nonsense", "more"]);
        assert!(
            told(" \n ", Layout::Auto).is_empty()
                && told("", Layout::Array).is_empty()
                && told("[ ]", Layout::Auto).is_empty()
        );
    }

    #[test]
    fn a_broken_array_is_one_record() {
        for broken in ["[{\"a\":1}", "[}", "[", "[{\"a\":\"]", "[1]]", "[1] 2", "[1,,2]", "[1,]", "[,]"] {
            assert_eq!(told(broken, Layout::Auto), [broken]);
        }
    }

    #[test]
    fn no_bytes_make_it_panic_and_ranges_rise() {
        let alphabet = b"[]{},\"\\ a\n";
        let mut state = 7u64;
        for _ in 0..200_000 {
            let mut message = Vec::new();
            for _ in 0..(state >> 60) {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                message.push(alphabet[(state >> 33) as usize % alphabet.len()]);
            }
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            for layout in [Layout::Auto, Layout::One, Layout::Lines, Layout::Array] {
                let mut last = 0;
                for range in records(&message, layout) {
                    assert!(range.start >= last && range.end >= range.start && range.end <= message.len());
                    last = range.end;
                }
            }
        }
    }
}
