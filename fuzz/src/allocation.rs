//! Memory that a target may take: so many times its input, and what the core needs without any input.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// How many bytes may be taken for each byte of input.
const TIMES: usize = 64;
/// What a partition, its key groups and their tables take without any input, with room.
const BASE: usize = 8 << 20;
/// The largest piece of it.
const PIECE: usize = 1 << 20;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// The allocator of the system, which counts what its thread takes.
pub struct Counting;

fn note(taken: usize, given: usize) {
    let _ = HELD.try_with(|held| {
        held.set(held.get() + taken as isize - given as isize);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(taken)));
}

// SAFETY: every call goes to the allocator of the system as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        note(0, layout.size());
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size, layout.size());
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Does the work; panics if it took more memory than `input` bytes justify.
pub fn within_memory(input: usize, work: impl FnOnce()) {
    let before = HELD.get();
    MOST.set(before);
    LARGEST.set(0);
    work();
    let (largest, most) = (LARGEST.get(), MOST.get() - before);
    assert!(largest <= PIECE.max(TIMES * input), "{largest} bytes at once for {input} bytes of input");
    assert!(most <= (BASE + TIMES * input) as isize, "{most} bytes for {input} bytes of input");
}
