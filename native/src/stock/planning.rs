//! Safety stock, reorder point and available to promise, for those who plan by them.
//!
//! ```text
//! σ_DL = √(variance of demand over lead time and review period + d² σ_L²)        d: units a day, σ_L: of the lead time
//! SS = k σ_DL     ROP = mean over lead time and review period + SS               (King 2011, "Crack the Code")
//! cycle service   k = Φ⁻¹(service level)
//! fill rate       G(k) = (1 − service level) Q / σ_DL     G(k) = φ(k) − k (1 − Φ(k))     (Silver, Pyke, Thomas)
//! ```

use crate::demand::estimate::Estimate;
use crate::demand::negbin::NegBin;
use crate::policy::terms::Service;
use crate::policy::{ReorderPoint, Terms};
use crate::stock::ordering::Ordering;
use crate::stock::supply::Supply;
use crate::values::calendar::Calendar;
use crate::values::normal;
use crate::values::quantity::{self, Milli};

/// A safety stock and what it was made of; in units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Safety {
    pub k: f64,
    /// Standard deviation of demand over lead time and review period.
    pub sigma: f64,
    /// Mean of that demand.
    pub mean: f64,
    /// The order quantity that a fill rate is reckoned with.
    pub quantity: f64,
}

impl Safety {
    /// Of a position with this estimate.
    pub fn of_estimate(estimate: &Estimate, ordering: Ordering, terms: &Terms) -> Safety {
        Safety::of(estimate.rate, estimate.over(terms.cover_days()), ordering, terms)
    }

    /// Of a position that sells `rate` a day and, over lead time and review period, `demand`.
    pub fn of(rate: f64, demand: NegBin, ordering: Ordering, terms: &Terms) -> Safety {
        let sigma = libm::sqrt(demand.variance + rate * rate * terms.lead_time_sd_days * terms.lead_time_sd_days);
        let ordered = f64::from(ordering.quantity);
        let quantity = if ordered > 0.0 { ordered } else { (rate * terms.review_period_days).max(1.0) };
        let k = match terms.service {
            Service::Cycle => terms.service_k,
            Service::Fill => fill_factor(terms.service_level, quantity, sigma),
        };
        Safety { k, sigma, mean: demand.mean, quantity }
    }

    pub fn stock(&self) -> f64 {
        self.k * self.sigma
    }

    /// The inventory position below which to order.
    pub fn reorder_point(&self) -> f64 {
        self.mean + self.stock()
    }
}

/// The reorder point that the policy asks for, in units; `None` where it asks for none.
pub fn reorder_point(terms: &Terms, safety: &Safety) -> Option<f64> {
    match terms.reorder_point {
        ReorderPoint::Off => None,
        ReorderPoint::Fixed(level) => Some(quantity::units(level)),
        ReorderPoint::Formula => Some(safety.reorder_point()),
    }
}

/// The k, at least 0, at which orders of `quantity` serve this share of demand from stock.
fn fill_factor(fill_rate: f64, quantity: f64, sigma: f64) -> f64 {
    let missing = (1.0 - fill_rate) * quantity;
    if sigma <= 0.0 || sigma * normal::loss(0.0) <= missing {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 40.0);
    while high - low > 1e-9 {
        let middle = 0.5 * (low + high);
        if sigma * normal::loss(middle) > missing { low = middle } else { high = middle }
    }
    high
}

/// Available to promise (APICS, discrete): what is available now, on local day `today`, then of the supply of each later day on which
/// some is due. Overdue supply counts on no day.
pub fn available_to_promise(
    today: i32,
    available: Milli,
    supplies: &[Supply],
    calendar: &Calendar,
    mut each: impl FnMut(i32, Milli),
) {
    each(today, available);
    let mut due = supplies.iter().map(|supply| (calendar.number(supply.due), supply.remaining)).peekable();
    while let Some((day, first)) = due.next() {
        let mut units = first;
        while let Some((_, more)) = due.next_if(|(other, _)| *other == day) {
            units = quantity::add(units, more);
        }
        if day >= today {
            each(day, units);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;
    use crate::stock::supply::Supplies;
    use crate::values::instant::DAY;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6, "{a} is not {b}");
    }

    fn safety(service: Service, level: f64, quantity: f32) -> Safety {
        let mut terms = policy::defaults().terms(&[0]).unwrap();
        (terms.service, terms.service_level, terms.service_k) = (service, level, normal::quantile(level));
        let estimate = Estimate { weights: [1.0, 0.0, 0.0], rate: 20.0, phi: 1.8, kappa: 0.0 };
        Safety::of(20.0, estimate.over(9.0), Ordering { quantity, ..Ordering::default() }, &terms)
    }

    #[test]
    fn the_vectors_of_the_domain() {
        let cycle = safety(Service::Cycle, 0.95, 200.0);
        near(cycle.k, 1.644_854);
        near(cycle.sigma, 43.863_424);
        near(cycle.stock(), 72.148_913);
        near(cycle.reorder_point(), 252.148_913);
        let fill = safety(Service::Fill, 0.99, 200.0);
        near(fill.k, 1.299_297);
        near(fill.stock(), 56.991_607);
        assert_eq!(safety(Service::Fill, 0.5, 200.0).k, 0.0);
    }

    #[test]
    fn each_day_with_supply_can_be_promised_alone() {
        let (mut supplies, calendar) = (Supplies::default(), Calendar::new("UTC").unwrap());
        for (name, units, day) in [("late", 9, 2), ("a", 4, 5), ("b", 3, 5), ("c", 2, 9)] {
            supplies.order(name, units, day * DAY + 1, 0);
        }
        let mut promises = Vec::new();
        available_to_promise(3, -1, supplies.as_slice(), &calendar, |day, units| promises.push((day, units)));
        assert_eq!(promises, [(3, -1), (5, 7), (9, 2)]);
    }
}
