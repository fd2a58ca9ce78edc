//! The usual mistakes, each a program in `cases/` that does not compile: what the compiler says names
//! the cure, and every path that it names exists.
//!
//! A case lists by `//~` what must stand in the compiler's output. The whole output is not compared, as
//! `trybuild` does it: its words are those of one compiler, and every other would fail the test.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod paths;
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use program::Program;

/// Each case with what must be said about it.
fn cases() -> BTreeMap<String, (String, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes/cases");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let cases: BTreeMap<_, _> = files
        .map(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&file).unwrap();
            let expected = text.lines().filter_map(|line| line.strip_prefix("//~ "));
            let expected: Vec<_> = expected.map(str::to_owned).collect();
            assert!(!expected.is_empty(), "{name} expects nothing");
            (name, (text, expected))
        })
        .collect();
    assert!(cases.len() >= 10, "only {} mistakes", cases.len());
    cases
}

#[test]
fn the_compiler_names_the_cure_of_each_usual_mistake() {
    let cases = cases();
    let program = Program::new("mistakes");
    for (name, (text, _)) in &cases {
        program.write(name, text);
    }
    let messages = program.check();

    // All that is wrong is told at once.
    let mut wrong = Vec::new();
    let mut suggested = BTreeSet::new();
    for (name, (_, expected)) in &cases {
        let own: Vec<_> = messages.iter().filter(|message| message.program == *name).collect();
        if !own.iter().any(|message| message.is_error()) {
            wrong.push(format!("{name} compiles"));
        }
        let said: String = own.iter().map(|message| message.rendered()).collect();
        for sentence in expected.iter().filter(|sentence| !said.contains(*sentence)) {
            wrong.push(format!("{name}: nothing says {sentence:?}, but:\n{said}"));
        }
        suggested.extend(own.iter().flat_map(|message| paths::named_in(&message.json)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // What was suggested is imported for real, and the cures are taken.
    let imports = suggested.iter().enumerate();
    let imports: String = imports
        .map(|(number, path)| format!("mod m{number} {{ #[allow(unused)] use {path}; }}\n"))
        .collect();
    assert!(imports.contains("use hookstead::events::Event;"), "too little was found: {imports}");
    assert!(imports.contains("use hookstead::async_trait;"), "too little was found: {imports}");
    let program = Program::new("suggested");
    program.write("suggested", &format!("{imports}\nfn main() {{}}\n"));
    program.write("cured", include_str!("cured.rs"));
    let errors: String = program.check().iter().map(|message| message.rendered()).collect();
    assert!(errors.is_empty(), "what the compiler suggests does not compile:\n{errors}");
}
