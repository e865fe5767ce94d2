//! State is written as little-endian numbers and length-prefixed text, closed by a checksum.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::thread::{self, JoinHandle};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::values::error::{CoreError, Kind};

/// How many bytes are collected before they go to the file; they fit in the cache.
const CHUNK: usize = 256 << 10;
/// After this many bytes the disk starts to sync; while it works, more bytes are collected.
const AHEAD: u64 = 2 << 20;

/// Appends values, in memory or to a file.
#[derive(Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    file: Option<File>,
    hash: Xxh3,
    written: u64,
    failed: Option<io::Error>,
    ahead: Option<JoinHandle<io::Result<()>>>,
    ahead_from: u64,
}

impl Encoder {
    pub fn new(magic: &[u8; 4]) -> Encoder {
        Encoder { bytes: magic.to_vec(), ..Encoder::default() }
    }

    /// Writes to a file that must not exist yet.
    pub fn to_file(magic: &[u8; 4], path: &Path) -> io::Result<Encoder> {
        let file = File::options().write(true).create_new(true).open(path)?;
        Ok(Encoder { file: Some(file), ..Encoder::new(magic) })
    }

    /// Sends the collected bytes to the file; called between entries. An error is returned at the end.
    #[inline]
    pub fn pass_on(&mut self) {
        if self.bytes.len() >= CHUNK {
            self.flush();
        }
    }

    #[cold]
    fn flush(&mut self) {
        let Some(file) = &mut self.file else { return };
        if self.failed.is_none() {
            self.failed = file.write_all(&self.bytes).err();
        }
        self.hash.update(&self.bytes);
        self.written += self.bytes.len() as u64;
        self.bytes.clear();
        if self.written - self.ahead_from >= AHEAD && self.ahead.as_ref().is_none_or(JoinHandle::is_finished) {
            self.sync_ahead();
        }
    }

    /// A thread waits for the disk. The system reports a disk error only once, so the thread's result is checked.
    fn sync_ahead(&mut self) {
        self.join_ahead();
        self.ahead_from = self.written;
        let Some(Ok(file)) = self.file.as_ref().map(File::try_clone) else { return };
        self.ahead = thread::Builder::new().spawn(move || file.sync_data()).ok();
    }

    fn join_ahead(&mut self) {
        let Some(ahead) = self.ahead.take() else { return };
        let answer = ahead.join().unwrap_or_else(|_| Err(io::Error::other("the thread that syncs died")));
        self.failed = self.failed.take().or(answer.err());
    }

    /// Waits until the file is on disk. Returns its length and checksum.
    pub fn finish_file(mut self) -> io::Result<(u64, u64)> {
        self.flush();
        let sum = self.hash.digest();
        self.u64(sum);
        self.flush();
        self.join_ahead();
        match (self.failed, self.file) {
            (Some(error), _) => Err(error),
            (None, Some(file)) => file.sync_all().map(|()| (self.written, sum)),
            (None, None) => Err(io::Error::other("there is no file")),
        }
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
        self.bytes(text.as_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.bytes.extend_from_slice(bytes);
    }

    pub fn option(&mut self, value: Option<i64>) {
        self.i64(value.unwrap_or(i64::MIN));
    }

    /// A number in as many bytes as it needs: seven bits each, the lowest first, the eighth bit says that more follow.
    #[inline]
    pub fn short(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// A signed number the same way, small ones of either sign in few bytes: 0, -1, 1, -2, … as 0, 1, 2, 3, ….
    #[inline]
    pub fn signed(&mut self, value: i64) {
        self.short(((value << 1) ^ (value >> 63)) as u64);
    }

    /// The bytes with their checksum (xxh3-64 of all that comes before).
    pub fn finish(mut self) -> Vec<u8> {
        let sum = xxh3_64(&self.bytes);
        self.u64(sum);
        self.bytes
    }
}

/// Whether bytes are undamaged: four name their format, the last eight are the checksum of everything before them.
pub fn intact(bytes: &[u8]) -> bool {
    bytes.len() >= 12 && bytes.ends_with(&xxh3_64(&bytes[..bytes.len() - 8]).to_le_bytes())
}

/// An error unless a segment of a state goes on where the one before it ended.
pub fn follows(fits: bool) -> Result<(), CoreError> {
    if fits { Ok(()) } else { Err(CoreError::damage("the segments of the state do not follow one another")) }
}

/// Reads values back; every read is checked.
pub struct Decoder<'a> {
    rest: &'a [u8],
}

const TORN: &str = "the state ends too early: it is torn or of another version";

impl<'a> Decoder<'a> {
    /// Checks the checksum, then the magic: every version ends with the checksum of everything before it, so that
    /// damage is never mistaken for another version.
    pub fn new(bytes: &'a [u8], magic: &[u8; 4]) -> Result<Decoder<'a>, CoreError> {
        if !intact(bytes) {
            return Err(CoreError::damage("the state's checksum does not match: it is damaged"));
        }
        let found = &bytes[..4];
        if found != magic {
            let (found, magic) = (found.escape_ascii(), magic.escape_ascii());
            return Err(CoreError::new(
                Kind::Version,
                format!("the state has format `{found}`, this program reads `{magic}`"),
            ));
        }
        Ok(Decoder { rest: &bytes[4..bytes.len() - 8] })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CoreError> {
        if length > self.rest.len() {
            return Err(CoreError::damage(TORN));
        }
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CoreError> {
        Ok(self.take(N)?.try_into().expect("N bytes were taken"))
    }

    pub fn u32(&mut self) -> Result<u32, CoreError> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, CoreError> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn i64(&mut self) -> Result<i64, CoreError> {
        self.array().map(i64::from_le_bytes)
    }

    /// An amount of stock: no sum of two of them leaves 64 bits.
    pub fn amount(&mut self) -> Result<i64, CoreError> {
        self.i64().and_then(amount)
    }

    /// An amount of stock that was written short.
    #[inline]
    pub fn short_amount(&mut self) -> Result<i64, CoreError> {
        self.signed().and_then(amount)
    }

    /// A time, or one of the two numbers that stand for none: nothing that is counted from it leaves 64 bits.
    pub fn time(&mut self) -> Result<i64, CoreError> {
        let time = self.i64()?;
        if time == i64::MIN || time == i64::MAX { Ok(time) } else { real(time) }
    }

    pub fn optional_time(&mut self) -> Result<Option<i64>, CoreError> {
        self.option()?.map(real).transpose()
    }

    /// A time that was written as its distance from another one.
    #[inline]
    pub fn time_from(&mut self, other: i64) -> Result<i64, CoreError> {
        real(other.wrapping_add(self.signed()?))
    }

    #[inline]
    pub fn short(&mut self) -> Result<u64, CoreError> {
        let (mut value, mut shift) = (0u64, 0);
        loop {
            let [byte] = self.array()?;
            if shift > 63 || (shift == 63 && byte > 1) {
                return Err(CoreError::damage(TORN));
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
        }
    }

    #[inline]
    pub fn signed(&mut self) -> Result<i64, CoreError> {
        let value = self.short()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub fn f32(&mut self) -> Result<f32, CoreError> {
        self.u32().map(f32::from_bits)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], CoreError> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    pub fn text(&mut self) -> Result<&'a str, CoreError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| CoreError::damage("the state holds text that is not UTF-8"))
    }

    pub fn option(&mut self) -> Result<Option<i64>, CoreError> {
        Ok(Some(self.i64()?).filter(|value| *value != i64::MIN))
    }

    pub fn end(self) -> Result<(), CoreError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CoreError::damage("the state is longer than its content")) }
    }
}

#[inline]
fn amount(value: i64) -> Result<i64, CoreError> {
    if value.unsigned_abs() > 1 << 62 {
        return Err(CoreError::damage("the state holds an amount that no stock has"));
    }
    Ok(value)
}

#[inline]
fn real(time: i64) -> Result<i64, CoreError> {
    if time.unsigned_abs() >= 1 << 50 {
        return Err(CoreError::damage("the state holds a time that no record has"));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_from_which_nothing_could_be_counted_is_damage() {
        let read = |value: i64| {
            let mut e = Encoder::new(b"LTX1");
            (0..3).for_each(|_| e.i64(value));
            (0..2).for_each(|_| e.signed(value));
            let bytes = e.finish();
            let mut d = Decoder::new(&bytes, b"LTX1").unwrap();
            let whole = (d.amount().is_ok(), d.time().is_ok(), d.optional_time().is_ok());
            (whole, d.short_amount().is_ok(), d.time_from(1).is_ok())
        };
        for (value, expected) in [
            (0, ((true, true, true), true, true)),
            (-(1 << 50) + 1, ((true, true, true), true, true)),
            ((1 << 50) - 1, ((true, true, true), true, false)),
            (1 << 50, ((true, false, false), true, false)),
            (-(1 << 62), ((true, false, false), true, false)),
            ((1 << 62) + 1, ((false, false, false), false, false)),
            (i64::MAX, ((false, true, false), false, false)),
            (i64::MIN, ((false, true, true), false, false)),
        ] {
            assert_eq!(read(value), expected, "{value}");
        }
    }

    #[test]
    fn numbers_and_texts_come_back() {
        let mut e = Encoder::new(b"LTX1");
        e.u32(7);
        e.i64(-7);
        e.f32(0.1);
        e.text("é");
        e.option(None);
        e.option(Some(0));
        let numbers = [0, 1, -1, 63, -64, 64, 1 << 40, i64::MAX, i64::MIN];
        numbers.iter().for_each(|number| e.signed(*number));
        e.short(u64::MAX);
        let bytes = e.finish();
        let mut d = Decoder::new(&bytes, b"LTX1").unwrap();
        assert_eq!((d.u32(), d.i64(), d.f32(), d.text()), (Ok(7), Ok(-7), Ok(0.1), Ok("é")));
        assert_eq!((d.option(), d.option()), (Ok(None), Ok(Some(0))));
        numbers.iter().for_each(|number| assert_eq!(d.signed(), Ok(*number)));
        assert_eq!(d.short(), Ok(u64::MAX));
        assert!(d.end().is_ok());
    }
}
