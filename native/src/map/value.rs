//! One field of a rule: from the cells of a row to a value of the movement form.

use std::borrow::Cow;

use crate::intake::field::{Field, Fields, Value as FieldValue};
use crate::intake::reject::Code;
use crate::map::cell::{Cell, quoted};
use crate::map::document::Else;
use crate::map::identity::{Identity, Occurrences};
use crate::map::lookup::{Lookup, nfc};
use crate::map::number_steps::NumberSteps;
use crate::map::template::{Gap, Template};
use crate::map::text_steps::TextSteps;
use crate::map::time_steps::{TimeSteps, ZoneChoice};
use crate::map::zone::Zone;
use crate::values::decimal::Decimal;
use crate::values::instant::Millis;

/// What a value of a map gives for one row.
#[derive(Debug, PartialEq)]
pub enum Made<T> {
    Value(T),
    /// Nothing, because of this column; `None`: the map has nothing there.
    Absent(Option<usize>),
    /// A step with `else: skip` passes over the row.
    Skip,
}

/// Why a value cannot be made of a row.
#[derive(Debug)]
pub struct Failure {
    pub code: Code,
    /// What is wrong with the text, as the end of a sentence.
    pub why: String,
    pub column: Option<usize>,
    /// The text at fault.
    pub text: Option<String>,
}

impl Failure {
    #[cold]
    pub fn new(code: Code, why: impl Into<String>, column: Option<usize>) -> Box<Failure> {
        Box::new(Failure { code, why: why.into(), column, text: None })
    }

    /// The same failure, of this text unless it names one already.
    pub fn of(mut self: Box<Self>, text: &str) -> Box<Failure> {
        self.text.get_or_insert_with(|| text.to_owned());
        self
    }

    /// The same failure, of this column unless it names one already.
    fn at(mut self: Box<Self>, column: Option<usize>) -> Box<Failure> {
        self.column = self.column.or(column);
        self
    }

    /// The sentence; `name` is the column at fault, or the field.
    pub fn sentence(&self, name: &str) -> String {
        match &self.text {
            Some(text) => format!("{name} {} {}", quoted(text), self.why),
            None => format!("{name} {}", self.why),
        }
    }
}

/// A text with its steps and its table.
#[derive(Default)]
pub struct TextValue {
    pub template: Template,
    steps: TextSteps,
    table: Option<Lookup<String>>,
    otherwise: Else,
    /// Whether it has no steps but `trim`.
    has_no_steps: bool,
}

impl TextValue {
    pub fn new(template: Template, steps: TextSteps, table: Option<Lookup<String>>, otherwise: Else) -> TextValue {
        let has_no_steps = steps.is_plain();
        TextValue { template, steps, table, otherwise, has_no_steps }
    }

    /// The first column that it names.
    pub fn column(&self) -> Option<usize> {
        self.template.columns().next()
    }

    /// Whether it is one column as it came.
    fn is_cell(&self) -> bool {
        self.has_no_steps && self.table.is_none()
    }

    /// The text of a row.
    #[inline]
    pub fn make<'r>(&'r self, cells: &'r [Cell<'_>]) -> Result<Made<Cow<'r, str>>, Box<Failure>> {
        let text = self.template.plain(cells, self.steps.trim).filter(|_| self.has_no_steps);
        let text = match (text, &self.table) {
            (Some(text), Some(table)) => table.find(&nfc(text)).map(|value| &**value).filter(|value| !value.is_empty()),
            (text, _) => text,
        };
        text.map_or_else(|| self.changed(cells), |text| Ok(Made::Value(Cow::Borrowed(text))))
    }

    /// The text of a row after the steps and the table.
    fn changed<'r>(&'r self, cells: &'r [Cell<'_>]) -> Result<Made<Cow<'r, str>>, Box<Failure>> {
        let text = match self.template.text(cells, self.steps.trim) {
            Ok(text) => text,
            Err(Gap::Absent(at)) => return Ok(Made::Absent(Some(at))),
            Err(Gap::Group(at)) => {
                let why = "is an object or a list: name a path into it, such as `{a.b}` or `{a.0.b}`";
                return Err(Failure::new(Code::WrongType, why, Some(at)));
            }
        };
        let failure = |code, why, text: &str| Failure::new(code, why, self.column()).of(text);
        let text = match self.has_no_steps {
            true => text,
            false => {
                let before = text.clone();
                self.steps.apply(text).map_err(|why| failure(Code::UnknownValue, why, &before))?
            }
        };
        let text = match &self.table {
            None if self.is_false(cells) => return Ok(Made::Absent(self.column())),
            None => text,
            Some(table) => match (table.find(&nfc(&text)), &self.otherwise) {
                (Some(value), _) => Cow::Borrowed(&**value),
                (None, Else::Keep) => text,
                (None, Else::Skip) => return Ok(Made::Skip),
                (None, Else::Text(value)) => Cow::Borrowed(&**value),
                (None, Else::Reject) if text.is_empty() => text,
                (None, Else::Reject) => {
                    return Err(failure(Code::UnknownValue, "is not in the table of the map".to_owned(), &text));
                }
            },
        };
        Ok(if text.is_empty() { Made::Absent(self.column()) } else { Made::Value(text) })
    }

    /// Whether it is a `false` alone: many systems write an empty field so.
    #[inline]
    fn is_false(&self, cells: &[Cell<'_>]) -> bool {
        self.template.single().is_some_and(|at| cells[at] == Cell::Flag(false))
    }

    /// The number of a row, without its factors.
    pub fn number(&self, steps: &NumberSteps, cells: &[Cell<'_>]) -> Result<Made<Decimal>, Box<Failure>> {
        let text = match self.make(cells)? {
            Made::Value(text) => text,
            Made::Absent(column) => return Ok(Made::Absent(column)),
            Made::Skip => return Ok(Made::Skip),
        };
        let cell = self.template.single().filter(|_| self.is_cell()).map(|at| &cells[at]);
        steps
            .decimal(&text, cell)
            .map(Made::Value)
            .ok_or_else(|| Failure::new(Code::BadQuantity, "is not a number", self.column()).of(&text))
    }
}

/// What kind of value a field has.
pub enum Class {
    Text,
    Number(NumberSteps),
    Time(TimeSteps),
    Identity(Identity),
}

/// A field of a rule.
pub struct Value {
    pub text: TextValue,
    pub class: Class,
}

/// What is known of a row while its fields are made.
pub struct RowContext<'c> {
    pub zones: &'c [Zone],
    pub zone_of_location: &'c Lookup<usize>,
    /// The numbers that the row brings with it; without them the reader counts.
    pub given_occurrence: Option<u32>,
    pub occurrences: &'c mut Occurrences,
    /// The number that was counted or given for the row; 0 without one.
    pub occurrence: u32,
    pub buffer: &'c mut Vec<u8>,
}

impl Value {
    /// The value of one row. Fields that stand before this one in the order of the movement form are made already.
    #[inline]
    pub fn make<'r>(
        &'r self,
        field: Field,
        cells: &'r [Cell<'_>],
        fields: &Fields<'_>,
        context: &mut RowContext<'_>,
    ) -> Result<Made<FieldValue<'r>>, Box<Failure>> {
        match &self.class {
            Class::Text => self.text.make(cells).map(|made| match made {
                Made::Value(text) => Made::Value(FieldValue::Text(text)),
                Made::Absent(column) => Made::Absent(column),
                Made::Skip => Made::Skip,
            }),
            Class::Number(steps) => self.amount(steps, cells, fields),
            Class::Time(steps) => self.time(steps, field, cells, fields, context),
            Class::Identity(identity) => self.identity(identity, cells, context),
        }
    }

    fn amount<'r>(
        &'r self,
        steps: &NumberSteps,
        cells: &'r [Cell<'_>],
        fields: &Fields<'_>,
    ) -> Result<Made<FieldValue<'r>>, Box<Failure>> {
        let number = match self.text.number(steps, cells)? {
            Made::Value(number) => number,
            Made::Absent(column) => return Ok(Made::Absent(column)),
            Made::Skip => return Ok(Made::Skip),
        };
        let amount = steps.milli(number, cells, fields.text(Field::Sku)).map_err(|failure| {
            let failure = failure.at(self.text.column());
            match self.text.make(cells) {
                Ok(Made::Value(text)) => failure.of(&text),
                _ => failure,
            }
        })?;
        Ok(match amount {
            Made::Value(amount) => Made::Value(FieldValue::Amount(amount)),
            Made::Absent(column) => Made::Absent(column),
            Made::Skip => Made::Skip,
        })
    }

    fn time<'r>(
        &'r self,
        steps: &TimeSteps,
        field: Field,
        cells: &'r [Cell<'_>],
        fields: &Fields<'_>,
        context: &RowContext<'_>,
    ) -> Result<Made<FieldValue<'r>>, Box<Failure>> {
        let instant_of = |wall: Millis| {
            let zone = match steps.zone {
                ZoneChoice::Policy => None,
                ZoneChoice::One(at) => Some(at),
                ZoneChoice::OfLocation => context.zone_of_location.find(&nfc(fields.text(Field::Location))).copied(),
            };
            zone.map(|at| context.zones[at].instant_of_wall(wall))
        };
        let typed = self.text.template.single().filter(|_| self.text.is_cell()).and_then(|at| steps.typed(&cells[at]));
        if typed.is_some() {
            let value = steps.value(typed, field, instant_of).map_err(|failure| {
                let text = self.text.template.single().and_then(|at| cells[at].text());
                failure.at(self.text.column()).of(&text.unwrap_or_default())
            });
            return value.map(Made::Value);
        }
        let text = match self.text.make(cells)? {
            Made::Value(text) => text,
            Made::Absent(column) => return Ok(Made::Absent(column)),
            Made::Skip => return Ok(Made::Skip),
        };
        let value = steps.value(steps.moment(&text), field, instant_of);
        value.map(Made::Value).map_err(|failure| failure.at(self.text.column()).of(&text))
    }

    fn identity<'r>(
        &'r self,
        identity: &Identity,
        cells: &'r [Cell<'_>],
        context: &mut RowContext<'_>,
    ) -> Result<Made<FieldValue<'r>>, Box<Failure>> {
        let prefix = match self.text.template.is_empty() {
            true => Cow::Borrowed(""),
            false => match self.text.make(cells)? {
                Made::Value(text) => text,
                Made::Absent(column) => return Ok(Made::Absent(column)),
                Made::Skip => return Ok(Made::Skip),
            },
        };
        let hash = identity.hash(cells, context.buffer);
        if !identity.occurrence {
            return Ok(Made::Value(FieldValue::Text(format!("{prefix}{hash:032x}").into())));
        }
        context.occurrence = match context.given_occurrence {
            Some(number) if number > 0 => number,
            _ => context.occurrences.count(hash),
        };
        let id = match context.occurrence {
            1 => format!("{prefix}{hash:032x}"),
            number => format!("{prefix}{hash:032x}-{number}"),
        };
        Ok(Made::Value(FieldValue::Text(id.into())))
    }
}
