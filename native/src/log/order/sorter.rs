//! Takes the blocks of files, one file after another, and gives their records in order of event time.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use arrow_array::RecordBatch;

use crate::intake::record::Checks;
use crate::intake::reject::Code;
use crate::log::order::buffer::{Buffer, Run, RunWriter};
use crate::log::order::entry::Head;
use crate::log::order::file::{FileReader, Take};
use crate::log::order::merge::{Held, Merge, Source};
use crate::log::partition::checks;
use crate::log::position_terms::PositionTerms;
use crate::map::Mapping;
use crate::policy::{Catalogue, Policy};
use crate::values::error::{CoreError, Kind};
use crate::values::instant::Millis;
use crate::values::time_format::TimeFormat;

/// How many runs are merged at once, and how many files may be open to be merged.
const FAN: usize = 64;

/// Sorts the records of files. See [`crate::log::order`].
pub struct Sorter {
    checks: Checks,
    longest: usize,
    folder: PathBuf,
    /// Bytes of records after which a buffer goes to disk: while it is written, another one fills.
    enough: usize,
    /// Whether all files can be read once more.
    rereadable: bool,
    files: Vec<FileReader>,
    open: usize,
    stage: Stage,
}

enum Stage {
    /// Records are kept, in memory and in runs on disk.
    Keep(Kept),
    /// All files are in order so far and there is too much of them: nothing is kept, they will be read again.
    Watch,
    Merge(Merge),
}

#[derive(Default)]
struct Kept {
    buffer: Buffer,
    /// Runs with their level: one of level 1 holds as much as [`FAN`] of level 0.
    runs: Vec<(u32, Run)>,
    writing: Option<JoinHandle<io::Result<(Run, Buffer)>>>,
}

impl Sorter {
    /// Runs go to `folder`; `memory` is what records may take in memory, in bytes.
    pub fn new(policy: &Policy, catalogue: &Catalogue, folder: &Path, memory: usize, rereadable: bool) -> Sorter {
        Sorter {
            checks: checks(policy, &PositionTerms::new(policy, catalogue.clone()), None),
            longest: policy.max_record_bytes,
            folder: folder.into(),
            enough: memory / 2,
            rereadable,
            files: Vec::new(),
            open: 0,
            stage: Stage::Keep(Kept::default()),
        }
    }

    /// Reads times in a format of its own first.
    pub fn with_time_format(mut self, format: Option<TimeFormat>) -> Sorter {
        self.checks.time_format = format;
        self
    }

    /// The next blocks are those of the file `name`.
    pub fn file(&mut self, name: &str) {
        self.open = self.files.len();
        self.files.push(FileReader::new(self.open as u32, name));
    }

    pub fn lines(&mut self, block: &[u8]) -> Result<(), CoreError> {
        self.take(|file, checks, longest, take| file.lines(block, checks, longest, take))
    }

    /// The next blocks of the open file hold rows for this map; `None`: movements.
    pub fn map(&mut self, mapping: Option<Arc<Mapping>>) -> Result<(), CoreError> {
        self.take(|file, _, _, _| file.map(mapping))
    }

    /// Gives the columns that the map of the file needs and the header lacks.
    pub fn csv_header(&mut self, line: &[u8], delimiter: u8, before: u64) -> Result<Vec<String>, CoreError> {
        self.take(|file, _, _, _| file.csv_header(line, delimiter, before))
    }

    pub fn csv(&mut self, block: &[u8]) -> Result<(), CoreError> {
        self.take(|file, checks, longest, take| file.csv(block, checks, longest, take))
    }

    /// Gives the columns that the map of the file needs and the batch lacks; then nothing is read.
    pub fn columns(&mut self, batch: &RecordBatch) -> Result<Vec<String>, CoreError> {
        self.take(|file, checks, _, take| file.columns(batch, checks, take))
    }

    pub fn unreadable(&mut self, code: Code, message: &str, record: &[u8]) -> Result<(), CoreError> {
        self.take(|file, _, _, take| file.unreadable(code, message, record, take))
    }

    fn take<T>(&mut self, read: impl FnOnce(&mut FileReader, &Checks, usize, Take<'_>) -> T) -> Result<T, CoreError> {
        let file = self.files.get_mut(self.open).ok_or_else(|| CoreError::call("a file has to be named first"))?;
        Ok(match &mut self.stage {
            Stage::Watch => read(file, &self.checks, self.longest, &mut |_, _, _| {}),
            Stage::Keep(kept) => {
                let taken = read(file, &self.checks, self.longest, &mut |time, head, record| {
                    kept.buffer.push(time, head, record);
                });
                if kept.buffer.size() < self.enough {
                } else if self.rereadable && self.files.iter().all(|file| file.in_order) {
                    self.stage = Stage::Watch;
                } else {
                    kept.spill(&self.folder)?;
                }
                taken
            }
            Stage::Merge(merge) => {
                let held = merge.needs().ok_or_else(|| CoreError::call("no file needs more"))?;
                let push = &mut |time: Millis, head: Head, record: &[u8]| held.buffer.push(time, head, record);
                let taken = read(file, &self.checks, self.longest, push);
                if !file.in_order {
                    return Err(changed(&file.name));
                }
                taken
            }
        })
    }

    /// Whether the files have to be read once more, by a new sorter that keeps them: they are not in order, or too many at once.
    pub fn is_lost(&self) -> bool {
        matches!(self.stage, Stage::Watch) && (self.files.iter().any(|file| !file.in_order) || self.depth() > FAN)
    }

    /// How many files have records of one time at most.
    fn depth(&self) -> usize {
        let spans = || self.files.iter().filter_map(|file| file.span);
        let mut ends: Vec<_> = spans().map(|(first, _)| (first, false)).collect();
        ends.extend(spans().map(|(_, latest)| (latest, true)));
        ends.sort_unstable();
        let (mut open, mut most) = (0usize, 0);
        for (_, is_end) in ends {
            open = if is_end { open - 1 } else { open + 1 };
            most = most.max(open);
        }
        most
    }

    /// All files have been read; now records come out.
    pub fn finish(&mut self) -> Result<(), CoreError> {
        let stage = std::mem::replace(&mut self.stage, Stage::Watch);
        let sources = match stage {
            Stage::Keep(kept) => kept.finish(&self.folder)?,
            Stage::Watch => {
                let files = self.files.iter().enumerate();
                let held = files.filter_map(|(number, file)| file.span.map(|span| Held::file(number, span.0)));
                held.map(Source::Held).collect()
            }
            Stage::Merge(_) => return Err(CoreError::call("the files have been read")),
        };
        if sources.iter().any(|source| matches!(source, Source::Held(held) if !held.ended)) {
            self.files.iter_mut().for_each(FileReader::rewind);
        }
        self.stage = Stage::Merge(Merge::new(sources));
        Ok(())
    }

    /// The next block of at most `records` records, and how many it holds. `None`: a file needs its next block, or all is handed on.
    pub fn block(&mut self, records: usize) -> Result<Option<(Vec<u8>, usize)>, CoreError> {
        let Stage::Merge(merge) = &mut self.stage else { return Err(CoreError::call("the files are still read")) };
        Ok(merge.fill(records.max(1))?.map(|block| block.finish(&self.files)))
    }

    /// The number of the file whose next block is needed; what comes in is taken as its.
    pub fn needs(&mut self) -> Option<usize> {
        let Stage::Merge(merge) = &mut self.stage else { return None };
        self.open = merge.needs()?.file;
        Some(self.open)
    }

    /// The file that is needed has no further block.
    pub fn end_file(&mut self) {
        if let Stage::Merge(merge) = &mut self.stage
            && let Some(held) = merge.needs()
        {
            held.ended = true;
        }
    }

    /// How many runs have gone to disk, as far as they have not been merged.
    pub fn runs(&self) -> usize {
        match &self.stage {
            Stage::Keep(kept) => kept.runs.len() + usize::from(kept.writing.is_some()),
            _ => 0,
        }
    }
}

fn changed(name: &str) -> CoreError {
    CoreError::new(Kind::Disk, format!("`{name}` was changed while it was read"))
}

impl Kept {
    /// Sorts the buffer and writes it in a thread of its own, when the one before it is written.
    fn spill(&mut self, folder: &Path) -> Result<(), CoreError> {
        let next = self.join(folder)?;
        let mut buffer = std::mem::replace(&mut self.buffer, next);
        let folder = folder.to_owned();
        let work = move || {
            buffer.sort();
            let run = buffer.spill(&folder)?;
            buffer.clear();
            Ok((run, buffer))
        };
        self.writing = Some(thread::Builder::new().spawn(work)?);
        Ok(())
    }

    /// Waits for the run that is written: the buffer that it leaves empty.
    fn join(&mut self, folder: &Path) -> Result<Buffer, CoreError> {
        let Some(writing) = self.writing.take() else { return Ok(Buffer::default()) };
        let (run, buffer) = writing.join().unwrap_or_else(|_| Err(io::Error::other("the thread that sorts died")))?;
        self.runs.push((0, run));
        self.merge_levels(folder)?;
        Ok(buffer)
    }

    fn merge_levels(&mut self, folder: &Path) -> Result<(), CoreError> {
        while let Some((level, _)) = self.runs.last()
            && let level = *level
            && self.runs.iter().rev().take_while(|(other, _)| *other == level).count() == FAN
        {
            let runs = self.runs.split_off(self.runs.len() - FAN);
            let merge = Merge::new(runs.into_iter().map(|(_, run)| Source::Run(run)).collect());
            self.runs.push((level + 1, merge.into_run(RunWriter::new(folder)?)?));
        }
        Ok(())
    }

    /// Everything that was kept, in the order of the files.
    fn finish(mut self, folder: &Path) -> Result<Vec<Source>, CoreError> {
        self.join(folder)?;
        self.buffer.sort();
        let runs = self.runs.into_iter().map(|(_, run)| Source::Run(run));
        Ok(runs.chain([Source::Held(Held::whole(self.buffer))]).collect())
    }
}
