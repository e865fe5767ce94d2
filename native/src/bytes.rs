//! State is written as little-endian numbers and length-prefixed text, closed by a checksum.

use xxhash_rust::xxh3::xxh3_64;

/// Appends values.
#[derive(Default)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    pub fn new(magic: &[u8; 4]) -> Encoder {
        Encoder { bytes: magic.to_vec() }
    }

    pub fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn i64(&mut self, value: i64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn f32(&mut self, value: f32) {
        self.u32(value.to_bits());
    }

    pub fn text(&mut self, text: &str) {
        self.u32(text.len() as u32);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub fn option(&mut self, value: Option<i64>) {
        self.i64(value.unwrap_or(i64::MIN));
    }

    /// The bytes with their checksum (xxh3-64 of all that comes before).
    pub fn finish(mut self) -> Vec<u8> {
        let sum = xxh3_64(&self.bytes);
        self.u64(sum);
        self.bytes
    }
}

/// Whether bytes are whole: their last eight are the checksum of the rest.
pub fn intact(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && bytes.ends_with(&xxh3_64(&bytes[..bytes.len() - 8]).to_le_bytes())
}

/// Reads values back; every read is checked.
pub struct Decoder<'a> {
    rest: &'a [u8],
}

const TORN: &str = "the state ends too early: it is torn or of another version";

impl<'a> Decoder<'a> {
    /// Checks the magic and the checksum.
    pub fn new(bytes: &'a [u8], magic: &[u8; 4]) -> Result<Decoder<'a>, String> {
        if bytes.len() < 12 || bytes[..3] != magic[..3] {
            return Err("not a state of Lowtide".to_owned());
        }
        if bytes[3] != magic[3] {
            return Err(format!(
                "the state has format version {}, this program reads {}",
                bytes[3] as char, magic[3] as char
            ));
        }
        if !intact(bytes) {
            return Err("the state's checksum does not match: it is damaged".to_owned());
        }
        Ok(Decoder { rest: &bytes[4..bytes.len() - 8] })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        if length > self.rest.len() {
            return Err(TORN.to_owned());
        }
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        Ok(self.take(N)?.try_into().expect("N bytes were taken"))
    }

    pub fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, String> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn i64(&mut self) -> Result<i64, String> {
        self.array().map(i64::from_le_bytes)
    }

    pub fn f32(&mut self) -> Result<f32, String> {
        self.u32().map(f32::from_bits)
    }

    pub fn text(&mut self) -> Result<&'a str, String> {
        let length = self.u32()? as usize;
        std::str::from_utf8(self.take(length)?).map_err(|_| "the state holds text that is not UTF-8".to_owned())
    }

    pub fn option(&mut self) -> Result<Option<i64>, String> {
        Ok(Some(self.i64()?).filter(|value| *value != i64::MIN))
    }

    pub fn end(self) -> Result<(), String> {
        if self.rest.is_empty() { Ok(()) } else { Err("the state is longer than its content".to_owned()) }
    }
}
