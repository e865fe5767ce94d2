//! The values of a position's terms that stand in the detail of each of its ledger entries, as JSON: written once.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value as Json};

use crate::demand::estimate::Prior;
use crate::policy::alert_type::SEVERITIES;
use crate::values::error::CoreError;

/// Parts of a detail; each is what its key holds.
#[derive(Clone, Debug)]
pub struct Written {
    /// What is known before anything is learned.
    pub prior: Box<RawValue>,
    pub lateness: Box<RawValue>,
    /// The entry lines by severity, and the share of them that is the exit line.
    pub lines: Box<RawValue>,
    /// The layer of each value that does not come from the first layer.
    pub layers: Box<RawValue>,
}

impl Written {
    /// `lines` are those of watch, warning and critical.
    pub fn new(
        prior: &Prior,
        lateness: &[(f64, f64)],
        lines: [f64; 3],
        exit_ratio: f64,
        layers: &Map<String, Json>,
    ) -> Result<Written, CoreError> {
        let Prior { rate, days, dispersion, calm, .. } = *prior;
        let lines = SEVERITIES[1..].iter().copied().zip(lines).chain([("exit_ratio", exit_ratio)]);
        Ok(Written {
            prior: numbers([("rate", rate), ("days", days), ("dispersion", dispersion), ("calm", calm)])?,
            lateness: written(lateness)?,
            lines: numbers(lines)?,
            layers: written(layers)?,
        })
    }
}

fn written<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>, CoreError> {
    to_raw_value(value).map_err(|fault| CoreError::policy(format!("a value cannot be written as JSON: {fault}")))
}

/// Numbers by name, in their order.
fn numbers<'a>(all: impl IntoIterator<Item = (&'a str, f64)>) -> Result<Box<RawValue>, CoreError> {
    written(&all.into_iter().map(|(name, number)| (name.to_owned(), number.into())).collect::<Map<String, Json>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_in_their_order() {
        let prior = Prior { rate: 0.1, days: 28.0, dispersion: 1.5, calm: 1.0, sold_out_is_whole: true };
        let layers = Map::from_iter([("watch".to_owned(), Json::from("dairy"))]);
        let all = Written::new(&prior, &[(0.0, 0.885), (5.0, 1.0)], [0.1, 0.3, 0.8], 0.5, &layers).unwrap();
        assert_eq!(all.prior.get(), r#"{"rate":0.1,"days":28.0,"dispersion":1.5,"calm":1.0}"#);
        assert_eq!(all.lateness.get(), "[[0.0,0.885],[5.0,1.0]]");
        assert_eq!(all.lines.get(), r#"{"watch":0.1,"warning":0.3,"critical":0.8,"exit_ratio":0.5}"#);
        assert_eq!(all.layers.get(), r#"{"watch":"dairy"}"#);
    }
}
