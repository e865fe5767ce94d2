//! A guard beside the interpreter: where native code holds it for good, no thread of Python can say so.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// How often it looks; of a longer pause, in which the whole process stood still, only twice as much counts.
const EVERY: Duration = Duration::from_millis(500);

#[derive(Default)]
struct Signs {
    beats: AtomicU64,
    closed: AtomicBool,
}

/// Writes `line` to standard error and aborts the process when nobody has called `beat` for `limit_s` seconds.
#[pyclass(module = "lowtide._native", frozen)]
pub(super) struct Guard(Arc<Signs>);

#[pymethods]
impl Guard {
    #[new]
    fn new(limit_s: f64, line: String) -> PyResult<Guard> {
        let signs = Arc::new(Signs::default());
        let seen = signs.clone();
        thread::Builder::new().name("lowtide-guard".into()).spawn(move || watch(&seen, limit_s, &line))?;
        Ok(Guard(signs))
    }

    fn beat(&self) {
        self.0.beats.fetch_add(1, Ordering::Relaxed);
    }

    fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.close();
    }
}

fn watch(signs: &Signs, limit_s: f64, line: &str) {
    let (mut last, mut still, mut before) = (0, Duration::ZERO, Instant::now());
    while !signs.closed.load(Ordering::Relaxed) {
        thread::sleep(EVERY);
        let passed = before.elapsed().min(2 * EVERY);
        before = Instant::now();
        let beats = signs.beats.load(Ordering::Relaxed);
        still = if beats == last { still + passed } else { Duration::ZERO };
        last = beats;
        if still.as_secs_f64() > limit_s {
            let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
            std::process::abort(); // Python's handler of faults then says where each thread is
        }
    }
}
