//! What only the detail of one alert type has.

use crate::detect::detail::signs;
use crate::detect::detectors::inventory_position;
use crate::detect::outlook::Outlook;
use crate::policy::ReorderPoint;
use crate::policy::alert_type::AlertType;
use crate::policy::terms::Service;
use crate::stock::book::Book;
use crate::stock::supply::Supply;
use crate::values::instant::{self, HOUR};
use crate::values::quantity::{self, Milli};

#[derive(serde::Serialize)]
#[serde(untagged)]
pub enum More<'a> {
    Reorder(Reorder),
    Overdue(Overdue<'a>),
    Spike(Spike),
    Slip(signs::Slip<'a>),
    Mismatches(signs::Mismatches<'a>),
    Variance(signs::Variance),
    Holes(signs::Holes<'a>),
    Cover(signs::Cover),
    Idle(signs::Idle),
    Quiet(signs::Quiet),
    Shift(signs::Shift),
}

impl<'a> More<'a> {
    pub fn of(book: &'a Book, outlook: &'a Outlook<'_>, kind: AlertType) -> Option<More<'a>> {
        match kind {
            AlertType::BelowReorderPoint => {
                Some(More::Reorder(Reorder::of(outlook, inventory_position(book, outlook))))
            }
            AlertType::OverdueSupply => Some(More::Overdue(Overdue::of(outlook, book.supplies(outlook.row)))),
            AlertType::SalesSpike => Some(More::Spike(Spike::of(outlook))),
            AlertType::SlippingSupply => Some(More::Slip(signs::Slip::of(book, outlook))),
            AlertType::TransferMismatch => Some(More::Mismatches(signs::Mismatches::of(book, outlook))),
            AlertType::CountVariance => Some(More::Variance(signs::Variance::of(book, outlook))),
            AlertType::ProcessHole => Some(More::Holes(signs::Holes::of(book, outlook))),
            AlertType::Overstock => Some(More::Cover(signs::Cover::of(outlook))),
            AlertType::SlowMoving | AlertType::DeadStock => Some(More::Idle(signs::Idle::of(outlook))),
            AlertType::PhantomStock | AlertType::SalesDrought => Some(More::Quiet(signs::Quiet::of(outlook))),
            AlertType::LevelShift => Some(More::Shift(signs::Shift::of(outlook))),
            _ => None,
        }
    }
}

#[derive(serde::Serialize)]
pub struct Reorder {
    reorder_point: String,
    grace_hours: f64,
    inventory_position: String,
    formula: Option<Formula>,
}

#[derive(serde::Serialize)]
struct Formula {
    k: f64,
    sigma: f64,
    safety_stock: f64,
    service: &'static str,
    service_level: f64,
    quantity: Option<f64>,
    lead_time_sd_days: f64,
}

impl Reorder {
    fn of(outlook: &Outlook<'_>, inventory_position: Milli) -> Reorder {
        let (terms, safety) = (outlook.terms, outlook.safety());
        let ordered = outlook.position.ordering().quantity;
        let formula = (terms.reorder_point == ReorderPoint::Formula).then(|| Formula {
            k: safety.k,
            sigma: safety.sigma,
            safety_stock: safety.stock(),
            service: if terms.service == Service::Fill { "fill" } else { "cycle" },
            service_level: terms.service_level,
            quantity: (ordered > 0.0).then(|| ordered.into()),
            lead_time_sd_days: terms.lead_time_sd_days,
        });
        Reorder {
            reorder_point: quantity::format(quantity::from_units(outlook.reorder_point().unwrap_or_default())),
            grace_hours: terms.grace_ms as f64 / HOUR as f64,
            inventory_position: quantity::format(inventory_position),
            formula,
        }
    }
}

#[derive(serde::Serialize)]
pub struct Overdue<'a> {
    overdue: Vec<Late<'a>>,
    grace_hours: f64,
}

#[derive(serde::Serialize)]
struct Late<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    remaining: String,
    due: String,
}

impl<'a> Overdue<'a> {
    fn of(outlook: &Outlook<'_>, supplies: &'a [Supply]) -> Overdue<'a> {
        let late = supplies.iter().filter(|supply| supply.overdue_at(outlook.terms) <= outlook.now);
        let late = late.map(|supply| Late {
            reference: &supply.reference,
            remaining: quantity::format(supply.remaining),
            due: instant::format(supply.due),
        });
        Overdue { overdue: late.collect(), grace_hours: outlook.terms.grace_ms as f64 / HOUR as f64 }
    }
}

#[derive(serde::Serialize)]
pub struct Spike {
    day: String,
    sold: String,
    mean: f64,
    variance: f64,
    tail_p: f64,
    spike_p: f64,
    spike_min: f64,
}

impl Spike {
    fn of(outlook: &Outlook<'_>) -> Spike {
        let (demand, today) = (outlook.today(), outlook.position.today);
        Spike {
            day: instant::format_day(outlook.day.number),
            sold: quantity::format(today),
            mean: demand.mean,
            variance: demand.variance,
            tail_p: demand.at_least((today as f64 / 1000.0).ceil()),
            spike_p: outlook.terms.spike_p,
            spike_min: outlook.terms.spike_min,
        }
    }
}
