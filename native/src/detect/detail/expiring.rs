//! What only the detail of an alert about lots that expire has.

use crate::detect::outlook::Outlook;
use crate::detect::signs::expiring::{self, Soon};
use crate::stock::book::Book;
use crate::values::instant;
use crate::values::quantity;

#[derive(serde::Serialize)]
pub struct Expiring {
    /// Those that expire first before the others.
    lots: Vec<Lot>,
    /// Units that can not be sold any more.
    expired: String,
    worst: Option<Worst>,
    expiring_days: i32,
    expiring_p: f64,
    /// Units that are expected not to be sold in time, those that are expired with them.
    at_stake: f64,
}

#[derive(serde::Serialize)]
struct Lot {
    expiry: String,
    /// The most that can be left of it.
    most: String,
    left: String,
}

/// The lot whose units, with those that expire before it, are the least likely to be sold in time.
#[derive(serde::Serialize)]
struct Worst {
    expiry: String,
    units: String,
    /// Whole days on which it can be sold, today included.
    days: i32,
    exposure: f64,
    mean: f64,
    variance: f64,
    /// The chance that demand does not reach the units.
    p: f64,
    unsold: f64,
}

impl Expiring {
    pub fn of(book: &Book, outlook: &Outlook<'_>) -> Expiring {
        let soon = Soon::of(book, outlook);
        let lots = expiring::lots(book, outlook.row).into_iter().map(|lot| Lot {
            expiry: instant::format(lot.expiry),
            most: quantity::format(lot.most),
            left: quantity::format(lot.left),
        });
        let worst = soon.worst.as_ref().map(|worst| Worst {
            expiry: instant::format(worst.expiry),
            units: quantity::format(worst.units),
            days: worst.days,
            exposure: worst.exposure,
            mean: worst.demand.mean,
            variance: worst.demand.variance,
            p: worst.p,
            unsold: worst.unsold,
        });
        Expiring {
            lots: lots.collect(),
            expired: quantity::format(soon.expired),
            worst,
            expiring_days: outlook.terms.signs.expiring_days,
            expiring_p: outlook.terms.signs.expiring_p,
            at_stake: soon.unsold(),
        }
    }
}
