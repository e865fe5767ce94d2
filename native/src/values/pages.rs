//! A boxed slice whose memory, where it is 2 MB or more, lies on huge pages if the system has them.
//!
//! Every slot of it is written when it is made, so no page is there that is not used. A huge page is one fault in place of 512, and
//! one entry of the processor's table of addresses.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

/// The size of a huge page.
pub const HUGE: usize = 2 << 20;

/// A slice of a fixed length.
#[derive(Debug)]
pub struct Pages<T> {
    start: NonNull<T>,
    length: usize,
}

// SAFETY: it owns its elements, as a box does.
unsafe impl<T: Send> Send for Pages<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Pages<T> {}

impl<T: Copy> Pages<T> {
    /// So many times `value`.
    pub fn filled(value: T, length: usize) -> Pages<T> {
        let layout = layout::<T>(length);
        if layout.size() == 0 {
            return Pages::default();
        }
        // SAFETY: the layout has a size.
        let Some(start) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        advise(start.as_ptr(), layout.size());
        let start = start.cast::<T>();
        for at in 0..length {
            // SAFETY: the memory holds `length` elements and is aligned for them.
            unsafe { start.add(at).write(value) };
        }
        Pages { start, length }
    }
}

impl<T> Default for Pages<T> {
    /// An empty slice.
    fn default() -> Pages<T> {
        Pages { start: NonNull::dangling(), length: 0 }
    }
}

impl<T> Drop for Pages<T> {
    fn drop(&mut self) {
        let layout = layout::<T>(self.length);
        if layout.size() > 0 {
            // SAFETY: it was made with this layout; elements are `Copy`, so they need no drop.
            unsafe { dealloc(self.start.cast().as_ptr(), layout) };
        }
    }
}

impl<T> Deref for Pages<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: all elements were written when it was made.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl<T> DerefMut for Pages<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and nobody else has it.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

fn layout<T>(length: usize) -> Layout {
    let layout = Layout::array::<T>(length).expect("a slice fits the memory");
    if layout.size() < HUGE { layout } else { layout.align_to(HUGE).expect("a power of two") }
}

/// Asks for huge pages in memory of ours. It is advice: where it is refused, nothing changes but the speed.
#[cfg(target_os = "linux")]
fn advise(start: *const u8, size: usize) {
    const MADV_HUGEPAGE: i32 = 14;
    unsafe extern "C" {
        fn madvise(start: *const u8, size: usize, advice: i32) -> i32;
    }
    let before = start.addr().next_multiple_of(HUGE) - start.addr();
    let whole = size.saturating_sub(before) / HUGE * HUGE;
    if whole > 0 {
        // SAFETY: the range lies in memory of ours, and the advice does not change what it holds.
        unsafe { madvise(start.wrapping_add(before), whole, MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise(_: *const u8, _: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_there_and_large_memory_begins_with_a_page() {
        for length in [0, 1, 1000, HUGE / 8, HUGE / 8 + 3] {
            let mut pages = Pages::filled(7u64, length);
            assert!(pages.len() == length && pages.iter().all(|value| *value == 7));
            pages.iter_mut().for_each(|value| *value = 9);
            assert!(pages.iter().all(|value| *value == 9));
            assert!(size_of_val(&*pages) < HUGE || pages.as_ptr().addr().is_multiple_of(HUGE));
        }
    }
}
