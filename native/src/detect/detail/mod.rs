//! The `detail` of a ledger entry: JSON of all that its numbers can be recomputed from. `docs/tables.md` names the keys.
//!
//! The order of the fields is the order of the keys.

mod expiring;
mod more;
mod signs;

use serde_json::value::RawValue;

use self::more::More;
use crate::demand::negbin::NegBin;
use crate::demand::projection::rounded;
use crate::detect::detectors::REORDER;
use crate::detect::outlook::Outlook;
use crate::policy::alert_type::AlertType;
use crate::stock::book::Book;
use crate::stock::ordering::ExpectedOrder;
use crate::stock::supply::Supply;
use crate::stock::turnover;
use crate::values::instant;
use crate::values::quantity;

/// Most details are not longer.
const USUAL_LENGTH: usize = 1536;

/// The detail of an entry of this alert type, as JSON text. `curve` holds the chance to be out by the end of each day.
pub fn of(book: &Book, outlook: &Outlook<'_>, kind: AlertType, curve: &[f64]) -> String {
    let supplies = book.supplies(outlook.row);
    let (day, terms) = (&outlook.day, outlook.terms);
    let as_of = day.start + ((day.end - day.start) as f64 * day.share_of_hours(outlook.now)) as i64;
    let detail = Detail {
        as_of: instant::format(as_of),
        time_zone: &terms.time_zone,
        horizon_days: terms.horizon,
        demand: Demand::of(outlook),
        supply: supplies.iter().zip(0..).map(|(supply, number)| Open::of(outlook, supply, number)).collect(),
        expected_order: outlook.expected_order.as_ref().map(|order| Expected::of(outlook, order)),
        lateness: &terms.written.lateness,
        lines: &terms.written.lines,
        lead_time_days: terms.lead_time_days,
        review_period_days: terms.review_period_days,
        out_by: curve.iter().copied().map(rounded).collect(),
        layers: &terms.written.layers,
        wave: Lifting::of(book, outlook, kind),
        more: More::of(book, outlook, kind),
    };
    let mut text = Vec::with_capacity(USUAL_LENGTH);
    serde_json::to_writer(&mut text, &detail).expect("its keys are text, and it is written to memory");
    String::from_utf8(text).expect("JSON is UTF-8")
}

#[derive(serde::Serialize)]
struct Detail<'a> {
    as_of: String,
    time_zone: &'a str,
    horizon_days: usize,
    demand: Demand<'a>,
    supply: Vec<Open<'a>>,
    expected_order: Option<Expected<'a>>,
    lateness: &'a RawValue,
    lines: &'a RawValue,
    lead_time_days: f64,
    review_period_days: f64,
    out_by: Vec<f64>,
    layers: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    wave: Option<Lifting>,
    #[serde(flatten)]
    more: Option<More<'a>>,
}

/// The wave of sales without which the position would be exempt, as one that hardly sells.
#[derive(serde::Serialize)]
struct Lifting {
    first: String,
    last: String,
    sold: String,
    wave_units: String,
    wave_days: i32,
    turnover: String,
    low_turnover_units: String,
    low_turnover_days: i32,
}

impl Lifting {
    /// Only the alert types that the exemption is about have it.
    fn of(book: &Book, outlook: &Outlook<'_>, kind: AlertType) -> Option<Lifting> {
        if !REORDER.contains(&kind) {
            return None;
        }
        let terms = outlook.terms;
        let (turnover, wave) = turnover::lifted(book, terms, outlook.row, &outlook.day)?;
        Some(Lifting {
            first: instant::format_day(wave.first),
            last: instant::format_day(wave.last),
            sold: quantity::format(wave.units),
            wave_units: quantity::format(terms.wave_units),
            wave_days: terms.wave_days,
            turnover: quantity::format(turnover),
            low_turnover_units: quantity::format(terms.low_turnover_units),
            low_turnover_days: terms.low_turnover_days,
        })
    }
}

#[derive(serde::Serialize)]
struct Demand<'a> {
    rate_per_day: f64,
    phi: f64,
    kappa: f64,
    levels: [f64; 3],
    weights: [f64; 3],
    days_learned: f64,
    season: Option<&'a str>,
    drivers: Vec<&'a str>,
    prior: &'a RawValue,
    today: f64,
    exposure: &'a [f64],
    /// Of somebody else's forecast: to the end of each day.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variance: Option<Vec<f64>>,
}

impl<'a> Demand<'a> {
    fn of(outlook: &'a Outlook<'_>) -> Demand<'a> {
        let (terms, forecast, number) = (outlook.terms, &outlook.forecast, outlook.day.number);
        let estimate = &forecast.estimate;
        let to: Option<Vec<NegBin>> =
            forecast.given.is_some().then(|| (0..forecast.horizon()).map(|bucket| forecast.to(bucket)).collect());
        Demand {
            rate_per_day: estimate.rate,
            phi: estimate.phi,
            kappa: estimate.kappa,
            levels: outlook.demand.levels(),
            weights: estimate.weights,
            days_learned: outlook.demand.learned_days(&terms.prior),
            season: terms.season.as_deref(),
            drivers: terms.factors.as_ref().map(|f| f.drivers_of(number, terms.horizon as i32)).unwrap_or_default(),
            prior: &terms.written.prior,
            today: terms.day_exposure(number),
            exposure: &forecast.exposure,
            mean: to.as_ref().map(|to| to.iter().map(|demand| demand.mean).collect()),
            variance: to.as_ref().map(|to| to.iter().map(|demand| demand.variance).collect()),
        }
    }
}

/// Supply that is open.
#[derive(serde::Serialize)]
struct Open<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    remaining: String,
    due: String,
    overdue_days: i32,
    arrives: &'a [f64],
    /// The chance that it comes at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    comes: Option<f64>,
}

impl<'a> Open<'a> {
    /// The supply with this number among those of its position.
    fn of(outlook: &'a Outlook<'_>, supply: &'a Supply, number: usize) -> Open<'a> {
        let remainder = outlook.terms.remainder;
        Open {
            reference: &supply.reference,
            remaining: quantity::format(supply.remaining),
            due: instant::format(supply.due),
            overdue_days: (outlook.day.number - outlook.calendar.number(supply.due)).max(0),
            arrives: &outlook.arrivals[number].on,
            comes: (supply.is_remainder() && remainder < 1.0).then_some(remainder),
        }
    }
}

#[derive(serde::Serialize)]
struct Expected<'a> {
    point: f64,
    quantity: String,
    position: String,
    on_day: usize,
    due_in: i32,
    arrives: &'a [f64],
}

impl<'a> Expected<'a> {
    fn of(outlook: &Outlook<'_>, order: &'a ExpectedOrder) -> Expected<'a> {
        Expected {
            point: outlook.position.ordering().point.into(),
            quantity: quantity::format(order.arrival.remaining),
            position: quantity::format(order.position),
            on_day: order.on_day,
            due_in: order.due_in,
            arrives: &order.arrival.on,
        }
    }
}
