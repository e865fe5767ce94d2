//! A feed is a source at a location: what a till sends. It becomes silent, and it comes back.

use crate::values::instant::Millis;

/// Stands in the place of a source where several sources of a location are silent together.
pub const WHOLE_LOCATION: &str = "";

/// The name under which a feed stands where a position has its SKU: `source:till-7`, or `source:*` for [`WHOLE_LOCATION`].
pub fn feed_name(source: &str) -> String {
    format!("source:{}", if source == WHOLE_LOCATION { "*" } else { source })
}

/// What happens to a feed; the number is part of the formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FeedEvent {
    /// It has been quiet for longer than its own rhythm explains.
    Silent = 0,
    /// A record of it came.
    Back = 1,
    /// It was silent for so long that nobody expects it any more.
    Forgotten = 2,
    /// The policy does not look for its silence any more.
    NotLookedFor = 3,
}

impl FeedEvent {
    pub fn from_code(code: u8) -> Option<FeedEvent> {
        use FeedEvent::{Back, Forgotten, NotLookedFor, Silent};
        [Silent, Back, Forgotten, NotLookedFor].get(code as usize).copied()
    }
}

/// One change of one feed, decided by its partition and told to every key group.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedChange {
    pub event: FeedEvent,
    /// When it happened, by the clock of the log.
    pub time: Millis,
    /// The number of the record that was the feed's last by then.
    pub offset: u64,
    pub location: Box<str>,
    /// [`WHOLE_LOCATION`] for all sources of the location.
    pub source: Box<str>,
    /// Source and id of the record that came, where one did.
    pub cause: Option<(Box<str>, Box<str>)>,
    /// What a silence that begins goes by.
    pub evidence: Option<Evidence>,
}

/// What shows that a feed is silent.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// From when on quiet counts: the clock of its last record, or later where the whole log or location was quiet until then.
    pub since: Millis,
    /// When its rhythm had let expect `needed` records since then, and `least_ms` had passed.
    pub due: Millis,
    pub needed: f64,
    pub least_ms: i64,
    /// Hours of which its rhythm was learned.
    pub learned_hours: u32,
    /// Records expected in an hour, for each hour from that of `since` to that of `due`.
    pub expected: Vec<f32>,
}
