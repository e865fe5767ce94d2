//! Demand that is left of a day shrinks from hour to hour, so a chance of a stockout falls although nothing happens: an alert eases
//! or clears in the hour in which its condition ends, whether anything else looks at the position then or not.

use crate::alert::episode::{Lifecycle, graded};
use crate::demand::forecast::Forecast;
use crate::demand::projection::Projection;
use crate::detect::outlook::Outlook;
use crate::policy::alert_type::AlertType;
use crate::stock::book::Book;
use crate::stock::position::NO_TIMER;
use crate::values::calendar::LocalDay;
use crate::values::instant::Millis;

/// Hours in which demand is known to fall; a day of 23 or 25 hours has as many parts.
const HOURS: i64 = 24;

/// The first full hour of the open day, after now, at which another level of an alert holds; [`NO_TIMER`] if none does.
///
/// Within a day only the demand that is left changes, and it falls. So the chance falls, and one bisection finds the hour; mostly
/// the last hour of the day answers alone. A condition cannot begin to hold in this way: it is enough to look at alerts that are
/// open, or are about to open.
pub fn next_change(book: &Book, outlook: &Outlook<'_>) -> Millis {
    let alerts = || book.lifecycles(outlook.row).iter();
    let active = |kind| alerts().find(|alert| alert.kind == kind && alert.is_active());
    let projected = active(AlertType::ProjectedStockout);
    let projected = projected.map(|alert| first_hour(outlook, |forecast| stockout(outlook, forecast, alert)));
    let empty = active(AlertType::OutOfStock).filter(|alert| !alert.is_open());
    let empty = empty.map(|_| first_hour(outlook, |forecast| u8::from(forecast.is_any())));
    [projected, empty].into_iter().flatten().min().unwrap_or(NO_TIMER)
}

/// The full hour of a day that holds `now`, from 0.
fn hour_of(day: &LocalDay, now: Millis) -> i64 {
    (day.share_of_hours(now) * HOURS as f64).round() as i64
}

fn start_of(day: &LocalDay, hour: i64) -> Millis {
    day.start + ((day.end - day.start) * hour).div_euclid(HOURS)
}

/// The next full hour of a day, or its end.
pub fn next_hour(day: &LocalDay, now: Millis) -> Millis {
    start_of(day, hour_of(day, now) + 1)
}

/// The level that the chance of a stockout gives an alert.
fn stockout(outlook: &Outlook<'_>, forecast: &Forecast, alert: &Lifecycle) -> u8 {
    let p = Projection::new(forecast, &outlook.arrivals).p_stockout(outlook.position.available());
    graded(p, alert.level, outlook.terms)
}

/// The first full hour after now, of the open day, at which the level is another than now.
fn first_hour(outlook: &Outlook<'_>, level: impl Fn(&Forecast) -> u8) -> Millis {
    let (mut same, mut other) = (hour_of(&outlook.day, outlook.now), HOURS - 1);
    let start_of = |hour| start_of(&outlook.day, hour);
    if same >= other {
        return NO_TIMER;
    }
    let now = level(&outlook.forecast);
    let differs = |hour: i64| level(&outlook.forecast_at(start_of(hour))) != now;
    if now == 0 || !differs(other) {
        return NO_TIMER;
    }
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if differs(middle) { other = middle } else { same = middle }
    }
    start_of(other)
}
