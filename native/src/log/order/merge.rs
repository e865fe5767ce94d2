//! Sorted sources become one: always the earliest record next, of those of one time the one from the first source.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use crate::log::order::block::BlockWriter;
use crate::log::order::buffer::{Buffer, Run, RunWriter};
use crate::values::error::CoreError;
use crate::values::instant::Millis;

/// A block ends after so many bytes, however few its records are.
const LARGEST: usize = 64 << 20;

/// Records in order of time.
pub enum Source {
    Run(Run),
    /// A part of it is in memory: more is asked for when it has been handed on, unless it has ended.
    Held(Held),
}

/// What is in memory of a source.
pub struct Held {
    pub buffer: Buffer,
    /// The number of its file.
    pub file: usize,
    at: usize,
    /// No record of it is earlier.
    from: Millis,
    pub ended: bool,
}

impl Held {
    /// A file that is read while it is merged; `from` is the time of its first record.
    pub fn file(file: usize, from: Millis) -> Held {
        Held { buffer: Buffer::default(), file, at: 0, from, ended: false }
    }

    /// All records of a source, sorted.
    pub fn whole(buffer: Buffer) -> Held {
        Held { from: buffer.time(0).unwrap_or(Millis::MIN), buffer, file: 0, at: 0, ended: true }
    }
}

impl Source {
    /// The time of the next record, or one that it is not before; `None` at the end.
    fn time(&self) -> Option<Millis> {
        match self {
            Source::Run(run) => run.time(),
            Source::Held(held) => held.buffer.time(held.at).or((!held.ended).then_some(held.from)),
        }
    }

    /// The next record; `None` where it is not in memory yet.
    fn entry(&self) -> Option<&[u8]> {
        match self {
            Source::Run(run) => Some(run.entry()),
            Source::Held(held) => (held.at < held.buffer.len()).then(|| held.buffer.entry(held.at)),
        }
    }

    fn advance(&mut self) -> Result<(), CoreError> {
        match self {
            Source::Run(run) => run.advance()?,
            Source::Held(held) => {
                held.from = held.buffer.time(held.at).unwrap_or(held.from);
                held.at += 1;
                if held.at == held.buffer.len() && !held.ended {
                    held.buffer.clear();
                    held.at = 0;
                }
            }
        }
        Ok(())
    }
}

/// The sources, and which of them is next.
pub struct Merge {
    sources: Vec<Source>,
    next: BinaryHeap<Reverse<(Millis, usize)>>,
    block: BlockWriter,
    /// The source that must get more records before the merge can go on.
    needs: Option<usize>,
}

impl Merge {
    pub fn new(sources: Vec<Source>) -> Merge {
        let next = sources.iter().enumerate();
        let next = next.filter_map(|(at, source)| source.time().map(|time| Reverse((time, at)))).collect();
        Merge { sources, next, block: BlockWriter::default(), needs: None }
    }

    /// The source that must get more records, or be ended, before the merge can go on.
    pub fn needs(&mut self) -> Option<&mut Held> {
        match &mut self.sources[self.needs?] {
            Source::Held(held) => Some(held),
            Source::Run(_) => None,
        }
    }

    /// Hands records to `take` until it says false, all are handed on, or a source needs more.
    fn hand_on(&mut self, mut take: impl FnMut(Millis, &[u8]) -> Result<bool, CoreError>) -> Result<(), CoreError> {
        if let Some(at) = self.needs.take()
            && let Some(time) = self.sources[at].time()
        {
            self.next.push(Reverse((time, at)));
        }
        while let Some(mut top) = self.next.peek_mut() {
            let Reverse((time, at)) = *top;
            let source = &mut self.sources[at];
            let Some(entry) = source.entry() else {
                PeekMut::pop(top);
                self.needs = Some(at);
                return Ok(());
            };
            if let Source::Held(held) = &*source {
                held.buffer.look_ahead(held.at);
            }
            let more = take(time, entry)?;
            source.advance()?;
            match source.time() {
                Some(time) => *top = Reverse((time, at)),
                None => drop(PeekMut::pop(top)),
            }
            if !more {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Fills the open block up to `limit` records. `None` when a source needs more before it is full.
    pub fn fill(&mut self, limit: usize) -> Result<Option<&mut BlockWriter>, CoreError> {
        let mut block = std::mem::take(&mut self.block);
        let filled = self.hand_on(|_, entry| {
            block.push(entry)?;
            Ok(block.records() < limit && block.size() < LARGEST)
        });
        self.block = block;
        filled?;
        Ok((self.needs.is_none() && self.block.records() > 0).then_some(&mut self.block))
    }

    /// Writes everything as one run. Only for sources that are complete.
    pub fn into_run(mut self, mut out: RunWriter) -> Result<Run, CoreError> {
        self.hand_on(|time, entry| out.push(time, entry).map(|()| true).map_err(CoreError::from))?;
        Ok(out.finish()?)
    }
}
