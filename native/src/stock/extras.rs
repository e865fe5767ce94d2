//! What only some positions have: promised stock, supply, alerts. It lies beside the row, so that rows stay small.

use crate::alert::episode::Lifecycle;
use crate::policy::signs::Signs;
use crate::stock::lots::Lots;
use crate::stock::promises::Promised;
use crate::stock::supply::Supplies;
use crate::stock::turnover::RecentSales;
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::instant::Millis;
use crate::values::quantity::{self, Milli};

/// What a position has beside its row.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    pub promised: Option<Box<Promised>>,
    pub supplies: Supplies,
    pub alerts: Option<Box<Alerts>>,
    /// How often time or a policy changed the position or its alerts: of two rows after one record the one with more is later.
    pub time_changes: u32,
}

/// The part of [`Extras`] that only positions with alerts, with lots, under the low-turnover exemption or counted and not planned need.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    /// One for each alert type that the position has had or is about to have.
    pub lifecycles: Vec<Lifecycle>,
    pub sold: RecentSales,
    /// When the last record with a demand spike came.
    pub spiked_at: Option<Millis>,
    /// The last count, until it was told or agreed.
    pub variance: Option<Variance>,
    /// Records that had no other before them.
    pub holes: Option<Holes>,
    /// What came with an expiry.
    pub lots: Option<Box<Lots>>,
    /// event_time of the first of several counts, of a position that nobody planned when the second came.
    pub first_counted: Option<Millis>,
}

/// A count beside what was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variance {
    /// The clock when the count came.
    pub at: Millis,
    /// The time of the count before it: a record from before that says nothing of this one.
    pub since: Millis,
    pub counted: Milli,
    /// What the record said at the time of the count.
    pub recorded: Milli,
}

impl Variance {
    /// Whether what was counted is far from what was recorded.
    pub fn is_far(&self, signs: &Signs) -> bool {
        let off_by = quantity::add(self.counted, -self.recorded).abs();
        let share = signs.variance_share * self.recorded.abs().max(self.counted.abs()) as f64;
        off_by > 0 && off_by >= signs.variance_least && off_by as f64 >= share
    }
}

/// Records that should have had another before them, since the last quiet time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holes {
    /// The clock at the last of them.
    pub at: Millis,
    /// How many, by place in [`crate::policy::signs::HOLES`].
    pub counts: [u32; 4],
}

impl Alerts {
    fn is_empty(&self) -> bool {
        self.lifecycles.is_empty()
            && self.sold.is_empty()
            && self.spiked_at.is_none()
            && self.first_counted.is_none()
            && self.variance.is_none()
            && self.holes.is_none()
            && self.lots.is_none()
    }

    fn write(&self, e: &mut Encoder) {
        e.u32(self.lifecycles.len() as u32);
        self.lifecycles.iter().for_each(|lifecycle| lifecycle.write(e));
        self.sold.write(e);
        e.option(self.spiked_at);
        e.option(self.first_counted);
        e.option(self.variance.map(|variance| variance.at));
        if let Some(variance) = self.variance {
            e.signed(variance.since);
            e.i64(variance.counted);
            e.i64(variance.recorded);
        }
        e.option(self.holes.map(|holes| holes.at));
        self.holes.iter().flat_map(|holes| holes.counts).for_each(|count| e.u32(count));
        match &self.lots {
            Some(lots) => lots.write(e),
            None => Lots::default().write(e),
        }
    }

    fn read(d: &mut Decoder<'_>) -> Result<Alerts, CoreError> {
        let mut alerts = Alerts::default();
        for _ in 0..d.u32()? {
            alerts.lifecycles.push(Lifecycle::read(d)?);
        }
        alerts.sold = RecentSales::read(d)?;
        (alerts.spiked_at, alerts.first_counted) = (d.optional_time()?, d.optional_time()?);
        if let Some(at) = d.optional_time()? {
            alerts.variance =
                Some(Variance { at, since: d.time_from(0)?, counted: d.amount()?, recorded: d.amount()? });
        }
        if let Some(at) = d.optional_time()? {
            alerts.holes = Some(Holes { at, counts: [d.u32()?, d.u32()?, d.u32()?, d.u32()?] });
        }
        alerts.lots = Lots::read(d)?.map(Box::new);
        Ok(alerts)
    }
}

impl Extras {
    pub fn alerts_mut(&mut self) -> &mut Alerts {
        self.alerts.get_or_insert_default()
    }

    /// Something else than a record of the position changed it or its alerts.
    pub fn changed_by_time(&mut self) {
        self.time_changes = self.time_changes.wrapping_add(1);
    }

    pub fn write(&self, e: &mut Encoder) {
        Promised::write(self.promised.as_deref(), e);
        self.supplies.write(e);
        match &self.alerts {
            Some(alerts) => alerts.write(e),
            None => Alerts::default().write(e),
        }
        e.u32(self.time_changes);
    }

    pub fn read(d: &mut Decoder<'_>) -> Result<Extras, CoreError> {
        let (promised, supplies, alerts) = (Promised::read(d)?, Supplies::read(d)?, Alerts::read(d)?);
        let alerts = (!alerts.is_empty()).then(|| Box::new(alerts));
        Ok(Extras { promised, supplies, alerts, time_changes: d.u32()? })
    }
}
