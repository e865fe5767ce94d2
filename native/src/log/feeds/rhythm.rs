//! The rhythm of a feed: how many records it brings in each hour of the week, and by when so many of them should have come.
//! Records of one minute count once.
//!
//! ```text
//! mean of an hour of the week    the plain mean of its first four weeks, then 3/4 of it and 1/4 of the week that ended
//! expected in an hour            the least of its mean and those of the hours beside it: shops move by an hour with the clocks
//! due                            when what is expected since the last record adds up to `needed`
//! ```

use crate::values::bytes::{Decoder, Encoder};
use crate::values::error::CoreError;
use crate::values::instant::{HOUR, Millis};

/// Hours of a week. The first is the one that 1970 began with: Thursday, midnight in UTC.
pub const WEEK: usize = 168;
/// Hours that are learned before a rhythm says anything: two weeks.
const LEAST_LEARNED: u32 = 2 * WEEK as u32;
/// The weeks after which a mean forgets.
const MEMORY: u32 = 4;
/// After so long a feed is not expected any more.
pub const FORGOTTEN_AFTER: Millis = 4 * WEEK as i64 * HOUR;

/// Records by hour of the week.
pub type Week = [f32; WEEK];

/// The hour that holds a time, counted from 1970.
#[inline]
pub fn hour_of(at: Millis) -> i64 {
    at.div_euclid(HOUR)
}

fn slot(hour: i64) -> usize {
    hour.rem_euclid(WEEK as i64) as usize
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    mean: Box<Week>,
    /// The greatest of them.
    most: f32,
    /// Hours before this one are learned, or left out for good.
    next: i64,
    /// Records in the hour that is open.
    count: u32,
    /// How many hours were learned.
    learned: u32,
}

impl Rhythm {
    /// A rhythm that begins within `hour`, which is left out because it is not seen as a whole.
    pub fn new(hour: i64) -> Rhythm {
        Rhythm { mean: Box::new([0.0; WEEK]), most: 0.0, next: hour + 1, count: 0, learned: 0 }
    }

    /// A record came in the open hour.
    #[inline]
    pub fn add(&mut self) {
        self.count = self.count.saturating_add(1);
    }

    /// The open `hour` has ended: if a record came in it, it is learned, and so are the empty hours before it. True if the mean changed.
    pub fn close(&mut self, hour: i64) -> bool {
        let count = std::mem::take(&mut self.count);
        if count == 0 || hour < self.next {
            return false;
        }
        (self.next.max(hour - FORGOTTEN_AFTER / HOUR)..hour).for_each(|empty| self.learn(empty, 0.0));
        self.learn(hour, count as f32);
        self.next = hour + 1;
        true
    }

    fn learn(&mut self, hour: i64, count: f32) {
        let weeks = self.learned / WEEK as u32;
        let mean = &mut self.mean[slot(hour)];
        let before = *mean;
        *mean += (count - before) / (weeks + 1).min(MEMORY) as f32;
        self.most = if before == self.most && *mean < before { most(&self.mean) } else { self.most.max(*mean) };
        self.learned = self.learned.saturating_add(1);
    }

    /// What is not learned yet up to the end of `hour` is left out: the feed was silent.
    pub fn leave_out(&mut self, hour: i64) {
        (self.next, self.count) = (hour + 1, 0);
    }

    /// Whether it was learned for long enough.
    pub fn is_known(&self) -> bool {
        self.learned >= LEAST_LEARNED
    }

    pub fn learned_hours(&self) -> u32 {
        self.learned
    }

    pub fn week(&self) -> &Week {
        &self.mean
    }

    /// Records in an hour that it never lets expect more of.
    pub fn most(&self) -> f32 {
        self.most
    }

    /// Writes it; with `mean` also what was learned.
    pub fn write(&self, mean: bool, e: &mut Encoder) {
        e.i64(self.next);
        e.u32(self.count);
        e.u32(self.learned);
        e.u32(u32::from(mean));
        if mean {
            self.mean.iter().for_each(|records| e.f32(*records));
        }
    }

    /// Reads it; what was learned is that of `before` unless it is written.
    pub fn read(before: Option<&Rhythm>, d: &mut Decoder<'_>) -> Result<Rhythm, CoreError> {
        let mut rhythm = Rhythm::new(0);
        // Nothing that is counted from an hour may leave 64 bits.
        rhythm.next = d.i64()?.clamp(hour_of(i64::MIN / 4), hour_of(i64::MAX / 4));
        (rhythm.count, rhythm.learned) = (d.u32()?, d.u32()?);
        if d.u32()? == 1 {
            for records in &mut *rhythm.mean {
                *records = d.f32()?;
            }
        } else {
            let before = before.ok_or_else(|| CoreError::damage("the state lacks what a feed has learned"))?;
            rhythm.mean.clone_from(&before.mean);
        }
        rhythm.most = most(&rhythm.mean);
        Ok(rhythm)
    }
}

fn most(week: &Week) -> f32 {
    week.iter().copied().fold(0.0, f32::max)
}

/// The least time in which `needed` records can be expected where no hour has more than `most`, and in which `least_ms` pass: what is
/// due is never due earlier.
pub fn least_wait(most: f32, needed: f64, least_ms: i64) -> Millis {
    let wait = (1.0 - 1e-4) * needed / f64::from(most) * HOUR as f64;
    least_ms.max(wait as i64)
}

/// Records that are expected in the hours from one on, without end.
fn expected_from(week: &Week, hour: i64) -> impl Iterator<Item = f32> + '_ {
    let at = |hour: i64| week[slot(hour)];
    let hours = week.iter().cycle().skip(slot(hour + 1));
    hours.scan((at(hour - 1), at(hour)), |(before, this), after| {
        let least = this.min(*before).min(*after);
        (*before, *this) = (*this, *after);
        Some(least)
    })
}

/// When `needed` records are expected to have come since `since`, and `least_ms` have passed; `None`: not before it is forgotten.
pub fn due(week: &Week, since: Millis, needed: f64, least_ms: i64) -> Option<Millis> {
    // In records times milliseconds: whole numbers wherever the means are.
    let (mut at, mut missing) = (since, needed * HOUR as f64);
    let first = hour_of(since);
    for (hour, rate) in (first..first + FORGOTTEN_AFTER / HOUR).zip(expected_from(week, first)) {
        let (rate, end) = (f64::from(rate), (hour + 1) * HOUR);
        let more = rate * (end - at) as f64;
        if rate > 0.0 && more >= missing {
            let wait = (missing / rate).ceil() as i64;
            return Some((at + wait.clamp(0, end - at)).max(since.saturating_add(least_ms)));
        }
        (at, missing) = (end, missing - more);
        if hour - first > WEEK as i64 && missing == needed * HOUR as f64 {
            return None;
        }
    }
    None
}

/// Records that are expected in each hour from that of `since` to that of `due`.
pub fn expected(week: &Week, since: Millis, due: Millis) -> Vec<f32> {
    (hour_of(since)..=hour_of(due)).zip(expected_from(week, hour_of(since))).map(|(_, records)| records).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::instant::DAY;

    /// Two weeks of so many records in each hour from 8 to 20, none at night.
    fn shop(records: u32) -> Rhythm {
        let mut rhythm = Rhythm::new(-1);
        for hour in (0..14 * 24i64).filter(|hour| (8..20).contains(&(hour % 24))) {
            (0..records).for_each(|_| rhythm.add());
            rhythm.close(hour);
        }
        rhythm
    }

    #[test]
    fn so_many_records_are_expected_by_the_minute() {
        let mut rhythm = shop(12);
        assert!(!rhythm.is_known(), "the last night was not seen to its end");
        rhythm.add();
        rhythm.close(14 * 24 + 8);
        assert!(rhythm.is_known());
        let noon = 15 * DAY + 12 * HOUR;
        assert_eq!(due(rhythm.week(), noon, 20.0, 0), Some(noon + 100 * 60_000), "12 an hour");
        assert_eq!(due(rhythm.week(), noon, 20.0, 2 * HOUR), Some(noon + 2 * HOUR));
        assert_eq!(expected(rhythm.week(), noon, noon + HOUR), [12.0, 12.0]);
    }

    #[test]
    fn the_night_adds_nothing_and_the_hours_at_its_edge_neither() {
        let rhythm = shop(10);
        let evening = 15 * DAY + 18 * HOUR;
        // 18 to 19 is 10, the hours from 19 and from 8 may be moved: 9 to 10 on the next day is the second ten.
        assert_eq!(due(rhythm.week(), evening, 20.0, 0), Some(16 * DAY + 10 * HOUR));
    }

    #[test]
    fn what_brings_nothing_is_never_due() {
        assert_eq!(due(Rhythm::new(0).week(), 0, 20.0, 0), None);
        let mut once_a_week = Rhythm::new(-1);
        once_a_week.add();
        once_a_week.close(5);
        assert_eq!(due(once_a_week.week(), 0, 20.0, 0), None);
    }

    #[test]
    fn hours_that_were_left_out_are_not_learned() {
        let mut rhythm = shop(10);
        let before = rhythm.clone();
        rhythm.add();
        rhythm.leave_out(16 * 24 + 12);
        assert!(!rhythm.close(16 * 24 + 12) && rhythm.week() == before.week());
        rhythm.add();
        assert!(rhythm.close(16 * 24 + 13));
        assert_eq!(rhythm.learned_hours(), before.learned_hours() + 1);
    }

    #[test]
    fn a_fifth_week_counts_for_a_quarter() {
        let mut rhythm = Rhythm::new(-1);
        for (week, records) in [8, 4, 6, 6, 2, 6].into_iter().enumerate() {
            for hour in 0..168 {
                (0..records).for_each(|_| rhythm.add());
                rhythm.close(week as i64 * 168 + hour);
            }
            let mean = [8.0, 6.0, 6.0, 6.0, 5.0, 5.25][week];
            assert_eq!(rhythm.week(), &[mean; WEEK], "after week {week}");
        }
    }
}
