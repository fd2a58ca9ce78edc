//! Rows as structs: the columns of a statement and what reads them are made from one list.

use super::problem::Problem;
use super::value::Value;

/// A row that was read: its values, in the order in which the statement names them.
#[derive(Debug)]
pub(in crate::journal) struct Row {
    values: std::vec::IntoIter<Value<'static>>,
}

impl Row {
    pub(super) fn new(values: Vec<Value<'static>>) -> Self {
        Self { values: values.into_iter() }
    }

    /// The next value.
    pub(in crate::journal) fn next<T: FromValue>(&mut self) -> Result<T, Problem> {
        let value = self.values.next().ok_or_else(|| Problem::unreadable("a row is too short"))?;
        T::of(value)
    }
}

/// What a value can be read as. One that is something else is unreadable.
pub(in crate::journal) trait FromValue: Sized {
    fn of(value: Value<'static>) -> Result<Self, Problem>;
}

impl FromValue for i64 {
    fn of(value: Value<'static>) -> Result<Self, Problem> {
        match value {
            Value::Number(number) => Ok(number),
            _ => Err(Problem::unreadable("there is no number where one is expected")),
        }
    }
}

/// A length or a count.
impl FromValue for u64 {
    fn of(value: Value<'static>) -> Result<Self, Problem> {
        let number = i64::of(value)?;
        u64::try_from(number).map_err(|_| Problem::unreadable(format!("{number} is no count")))
    }
}

impl FromValue for bool {
    fn of(value: Value<'static>) -> Result<Self, Problem> {
        match i64::of(value)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Problem::unreadable(format!("{other} is neither yes nor no"))),
        }
    }
}

impl FromValue for String {
    fn of(value: Value<'static>) -> Result<Self, Problem> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            _ => Err(Problem::unreadable("there is no text where one is expected")),
        }
    }
}

impl FromValue for Vec<u8> {
    fn of(value: Value<'static>) -> Result<Self, Problem> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.into_owned()),
            _ => Err(Problem::unreadable("there are no bytes where some are expected")),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn of(value: Value<'static>) -> Result<Self, Problem> {
        match value {
            Value::Null => Ok(None),
            value => T::of(value).map(Some),
        }
    }
}

/// Makes a struct whose fields are columns, its `read`, and a macro that names the columns in a statement.
macro_rules! columns {
    ($list:ident
     $(#[$meta:meta])* struct $name:ident { $first:ident: $first_type:ty, $($field:ident: $type:ty,)* }
    ) => {
        $(#[$meta])*
        struct $name {
            $first: $first_type,
            $($field: $type,)*
        }

        impl $name {
            /// Reads the columns that the macro of the same list names.
            fn read(
                row: &mut $crate::journal::database::Row,
            ) -> Result<Self, $crate::journal::database::Problem> {
                Ok(Self { $first: row.next()?, $($field: row.next()?,)* })
            }
        }

        macro_rules! $list {
            () => { concat!(stringify!($first), $(", ", stringify!($field)),*) };
        }
    };
}
pub(in crate::journal) use columns;
