//! One name, one type, unless two docs say whose view they are.

mod support;

use house::names;
use support::{house, shown};

fn found(test: &str, client: &str, events: &str) -> Vec<String> {
    shown(&names::check(&house(
        &format!("names_{test}"),
        &[
            ("crates/client/src/lib.rs", client),
            ("crates/events/src/lib.rs", events),
            ("crates/events/src/word.rs", "/// A word.\npub struct Word;"),
            ("crates/types/src/lib.rs", "pub struct Sha; pub mod deep { pub struct Sha2; }"),
            ("crates/derive/src/lib.rs", "pub struct Word;"),
        ],
    )))
}

#[test]
fn two_types_of_one_name_are_found() {
    assert_eq!(
        found("two", "\npub enum Word {}", "mod word; pub use word::Word;"),
        [
            "crates/client/src/lib.rs:2: `Word` means 2 types: crates/client/src/lib.rs, crates/events/src/word.rs"
        ]
    );
}

#[test]
fn a_name_counts_as_it_is_exported_also_from_macros_globs_and_public_modules() {
    for (test, client) in [
        ("renamed", "mod own { pub struct Other; } pub use own::Other as Word;"),
        ("macro", "wrap! { pub enum Word { One = \"one\" } }"),
        ("module", "pub mod own { pub trait Word {} }"),
        ("alias", "pub type Word = String;"),
        ("foreign", "pub use http::Word;"),
        ("glob", "mod own { pub union Word { a: u8 } } pub use own::*;"),
    ] {
        let found = found(test, client, "mod word; pub use word::*;");
        assert_eq!(found.len(), 1, "{test}: {found:?}");
    }
}

#[test]
fn what_users_do_not_see_together_is_left_alone() {
    for (test, client) in [
        ("private", "mod own { pub struct Word; }"),
        ("crate_only", "pub(crate) struct Word;"),
        ("hidden", "#[doc(hidden)] pub struct Word;"),
        ("function", "pub fn Word() {}"),
    ] {
        assert_eq!(found(test, client, "mod word; pub use word::Word;"), [""; 0], "{test}");
    }
}

#[test]
fn one_type_may_be_re_exported_by_many() {
    let all = "pub use hookstead_types::*; pub use hookstead_types::Sha as Commit;";
    assert_eq!(found("shared", all, "pub use hookstead_types::Sha;"), [""; 0]);
}

#[test]
fn the_two_views_of_one_object_may_share_a_name_if_both_say_so() {
    let event = "/// A hook, as the event shows it.\npub struct Hook;";
    let api = "/// A hook, as the API shows it.\npub struct Hook;";
    assert_eq!(found("views", api, event), [""; 0]);
    assert_eq!(found("one_view", "/// A hook.\npub struct Hook;", event).len(), 1);
    assert_eq!(found("same_view", event, event).len(), 1);
    let late = "/// A hook.\n///\n/// It is as the API shows it.\npub struct Hook;";
    assert_eq!(found("late", late, event).len(), 1);
}
