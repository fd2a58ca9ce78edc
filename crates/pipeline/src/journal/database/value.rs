use std::borrow::Cow;
use std::error::Error;

use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A value of a statement, for both databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::journal) enum Value<'a> {
    Null,
    Number(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(it: bool) -> Self {
        Self::Number(i64::from(it))
    }
}

/// A text without the one character that PostgreSQL does not keep: SQLite gets the same.
impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        let has_nul = text.contains('\0');
        Self::Text(if has_nul { text.replace('\0', "\u{fffd}").into() } else { text.into() })
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::from(text.as_str())
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        of_type: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) if *of_type == Type::INT8 => number.to_sql(of_type, out),
            Self::Text(text) if *of_type == Type::TEXT => text.as_ref().to_sql(of_type, out),
            Self::Bytes(bytes) if *of_type == Type::BYTEA => bytes.as_ref().to_sql(of_type, out),
            _ => Err(format!("a value of another type than {of_type}").into()),
        }
    }

    fn accepts(of_type: &Type) -> bool {
        matches!(*of_type, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_alike_by_both_databases() {
        assert_eq!(Value::from("a\0b"), Value::Text("a\u{fffd}b".into()));
        assert_eq!(Value::from(None::<i64>), Value::Null);
        assert_eq!(Value::from(Some(true)), Value::Number(1));
    }
}
