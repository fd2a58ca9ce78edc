//! Small source trees, in which one thing is wrong.
#![allow(dead_code, reason = "each test uses some of it")]

use std::fs;
use std::path::PathBuf;

use house::{Finding, House};

/// Writes files below a folder of this test's own; each crate that is named gets a manifest, unless one
/// is given.
pub fn tree(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    for folder in fs::read_dir(root.join("crates")).unwrap() {
        let folder = folder.unwrap();
        let manifest = folder.path().join("Cargo.toml");
        if !manifest.is_file() {
            let name = folder.file_name().into_string().unwrap();
            let text = format!(
                "[package]\nname = \"hookstead-{name}\"\n\n[dependencies]\nhttp = \"1\"\nrusqlite = \"0.41\"\n"
            );
            fs::write(manifest, text).unwrap();
        }
    }
    root
}

pub fn house(test: &str, files: &[(&str, &str)]) -> House {
    House::open(&tree(test, files)).unwrap()
}

/// The findings as they are printed.
pub fn shown(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}
