//! A row is atomic: all of its movements are checked before any of them is taken.

use crate::intake::field::{Field, Fields};
use crate::intake::record::{self, Checks};
use crate::intake::reject::{Code, Fault};
use crate::map::mapping::Mapping;
use crate::map::row::{Mapped, Rejection};
use crate::values::instant::Millis;

impl Mapping {
    /// Whether movements have to be compared with what the map expects: then [`Mapping::check`] is needed also for a row of one.
    pub fn expects(&self) -> bool {
        self.expect.is_some()
    }

    /// The checks of all movements of a row, before any of them is taken: each is valid, and as the map expects it. An unexpected
    /// value that is only warned of goes to `warn`: the field, and a sentence.
    pub fn check<'r>(
        &'r self,
        movements: &'r [Mapped<'_>],
        arrival: Option<Millis>,
        checks: &Checks,
        warn: &mut dyn FnMut(&'static str, String),
    ) -> Result<(), Rejection<'r>> {
        for mapped in movements {
            let valid = match record::validate(&mapped.fields, arrival, checks) {
                Ok(valid) => valid,
                Err(fault) => return Err(self.rejection(fault, mapped)),
            };
            let Some(expect) = &self.expect else { continue };
            match expect.unexpected(&valid, arrival) {
                Some((field, message)) if expect.rejects => {
                    return Err(self.rejection(Fault::new(Code::UnexpectedValue, field, message), mapped));
                }
                Some((field, message)) => warn(field, message),
                None => {}
            }
        }
        Ok(())
    }

    /// The rejection of a row because of a fault of one of its movements: with the column from which the field came.
    #[cold]
    pub fn rejection<'r>(&'r self, mut fault: Fault, mapped: &'r Mapped<'_>) -> Rejection<'r> {
        let field = fault.field.and_then(Field::from_name);
        let rule = mapped.rule.and_then(|rule| self.rules.get(rule));
        let column = field.zip(rule).and_then(|(field, rule)| self.column_name(rule.column(field)));
        if fault.code == Code::NoZone && mapped.rule.is_some() {
            fault.message = format!("{}: write `zone:` in the map", fault.message);
        }
        if let Some(column) = column {
            fault.message = format!("{column}: {}", fault.message);
        }
        Rejection { fault, column, bytes: None, fields: Some(fields_of(mapped)) }
    }
}

fn fields_of<'r>(mapped: &'r Mapped<'_>) -> &'r Fields<'r> {
    &mapped.fields
}
