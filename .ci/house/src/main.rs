//! `house CHECK ...`: checks of this repository over its own sources.
//!
//! ```text
//! house circles names english foreign unused package licences duplicates    (or: house all)
//! house --keys CHECK      prints the findings as entries of a list
//! house --forget CHECK    takes out of the lists what no longer occurs; it adds nothing
//! ```
//!
//! It prints `file:line: what is wrong` for whatever the lists under `known/` do not have, and ends with
//! 1 if there is anything.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use house::english::English;
use house::verbs::Verbs;
use house::{
    Finding, House, arrows, circles, duplicates, finding, foreign, licences, metadata, names,
    package, unused,
};

const CHECKS: [&str; 8] =
    ["circles", "names", "english", "foreign", "unused", "package", "licences", "duplicates"];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("house: {problem}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, String> {
    let (flags, mut checks): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with("--"));
    if checks == ["all"] {
        checks = CHECKS.to_vec();
    }
    if checks.is_empty() {
        return Err(format!("which check? all, or some of {}", CHECKS.join(", ")));
    }
    let root = root()?;
    let sources = House::open(&root)?;
    let mut good = true;
    for check in checks {
        let findings = findings(check, &root, &sources)?;
        let list_name = format!(".ci/house/known/{check}.txt");
        let path = root.join(&list_name);
        let list = finding::read_list(&path).map_err(|error| format!("{list_name}: {error}"))?;
        if flags.contains(&"--keys") {
            findings.iter().for_each(|finding| println!("{}", finding.key));
        } else if flags.contains(&"--forget") {
            let kept = finding::forget(&findings, &list);
            if kept != list {
                fs::write(&path, kept).map_err(|error| format!("{list_name}: {error}"))?;
            }
        } else {
            let count = findings.len();
            let beyond = finding::beyond(findings, &list_name, &list);
            beyond.iter().for_each(|finding| println!("{finding}"));
            eprintln!("{check}: {count} found, {} not in {list_name}", beyond.len());
            good &= beyond.is_empty();
        }
    }
    Ok(good)
}

fn findings(check: &str, root: &Path, sources: &House) -> Result<Vec<Finding>, String> {
    let list = |name: &str| {
        let path = root.join(".ci/house").join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    Ok(match check {
        "circles" => {
            let mut all = circles::check(sources);
            all.extend(arrows::check(sources, &list("arrows.txt")?));
            all
        }
        "names" => names::check(sources),
        "english" => {
            let verbs = Verbs::parse(&list("verbs.txt")?);
            English::new(&verbs, &list("banned.txt")?).check(sources)
        }
        "foreign" => foreign::check(sources, &list("foreign.txt")?),
        "unused" => unused::check(root, &["examples", "tests", "tests/fuzz"])?,
        "package" => package::check(root, &metadata::read(root)?),
        "licences" => licences::check(&metadata::read(root)?, &list("licences.txt")?),
        "duplicates" => duplicates::check(&metadata::read(root)?),
        _ => return Err(format!("there is no check {check}, but {}", CHECKS.join(", "))),
    })
}

/// The folder with `.ci/house` in it, here or above.
fn root() -> Result<PathBuf, String> {
    let here = env::current_dir().map_err(|error| error.to_string())?;
    here.ancestors()
        .find(|folder| folder.join(".ci/house/Cargo.toml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| "run it inside the repository".to_owned())
}
