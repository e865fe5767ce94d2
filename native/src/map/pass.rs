//! Values of JSON that a map does not name: their grammar is checked, and nothing of them is kept.

use crate::intake::scan::{Broken, Scan};

/// How deep a record may be nested.
pub const DEEPEST: u32 = 64;

/// Passes over any value and checks its grammar. `depth` is how deep the value lies.
#[inline]
pub fn pass_over(scan: &mut Scan<'_>, depth: &mut u32) -> Result<(), Broken> {
    match scan.peek().ok_or(Broken)? {
        b'"' => scan.pass_string(),
        b'{' | b'[' => pass_group(scan, depth),
        _ => pass_word(scan),
    }
}

/// Passes over a number, `true`, `false` or `null`.
#[inline]
fn pass_word(scan: &mut Scan<'_>) -> Result<(), Broken> {
    match scan.peek() {
        Some(b'-' | b'0'..=b'9') => scan.number().map(drop),
        Some(b't') => scan.word("true"),
        Some(b'f') => scan.word("false"),
        Some(b'n') => scan.word("null"),
        _ => Err(Broken),
    }
}

/// Passes over an object or a list; one bit a level says which.
fn pass_group(scan: &mut Scan<'_>, depth: &mut u32) -> Result<(), Broken> {
    let outer = *depth;
    let mut objects = 0u128;
    loop {
        scan.space();
        match scan.peek().ok_or(Broken)? {
            b'"' => scan.pass_string()?,
            open @ (b'{' | b'[') => {
                scan.at += 1;
                scan.space();
                *depth += 1;
                if *depth > DEEPEST {
                    return Err(Broken);
                }
                if scan.peek() == Some(open + 2) {
                    scan.at += 1;
                    *depth -= 1;
                } else {
                    objects = objects << 1 | u128::from(open == b'{');
                    if open == b'{' {
                        pass_key(scan)?;
                    }
                    continue;
                }
            }
            _ => pass_word(scan)?,
        }
        loop {
            if *depth == outer {
                return Ok(());
            }
            scan.space();
            match (scan.peek().ok_or(Broken)?, objects & 1 == 1) {
                (b',', object) => {
                    scan.at += 1;
                    if object {
                        scan.space();
                        pass_key(scan)?;
                    }
                    break;
                }
                (b'}', true) | (b']', false) => {}
                _ => return Err(Broken),
            }
            scan.at += 1;
            *depth -= 1;
            objects >>= 1;
        }
    }
}

fn pass_key(scan: &mut Scan<'_>) -> Result<(), Broken> {
    scan.pass_string()?;
    scan.expect(b':')
}

/// The object or list that was passed over last at one place of every record. Where the same bytes stand there again, as the schema
/// of a source does in each of its records, they are compared instead of checked.
#[derive(Default)]
pub struct Repeated {
    text: Vec<u8>,
}

/// Longer texts are not kept.
const LONGEST: usize = 1 << 16;

impl Repeated {
    /// See [`pass_over`]; the depth of the place is always the same.
    pub fn pass_over(&mut self, scan: &mut Scan<'_>, depth: &mut u32) -> Result<(), Broken> {
        let rest = &scan.bytes[scan.at..];
        if !self.text.is_empty() && rest.starts_with(&self.text) {
            scan.at += self.text.len();
            return Ok(());
        }
        pass_over(scan, depth)?;
        let text = &rest[..rest.len() - (scan.bytes.len() - scan.at)];
        if matches!(text, [b'{' | b'[', ..]) && text.len() <= LONGEST {
            self.text.clear();
            self.text.extend_from_slice(text);
        }
        Ok(())
    }
}

/// The elements of a list of JSON that was scanned before, as texts.
pub fn elements(list: &str) -> Elements<'_> {
    let mut scan = Scan::new(list);
    scan.at += 1;
    Elements { scan }
}

/// See [`elements`].
pub struct Elements<'a> {
    scan: Scan<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.scan.space();
        if self.scan.peek() == Some(b',') {
            self.scan.at += 1;
            self.scan.space();
        }
        if matches!(self.scan.peek(), None | Some(b']')) {
            return None;
        }
        let start = self.scan.at;
        pass_over(&mut self.scan, &mut 0).ok()?;
        Some(&self.scan.text[start..self.scan.at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(repeated: &mut Repeated, text: &str) -> Option<usize> {
        let mut scan = Scan::new(text);
        repeated.pass_over(&mut scan, &mut 1).ok().map(|()| scan.at)
    }

    #[test]
    fn a_value_that_repeats_ends_where_it_ends_and_another_one_is_checked() {
        let mut repeated = Repeated::default();
        for (text, end) in [
            (r#"{"a":[1,"}"]},"b":1"#, Some(13)),
            (r#"{"a":[1,"}"]}x"#, Some(13)),
            (r#"{"a":[1,"}"],"c":2} "#, Some(19)),
            (r#"{"a":[1,"}"]"#, None),
            ("12345,", Some(5)),
            ("123,", Some(3)),
            ("1234,", Some(4)),
            (r#"{"a":[1,"}"],"c":2}"#, Some(19)),
            ("[1,]", None),
            ("null", Some(4)),
        ] {
            assert_eq!(passed(&mut repeated, text), end, "{text}");
        }
    }

    #[test]
    fn elements_are_texts() {
        assert_eq!(elements(r#"[ {"a":[1]}, "x" ,3]"#).collect::<Vec<_>>(), [r#"{"a":[1]}"#, r#""x""#, "3"]);
        assert_eq!(elements("[ ]").next(), None);
    }
}
