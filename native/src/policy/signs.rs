//! The values that signs go by: what gives away a fault that the record of stock does not show.

use crate::policy::alert_type::{AlertType, COUNT, TYPES};
use crate::policy::terms::PolicyValues;
use crate::values::error::CoreError;
use crate::values::quantity;

/// Records that may lack another before them, in the order of the places in [`Signs::holes`]: a receipt and a shipment without an
/// order, a return without a sale, an adjustment without a reason.
pub const HOLES: [&str; 4] = ["receipt", "shipment", "return", "adjustment"];

pub const RECEIPT_WITHOUT_ORDER: usize = 0;
pub const RETURN_WITHOUT_SALE: usize = 2;
pub const ADJUSTMENT_WITHOUT_REASON: usize = 3;

/// Values of one position; durations in milliseconds, amounts in thousandths.
#[derive(Clone, Debug)]
pub struct Signs {
    /// Whether no sign of a position is looked for; a silent feed is not about a position.
    pub none: bool,
    /// Whether any of phantom_stock, sales_drought and level_shift is looked for: then days leave traces.
    pub of_demand: bool,
    /// Odds that the shelf is empty at which phantom_stock opens.
    pub phantom_odds: f64,
    /// The score of low sales at which sales_drought opens.
    pub drought_line: f64,
    /// The CUSUM at which level_shift opens, and the weeks after which the new level is the usual one.
    pub shift_line: f64,
    pub shift_weeks: u16,
    /// How long after its last record a transfer must agree with itself.
    pub mismatch_after_ms: i64,
    /// A count is told when it is off by at least so much, and by this share of what the record said.
    pub variance_least: i64,
    pub variance_share: f64,
    /// How long records from before the count may still come.
    pub variance_after_ms: i64,
    pub variance_hold_ms: i64,
    /// Days of expected demand in stock, with which an overstock begins and ends.
    pub overstock_days: f64,
    pub overstock_exit_days: f64,
    /// The least that is too much, in units beyond the exit.
    pub overstock_units: f64,
    /// Days in stock without a sale.
    pub slow_days: u16,
    pub dead_days: u16,
    /// Slow and dead stock is at least so much.
    pub idle_least: i64,
    /// What it costs to hold stock for a year, as a share of its worth.
    pub holding_cost: f64,
    /// The holes of a process that are told, by place in [`HOLES`].
    pub holes: [bool; 4],
    /// How long after a receipt or a shipment its order may be known.
    pub hole_after_ms: i64,
    pub hole_hold_ms: i64,
    /// A lot is judged when it can be sold on no more than so many days, today included.
    pub expiring_days: i32,
    /// The least chance that not all of it is sold in time.
    pub expiring_p: f64,
    /// Days that a position has to learn from before its demand gives anything away.
    pub after_days: f64,
    /// A feed is silent when so many of its records are missing and so much time has passed since its last one.
    pub silent_records: f64,
    pub silent_least_ms: i64,
}

impl Signs {
    pub(super) fn read(values: &PolicyValues<'_>, off: &[bool; COUNT]) -> Result<Signs, CoreError> {
        let number = |key| values.number_or_usual(key);
        let amount = |key| Ok::<_, CoreError>(quantity::from_units(number(key)?));
        Ok(Signs {
            none: TYPES
                .iter()
                .all(|(kind, _)| !kind.is_sign() || *kind == AlertType::SilentFeed || off[*kind as usize]),
            of_demand: [AlertType::PhantomStock, AlertType::SalesDrought, AlertType::LevelShift]
                .iter()
                .any(|kind| !off[*kind as usize]),
            phantom_odds: number("phantom_odds")?,
            drought_line: number("drought_line")?,
            shift_line: number("shift_line")?,
            shift_weeks: number("shift_weeks")? as u16,
            mismatch_after_ms: number("mismatch_after_ms")? as i64,
            variance_least: amount("variance_units")?,
            variance_share: number("variance_share")?,
            variance_after_ms: number("variance_after_ms")? as i64,
            variance_hold_ms: number("variance_hold_ms")? as i64,
            overstock_days: number("overstock_days")?,
            overstock_exit_days: number("overstock_exit_days")?,
            overstock_units: number("overstock_units")?,
            slow_days: number("slow_days")? as u16,
            dead_days: number("dead_days")? as u16,
            idle_least: amount("idle_units")?,
            holding_cost: number("holding_cost")?,
            holes: values.words_or_usual("holes", HOLES),
            hole_after_ms: number("hole_after_ms")? as i64,
            hole_hold_ms: number("hole_hold_ms")? as i64,
            expiring_days: number("expiring_days")? as i32,
            expiring_p: number("expiring_p")?,
            after_days: number("sign_after_days")?,
            silent_records: number("silent_records")?,
            silent_least_ms: number("silent_least_ms")? as i64,
        })
    }
}
