//! Rows as structs: the columns of a statement and what reads them are made from one list.

use rusqlite::Row;
use rusqlite::types::FromSql;

/// Reads the columns of a row one after the other, in the order in which the statement names them.
pub(super) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    pub(super) fn of(row: &'r Row<'s>) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let column = self.next;
        self.next += 1;
        self.row.get(column)
    }
}

/// Makes a struct whose fields are columns, its `read`, and a macro that names the columns in a
/// statement.
macro_rules! columns {
    ($list:ident
     $(#[$meta:meta])* struct $name:ident { $first:ident: $first_type:ty, $($field:ident: $type:ty,)* }
    ) => {
        $(#[$meta])*
        pub(super) struct $name {
            pub(super) $first: $first_type,
            $(pub(super) $field: $type,)*
        }

        impl $name {
            /// Reads the columns that the macro of the same list names.
            pub(super) fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Self> {
                Ok(Self { $first: columns.next()?, $($field: columns.next()?,)* })
            }
        }

        macro_rules! $list {
            () => { concat!(stringify!($first), $(", ", stringify!($field)),*) };
        }
        #[allow(unused_imports, reason = "some lists are used beside their struct alone")]
        pub(super) use $list;
    };
}
pub(super) use columns;

/// Makes an enum that is stored as words. A word that is none of them is an error.
macro_rules! words {
    ($(#[$meta:meta])* enum $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { $($variant,)* }

        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(match self { $(Self::$variant => $word,)* }.into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self::$variant),)*
                    other => {
                        let problem = format!("unknown {} {other:?}", stringify!($name));
                        Err(rusqlite::types::FromSqlError::Other(problem.into()))
                    }
                }
            }
        }
    };
}
pub(super) use words;
