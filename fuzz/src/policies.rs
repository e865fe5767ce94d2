//! Policies under which the engine is tried.

use lowtide_native::policy::alert_type::TYPES;
use lowtide_native::policy::{self, Policy};
use lowtide_native::values::instant::{DAY, HOUR};

/// The default policy with some of its values replaced.
pub fn policy(changes: &[(&str, serde_json::Value)]) -> Policy {
    let mut policy = policy::defaults();
    for (key, value) in changes {
        policy.layers[0].values.insert((*key).to_owned(), value.clone());
    }
    policy
}

/// A policy under which every part of a position's state is in use.
pub fn busy_policy() -> Policy {
    let mut policy = policy(&[
        ("time_zone", "America/Chicago".into()),
        ("dwell_ms", HOUR.into()),
        ("clear_after_ms", (2 * HOUR).into()),
        ("flap_count", 2.into()),
        ("low_turnover_units", 2.0.into()),
        ("low_turnover_days", 30.into()),
        ("reorder_point", "formula".into()),
        ("returns", "hold".into()),
        ("spike_after_days", 3.0.into()),
        ("profile", "weekend".into()),
        ("look_for", TYPES.iter().filter(|(kind, _)| kind.is_sign()).map(|(_, name)| *name).collect()),
    ]);
    let hour_of_week = |hour: usize| if hour / 24 >= 5 { 2.0 } else { 1.0 };
    policy.profiles.insert("weekend".to_owned(), (0..168).map(hour_of_week).collect());
    (policy.dedup_window_ms, policy.calibration_sample) = (2 * DAY, 2);
    policy.layers.push(policy::Layer {
        name: "back room".to_owned(),
        matching: [("location".to_owned(), vec!["back*".to_owned()])].into(),
        values: [
            ("time_zone".to_owned(), "Asia/Shanghai".into()),
            ("off".to_owned(), serde_json::json!(["sales_spike"])),
        ]
        .into_iter()
        .collect(),
    });
    policy
}
