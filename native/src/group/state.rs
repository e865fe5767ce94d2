//! A key group goes out as bytes, whole or as what changed since the last time, and comes back equal: going on is as if
//! it had never stopped.
//!
//! Rows, names and history are only ever added to, so a segment is a range of each and the rows that were touched. The
//! format is drawn in `native/README.md`. Resolved policies, the index and the timers are not stored: they follow from the
//! policy and the rows.

use std::path::Path;

use crate::alert::episode::Watch;
use crate::demand::rate::Demand;
use crate::group::Group;
use crate::policy::alert_type::TYPES;
use crate::policy::{Catalogue, Policy};
use crate::stock::history::{self, History, Past};
use crate::stock::position::{Account, Alerts, NO_SIDE, NO_TIMER, Row, Side, Supply, flag};
use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;

const MAGIC: &[u8; 4] = b"LTG1";

/// What the last segment ended with, and what was touched since.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    locations: u32,
    skus: u32,
    /// Number of the next history entry.
    history: u32,
    touched: Vec<u32>,
    /// How much of the list of dirty rows was written; 0 after it was published.
    dirty: usize,
    /// The list was published since, so what was written of it no longer holds.
    published: bool,
}

impl Group {
    /// Notes that a row is about to change.
    #[inline]
    pub(crate) fn touch(&mut self, at: u32) {
        let Some(saved) = &mut self.saved else { return };
        let row = &mut self.rows[at as usize];
        if !row.has(flag::TOUCHED) {
            row.set(flag::TOUCHED, true);
            saved.touched.push(at);
        }
    }

    /// Notes that the list of dirty rows was published.
    pub(crate) fn dirty_published(&mut self) {
        if let Some(saved) = &mut self.saved {
            (saved.dirty, saved.published) = (0, true);
        }
    }

    /// A segment of the state: what changed since the last one, or all of it, which every later one builds on. Rows that
    /// were not taken yet are no part of it: take them first.
    pub fn save(&mut self, whole: bool) -> Result<Vec<u8>, CoreError> {
        let mut e = Encoder::new(MAGIC);
        self.segment(whole, &mut e)?;
        Ok(e.finish())
    }

    /// Writes a segment to a new file; its length and checksum, when it is on disk. After an error the state is to be saved
    /// whole again.
    pub fn save_to(&mut self, whole: bool, path: &Path) -> Result<(u64, u64), CoreError> {
        let mut e = Encoder::to_file(MAGIC, path)?;
        self.segment(whole, &mut e)?;
        Ok(e.finish_file()?)
    }

    fn segment(&mut self, whole: bool, e: &mut Encoder) -> Result<(), CoreError> {
        if self.pending() > 0 {
            return Err(CoreError::call("take the group's rows before its state is saved"));
        }
        let last = match self.saved.take() {
            Some(saved) if !whole => saved,
            None if !whole => return Err(CoreError::call("a state is saved whole before what changes of it")),
            _ => Saved {
                history: self.history.tail(),
                touched: (0..self.rows.len() as u32).collect(),
                published: true,
                ..Saved::default()
            },
        };
        self.write_segment(last, whole, e);
        Ok(())
    }

    fn write_segment(&mut self, mut last: Saved, whole: bool, e: &mut Encoder) {
        e.i64(self.clock);
        e.i64(self.next_mark);
        e.u64(self.next_offset);
        let policy = (whole || !self.policy_saved).then(|| self.policy.text());
        e.text(policy.as_deref().unwrap_or(""));
        self.policy_saved = true;
        for (names, from) in [(&self.locations, last.locations), (&self.skus, last.skus)] {
            let length = names.len() as u32;
            e.u32(from);
            e.u32(length - from);
            (from..length).for_each(|number| e.text(names.get(number)));
        }
        let end = self.history.end();
        let new = (end.wrapping_sub(last.history) as usize).min(self.history.len());
        e.u32(self.history.tail());
        e.u32(end.wrapping_sub(new as u32));
        e.u64(new as u64);
        let (mut last_clock, mut last_time) = (0, 0);
        for (at, (clock, past, previous)) in self.history.newest(new).enumerate() {
            let number = end.wrapping_sub((new - at) as u32);
            e.signed(clock.wrapping_sub(last_clock));
            e.signed(past.event_time.wrapping_sub(last_time));
            e.signed(past.effect);
            // An entry's own number is never that of the one before it.
            let distance = if previous == history::NONE { 0 } else { number.wrapping_sub(previous) };
            e.short(u64::from(distance) << 1 | u64::from(past.demand));
            (last_clock, last_time) = (clock, past.event_time);
            e.pass_on();
        }
        last.touched.sort_unstable();
        e.u32(u32::from(last.published));
        e.u32(self.rows.len() as u32);
        e.u32(last.touched.len() as u32);
        for at in &last.touched {
            self.rows[*at as usize].set(flag::TOUCHED, false);
            let row = &self.rows[*at as usize];
            e.u32(*at);
            export_row(e, row, self.account(*at));
            if let Some(side) = self.sides.get(row.side as usize) {
                export_side(e, side);
            }
            e.pass_on();
        }
        e.u32((self.dirty.len() - last.dirty) as u32);
        self.dirty[last.dirty..].iter().for_each(|at| e.u32(*at));
        for days in [&self.changed, &self.very_late_changed] {
            e.u32(days.len() as u32);
            days.iter().for_each(|((at, day), offset)| {
                e.u32(*at);
                e.u32(*day as u32);
                e.u64(*offset);
            });
        }
        let very_late: Vec<_> =
            last.touched.iter().flat_map(|at| self.very_late.range((*at, i32::MIN)..=(*at, i32::MAX))).collect();
        e.u32(very_late.len() as u32);
        for ((at, day), demand) in very_late {
            e.u32(*at);
            e.u32(*day as u32);
            e.i64(*demand);
        }
        last.touched.clear();
        self.saved = Some(Saved {
            locations: self.locations.len() as u32,
            skus: self.skus.len() as u32,
            history: end,
            touched: last.touched,
            dirty: self.dirty.len(),
            published: false,
        });
    }

    /// A group as it was when the last of `segments` was saved: a whole one and those that were saved after it, in order,
    /// under the same catalogue. It goes on under the policy that it had.
    pub fn restore(
        pipeline: &str,
        policy: Policy,
        catalogue: Catalogue,
        segments: &[&[u8]],
    ) -> Result<Group, CoreError> {
        let mut group = Group::new(pipeline, policy, catalogue);
        for segment in segments {
            group.apply_segment(segment)?;
        }
        for at in 0..group.rows.len() as u32 {
            let row = group.rows[at as usize];
            if row.location as usize >= group.locations.len() || row.sku as usize >= group.skus.len() {
                return Err(CoreError::damage("the state names a position that it does not hold"));
            }
            let (location, sku) = (group.locations.get(row.location).to_owned(), group.skus.get(row.sku).to_owned());
            group.rows[at as usize].terms = group.resolve(&location, &sku)?;
            group.index.insert(&group.rows, at);
            if row.next_due != NO_TIMER {
                group.timers.set(row.next_due, at);
            }
        }
        group.saved = Some(Saved {
            locations: group.locations.len() as u32,
            skus: group.skus.len() as u32,
            history: group.history.end(),
            dirty: group.dirty.len(),
            ..Saved::default()
        });
        Ok(group)
    }

    fn apply_segment(&mut self, segment: &[u8]) -> Result<(), CoreError> {
        let mut d = Decoder::new(segment, MAGIC)?;
        (self.clock, self.next_mark, self.next_offset) = (d.i64()?, d.i64()?, d.u64()?);
        let policy = d.text()?;
        if !policy.is_empty() {
            self.set_policy(Policy::read(policy)?);
            self.policy_saved = true;
        }
        for names in [&mut self.locations, &mut self.skus] {
            if d.u32()? as usize != names.len() {
                return Err(CoreError::damage(GAP));
            }
            for _ in 0..d.u32()? {
                names.intern(d.text()?);
            }
        }
        self.apply_history(&mut d)?;
        if d.u32()? == 1 {
            std::mem::take(&mut self.dirty).iter().for_each(|at| self.rows[*at as usize].set(flag::DIRTY, false));
        }
        let rows = d.u32()?;
        for _ in 0..d.u32()? {
            self.apply_row(&mut d)?;
        }
        if self.rows.len() != rows as usize {
            return Err(CoreError::damage(GAP));
        }
        let known = |at: u32| if at < rows { Ok(at) } else { Err(CoreError::damage(GAP)) };
        for _ in 0..d.u32()? {
            self.dirty.push(known(d.u32()?)?);
        }
        for days in [&mut self.changed, &mut self.very_late_changed] {
            days.clear();
            for _ in 0..d.u32()? {
                days.insert((known(d.u32()?)?, d.u32()? as i32), d.u64()?);
            }
        }
        for _ in 0..d.u32()? {
            self.very_late.insert((known(d.u32()?)?, d.u32()? as i32), d.i64()?);
        }
        d.end()
    }

    fn apply_history(&mut self, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        let (tail, first, new) = (d.u32()?, d.u32()?, d.u64()?);
        self.history.forget_before(tail);
        if self.history.is_empty() {
            self.history = History::starting_at(tail);
        }
        if first != self.history.end() {
            return Err(CoreError::damage(GAP));
        }
        let (mut clock, mut event_time) = (0i64, 0i64);
        for _ in 0..new {
            clock = clock.wrapping_add(d.signed()?);
            event_time = event_time.wrapping_add(d.signed()?);
            let (effect, link) = (d.signed()?, d.short()?);
            let (demand, distance) = (link & 1 == 1, (link >> 1) as u32);
            let previous = if distance == 0 { history::NONE } else { self.history.end().wrapping_sub(distance) };
            self.history.put(clock, Past { event_time, effect, demand }, previous);
        }
        Ok(())
    }

    fn apply_row(&mut self, d: &mut Decoder<'_>) -> Result<(), CoreError> {
        let at = d.u32()?;
        let (mut row, account, has_side) = import_row(d)?;
        if at as usize > self.rows.len() {
            return Err(CoreError::damage(GAP));
        }
        if at as usize == self.rows.len() {
            self.rows.push(row);
        }
        row.side = self.rows[at as usize].side;
        if has_side {
            let side = import_side(d)?;
            if row.side == NO_SIDE {
                row.side = self.sides.len() as u32;
                self.sides.push(side);
            } else {
                self.sides[row.side as usize] = side;
            }
        }
        self.rows[at as usize] = row;
        if row.has(flag::ACCOUNT) {
            self.accounts.insert(at, account);
        } else {
            self.accounts.remove(&at);
        }
        Ok(())
    }
}

const GAP: &str = "the segments of the state do not follow one another";

fn export_row(e: &mut Encoder, row: &Row, account: Account) {
    for value in
        [row.on_hand, row.blocked, row.today, row.safe, row.counted_at, row.last_event, row.offset as i64, row.next_due]
    {
        e.i64(value);
    }
    for value in [
        row.demand.sold,
        row.demand.days,
        row.demand.spread,
        account.exposure,
        account.share,
        account.stocked_since,
        account.unlearned,
    ] {
        e.f32(value);
    }
    for value in [row.latest, row.location, row.sku, row.day as u32, row.flags, u32::from(row.side != NO_SIDE)] {
        e.u32(value);
    }
}

fn import_row(d: &mut Decoder<'_>) -> Result<(Row, Account, bool), CoreError> {
    let mut row = Row::new(0, 0, 0, 0, Demand::default());
    (row.on_hand, row.blocked, row.today, row.safe) = (d.i64()?, d.i64()?, d.i64()?, d.i64()?);
    (row.counted_at, row.last_event, row.offset, row.next_due) = (d.i64()?, d.i64()?, d.i64()? as u64, d.i64()?);
    row.demand = Demand { sold: d.f32()?, days: d.f32()?, spread: d.f32()? };
    let account = Account { exposure: d.f32()?, share: d.f32()?, stocked_since: d.f32()?, unlearned: d.f32()? };
    (row.latest, row.location, row.sku) = (d.u32()?, d.u32()?, d.u32()?);
    (row.day, row.flags) = (d.u32()? as i32, d.u32()?);
    Ok((row, account, d.u32()? == 1))
}

fn export_side(e: &mut Encoder, side: &Side) {
    e.i64(side.allocated);
    e.i64(side.held);
    e.u32(side.supplies.len() as u32);
    for supply in &side.supplies {
        e.text(&supply.reference);
        [supply.remaining, supply.due, supply.in_transit].into_iter().for_each(|value| e.i64(value));
    }
    e.u32(side.watches().len() as u32);
    for watch in side.watches() {
        for value in [watch.kind as u32, u32::from(watch.level), u32::from(watch.flapping), watch.episode, watch.seq] {
            e.u32(value);
        }
        e.i64(watch.opened_at);
        e.text(std::str::from_utf8(&watch.alert_id).expect("an alert id is ASCII"));
        [watch.holding, watch.lower, watch.quiet].into_iter().for_each(|since| e.option(since));
        e.u32(watch.openings.len() as u32);
        watch.openings.iter().for_each(|at| e.i64(*at));
    }
    e.u32(side.sold().len() as u32);
    for (day, units) in side.sold() {
        e.u32(*day as u32);
        e.i64(*units);
    }
    e.option(side.spiked_at());
}

fn import_side(d: &mut Decoder<'_>) -> Result<Side, CoreError> {
    let mut side = Side { allocated: d.i64()?, held: d.i64()?, ..Side::default() };
    for _ in 0..d.u32()? {
        let reference = d.text()?.into();
        side.supplies.push(Supply { reference, remaining: d.i64()?, due: d.i64()?, in_transit: d.i64()? });
    }
    let mut alerts = Alerts::default();
    for _ in 0..d.u32()? {
        let kind = TYPES.get(d.u32()? as usize);
        let kind = kind.ok_or_else(|| CoreError::damage("the state names an unknown alert type"))?.0;
        let mut watch = Watch::new(kind);
        (watch.level, watch.flapping, watch.episode, watch.seq) =
            (d.u32()?.min(3) as u8, d.u32()? == 1, d.u32()?, d.u32()?);
        watch.opened_at = d.i64()?;
        let alert_id = d.text()?.as_bytes().try_into();
        watch.alert_id = alert_id.map_err(|_| CoreError::damage("an alert id of the state is not 26 bytes long"))?;
        (watch.holding, watch.lower, watch.quiet) = (d.option()?, d.option()?, d.option()?);
        for _ in 0..d.u32()? {
            watch.openings.push(d.i64()?);
        }
        alerts.watches.push(watch);
    }
    for _ in 0..d.u32()? {
        alerts.sold.push((d.u32()? as i32, d.i64()?));
    }
    alerts.spiked_at = d.option()?;
    let empty = alerts.watches.is_empty() && alerts.sold.is_empty() && alerts.spiked_at.is_none();
    side.alerts = (!empty).then(|| Box::new(alerts));
    Ok(side)
}
