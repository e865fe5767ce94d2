//! The lines that are shipped: for each horizon and lead time the chances at which a projected stockout opens as watch, and becomes
//! a warning and critical. They were measured on generated shops with lead times of 2 to 21 days (bench/README.md).

/// (days of the horizon, watch, warning, critical). Between two rows the lines are interpolated.
const SHIPPED: [(f64, [f64; 3]); 10] = [
    (1.0, [0.08, 0.16, 0.40]),
    (2.0, [0.12, 0.22, 0.50]),
    (3.0, [0.18, 0.30, 0.60]),
    (4.0, [0.22, 0.36, 0.65]),
    (7.0, [0.40, 0.55, 0.80]),
    (11.0, [0.42, 0.58, 0.82]),
    (15.0, [0.48, 0.62, 0.84]),
    (22.0, [0.56, 0.70, 0.88]),
    (28.0, [0.58, 0.72, 0.90]),
    (42.0, [0.64, 0.76, 0.92]),
];
/// How far the lines fall where an order comes well before the horizon ends: by this share of the part of the horizon behind it.
const EARLY_ORDER: f64 = 0.6;

/// The lines for a horizon of so many days, of which an order that is placed now covers `cover` (lead time and review period), to two
/// decimals.
fn shipped(horizon: usize, cover: f64) -> [f64; 3] {
    let days = horizon as f64;
    let early = 1.0 - EARLY_ORDER * (1.0 - cover / days).max(0.0);
    let after = SHIPPED.partition_point(|(row, _)| *row < days);
    let (low, high) = (SHIPPED[after.saturating_sub(1)], SHIPPED[after.min(SHIPPED.len() - 1)]);
    let share = if high.0 > low.0 { (days - low.0) / (high.0 - low.0) } else { 0.0 };
    std::array::from_fn(|k| ((low.1[k] + (high.1[k] - low.1[k]) * share) * early * 100.0).round() / 100.0)
}

/// The lines of a position: those that are set, and for the others those that are shipped. One that is not set gives way to
/// those that are, so that the lines rise.
pub fn lines(set: [Option<f64>; 3], horizon: usize, cover: f64) -> [f64; 3] {
    let mut lines = shipped(horizon, cover);
    let mut least = 0.0;
    for at in 0..3 {
        let most = set[at..].iter().flatten().copied().fold(1.0, f64::min);
        lines[at] = set[at].unwrap_or_else(|| lines[at].max(least).min(most));
        least = lines[at];
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_set_gives_way() {
        assert_eq!(lines([None; 3], 7, 7.0), [0.4, 0.55, 0.8]);
        assert_eq!(lines([None; 3], 7, 4.0), [0.3, 0.41, 0.59]);
        assert_eq!(lines([None; 3], 14, 8.0), [0.35, 0.45, 0.62]);
        assert_eq!(lines([Some(0.6), None, None], 7, 7.0), [0.6, 0.6, 0.8]);
        assert_eq!(lines([None, Some(0.2), None], 7, 7.0), [0.2, 0.2, 0.8]);
        assert_eq!(lines([Some(0.1), None, Some(0.3)], 7, 7.0), [0.1, 0.3, 0.3]);
    }

    #[test]
    fn the_lines_rise_at_every_horizon() {
        for horizon in 1..=365 {
            for cover in [0.0, 1.0, 8.0, 400.0] {
                let lines = shipped(horizon, cover);
                assert!(0.0 < lines[0] && lines[0] <= lines[1] && lines[1] <= lines[2] && lines[2] < 1.0, "{horizon}");
            }
        }
    }
}
