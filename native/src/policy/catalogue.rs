//! What a position is matched on: its names, and what the catalogue says about its SKU.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, RecordBatch};

use crate::policy::inputs::Class;
use crate::values::error::CoreError;

/// Longer than goods are ever kept: ten years.
const MOST_DAYS: f64 = 3660.0;

/// One row of the catalogue: what policies match on, and for how long goods can be sold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    pub category: String,
    pub department: String,
    pub supplier: String,
    pub abc: String,
    /// Days after the one on which goods came.
    pub shelf_life: Option<u32>,
}

/// The attributes of every SKU.
pub type Catalogue = HashMap<String, Item>;

/// The catalogue from a batch with a text column `sku`; other columns that policies match on may be missing.
pub fn of_rows(batch: &RecordBatch) -> Result<Catalogue, CoreError> {
    let column = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>().cloned());
    let sku = column("sku").ok_or_else(|| CoreError::policy("the catalogue has no text column `sku`"))?;
    let rest = ["category", "department", "supplier", "abc"].map(column);
    let text = |at: usize, row: usize| {
        let column = rest[at].as_ref().filter(|column| !column.is_null(row));
        column.map_or_else(String::new, |column| column.value(row).to_owned())
    };
    let days = batch.column_by_name("shelf_life").and_then(|column| column.as_primitive_opt::<Float64Type>());
    let shelf_life = |row: usize| {
        let days = days.filter(|days| !days.is_null(row)).map(|days| days.value(row));
        days.filter(|days| (0.0..=MOST_DAYS).contains(days)).map(|days| days as u32)
    };
    let item = |row| Item {
        category: text(0, row),
        department: text(1, row),
        supplier: text(2, row),
        abc: text(3, row),
        shelf_life: shelf_life(row),
    };
    Ok((0..sku.len()).map(|row| (sku.value(row).to_owned(), item(row))).collect())
}

/// A position, as layers see it.
pub struct Subject<'a> {
    pub location: &'a str,
    pub sku: &'a str,
    /// `None` for a SKU that the catalogue does not have: its attributes are empty texts.
    pub item: Option<&'a Item>,
    /// What the inputs say of it; where they do not, the catalogue's class holds.
    pub class: Option<&'a Class>,
}

/// What a layer may match on.
pub const KEYS: [&str; 7] = ["sku", "category", "supplier", "abc", "xyz", "department", "location"];

/// What is wrong with patterns on `xyz`: its classes come from inputs alone, so no position can have another one. Classes on `abc`
/// may be those of a catalogue, which has its own words.
pub fn fault_of_classes(key: &str, patterns: &[String]) -> Option<String> {
    let is_known = |pattern: &&String| pattern.contains('*') || ["", "X", "Y", "Z"].contains(&pattern.as_str());
    let wrong = patterns.iter().filter(|_| key == "xyz").find(|pattern| !is_known(pattern))?;
    let instead = match wrong.as_bytes() {
        [abc @ b'A'..=b'C'] => format!("did you mean `abc: {}`?", char::from(*abc)),
        [abc @ b'A'..=b'C', xyz @ b'X'..=b'Z'] => {
            format!("did you mean `abc: {}, xyz: {}`?", char::from(*abc), char::from(*xyz))
        }
        _ => "use one of X, Y, Z".to_owned(),
    };
    let shown: String = wrong.chars().take(80).collect();
    Some(format!("`{key}`: there is no class `{shown}`: {instead}"))
}

impl Subject<'_> {
    /// The text that stands for one of [`KEYS`].
    pub fn text(&self, key: &str) -> Option<&str> {
        let item = |pick: fn(&Item) -> &String| Some(self.item.map_or("", |item| pick(item).as_str()));
        match key {
            "location" => Some(self.location),
            "sku" => Some(self.sku),
            "category" => item(|i| &i.category),
            "department" => item(|i| &i.department),
            "supplier" => item(|i| &i.supplier),
            "abc" => self.class.map_or_else(|| item(|i| &i.abc), |class| Some(&class.abc)),
            "xyz" => Some(self.class.map_or("", |class| &class.xyz)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, StringArray};

    use super::*;

    #[test]
    fn a_class_that_no_position_can_have_is_refused() {
        let fault = |key: &str, pattern: &str| fault_of_classes(key, &["*".to_owned(), pattern.to_owned()]);
        for (pattern, instead) in [
            ("Q", "use one of X, Y, Z"),
            ("x", "use one of X, Y, Z"),
            ("B", "did you mean `abc: B`?"),
            ("AX", "did you mean `abc: A, xyz: X`?"),
        ] {
            assert_eq!(fault("xyz", pattern), Some(format!("`xyz`: there is no class `{pattern}`: {instead}")));
        }
        for (key, pattern) in [("xyz", "Z"), ("xyz", ""), ("abc", "A"), ("abc", "fast"), ("sku", "Q")] {
            assert_eq!(fault(key, pattern), None, "{key} {pattern}");
        }
    }

    #[test]
    fn a_shelf_life_is_whole_days_and_may_be_missing() {
        let sku: ArrayRef = Arc::new(StringArray::from(vec!["milk", "salt", "old", "jam"]));
        let days: ArrayRef = Arc::new(Float64Array::from(vec![Some(7.9), None, Some(-1.0), Some(1e9)]));
        let known =
            of_rows(&RecordBatch::try_from_iter([("sku", sku.clone()), ("shelf_life", days)]).unwrap()).unwrap();
        assert_eq!(["milk", "salt", "old", "jam"].map(|sku| known[sku].shelf_life), [Some(7), None, None, None]);
        let without = of_rows(&RecordBatch::try_from_iter([("sku", sku)]).unwrap()).unwrap();
        assert_eq!(without["milk"].shelf_life, None);
    }
}
