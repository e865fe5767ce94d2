//! The hot loop of Lowtide: bytes in, stock, projections and alerts kept, rows out.
//!
//! A record comes in through a [`partition`] (one log: decode, validate, deduplicate, clock), is carried by [`wire`] to
//! the key [`group`] of its position, changes it by the table in `effects`, and is looked at by the detectors in `detect`.
//! Everything is a deterministic fold of the log: no clock, no randomness, no hash order, no batch boundary.
//!
//! | to learn about | read |
//! |---|---|
//! | blocks of records, and why one is refused | `intake`, [`json`], [`columns`], [`record`], [`reject`] |
//! | stock and time | [`quantity`], [`instant`], [`calendar`], [`movement`] |
//! | a position | [`position`], [`history`], `effects`, `days`, `schedule`, [`timers`] |
//! | demand and the future | [`demand`], [`profile`], [`negbin`], [`projection`], [`levels`] |
//! | alerts | [`policy`], `policy_change`, [`episode`], `sight`, `detect`, `entries`, [`ledger`] |
//! | what leaves | [`published`], [`batches`], [`describe`], `group_state`, `partition_state`, [`bytes`] |
//! | where a key group runs | [`placement`] |
//! | Python | `python`, behind the feature of that name, the only file that names PyO3 |

pub mod batches;
pub mod bytes;
pub mod calendar;
pub mod columns;
mod days;
pub mod dedup;
pub mod demand;
pub mod describe;
mod detect;
mod effects;
mod entries;
pub mod episode;
pub mod group;
mod group_state;
pub mod history;
pub mod instant;
mod intake;
pub mod intern;
pub mod json;
pub mod ledger;
pub mod levels;
pub mod message;
pub mod movement;
pub mod negbin;
pub mod partition;
mod partition_state;
pub mod placement;
pub mod policy;
mod policy_change;
pub mod position;
pub mod profile;
pub mod projection;
pub mod published;
pub mod quantity;
pub mod record;
pub mod reject;
mod schedule;
mod sight;
pub mod timers;
pub mod wire;

#[cfg(feature = "python")]
mod python;
