//! Types of other crates in public signatures.

mod support;

use house::foreign;
use support::{house, shown};

fn found(test: &str, source: &str) -> Vec<String> {
    shown(&foreign::check(
        &house(&format!("foreign_{test}"), &[("crates/one/src/lib.rs", source)]),
        "http\n",
    ))
}

#[test]
fn a_public_signature_shows_only_what_is_listed() {
    for (test, source) in [
        ("argument", "use rusqlite::Row; pub fn f(_: &Row) {}"),
        ("result", "pub fn f() -> Option<rusqlite::Row> {}"),
        ("field", "use rusqlite as sql; pub struct S { pub row: sql::Row }"),
        ("variant", "pub enum E { A(rusqlite::Row) }"),
        ("bound", "pub struct S<T: rusqlite::Row>(T);"),
        ("alias", "pub type T = rusqlite::Row;"),
        ("method", "pub struct S; impl S { pub fn f(&self, _: rusqlite::Row) {} }"),
        ("trait_method", "pub trait T { fn f(_: rusqlite::Row); }"),
        ("impl_of", "pub struct S; impl rusqlite::Row for S {}"),
        ("conversion", "pub struct S; impl From<rusqlite::Row> for S {}"),
        ("re_export", "pub use rusqlite::Row;"),
        ("through", "mod own { pub use rusqlite::Row; } pub fn f(_: own::Row) {}"),
    ] {
        let found = found(test, source);
        assert!(
            found.iter().any(|f| f.ends_with("the public API of one shows `rusqlite::Row`")),
            "{test}: {found:?}"
        );
    }
}

#[test]
fn what_is_listed_private_or_inside_is_no_finding() {
    for (test, source) in [
        ("listed", "pub fn f(_: http::Method, _: std::fmt::Error) -> Option<Vec<u8>> {}"),
        ("private", "fn f(_: rusqlite::Row) {}"),
        ("private_field", "pub struct S { row: rusqlite::Row }"),
        ("private_type", "struct S; impl From<rusqlite::Row> for S {}"),
        ("body", "pub fn f() { let _: rusqlite::Row; }"),
        ("hidden", "#[doc(hidden)] pub mod m { pub fn f(_: rusqlite::Row) {} }"),
        ("tests", "#[cfg(test)] mod tests { pub fn f(_: rusqlite::Row) {} }"),
    ] {
        assert_eq!(found(test, source), [""; 0], "{test}");
    }
}
