//! Records in memory with their times; when they are too many, they go to disk as a sorted run.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::log::order::entry::Head;
use crate::values::instant::Millis;

/// Bytes that are read or written at once of a run on disk.
const CHUNK: usize = 256 << 10;
/// How many entries are looked up ahead.
const AHEAD: usize = 32;
/// What the key of a record takes.
const KEY: usize = size_of::<(Millis, u64)>();

/// Entries (head and bytes), each with the time of its record.
#[derive(Default)]
pub struct Buffer {
    /// Entries one after another, a length before each.
    bytes: Vec<u8>,
    /// Times, and where the entries start. Places in `bytes` ascend as the records came, so sorted keys are stable.
    keys: Vec<(Millis, u64)>,
}

impl Buffer {
    pub fn push(&mut self, time: Millis, head: Head, record: &[u8]) {
        self.keys.push((time, self.bytes.len() as u64));
        self.bytes.extend_from_slice(&((Head::SIZE + record.len()) as u32).to_le_bytes());
        self.bytes.extend_from_slice(&head.to_bytes());
        self.bytes.extend_from_slice(record);
    }

    /// The memory that the records take, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.keys.len() * KEY
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.keys.clear();
    }

    /// Puts the records in order of their time; those of one time stay as they came.
    pub fn sort(&mut self) {
        if !self.keys.is_sorted_by_key(|key| key.0) {
            self.keys.sort_unstable();
        }
    }

    pub fn time(&self, at: usize) -> Option<Millis> {
        self.keys.get(at).map(|key| key.0)
    }

    pub fn entry(&self, at: usize) -> &[u8] {
        let start = self.keys[at].1 as usize;
        let length = u32::from_le_bytes(self.bytes[start..start + 4].try_into().expect("four bytes"));
        &self.bytes[start + 4..start + 4 + length as usize]
    }

    /// Reads where the next entries lie, so that they are in the cache when they are asked for: the misses overlap.
    pub fn look_ahead(&self, at: usize) {
        if at.is_multiple_of(AHEAD) {
            for (_, start) in self.keys.iter().skip(at).take(AHEAD) {
                let start = *start as usize;
                let far = (start + 128).min(self.bytes.len() - 1);
                std::hint::black_box((self.bytes[start], self.bytes[(start + far) / 2], self.bytes[far]));
            }
        }
    }

    /// Writes the records, in their order, to a run below `folder`.
    pub fn spill(&self, folder: &Path) -> io::Result<Run> {
        let mut run = RunWriter::new(folder)?;
        for at in 0..self.len() {
            self.look_ahead(at);
            run.push(self.keys[at].0, self.entry(at))?;
        }
        run.finish()
    }
}

/// A sorted run while it is written. Its file has no name, so it is gone with the process, however that ends.
pub struct RunWriter(BufWriter<File>);

impl RunWriter {
    pub fn new(folder: &Path) -> io::Result<RunWriter> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("lowtide-order-{}-{number}", process::id()));
            match File::options().read(true).write(true).create_new(true).mode(0o600).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                file => {
                    let file = file?;
                    std::fs::remove_file(&path)?;
                    return Ok(RunWriter(BufWriter::with_capacity(CHUNK, file)));
                }
            }
        }
    }

    pub fn push(&mut self, time: Millis, entry: &[u8]) -> io::Result<()> {
        self.0.write_all(&time.to_le_bytes())?;
        self.0.write_all(&(entry.len() as u32).to_le_bytes())?;
        self.0.write_all(entry)
    }

    pub fn finish(self) -> io::Result<Run> {
        let mut file = self.0.into_inner().map_err(|error| error.into_error())?;
        file.rewind()?;
        let mut run = Run { file: BufReader::with_capacity(CHUNK, file), time: None, entry: Vec::new() };
        run.advance()?;
        Ok(run)
    }
}

/// A sorted run on disk, read from its first record to its last.
pub struct Run {
    file: BufReader<File>,
    time: Option<Millis>,
    entry: Vec<u8>,
}

impl Run {
    /// The time of the record in hand; `None` after the last.
    pub fn time(&self) -> Option<Millis> {
        self.time
    }

    pub fn entry(&self) -> &[u8] {
        &self.entry
    }

    pub fn advance(&mut self) -> io::Result<()> {
        let mut head = [0; 12];
        self.time = None;
        match self.file.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        self.entry.resize(u32::from_le_bytes(head[8..].try_into().expect("four bytes")) as usize, 0);
        self.file.read_exact(&mut self.entry)?;
        self.time = Some(i64::from_le_bytes(head[..8].try_into().expect("eight bytes")));
        Ok(())
    }
}
