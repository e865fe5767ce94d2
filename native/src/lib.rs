//! The hot loop of Lowtide: bytes in; stock, projections and alerts kept; rows out.
//!
//! A retailer's movements (sales, receipts, orders, counts) come as a log. The core keeps the stock of every position, that is of
//! one SKU at one location, learns its demand, projects when the shelf will be empty, and says when an alert opens, changes and
//! ends. It is a deterministic fold of the log: no clock, no randomness, no hash order, no batch boundary. The same log gives the
//! same bytes on any machine, in blocks of any size, over any number of key groups, and after any crash.
//!
//! ```
//! use lowtide_native::alert::episode::Change;
//! use lowtide_native::group::Group;
//! use lowtide_native::log::partition::Partition;
//! use lowtide_native::policy::{self, Catalogue};
//!
//! // Four bottles are counted and four are sold. A record of the next day moves the clock on: the first day closes.
//! let log = br#"
//! {"id":"1","source":"till","kind":"count","sku":"milk","location":"330","quantity":4,"event_time":"2026-11-22T08:00:00Z"}
//! {"id":"2","source":"till","kind":"sale","sku":"milk","location":"330","quantity":4,"event_time":"2026-11-22T17:00:00Z"}
//! {"id":"3","source":"till","kind":"heartbeat","event_time":"2026-11-23T09:00:00Z"}
//! "#;
//!
//! let policy = policy::defaults();
//! let mut partition = Partition::new(&policy, 1);
//! let mut group = Group::new("shop", policy, Catalogue::new());
//! for (_, block) in partition.lines(log, None).into_iter().chain(partition.finish()) {
//!     group.apply(&block)?;
//! }
//!
//! let tables = group.take();
//! let alert = &tables.ledger[0];
//! assert_eq!((alert.kind.name(), alert.change, alert.on_hand), ("out_of_stock", Change::Opened, 0));
//! assert_eq!(tables.demand[0].demand, 4_000); // thousandths
//! # Ok::<(), lowtide_native::values::error::CoreError>(())
//! ```
//!
//! # The way of a record
//!
//! A [`Partition`](log::partition::Partition) reads one log: it decodes and validates a record, drops it if it came before, gives
//! it the clock of the log, and hands it on in a [block](log::wire) to the key group of its position. The
//! [`Group`](group::Group) drives three parts:
//!
//! - the [`Book`](stock::book::Book): the positions, with all that is known about each;
//! - the [`Rules`](policy::rules::Rules): the policy and the catalogue, and the terms of each position that follow from them;
//! - the [`Output`](stock::output::Output): rows for the tables, and what will be one at the next publish mark.
//!
//! For each record it fires the position's [timers](detect::schedule) that are due, [closes days](stock::days) that have passed,
//! applies the [effect](stock::effects) and lets the detectors [look](detect::look) at the result.
//!
//! # Rooms
//!
//! A room imports only from rooms below it; rooms on one line do not know one another. `tests/suite/rooms.rs` checks it.
//!
//! | room | what is in it |
//! |---|---|
//! | `python` | the only room that names PyO3, behind the feature of that name |
//! | [`group`] | a key group: the drive, a change of policy, its state, its tables |
//! | [`detect`] | the outlook of a position, six detectors, what they decide and how it is explained, the next timer |
//! | [`stock`] | the book of positions, what records and days do to it, what there is to publish |
//! | [`log`] | one log: order, duplicates, clock, split over key groups |
//! | [`alert`] | the life of an alert |
//! | [`policy`] | what is decided from outside: policy, inputs, catalogue |
//! | [`map`] | what a map makes of a row of somebody else's data |
//! | [`intake`] · [`demand`] | bytes to records, or a reject with its reason · the estimate of demand, the forecast, the projection |
//! | [`values`] | quantities, times, names, movements, bytes, errors |

pub mod alert;
pub mod demand;
pub mod detect;
pub mod group;
pub mod intake;
pub mod log;
pub mod map;
pub mod policy;
pub mod stock;
pub mod values;

#[cfg(feature = "python")]
mod python;
