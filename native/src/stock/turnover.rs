//! The latest sales of a position, kept as far as the low-turnover exemption looks: a position that sells little needs no reorder alert.

use crate::policy::Terms;
use crate::stock::book::Book;
use crate::stock::position::RowId;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::calendar::LocalDay;
use crate::values::error::CoreError;
use crate::values::quantity::{self, Milli};

/// (local day, demand) of the latest sales, oldest first, just enough to exceed `low_turnover_units`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecentSales(Vec<(i32, Milli)>);

impl RecentSales {
    /// Adds demand of a local day; days before the last `enough` thousandths are dropped.
    pub fn add(&mut self, day: i32, change: Milli, enough: Milli) {
        let sold = &mut self.0;
        match sold.binary_search_by_key(&day, |(day, _)| *day) {
            Ok(at) => sold[at].1 = quantity::add(sold[at].1, change).max(0),
            Err(at) if change > 0 => {
                sold.reserve_exact(1);
                sold.insert(at, (day, change));
            }
            Err(_) => {}
        }
        let mut total: i128 = sold.iter().map(|(_, units)| i128::from(*units)).sum();
        while sold.len() > 1 && total - i128::from(sold[0].1) > i128::from(enough) {
            total -= i128::from(sold[0].1);
            sold.remove(0);
        }
    }

    /// Demand of the days after local day `day`, as far as it is kept.
    pub fn after(&self, day: i32) -> Milli {
        quantity::sum(self.0.iter().filter(|(sold_on, _)| *sold_on > day).map(|(_, units)| *units))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn write(&self, e: &mut Encoder) {
        e.u32(self.0.len() as u32);
        for (day, units) in &self.0 {
            e.u32(*day as u32);
            e.i64(*units);
        }
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<RecentSales, CoreError> {
        let mut sales = RecentSales::default();
        for _ in 0..d.u32()? {
            sales.0.push((d.u32()? as i32, d.amount()?));
        }
        Ok(sales)
    }
}

/// Notes demand of a local day, where the policy has the exemption.
#[inline]
pub fn note(book: &mut Book, terms: &Terms, row: RowId, day: i32, change: Milli) {
    if terms.low_turnover_units > 0 {
        book.extras_mut(row).alerts_mut().sold.add(day, change, terms.low_turnover_units);
    }
}

/// Whether sales of the last `low_turnover_days` do not exceed `low_turnover_units`.
pub fn is_low(book: &Book, terms: &Terms, row: RowId, day: &LocalDay) -> bool {
    let sold = |since: i32| book.alerts(row).map_or(0, |alerts| alerts.sold.after(since));
    terms.low_turnover_units > 0 && sold(day.number - terms.low_turnover_days) <= terms.low_turnover_units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_as_many_days_are_kept_as_exceed_the_limit() {
        let mut sales = RecentSales::default();
        for day in 0..5 {
            sales.add(day, 1000, 2000);
        }
        assert_eq!(sales, RecentSales(vec![(2, 1000), (3, 1000), (4, 1000)]));
        sales.add(3, -4000, 2000);
        sales.add(7, -1000, 2000);
        assert_eq!((sales.after(2), sales.after(1)), (1000, 2000));
    }
}
