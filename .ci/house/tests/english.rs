//! Sentences that are too long, that lack a verb, and names that are poems.

mod support;

use house::english::English;
use house::verbs::Verbs;
use support::{house, shown};

fn found(test: &str, source: &str, readme: &str) -> Vec<String> {
    let verbs = Verbs::parse(include_str!("../verbs.txt"));
    let english = English::new(&verbs, "trouble   it is an error\ntell\n");
    let house = house(
        &format!("english_{test}"),
        &[
            ("crates/one/src/lib.rs", source),
            ("crates/one/src/guide.md", "A guide of nothing. No verb here.\n"),
            ("README.md", readme),
        ],
    );
    let prefix = "crates/one/src/";
    shown(&english.check(&house)).iter().map(|f| f.replacen(prefix, "", 1)).collect()
}

fn words(count: usize) -> String {
    format!("It is {}.", vec!["long"; count - 2].join(" "))
}

#[test]
fn a_sentence_has_35_words_at_most() {
    let doc = |text: &str| format!("/// A thing.\n///\n/// Short it is. {text}\npub struct S;");
    assert_eq!(found("35", &doc(&words(35)), ""), [""; 0]);
    assert_eq!(
        found("36", &doc(&words(36)), ""),
        ["lib.rs:3: a sentence of 36 words: It is long long long long long long long ..."]
    );
    // Code is one word, whatever it holds; two sentences are two.
    let code = words(34).replace("It is", "It is `a b c d` [with a](link to there)");
    assert_eq!(found("code", &doc(&code.replace("long long long ", "")), ""), [""; 0]);
    assert_eq!(found("parts", &doc(&format!("{} {}", words(20), words(20))), ""), [""; 0]);
}

#[test]
fn a_sentence_has_a_verb() {
    for (test, text) in [
        ("adverb", "Only for a client with a key."),
        ("noun", "The address without user name and password."),
        ("as", "As the lines in the answer."),
        ("plural", "These names of hooks, and requests to answers."),
        ("singular", "This name, each call, and one answer of theirs."),
        ("first", "Names of all the hooks."),
    ] {
        let source = format!("/// A thing.\n///\n/// {text}\npub struct S;");
        let found = found(test, &source, "");
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with("lib.rs:3: a sentence without a verb: "), "{found:?}");
    }
    for (test, text) in [
        ("is", "It is one."),
        ("third", "GitHub answers so with the status."),
        ("order", "Name the file."),
        ("past", "Kept for a day."),
        ("singular", "Somebody else answers. This names one."),
        ("plural", "They name one. The two work together. Only the old ones work."),
        ("lead", "For example:"),
        ("form", "Permission: none, as it is public."),
        ("list", "* The name of the hook.\n/// * The number."),
        ("table", "| a | b |\n/// |---|---|\n/// | The name. | None. |"),
        ("heading", "# The name. The number."),
        ("fence", "```\n/// The name. The number.\n/// ```"),
    ] {
        let source = format!("/// A thing.\n///\n/// {text}\npub struct S;");
        assert_eq!(found(test, &source, ""), [""; 0], "{text}");
    }
}

#[test]
fn the_first_sentence_of_docs_may_be_a_label_but_no_riddle() {
    let riddle = ["lib.rs:1: a sentence without a verb: Whose deliveries."];
    assert_eq!(found("label", "/// The hook's address.\npub struct S;", ""), [""; 0]);
    assert_eq!(found("riddle", "/// Whose deliveries.\npub struct S;", ""), riddle);
}

#[test]
fn everything_public_is_read_and_nothing_else() {
    let bad = "/// Whose deliveries.\n";
    for (test, source, line) in [
        ("field", format!("pub struct S {{\n{bad}pub f: u8 }}"), 2),
        ("variant", format!("pub enum E {{\n{bad}A }}"), 2),
        ("method", format!("impl S {{\n{bad}pub fn f() {{}} }}"), 2),
        ("trait_method", format!("pub trait T {{\n{bad}fn f(); }}"), 2),
        ("macro", format!("wrap! {{\n{bad}pub enum E {{ A = \"a\" }} }}"), 2),
        ("odd_macro", format!("wrap! {{\n{bad}E => A; }}"), 2),
        ("macro_rules", format!("macro_rules! m {{ () => {{\n{bad}pub enum E {{}} }} }}"), 2),
        ("crate_docs", "//! Whose deliveries.\n".to_owned(), 1),
        ("block", "/** Whose deliveries. */\npub struct S;".to_owned(), 1),
    ] {
        let found = found(test, &source, "");
        assert_eq!(
            found,
            [format!("lib.rs:{line}: a sentence without a verb: Whose deliveries.")],
            "{test}"
        );
    }
    for (test, source) in [
        ("private", format!("{bad}struct S;")),
        ("crate_only", format!("{bad}pub(crate) struct S;")),
        ("tests", format!("#[cfg(test)] mod tests {{ {bad}pub struct S; }}")),
        ("comment", "// Whose deliveries.\npub struct S;".to_owned()),
        ("hidden", format!("#[doc(hidden)]\n{bad}pub struct S;")),
    ] {
        assert_eq!(found(test, &source, ""), [""; 0], "{test}");
    }
}

#[test]
fn error_texts_are_read() {
    let display = |text: &str| {
        format!(
            "impl std::fmt::Display for E {{ fn fmt(&self, f: &mut F) -> R {{\n write!(f, \"{text}\") }} }}"
        )
    };
    assert_eq!(found("clause", &display("no such hook"), ""), [""; 0]);
    assert_eq!(found("long", &display(&words(36)), "").len(), 1);
    assert_eq!(
        found("fragment", &display("{0} failed. The address without {name:?} and password."), ""),
        ["lib.rs:2: an error's sentence without a verb: The address without Value and password."]
    );
    let thiserror = format!("enum E {{ #[error(\"{}\")] A }}", words(40));
    assert_eq!(found("thiserror", &thiserror, "").len(), 1);
}

#[test]
fn markdown_that_the_docs_include_is_read_and_the_readme() {
    assert_eq!(
        found(
            "included",
            "#![doc = include_str!(\"guide.md\")]\n",
            "Nothing but a name. No verb here.\n"
        ),
        [
            "guide.md:1: a sentence without a verb: A guide of nothing.",
            "guide.md:1: a sentence without a verb: No verb here.",
            "README.md:1: a sentence without a verb: Nothing but a name.",
            "README.md:1: a sentence without a verb: No verb here.",
        ]
    );
}

#[test]
fn public_names_have_no_banned_word() {
    assert_eq!(
        found(
            "banned",
            "pub struct NewTroubleKind;\npub fn tell_all() {}\npub struct Teller;\nfn trouble() {}",
            ""
        ),
        [
            "lib.rs:1: `NewTroubleKind` has the banned word `trouble`: it is an error",
            "lib.rs:2: `tell_all` has the banned word `tell`",
        ]
    );
}
