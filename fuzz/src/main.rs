//! One program for libFuzzer with all targets. `LOWTIDE_FUZZ` names the one that runs, `LOWTIDE_FUZZ_SEEDS` a folder for its seeds.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs};

use libfuzzer_sys::fuzz_target;
use lowtide_fuzz::{allocation, run, seeds};

#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;

static TARGET: LazyLock<String> = LazyLock::new(|| env::var("LOWTIDE_FUZZ").unwrap_or_default());

fn write_seeds() {
    let Ok(folder) = env::var("LOWTIDE_FUZZ_SEEDS") else {
        return;
    };
    for (number, seed) in seeds::of(&TARGET).into_iter().enumerate() {
        fs::write(Path::new(&folder).join(format!("seed-{number:03}")), seed)
            .expect("the folder of the seeds is there");
    }
}

fuzz_target!(init: write_seeds(), |data: &[u8]| run(&TARGET, data));
