//! A key group or a partition goes out as bytes and comes back equal, so that going on is as if it had never stopped.
//!
//! The format is drawn in `native/README.md`. Resolved policies, the index and the timers are not stored: they follow from
//! the policy and the rows.

use crate::bytes::{Decoder, Encoder};
use crate::dedup::Dedup;
use crate::demand::Demand;
use crate::episode::{TYPES, Watch};
use crate::group::Group;
use crate::history::{History, Past};
use crate::partition::{Counts, Partition};
use crate::policy::{Catalogue, Policy};
use crate::position::{Account, Alerts, NO_SIDE, NO_TIMER, Row, Side, Supply, flag};
use crate::reject::CODES;

const GROUP: &[u8; 4] = b"LTG1";
const PARTITION: &[u8; 4] = b"LTP1";

impl Group {
    /// The whole state. Rows that were not taken yet are no part of it: take them first.
    pub fn export(&self) -> Result<Vec<u8>, String> {
        if self.pending() > 0 {
            return Err("take the group's rows before its state is exported".to_owned());
        }
        let mut e = Encoder::new(GROUP);
        e.i64(self.clock);
        e.i64(self.next_mark);
        e.u64(self.next_offset);
        for names in [&self.locations, &self.skus] {
            e.u32(names.len() as u32);
            (0..names.len() as u32).for_each(|number| e.text(names.get(number)));
        }
        e.u32(self.history.tail());
        e.u64(self.history.len() as u64);
        for (clock, past, previous) in self.history.dump() {
            e.i64(clock);
            e.i64(past.event_time);
            e.i64(past.effect);
            e.u32(u32::from(past.demand));
            e.u32(previous);
        }
        e.u32(self.rows.len() as u32);
        for (at, row) in self.rows.iter().enumerate() {
            export_row(&mut e, row, self.account(at as u32));
            if let Some(side) = self.sides.get(row.side as usize) {
                export_side(&mut e, side);
            }
        }
        e.u32(self.dirty.len() as u32);
        self.dirty.iter().for_each(|at| e.u32(*at));
        for days in [&self.changed, &self.very_late_changed] {
            e.u32(days.len() as u32);
            days.iter().for_each(|(at, day)| {
                e.u32(*at);
                e.u32(*day as u32);
            });
        }
        e.u32(self.very_late.len() as u32);
        for ((at, day), demand) in &self.very_late {
            e.u32(*at);
            e.u32(*day as u32);
            e.i64(*demand);
        }
        Ok(e.finish())
    }

    /// A group as it was when `state` was exported, under the same policy and catalogue.
    pub fn restore(pipeline: &str, policy: Policy, catalogue: Catalogue, state: &[u8]) -> Result<Group, String> {
        let mut d = Decoder::new(state, GROUP)?;
        let mut group = Group::new(pipeline, policy, catalogue);
        (group.clock, group.next_mark, group.next_offset) = (d.i64()?, d.i64()?, d.u64()?);
        for _ in 0..d.u32()? {
            group.locations.intern(d.text()?);
        }
        for _ in 0..d.u32()? {
            group.skus.intern(d.text()?);
        }
        group.history = History::starting_at(d.u32()?);
        for _ in 0..d.u64()? {
            let (clock, event_time, effect) = (d.i64()?, d.i64()?, d.i64()?);
            let (demand, previous) = (d.u32()? == 1, d.u32()?);
            group.history.push(clock, Past { event_time, effect, demand }, previous);
        }
        for at in 0..d.u32()? {
            let (mut row, account, has_side) = import_row(&mut d)?;
            if row.location as usize >= group.locations.len() || row.sku as usize >= group.skus.len() {
                return Err("the state names a position that it does not hold".to_owned());
            }
            let (location, sku) = (group.locations.get(row.location).to_owned(), group.skus.get(row.sku).to_owned());
            row.terms = group.resolve(&location, &sku);
            if has_side {
                row.side = group.sides.len() as u32;
                group.sides.push(import_side(&mut d)?);
            }
            group.rows.push(row);
            if row.has(flag::ACCOUNT) {
                group.accounts.insert(at, account);
            }
            group.index.insert(&group.rows, at);
            if row.next_due != NO_TIMER {
                group.timers.set(row.next_due, at);
            }
        }
        for _ in 0..d.u32()? {
            group.dirty.push(d.u32()?);
        }
        for _ in 0..d.u32()? {
            group.changed.insert((d.u32()?, d.u32()? as i32));
        }
        for _ in 0..d.u32()? {
            group.very_late_changed.insert((d.u32()?, d.u32()? as i32));
        }
        for _ in 0..d.u32()? {
            group.very_late.insert((d.u32()?, d.u32()? as i32), d.i64()?);
        }
        d.end()?;
        Ok(group)
    }
}

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

fn import_row(d: &mut Decoder<'_>) -> Result<(Row, Account, bool), String> {
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

fn import_side(d: &mut Decoder<'_>) -> Result<Side, String> {
    let mut side = Side { allocated: d.i64()?, held: d.i64()?, ..Side::default() };
    for _ in 0..d.u32()? {
        let reference = d.text()?.into();
        side.supplies.push(Supply { reference, remaining: d.i64()?, due: d.i64()?, in_transit: d.i64()? });
    }
    let mut alerts = Alerts::default();
    for _ in 0..d.u32()? {
        let kind = TYPES.get(d.u32()? as usize).ok_or("the state names an unknown alert type")?.0;
        let mut watch = Watch::new(kind);
        (watch.level, watch.flapping, watch.episode, watch.seq) =
            (d.u32()?.min(3) as u8, d.u32()? == 1, d.u32()?, d.u32()?);
        watch.opened_at = d.i64()?;
        watch.alert_id =
            d.text()?.as_bytes().try_into().map_err(|_| "the state holds an alert id that is none".to_owned())?;
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

impl Partition {
    /// Clock, next offset, counts and what is remembered against duplicates.
    pub fn export(&self) -> Vec<u8> {
        let (clock, offset, counts, dedup) = self.parts();
        let mut e = Encoder::new(PARTITION);
        e.option(clock);
        e.u64(offset);
        for value in [counts.records, counts.accepted, counts.duplicates, counts.late, counts.very_late] {
            e.u64(value);
        }
        e.u32(counts.rejects.len() as u32);
        for (code, count) in &counts.rejects {
            e.text(code);
            e.u64(*count);
        }
        let seen = dedup.entries();
        e.u64(seen.len() as u64);
        for (fingerprint, at) in seen {
            e.u64(fingerprint);
            e.i64(at);
        }
        e.finish()
    }

    pub fn restore(policy: &Policy, groups: u32, state: &[u8]) -> Result<Partition, String> {
        let mut d = Decoder::new(state, PARTITION)?;
        let mut partition = Partition::new(policy, groups);
        let (clock, offset) = (d.option()?, d.u64()?);
        let mut counts = Counts {
            records: d.u64()?,
            accepted: d.u64()?,
            duplicates: d.u64()?,
            late: d.u64()?,
            very_late: d.u64()?,
            ..Counts::default()
        };
        for _ in 0..d.u32()? {
            let (name, count) = (d.text()?, d.u64()?);
            let known =
                CODES.iter().find(|(_, known)| *known == name).ok_or("the state counts an unknown reject code")?;
            counts.rejects.insert(known.1, count);
        }
        let mut seen = Vec::new();
        for _ in 0..d.u64()? {
            seen.push((d.u64()?, d.i64()?));
        }
        d.end()?;
        partition.set_parts(clock, offset, counts, Dedup::restore(policy.dedup_window_ms, &seen));
        Ok(partition)
    }
}
