//! What a position has, and what a record makes of it.
//!
//! [`book::Book`] holds the positions, [`effects`] and [`days`] change them, [`output::Output`] collects what is to be told.

pub mod book;
pub mod days;
pub mod effects;
pub mod extras;
pub mod feeds;
pub mod history;
pub mod index;
pub mod latest;
pub mod lots;
pub mod ordering;
pub mod output;
pub mod planning;
pub mod position;
pub mod promises;
pub mod rows;
pub mod sales;
pub mod shelf_life;
pub mod stock_times;
pub mod supply;
pub mod thresholds;
pub mod timers;
pub mod traces;
pub mod turnover;
