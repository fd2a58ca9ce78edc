//! The lists of what does not hold yet may only shrink.

use house::Finding;
use house::finding::{beyond, forget};

fn finding(key: &str) -> Finding {
    Finding::new("a.rs", 1, key.to_owned(), key.to_owned())
}

const LIST: &str = "# Why.\n\none\ntwo\ntwo\n";

#[test]
fn what_the_list_has_is_passed_over_as_often_as_it_has_it() {
    let two = || vec![finding("two"), finding("two")];
    assert_eq!(beyond([vec![finding("one")], two()].concat(), "known", LIST), []);
    let found =
        beyond([vec![finding("one"), finding("new")], two(), two()].concat(), "known", LIST);
    assert_eq!(found, [finding("new"), finding("two"), finding("two")]);
}

#[test]
fn an_entry_that_no_longer_occurs_is_wrong() {
    let found = beyond(vec![finding("two"), finding("two")], "known.txt", LIST);
    let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["known.txt:3: this entry no longer occurs; take it out, by `house --forget`: one"]
    );
    assert_eq!(beyond(vec![finding("one"), finding("two")], "known.txt", LIST).len(), 1);
}

#[test]
fn forgetting_takes_out_what_is_gone_and_adds_nothing() {
    assert_eq!(forget(&[finding("two"), finding("new")], LIST), "# Why.\n\ntwo\n");
}
