//! What only the detail of a sign has.

use std::collections::BTreeMap;

use crate::detect::outlook::Outlook;
use crate::detect::signs::{cover, hole, mismatch, slip};
use crate::policy::signs::HOLES;
use crate::stock::book::Book;
use crate::stock::supply::Supply;
use crate::values::instant::{self, HOUR};
use crate::values::quantity::{self, Milli, units};

/// Days for which the cost of holding stock is counted, and those of a year.
const MONTH: f64 = 30.0;
const YEAR: f64 = 365.0;

/// Units that a month of holding so many units costs.
fn holding(outlook: &Outlook<'_>, units: f64) -> f64 {
    units.max(0.0) * outlook.terms.signs.holding_cost * MONTH / YEAR
}

#[derive(serde::Serialize)]
pub struct Slip<'a> {
    slipping: Vec<Slipping<'a>>,
    /// The chance of a stockout if all of them came when first promised.
    p_as_promised: Option<f64>,
}

#[derive(serde::Serialize)]
struct Slipping<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    remaining: String,
    promised: String,
    due: String,
}

impl<'a> Slip<'a> {
    pub fn of(book: &'a Book, outlook: &Outlook<'_>) -> Slip<'a> {
        let slips = book.supplies(outlook.row).iter().filter_map(|supply| {
            let promised = slip::promised(supply, outlook.terms, outlook.now)?;
            Some(Slipping {
                reference: &supply.reference,
                remaining: quantity::format(supply.remaining),
                promised: instant::format(promised),
                due: instant::format(supply.due),
            })
        });
        Slip { slipping: slips.collect(), p_as_promised: slip::p_as_promised(book, outlook) }
    }
}

#[derive(serde::Serialize)]
pub struct Mismatches<'a> {
    mismatches: Vec<Mismatch<'a>>,
    mismatch_after_hours: f64,
    /// Units that differ, in all.
    at_stake: f64,
}

#[derive(serde::Serialize)]
struct Mismatch<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    shipped: String,
    received: String,
    since: String,
}

impl<'a> Mismatches<'a> {
    pub fn of(book: &'a Book, outlook: &'a Outlook<'_>) -> Mismatches<'a> {
        let after = outlook.terms.signs.mismatch_after_ms;
        let differ = |supply: &Supply| supply.mismatch().map_or(0, |(shipped, received)| (shipped - received).abs());
        let refs = || mismatch::found(book, outlook.terms, outlook.row, outlook.now);
        let found = refs().filter_map(|supply| {
            let (shipped, received) = supply.mismatch()?;
            Some(Mismatch {
                reference: &supply.reference,
                shipped: quantity::format(shipped),
                received: quantity::format(received),
                since: instant::format(supply.settles_at(after)),
            })
        });
        Mismatches {
            mismatches: found.collect(),
            mismatch_after_hours: after as f64 / HOUR as f64,
            at_stake: units(quantity::sum(refs().map(differ))),
        }
    }
}

#[derive(serde::Serialize)]
pub struct Variance {
    counted: Option<String>,
    recorded: Option<String>,
    variance: Option<String>,
    counted_at: Option<String>,
    variance_units: String,
    variance_share: f64,
    /// Units that the count and the record are apart.
    at_stake: f64,
}

impl Variance {
    pub fn of(book: &Book, outlook: &Outlook<'_>) -> Variance {
        let signs = &outlook.terms.signs;
        let last = book.alerts(outlook.row).and_then(|alerts| alerts.variance);
        let amount = |pick: fn(Milli, Milli) -> Milli| last.map(|v| quantity::format(pick(v.counted, v.recorded)));
        Variance {
            counted: amount(|counted, _| counted),
            recorded: amount(|_, recorded| recorded),
            variance: amount(|counted, recorded| quantity::add(counted, -recorded)),
            counted_at: last.map(|v| instant::format(v.at)),
            variance_units: quantity::format(signs.variance_least),
            variance_share: signs.variance_share,
            at_stake: last.map_or(0.0, |v| units(quantity::add(v.counted, -v.recorded).abs())),
        }
    }
}

#[derive(serde::Serialize)]
pub struct Holes<'a> {
    /// How many records, by what they lack.
    holes: BTreeMap<&'static str, u32>,
    /// Refs without an order.
    unordered: Vec<&'a str>,
    hole_after_hours: f64,
    hole_hold_hours: f64,
    at_stake: f64,
}

impl<'a> Holes<'a> {
    pub fn of(book: &'a Book, outlook: &'a Outlook<'_>) -> Holes<'a> {
        let signs = &outlook.terms.signs;
        let counts = book.alerts(outlook.row).and_then(|alerts| alerts.holes).unwrap_or_default().counts;
        let known = HOLES.into_iter().zip(counts).filter(|(_, count)| *count > 0);
        let refs = hole::unordered(book, outlook.terms, outlook.row, outlook.now).filter(|(_, at)| *at <= outlook.now);
        Holes {
            holes: known.collect(),
            unordered: refs.map(|(supply, _)| &*supply.reference).collect(),
            hole_after_hours: signs.hole_after_ms as f64 / HOUR as f64,
            hole_hold_hours: signs.hole_hold_ms as f64 / HOUR as f64,
            at_stake: 0.0,
        }
    }
}

#[derive(serde::Serialize)]
pub struct Cover {
    /// Days of expected demand that are available.
    cover_days: Option<f64>,
    /// Units beyond those of `overstock_exit_days`.
    excess: String,
    overstock_days: f64,
    overstock_exit_days: f64,
    holding_cost: f64,
    /// What a month of holding the excess costs, in units.
    at_stake: f64,
}

impl Cover {
    pub fn of(outlook: &Outlook<'_>) -> Cover {
        let (signs, rate) = (&outlook.terms.signs, outlook.forecast.estimate.rate);
        let excess = units(outlook.position.available()) - rate * signs.overstock_exit_days;
        Cover {
            cover_days: cover::days(&outlook.position, outlook.terms),
            excess: quantity::format(quantity::from_units(excess.max(0.0))),
            overstock_days: signs.overstock_days,
            overstock_exit_days: signs.overstock_exit_days,
            holding_cost: signs.holding_cost,
            at_stake: holding(outlook, excess),
        }
    }
}

#[derive(serde::Serialize)]
pub struct Idle {
    /// Closed days in stock since the last sale.
    idle_days: u16,
    slow_days: u16,
    dead_days: u16,
    idle_units: String,
    holding_cost: f64,
    /// What a month of holding what lies costs, in units.
    at_stake: f64,
}

impl Idle {
    pub fn of(outlook: &Outlook<'_>) -> Idle {
        let signs = &outlook.terms.signs;
        Idle {
            idle_days: outlook.position.traces.idle_days,
            slow_days: signs.slow_days,
            dead_days: signs.dead_days,
            idle_units: quantity::format(signs.idle_least),
            holding_cost: signs.holding_cost,
            at_stake: holding(outlook, units(outlook.position.available())),
        }
    }
}

#[derive(serde::Serialize)]
pub struct Quiet {
    /// Whole days in stock without a sale since the last sale, count or restock.
    quiet_days: u16,
    /// The surprise of one of these days.
    surprise_per_day: f64,
    /// The natural log of how much better a drought explains the sales than usual demand, and its line.
    score: f64,
    /// The part of it that days with sales have.
    score_of_sales: f64,
    drought_line: f64,
    /// Odds that the shelf is empty, a rank; and their line.
    odds: f64,
    phantom_odds: f64,
    usual_per_day: f64,
}

impl Quiet {
    pub fn of(outlook: &Outlook<'_>) -> Quiet {
        let (traces, signs) = (&outlook.position.traces, &outlook.terms.signs);
        Quiet {
            quiet_days: traces.idle(),
            surprise_per_day: traces.quiet(),
            score: traces.score(),
            score_of_sales: traces.score_of_sales(),
            drought_line: signs.drought_line,
            odds: traces.odds(),
            phantom_odds: signs.phantom_odds,
            usual_per_day: traces.usual(),
        }
    }
}

#[derive(serde::Serialize)]
pub struct Shift {
    /// The CUSUM of weekly sales, above 0 for more than usual, and its line.
    cusum: f64,
    shift_line: f64,
    /// The first day of the week in which it left 0.
    since: String,
    usual_per_day: f64,
    shift_weeks: u16,
}

impl Shift {
    pub fn of(outlook: &Outlook<'_>) -> Shift {
        let (traces, signs) = (&outlook.position.traces, &outlook.terms.signs);
        Shift {
            cusum: traces.shift(),
            shift_line: signs.shift_line,
            since: instant::format_day(traces.shifted_since(outlook.day.number - 1)),
            usual_per_day: traces.usual(),
            shift_weeks: signs.shift_weeks,
        }
    }
}
