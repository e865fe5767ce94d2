//! The chance of a stockout of a sample of positions is written at each of their midnights, so that it can be judged by what came.
//!
//! Alerts alone would flatter or slander it: they open on the days on which an error was large.

use crate::detect::detectors::exemption;
use crate::detect::outlook::Outlook;
use crate::policy::alert_type::AlertType;
use crate::policy::rules::Rules;
use crate::stock::book::Book;
use crate::stock::output::Output;
use crate::stock::position::{RowId, flag};
use crate::stock::rows::Chance;
use crate::values::calendar::LocalDay;

/// Writes the chance of a position at the start of `day`, if it is in the sample, in stock, some demand is expected of it, and an empty
/// shelf would be told.
pub fn note(book: &Book, rules: &Rules, output: &mut Output, row: RowId, day: &LocalDay) {
    let position = &book.rows[row as usize];
    if !position.has(flag::SAMPLED) || position.available() <= 0 || !position.is_foretold() {
        return;
    }
    let is_off = rules.terms(position.terms).off[AlertType::OutOfStock as usize];
    if is_off || exemption(book, rules, row, day.start, day).is_some() {
        return; // nobody would record that it came true
    }
    let outlook = Outlook::of(book, rules, row, day.start, day);
    output.tables.chances.push(Chance {
        offset: position.offset,
        location: position.location,
        sku: position.sku,
        day: day.number,
        midnight: day.start,
        p_stockout: outlook.projection().p_stockout(position.available()),
        available: position.available(),
        horizon_days: outlook.terms.horizon as u32,
        planned: position.is_planned(),
        policy_version: rules.version.clone(),
        inputs_version: rules.inputs.version.clone(),
    });
}
