//! One rule of `movements`: when it holds for a row, and the movement that it makes of the row.

use crate::intake::field::{Field, Fields};
use crate::intake::record;
use crate::intake::reject::Code;
use crate::map::cell::Cell;
use crate::map::condition::Condition;
use crate::map::template::Gap;
use crate::map::value::{Class, Failure, Made, RowContext, Value};
use crate::values::movement::Kind;

/// The fields in the order in which they are made: the zone of a time needs the location, a unit the SKU.
pub const ORDER: [Field; 14] = [
    Field::Id,
    Field::Source,
    Field::Kind,
    Field::Sku,
    Field::Location,
    Field::Quantity,
    Field::EventTime,
    Field::Ref,
    Field::Due,
    Field::Expiry,
    Field::Of,
    Field::Counterparty,
    Field::Reason,
    Field::UnitValue,
];

pub struct Rule {
    pub when: Option<Condition>,
    /// In the order of [`ORDER`].
    pub fields: Vec<(Field, Value)>,
}

/// What a rule makes of a row that it holds for.
pub enum Outcome {
    Movement,
    /// A step with `else: skip` passes over the row.
    Skip,
    /// The first field that cannot be made.
    Failed(Field, Box<Failure>),
}

impl Rule {
    pub fn holds(&self, cells: &[Cell<'_>]) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(cells))
    }

    /// Makes the fields of a movement. All are made, also after one that fails: so the time of a reject is known, and a step that
    /// skips the row is heard.
    #[inline]
    pub fn make<'r>(&'r self, cells: &'r [Cell<'_>], fields: &mut Fields<'r>, context: &mut RowContext<'_>) -> Outcome {
        let (mut first, mut failed, mut skip) = (None, 0u32, false);
        for (field, value) in &self.fields {
            match value.make(*field, cells, fields, context) {
                Ok(Made::Value(made)) => {
                    fields.set(*field, made);
                }
                Ok(Made::Absent(_)) => {}
                Ok(Made::Skip) => skip = true,
                Err(failure) => {
                    failed |= 1 << *field as u32;
                    first.get_or_insert((*field, failure));
                }
            }
        }
        if skip {
            return Outcome::Skip;
        }
        let required = record::required(Kind::from_name(fields.text(Field::Kind)));
        let missing = |field: &&Field| fields.get(**field).is_missing() && failed & 1 << **field as u32 == 0;
        if let Some(field) = required.iter().find(missing) {
            return Outcome::Failed(*field, self.missing(*field, cells));
        }
        match first {
            None => Outcome::Movement,
            Some((Field::Kind, mut failure)) if failure.code == Code::UnknownValue => {
                failure.code = Code::UnknownKind;
                Outcome::Failed(Field::Kind, failure)
            }
            Some((field, failure)) => Outcome::Failed(field, failure),
        }
    }

    /// The column that a field is read from first, for a message.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.value(field)?.text.column()
    }

    fn value(&self, field: Field) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, value)| value)
    }

    #[cold]
    fn missing(&self, field: Field, cells: &[Cell<'_>]) -> Box<Failure> {
        let Some(value) = self.value(field) else {
            let why = format!("is missing: the rule has no `{}`", field.name());
            return Failure::new(Code::MissingField, why, None);
        };
        let gap = |value: &Value| match (value.text.template.text(cells, true), &value.class) {
            (Err(Gap::Absent(at)), _) => Some(at),
            (Ok(_), Class::Number(steps)) => {
                let times = &steps.times.as_ref()?.0;
                Some(at_gap(times.template.text(cells, true)).or(times.column())?)
            }
            _ => None,
        };
        let column = gap(value).or(value.text.column());
        let why = match column.map(|at| &cells[at]) {
            Some(Cell::Absent) => "is not in the row",
            Some(Cell::Null) => "is null",
            Some(_) => "is empty",
            None => "has no text",
        };
        Failure::new(Code::MissingField, format!("{why}: `{}` is required", field.name()), column)
    }
}

fn at_gap<T>(text: Result<T, Gap>) -> Option<usize> {
    match text {
        Err(Gap::Absent(at)) => Some(at),
        _ => None,
    }
}
