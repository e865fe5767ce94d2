//! The bytes of a message, read from the front. Avro and Protobuf write numbers in the same way.

/// Why a message does not fit its schema: what is wrong, and the innermost field at which it was seen.
#[derive(Debug, PartialEq, Eq)]
pub struct Misfit {
    pub what: &'static str,
    pub field: Option<Box<str>>,
}

impl Misfit {
    #[cold]
    pub fn new(what: &'static str) -> Misfit {
        Misfit { what, field: None }
    }

    /// The same, seen in `field` if no inner one was named.
    #[cold]
    pub fn within(self, field: &[u8]) -> Misfit {
        let name = || String::from_utf8_lossy(field).trim_matches(['{', ',', '"', ':']).into();
        Misfit { field: self.field.or_else(|| Some(name())), ..self }
    }
}

pub const ENDS_EARLY: &str = "the message ends too early";
pub const TOO_DEEP: &str = "it is nested deeper than 64 levels";
pub const TOO_LONG: &str = "it holds more than 1 MiB of text";
pub const DEEPEST: usize = 64;

#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pub rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    #[inline]
    pub fn byte(&mut self) -> Result<u8, Misfit> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| Misfit::new(ENDS_EARLY))?;
        self.rest = rest;
        Ok(*first)
    }

    /// A number of at most ten bytes, seven bits in each, the lowest first.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, Misfit> {
        let mut value = 0u64;
        for (at, byte) in self.rest.iter().enumerate().take(10) {
            value |= u64::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                if at == 9 && *byte > 1 {
                    break;
                }
                self.rest = &self.rest[at + 1..];
                return Ok(value);
            }
        }
        Err(Misfit::new(if self.rest.len() < 10 { ENDS_EARLY } else { "a number is longer than 64 bits" }))
    }

    /// A signed number whose sign is its lowest bit.
    #[inline]
    pub fn zigzag(&mut self) -> Result<i64, Misfit> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    #[inline]
    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], Misfit> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(|| Misfit::new(ENDS_EARLY))?;
        self.rest = rest;
        Ok(bytes)
    }

    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Misfit> {
        Ok(self.bytes(N)?.try_into().expect("the length was asked for"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length() {
        for value in [0u64, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX >> 1, u64::MAX] {
            let (mut bytes, mut left) = (Vec::new(), value);
            while left > 0x7f {
                bytes.push(left as u8 | 0x80);
                left >>= 7;
            }
            bytes.push(left as u8);
            assert_eq!(Cursor { rest: &bytes }.varint(), Ok(value));
            assert!(Cursor { rest: &bytes[..bytes.len() - 1] }.varint().is_err());
        }
        assert!(Cursor { rest: &[0xff; 12] }.varint().is_err());
        assert!(Cursor { rest: &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2] }.varint().is_err());
        for (bytes, value) in [(&[0u8][..], 0), (&[1], -1), (&[2], 1), (&[0x80, 1], 64), (&[0x7f], -64)] {
            assert_eq!(Cursor { rest: bytes }.zigzag(), Ok(value));
        }
    }
}
