//! A position's day closes before anything of the next: what was sold in stock is learned, what was sold is published.

use crate::group::Group;
use crate::stock::history::Past;
use crate::stock::position::{Account, flag};
use crate::stock::thresholds;
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;
use crate::values::quantity::Milli;

impl Group {
    /// Brings a position's open day to the local day of `now`: closes the days before it and learns from them.
    #[inline]
    pub(crate) fn roll(&mut self, at: u32, now: Millis) -> LocalDay {
        let terms = self.rows[at as usize].terms as usize;
        let day = self.calendars[terms].day(now);
        if day.number > self.rows[at as usize].day {
            self.close_days(at, &day);
        }
        day
    }

    pub(crate) fn close_days(&mut self, at: u32, day: &LocalDay) {
        let terms = self.terms[self.rows[at as usize].terms as usize].clone();
        if self.rows[at as usize].has(flag::SOLD_TODAY) {
            self.publish_open_day(at);
        }
        let row = &mut self.rows[at as usize];
        let account =
            if row.has(flag::ACCOUNT) { self.accounts.remove(&at).unwrap_or_default() } else { Account::default() };
        let (mut exposure, mut share) = (f64::from(account.exposure), f64::from(account.share));
        if row.has(flag::IN_STOCK) {
            let since = f64::from(account.stocked_since);
            exposure += terms.profile.between(row.day, since, 1.0);
            share += 1.0 - since;
        }
        let learned = crate::values::quantity::units(row.today) - f64::from(account.unlearned);
        row.demand.close_day(learned, exposure, share, terms.discount);
        if row.has(flag::IN_STOCK) {
            row.demand.close_idle(row.day + 1, day.number - row.day - 1, &terms);
        }
        (row.day, row.today) = (day.number, 0);
        row.set(flag::ACCOUNT, false);
        row.set(flag::SOLD_TODAY, false);
        thresholds::refresh(row, &terms);
    }

    /// Keeps the account of time in stock.
    #[inline]
    pub(crate) fn note_stock(&mut self, at: u32, now: Millis, day: &LocalDay) {
        let row = &mut self.rows[at as usize];
        let in_stock = row.available() > 0;
        if in_stock == row.has(flag::IN_STOCK) {
            return;
        }
        row.set(flag::IN_STOCK, in_stock);
        row.set(flag::ACCOUNT, true);
        let account = self.accounts.entry(at).or_default();
        let share = day.share(now);
        if in_stock {
            account.stocked_since = share as f32;
        } else {
            let since = f64::from(account.stocked_since);
            account.exposure += self.terms[row.terms as usize].profile.between(row.day, since, share) as f32;
            account.share += (share - since) as f32;
        }
    }

    pub(crate) fn account(&self, at: u32) -> Account {
        if self.rows[at as usize].has(flag::ACCOUNT) {
            self.accounts.get(&at).copied().unwrap_or_default()
        } else {
            Account::default()
        }
    }

    pub(crate) fn account_mut(&mut self, at: u32) -> &mut Account {
        self.rows[at as usize].set(flag::ACCOUNT, true);
        self.accounts.entry(at).or_default()
    }

    /// Demand of the open day that came while out of stock, in units.
    pub(crate) fn unlearned(&self, at: u32) -> f32 {
        self.account(at).unlearned
    }

    /// Demand of a closed local day, as far as the history reaches.
    pub(crate) fn closed_day(&self, at: u32, number: i32) -> Milli {
        let row = &self.rows[at as usize];
        let calendar = &self.calendars[row.terms as usize];
        let of_day = |past: &Past| past.demand && calendar.number(past.event_time) == number;
        self.history.chain(row.latest).filter(of_day).map(|past| -past.effect).sum::<Milli>().max(0)
    }
}
