//! The latest sales of a position, kept as far as the low-turnover exemption looks: a position that sells little needs no reorder alert.

use crate::policy::Terms;
use crate::stock::book::Book;
use crate::stock::position::RowId;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::calendar::LocalDay;
use crate::values::error::CoreError;
use crate::values::quantity::{self, Milli};

/// Sales of a few days, from the first to the last of them, that are many for a position that sells little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wave {
    pub first: i32,
    pub last: i32,
    pub units: Milli,
}

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

    /// The latest stretch of at most `days` days, all after local day `since`, that sold `least` or more.
    pub fn wave(&self, since: i32, days: i32, least: Milli) -> Option<Wave> {
        let sold = &self.0[self.0.partition_point(|(day, _)| *day <= since)..];
        (0..sold.len()).rev().find_map(|end| {
            let last = sold[end].0;
            let start = sold.partition_point(|(day, _)| *day <= last - days);
            let units = quantity::sum(sold[start..=end].iter().map(|(_, units)| *units));
            (units >= least).then(|| Wave { first: sold[start].0, last, units })
        })
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

/// Whether sales of the last `low_turnover_days` do not exceed `low_turnover_units`, and no wave is among them.
pub fn is_low(book: &Book, terms: &Terms, row: RowId, day: &LocalDay) -> bool {
    sold(book, terms, row, day).is_some_and(|units| units <= terms.low_turnover_units)
        && wave(book, terms, row, day).is_none()
}

/// Demand of the last `low_turnover_days`, as far as it is kept; `None` where the policy does not have the exemption.
fn sold(book: &Book, terms: &Terms, row: RowId, day: &LocalDay) -> Option<Milli> {
    let since = day.number - terms.low_turnover_days;
    (terms.low_turnover_units > 0).then(|| book.alerts(row).map_or(0, |alerts| alerts.sold.after(since)))
}

/// The latest wave among the sales of the last `low_turnover_days`. What [`RecentSales::add`] has dropped is not missed: there
/// the later sales alone exceed `low_turnover_units`.
fn wave(book: &Book, terms: &Terms, row: RowId, day: &LocalDay) -> Option<Wave> {
    if terms.wave_units == 0 {
        return None;
    }
    let since = day.number - terms.low_turnover_days;
    book.alerts(row)?.sold.wave(since, terms.wave_days, terms.wave_units)
}

/// What lifts the exemption of a position: its demand of the last `low_turnover_days`, which would not, and the wave, which does.
pub fn lifted(book: &Book, terms: &Terms, row: RowId, day: &LocalDay) -> Option<(Milli, Wave)> {
    let units = sold(book, terms, row, day).filter(|units| *units <= terms.low_turnover_units)?;
    Some((units, wave(book, terms, row, day)?))
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

    #[test]
    fn a_wave_is_the_latest_stretch_that_sold_enough() {
        let mut sales = RecentSales::default();
        for (day, units) in [(1, 2000), (3, 1000), (9, 1000), (20, 2000), (24, 1500)] {
            sales.add(day, units, 20_000);
        }
        let wave = |since, days, least| sales.wave(since, days, least).map(|wave| (wave.first, wave.last, wave.units));
        assert_eq!(wave(0, 7, 3000), Some((20, 24, 3500)));
        assert_eq!(wave(0, 4, 3000), Some((1, 3, 3000)), "days 20 and 24 are five days in a row");
        assert_eq!(wave(1, 4, 3000), None, "day 1 does not count any more");
        assert_eq!(wave(0, 9, 4000), Some((1, 9, 4000)));
        assert_eq!((wave(0, 3660, 8000), wave(24, 7, 1)), (None, None));
    }
}
