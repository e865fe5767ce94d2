//! A row of an Arrow batch becomes the same thirteen values as a line of JSON.

use arrow_array::RecordBatch;

use crate::intake::column::Column;
pub use crate::intake::column::MISFITS;
use crate::intake::field::{FIELDS, Field, Fields, Value};
use crate::intake::net::caught;
use crate::intake::reject::{Code, Fault};
use crate::values::instant;
use crate::values::quantity;

/// The columns of a batch that are fields of a movement; others are ignored.
pub struct Columns<'a> {
    columns: Vec<Column<'a>>,
    /// Whether two columns are the same field.
    has_twins: bool,
    pub rows: usize,
}

impl<'a> Columns<'a> {
    pub fn new(batch: &'a RecordBatch) -> Columns<'a> {
        let names = batch.schema_ref().fields().iter().zip(batch.columns());
        let columns: Vec<Column<'a>> = names
            .filter_map(|(named, column)| Field::of_column(named.name()).map(|field| Column::new(field, column)))
            .collect();
        let has_twins =
            columns.iter().enumerate().any(|(at, one)| columns[..at].iter().any(|other| other.field == one.field));
        Columns { columns, has_twins, rows: batch.num_rows() }
    }

    /// Fills `fields` from row `row`; they are empty, or hold another row of these columns. If a column occurs twice, each of its rows is
    /// rejected. After a fault the fields are of no use: see [`before_fault`](Self::before_fault).
    #[inline]
    pub fn row(&self, row: usize, fields: &mut Fields<'a>) -> Result<(), Fault> {
        if self.has_twins {
            *fields = Fields::default();
            return self.row_anew(row, fields);
        }
        for column in &self.columns {
            column.read(row, fields.slot(column.field))?;
            fields.note(column.field);
        }
        Ok(())
    }

    /// The values that stand before the one that cannot be read.
    #[cold]
    pub fn before_fault(&self, row: usize) -> Fields<'a> {
        let mut fields = Fields::default();
        let _ = caught(|| self.row_anew(row, &mut fields));
        fields
    }

    fn row_anew(&self, row: usize, fields: &mut Fields<'a>) -> Result<(), Fault> {
        for column in &self.columns {
            let mut value = Value::Absent;
            column.read(row, &mut value)?;
            if value != Value::Absent && fields.set(column.field, value) {
                let name = column.field.name();
                return Err(Fault::new(Code::DuplicateField, name, format!("column `{name}` stands twice: keep one")));
            }
        }
        Ok(())
    }
}

/// The row as one JSON object. A reject keeps it, because the record never was a text.
pub fn as_json(fields: &Fields<'_>) -> Vec<u8> {
    let mut object = serde_json::Map::new();
    for name in FIELDS {
        let field = Field::from_name(name).expect("a field knows its own name");
        let value = match fields.get(field) {
            Value::Absent | Value::Null => continue,
            Value::Text(text) => serde_json::Value::from(text.as_ref()),
            number @ (Value::Number(_) | Value::Whole(_) | Value::Decimal(..)) => {
                number.number_text().unwrap_or_default().as_ref().into()
            }
            Value::Amount(amount) => quantity::format(*amount).into(),
            Value::Time(at) => instant::format(*at).into(),
            Value::Wall(at) => instant::format(*at).trim_end_matches('Z').into(),
            Value::Date(day) => instant::format_day(*day).into(),
            Value::Wrong(what) => format!("<{what}>").into(),
        };
        object.insert(name.to_owned(), value);
    }
    serde_json::Value::Object(object).to_string().into_bytes()
}
