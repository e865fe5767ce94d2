//! Values that everything else is made of: quantities, times, names, bytes.

pub mod base64;
pub mod bytes;
pub mod calendar;
pub mod decimal;
pub mod deed;
pub mod error;
pub mod feed;
pub mod instant;
pub mod intern;
pub mod movement;
pub mod names;
pub mod normal;
pub mod numbered;
pub mod pages;
pub mod quantity;
pub mod slots;
pub mod table;
pub mod time_format;
