//! The seeds that are kept: one a line of `seeds/TARGET.txt`, with `\n`, `\r`, `\t`, `\\` and `\xNN` for what a line cannot hold.
//! Most blocks and states are not kept: they are made from `seeds/log.jsonl`.

use super::engine::Engine;
use super::policies::busy_policy;
use lowtide_native::log::partition::Partition;

pub const LOG: &str = include_str!("../seeds/log.jsonl");
const TEXTS: [(&str, &str); 8] = [
    ("json", include_str!("../seeds/json.txt")),
    ("messages", include_str!("../seeds/messages.txt")),
    ("csv", include_str!("../seeds/csv.txt")),
    ("columns", include_str!("../seeds/columns.txt")),
    ("policy", include_str!("../seeds/policy.txt")),
    ("map", include_str!("../seeds/map.txt")),
    ("log", include_str!("../seeds/log.txt")),
    ("partition", include_str!("../seeds/partition.txt")),
];

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let text = TEXTS.iter().find(|(name, _)| *name == target).map(|(_, text)| *text);
    let kept = text.into_iter().flat_map(str::lines).filter(|line| !line.is_empty()).map(unescaped);
    kept.chain(made(target)).collect()
}

fn made(target: &str) -> Vec<Vec<u8>> {
    let policy = busy_policy();
    match target {
        "json" => LOG.lines().take(3).map(|line| line.as_bytes().to_vec()).collect(),
        "block" => {
            let mut partition = Partition::new(&policy, 1);
            let blocks = partition.lines(LOG.as_bytes(), None).into_iter().chain(partition.finish());
            blocks.map(|(_, block)| block).collect()
        }
        "group" | "partition" => {
            let mut engine = Engine::new(&policy, 1);
            let (first, second) = LOG.split_at(LOG.len() / 2);
            engine.feed(first.as_bytes());
            let mut segments = engine.save(true);
            engine.feed(second.as_bytes());
            segments.extend(engine.save(false));
            segments.extend(engine.save(true));
            let parts = segments.into_iter().skip(usize::from(target == "group")).step_by(2);
            parts.map(|segment| [&[0], &segment[4..segment.len() - 8]].concat()).collect()
        }
        _ => Vec::new(),
    }
}

/// The bytes of a line.
pub fn unescaped(line: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), line.as_bytes());
    while let [first, more @ ..] = rest {
        rest = more;
        let (byte, taken) = match (first, more) {
            (b'\\', [b'n', ..]) => (b'\n', 1),
            (b'\\', [b'r', ..]) => (b'\r', 1),
            (b'\\', [b't', ..]) => (b'\t', 1),
            (b'\\', [b'\\', ..]) => (b'\\', 1),
            (b'\\', [b'x', a, b, ..]) => (digit(*a) * 16 + digit(*b), 3),
            (other, _) => (*other, 0),
        };
        bytes.push(byte);
        rest = &rest[taken..];
    }
    bytes
}

fn digit(letter: u8) -> u8 {
    (letter as char).to_digit(16).unwrap_or(0) as u8
}
