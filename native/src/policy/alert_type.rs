//! What an alert can be about, and how severe it can be.

/// The six alert types, in the order in which they are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum AlertType {
    NegativeStock = 0,
    OutOfStock = 1,
    ProjectedStockout = 2,
    BelowReorderPoint = 3,
    OverdueSupply = 4,
    SalesSpike = 5,
}

/// Every type with its name in the ledger.
pub const TYPES: [(AlertType, &str); 6] = [
    (AlertType::NegativeStock, "negative_stock"),
    (AlertType::OutOfStock, "out_of_stock"),
    (AlertType::ProjectedStockout, "projected_stockout"),
    (AlertType::BelowReorderPoint, "below_reorder_point"),
    (AlertType::OverdueSupply, "overdue_supply"),
    (AlertType::SalesSpike, "sales_spike"),
];

impl AlertType {
    pub fn name(self) -> &'static str {
        TYPES[self as usize].1
    }

    /// Severity where the policy sets none, 1 watch to 3 critical.
    pub fn default_severity(self) -> u8 {
        match self {
            AlertType::OutOfStock => 3,
            AlertType::SalesSpike => 1,
            _ => 2,
        }
    }
}

/// By level: 0 when no episode is open, else 1 to 3.
pub const SEVERITIES: [&str; 4] = ["none", "watch", "warning", "critical"];
