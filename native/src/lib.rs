//! The hot loop of Lowtide: it takes bytes, keeps stock, projections and alerts, and gives rows.
//!
//! A record comes in through a [`log::partition`] (one log: decode, validate, deduplicate, clock), is carried by [`log::wire`] to
//! the key [`group`] of its position, changes it by the table in `effects`, and is examined by the detectors in `detect`.
//! Everything is a deterministic fold of the log: no clock, no randomness, no hash order, no batch boundary.
//!
//! | room | what is in it |
//! |---|---|
//! | [`group`] | a key group drives its positions |
//! | [`detect`] | detectors look at a touched position |
//! | [`stock`] | a position: row, effects, history, days, levels |
//! | [`log`] | one log: order, duplicates, clock, split over key groups |
//! | [`demand`] | the learned rate, the negative binomial, the projection |
//! | [`alert`] | the life of an alert, and its entries |
//! | [`intake`] | bytes to records, or a reject with its reason |
//! | [`policy`] | the compiled policy |
//! | [`values`] | quantities, times, names, bytes |
//! | `python` | the only file that names PyO3, behind the feature of that name |

pub mod alert;
pub mod demand;
pub mod detect;
pub mod group;
pub mod intake;
pub mod log;
pub mod policy;
pub mod stock;
pub mod values;

#[cfg(feature = "python")]
mod python;
