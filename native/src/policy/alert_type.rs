//! What an alert can be about, and how severe it can be.

/// The alert types. The first six need no sign: what the record says of stock, supply and the day's sales is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum AlertType {
    NegativeStock = 0,
    OutOfStock = 1,
    ProjectedStockout = 2,
    BelowReorderPoint = 3,
    OverdueSupply = 4,
    SalesSpike = 5,
    SlippingSupply = 6,
    TransferMismatch = 7,
    CountVariance = 8,
    PhantomStock = 9,
    SalesDrought = 10,
    LevelShift = 11,
    Overstock = 12,
    SlowMoving = 13,
    DeadStock = 14,
    Expiring = 15,
    ProcessHole = 16,
    SilentFeed = 17,
}

/// How many types there are.
pub const COUNT: usize = 18;

/// Every type with its name in the ledger.
pub const TYPES: [(AlertType, &str); COUNT] = [
    (AlertType::NegativeStock, "negative_stock"),
    (AlertType::OutOfStock, "out_of_stock"),
    (AlertType::ProjectedStockout, "projected_stockout"),
    (AlertType::BelowReorderPoint, "below_reorder_point"),
    (AlertType::OverdueSupply, "overdue_supply"),
    (AlertType::SalesSpike, "sales_spike"),
    (AlertType::SlippingSupply, "slipping_supply"),
    (AlertType::TransferMismatch, "transfer_mismatch"),
    (AlertType::CountVariance, "count_variance"),
    (AlertType::PhantomStock, "phantom_stock"),
    (AlertType::SalesDrought, "sales_drought"),
    (AlertType::LevelShift, "level_shift"),
    (AlertType::Overstock, "overstock"),
    (AlertType::SlowMoving, "slow_moving"),
    (AlertType::DeadStock, "dead_stock"),
    (AlertType::Expiring, "expiring"),
    (AlertType::ProcessHole, "process_hole"),
    (AlertType::SilentFeed, "silent_feed"),
];

impl AlertType {
    pub fn name(self) -> &'static str {
        TYPES[self as usize].1
    }

    /// Severity where the policy sets none, 1 watch to 3 critical.
    pub fn default_severity(self) -> u8 {
        match self {
            AlertType::OutOfStock | AlertType::SilentFeed => 3,
            AlertType::SalesSpike
            | AlertType::CountVariance
            | AlertType::SalesDrought
            | AlertType::LevelShift
            | AlertType::Overstock
            | AlertType::SlowMoving
            | AlertType::DeadStock
            | AlertType::ProcessHole => 1,
            _ => 2,
        }
    }

    /// Whether it is a sign: the policy says with `look_for` which of them are looked for.
    pub fn is_sign(self) -> bool {
        self as u8 > AlertType::SalesSpike as u8
    }
}

/// By level: 0 when no episode is open, else 1 to 3.
pub const SEVERITIES: [&str; 4] = ["none", "watch", "warning", "critical"];
