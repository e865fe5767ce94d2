//! A key group is a deterministic fold of its log: movements in, rows for the tables out.
//!
//! ```text
//! block ─▶ publish what a mark closes ─▶ per record: position's due timers ─▶ roll the day ─▶ effect ─▶ detect
//!       └▶ at the block's end: every position's timers that are due
//! ```
//! A timer's entry carries its due time and sees the state as it was then, so when it is physically fired cannot show.

pub mod batches;
pub mod describe;
pub mod policy_change;
pub mod state;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::alert::entry::{Cause, Entry};
use crate::demand::rate::Demand;
use crate::group::state::Saved;
use crate::log::wire::Reader;
use crate::policy::{Catalogue, Policy, Subject, Terms};
use crate::stock::history::History;
use crate::stock::position::{Account, Index, NO_SIDE, Row, Side, flag};
use crate::stock::rows::{DemandDay, PositionRow, StockCount, SupplyEvent};
use crate::stock::thresholds;
use crate::stock::timers::Timers;
use crate::values::calendar::Calendar;
use crate::values::error::CoreError;
use crate::values::instant::{DAY, HOUR, Millis};
use crate::values::intern::Interner;
use crate::values::movement::{Kind, Movement};
use crate::values::names::hash_of_names;
use crate::values::quantity::Milli;

/// What a group has to say since it was last asked.
#[derive(Debug, Default)]
pub struct Output {
    pub ledger: Vec<Entry>,
    pub positions: Vec<PositionRow>,
    pub demand: Vec<DemandDay>,
    pub counts: Vec<StockCount>,
    pub supply: Vec<SupplyEvent>,
}

/// How many records or timers are looked up before the first of them is worked on.
pub(crate) const AHEAD: usize = 32;

pub struct Group {
    pub(crate) pipeline: String,
    pub(crate) policy: Policy,
    pub(crate) version: Arc<str>,
    /// Whether the policy stands in a segment of the state.
    pub(crate) policy_saved: bool,
    pub(crate) catalogue: Catalogue,
    /// Resolved once for each set of layers that matches some position.
    pub(crate) terms: Vec<Arc<Terms>>,
    pub(crate) calendars: Vec<Calendar>,
    pub(crate) matched: BTreeMap<Vec<usize>, u32>,
    pub(crate) locations: Interner,
    pub(crate) skus: Interner,
    pub(crate) index: Index,
    pub(crate) rows: Vec<Row>,
    pub(crate) sides: Vec<Side>,
    /// Accounts of the open day, by position; never walked.
    pub(crate) accounts: HashMap<u32, Account>,
    pub(crate) history: History,
    pub(crate) timers: Timers,
    pub(crate) clock: Millis,
    pub(crate) next_mark: Millis,
    /// The first offset that was not applied yet: what comes again is not applied twice.
    pub(crate) next_offset: u64,
    pub(crate) dirty: Vec<u32>,
    /// Closed days that a late record changed, with the offset of the last that did.
    pub(crate) changed: BTreeMap<(u32, i32), u64>,
    /// Demand of records behind the late window, by position and day.
    pub(crate) very_late: BTreeMap<(u32, i32), Milli>,
    pub(crate) very_late_changed: BTreeMap<(u32, i32), u64>,
    pub(crate) output: Output,
    /// Kept from the first segment of the state on.
    pub(crate) saved: Option<Saved>,
}

impl Group {
    pub fn new(pipeline: &str, policy: Policy, catalogue: Catalogue) -> Group {
        Group {
            pipeline: pipeline.to_owned(),
            version: policy.version.as_str().into(),
            policy_saved: false,
            policy,
            catalogue,
            terms: Vec::new(),
            calendars: Vec::new(),
            matched: BTreeMap::new(),
            locations: Interner::default(),
            skus: Interner::default(),
            index: Index::default(),
            rows: Vec::new(),
            sides: Vec::new(),
            accounts: HashMap::new(),
            history: History::default(),
            timers: Timers::default(),
            clock: Millis::MIN,
            next_mark: Millis::MIN,
            next_offset: 0,
            dirty: Vec::new(),
            changed: BTreeMap::new(),
            very_late: BTreeMap::new(),
            very_late_changed: BTreeMap::new(),
            output: Output::default(),
            saved: None,
        }
    }

    /// Applies one block of [`crate::log::wire`].
    pub fn apply(&mut self, block: &[u8]) -> Result<(), CoreError> {
        let mut reader = Reader::new(block)?;
        let mut ahead = Vec::with_capacity(AHEAD);
        loop {
            ahead.clear();
            while ahead.len() < AHEAD {
                match reader.read()? {
                    Some(movement) => ahead.push((movement, self.names(movement.location, movement.sku), None)),
                    None => break,
                }
            }
            for (_, names, place) in &mut ahead {
                *place = names.and_then(|(l, s)| self.index.find(&self.rows, l, s));
            }
            if ahead.is_empty() {
                break;
            }
            for (movement, _, place) in &ahead {
                if movement.offset >= self.next_offset {
                    self.next_offset = movement.offset + 1;
                    match movement.kind {
                        Kind::Policy => self.change_policy(movement)?,
                        _ => self.movement(movement, *place)?,
                    }
                }
            }
        }
        self.tick(reader.clock);
        self.fire_due();
        if reader.last {
            self.publish_open_days();
            self.publish_changes();
        }
        Ok(())
    }

    /// Where a position lies, if it is known.
    pub(crate) fn find(&self, location: &str, sku: &str) -> Option<u32> {
        let (l, s) = self.names(location, sku)?;
        self.index.find(&self.rows, l, s)
    }

    /// A hash of each position's names, in the order in which they were met.
    pub fn hashes(&self) -> impl Iterator<Item = u64> + '_ {
        self.rows.iter().map(|row| hash_of_names(self.locations.get(row.location), self.skus.get(row.sku)))
    }

    /// Location and SKU of the position that was met as number `at`.
    pub fn name(&self, at: usize) -> Option<(&str, &str)> {
        self.rows.get(at).map(|row| (self.locations.get(row.location), self.skus.get(row.sku)))
    }

    #[inline]
    fn names(&self, location: &str, sku: &str) -> Option<(u32, u32)> {
        Some((self.locations.find(location)?, self.skus.find(sku)?))
    }

    fn movement(&mut self, m: &Movement<'_>, place: Option<u32>) -> Result<(), CoreError> {
        self.tick(m.clock);
        let at = match place {
            Some(at) => at,
            None => self.locate(m.location, m.sku)?,
        };
        self.touch(at);
        self.fire(at, m.clock);
        let day = self.roll(at, m.clock);
        let before = self.numbers_before(at, m, &day);
        self.effect(at, m, &day);
        let row = &mut self.rows[at as usize];
        row.offset = m.offset;
        row.last_event = row.last_event.max(m.event_time);
        if !row.has(flag::DIRTY) {
            row.set(flag::DIRTY, true);
            self.dirty.push(at);
        }
        self.note_stock(at, m.clock, &day);
        if self.needs_look(at) {
            self.detect(at, m.clock, &day, Cause::Record { source: m.source, id: m.id }, Some(m), before);
            self.schedule(at, m.clock, &day);
        } else {
            self.close_at_day_end(at, &day);
        }
        Ok(())
    }

    /// Moves the clock; a passed publish mark first publishes what changed before it.
    #[inline]
    pub(crate) fn tick(&mut self, clock: Millis) {
        if clock >= self.next_mark {
            self.publish_changes();
            self.next_mark = (clock.div_euclid(self.policy.publish_every_ms) + 1) * self.policy.publish_every_ms;
            if self.accounts.len() < self.accounts.capacity() / 8 {
                self.accounts.shrink_to(self.accounts.len() * 2);
            }
            self.history.forget(clock - self.policy.late_window_ms - DAY - 2 * HOUR);
        }
        self.clock = self.clock.max(clock);
    }

    /// The row of a position; at first sight its policy is resolved.
    #[inline]
    fn locate(&mut self, location: &str, sku: &str) -> Result<u32, CoreError> {
        let (l, s) = (self.locations.intern(location), self.skus.intern(sku));
        if let Some(at) = self.index.find(&self.rows, l, s) {
            return Ok(at);
        }
        let terms = self.resolve(location, sku)?;
        let day = self.calendars[terms as usize].day(self.clock);
        let at = self.rows.len() as u32;
        let row = Row::new(l, s, terms, day.number, Demand::new(&self.terms[terms as usize]));
        self.rows.push(row);
        self.index.insert(&self.rows, at);
        thresholds::refresh(&mut self.rows[at as usize], &self.terms[terms as usize]);
        Ok(at)
    }

    /// The number of the terms of a position; they are resolved once for each set of layers that matches one.
    pub(crate) fn resolve(&mut self, location: &str, sku: &str) -> Result<u32, CoreError> {
        let layers = self.policy.matching(&Subject { location, sku, item: self.catalogue.get(sku) });
        if let Some(terms) = self.matched.get(&layers) {
            return Ok(*terms);
        }
        let terms = self.policy.terms(&layers)?;
        let number = self.terms.len() as u32;
        self.calendars.push(Calendar::new(&terms.time_zone).expect("the zone was checked with the terms"));
        self.terms.push(Arc::new(terms));
        self.matched.insert(layers, number);
        Ok(number)
    }

    pub(crate) fn side_mut(&mut self, at: u32) -> &mut Side {
        let row = &mut self.rows[at as usize];
        if row.side == NO_SIDE {
            row.side = self.sides.len() as u32;
            self.sides.push(Side::default());
        }
        &mut self.sides[row.side as usize]
    }

    pub(crate) fn side(&self, at: u32) -> Option<&Side> {
        self.sides.get(self.rows[at as usize].side as usize)
    }

    /// Rows that wait to be taken.
    pub fn pending(&self) -> usize {
        let o = &self.output;
        o.ledger.len() + o.positions.len() + o.demand.len() + o.counts.len() + o.supply.len()
    }

    /// Takes what was written since the last call, ledger entries in canonical order.
    pub fn take(&mut self) -> Output {
        let mut output = std::mem::take(&mut self.output);
        output.ledger.sort_by(Entry::order);
        output
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
