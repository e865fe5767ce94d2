//! A strict scanner of JSON (RFC 8259): it reads one value after another, and checks the grammar also of what it passes over.

use std::borrow::Cow;

use crate::intake::reject::{Code, Fault};

/// The text is not JSON at the place of the scanner.
pub(crate) struct Broken;

/// A place in a text of JSON; each method reads on from there.
pub(crate) struct Scan<'a> {
    pub(crate) text: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Scan<'a> {
        Scan { text, bytes: text.as_bytes(), at: 0 }
    }

    pub(crate) fn fault(&self) -> Fault {
        Fault::new(Code::NotJson, None, format!("not JSON at byte {}: check quotes, commas and brackets", self.at))
    }

    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.fault()) }
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(crate) fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek() != Some(byte) {
            self.space();
        }
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(Broken)
        }
    }

    pub(crate) fn word(&mut self, word: &str) -> Result<(), Broken> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            Err(Broken)
        }
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'a str, Broken> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.peek();
        if self.digits()? > 1 && first == Some(b'0') {
            return Err(Broken);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<usize, Broken> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(Broken) } else { Ok(self.at - start) }
    }

    /// Moves to the next quote, backslash or control character, eight bytes at a time.
    #[inline]
    fn plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        while let Some(chunk) = self.bytes.get(self.at..self.at + 8) {
            let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
            let quote = word ^ (ONES * u64::from(b'"'));
            let slash = word ^ (ONES * u64::from(b'\\'));
            let found = (quote.wrapping_sub(ONES) & !quote)
                | (slash.wrapping_sub(ONES) & !slash)
                | (word.wrapping_sub(ONES * 0x20) & !word);
            let found = found & HIGH;
            if found != 0 {
                self.at += (found.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
        while self.peek().is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20) {
            self.at += 1;
        }
    }

    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        if self.peek() != Some(b'"') {
            return Err(Broken);
        }
        self.at += 1;
        let start = self.at;
        self.plain();
        if self.peek() == Some(b'"') {
            let text = &self.text[start..self.at];
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        self.escaped(start)
    }

    /// Reads a text up to its closing quote and stops there. `None`: the text has an escape, or it does not end.
    #[inline]
    pub(crate) fn plain_text(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.plain();
        (self.peek() == Some(b'"')).then(|| &self.text[start..self.at])
    }

    /// Passes over a text; checks it like [`Scan::string`].
    #[inline]
    pub(crate) fn pass_string(&mut self) -> Result<(), Broken> {
        if self.peek() != Some(b'"') {
            return Err(Broken);
        }
        self.at += 1;
        self.plain();
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(());
        }
        self.pass_escaped()
    }

    /// Passes over the rest of a text that has escapes; checks it like [`Scan::escaped`].
    #[inline(never)]
    fn pass_escaped(&mut self) -> Result<(), Broken> {
        loop {
            match self.peek().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    self.at += 1;
                    self.escape()?;
                }
                byte if byte < 0x20 => return Err(Broken),
                _ => self.plain(),
            }
        }
    }

    /// Hands a key of an object to `find`.
    #[inline]
    pub(crate) fn key<T>(&mut self, find: impl FnOnce(&str) -> T) -> Result<T, Broken> {
        if self.peek() != Some(b'"') {
            return Err(Broken);
        }
        self.at += 1;
        let start = self.at;
        self.plain();
        if self.peek() == Some(b'"') {
            let text = self.text;
            let key = &text[start..self.at];
            self.at += 1;
            return Ok(find(key));
        }
        self.escaped(start).map(|key| find(&key))
    }

    #[cold]
    fn escaped(&mut self, start: usize) -> Result<Cow<'a, str>, Broken> {
        let mut text = String::from(&self.text[start..self.at]);
        loop {
            match self.peek().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                b'\\' => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                byte if byte < 0x20 => return Err(Broken),
                _ => {
                    let from = self.at;
                    self.plain();
                    text.push_str(&self.text[from..self.at]);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Broken> {
        let byte = self.peek().ok_or(Broken)?;
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                if (0xd800..0xdc00).contains(&first) {
                    self.word("\\u")?;
                    let second = self.hex()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(Broken);
                    }
                    return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(Broken);
                }
                char::from_u32(first).ok_or(Broken)?
            }
            _ => return Err(Broken),
        })
    }

    fn hex(&mut self) -> Result<u32, Broken> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Broken)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Broken);
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Broken)
    }

    /// Skips any value, however deep, and checks its grammar.
    pub(crate) fn skip_value(&mut self) -> Result<(), Broken> {
        let mut objects: Vec<bool> = Vec::new();
        loop {
            self.space();
            match self.peek().ok_or(Broken)? {
                b'"' => drop(self.string()?),
                b'-' | b'0'..=b'9' => drop(self.number()?),
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    self.space();
                    if self.peek() == Some(open + 2) {
                        self.at += 1;
                    } else {
                        objects.push(open == b'{');
                        if open == b'{' {
                            self.pass_key()?;
                        }
                        continue;
                    }
                }
                _ => return Err(Broken),
            }
            loop {
                let Some(object) = objects.last().copied() else { return Ok(()) };
                self.space();
                match self.peek().ok_or(Broken)? {
                    b',' => {
                        self.at += 1;
                        if object {
                            self.space();
                            self.pass_key()?;
                        }
                        break;
                    }
                    b'}' if object => {}
                    b']' if !object => {}
                    _ => return Err(Broken),
                }
                self.at += 1;
                objects.pop();
            }
        }
    }

    fn pass_key(&mut self) -> Result<(), Broken> {
        self.pass_string()?;
        self.expect(b':')
    }
}
