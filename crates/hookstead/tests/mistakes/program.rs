//! A package beside the workspace that depends on the facade, as a user's does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Without what needs a C compiler, which a mistake does not need. The missing features are a case.
const MANIFEST: &str = r#"
[package]
name = "mistakes"
version = "0.0.0"
edition = "2024"

[dependencies.hookstead]
path = "FACADE"
default-features = false
features = ["client"]

[workspace]
"#;

pub(crate) struct Program {
    folder: PathBuf,
}

/// One message of the compiler's.
pub(crate) struct Message {
    /// The program that it is about.
    pub(crate) program: String,
    pub(crate) json: Value,
}

impl Message {
    pub(crate) fn is_error(&self) -> bool {
        self.json["level"] == "error"
    }

    /// The message as the terminal shows it.
    pub(crate) fn rendered(&self) -> &str {
        self.json["rendered"].as_str().unwrap_or_default()
    }
}

impl Program {
    pub(crate) fn new(name: &str) -> Self {
        let facade = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // What an older version of the test has written is no case any more.
        let sources = folder.join("src/bin");
        if sources.exists() {
            fs::remove_dir_all(&sources).unwrap();
        }
        fs::create_dir_all(&sources).unwrap();
        let manifest = MANIFEST.replace("FACADE", facade.to_str().unwrap());
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        // The same versions as in the workspace, so that nothing is downloaded.
        fs::copy(facade.join("../../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join("src/bin").join(name).with_extension("rs"), text).unwrap();
    }

    /// Compiles all of it as far as it goes. Fails the test where something else than these programs
    /// does not compile.
    pub(crate) fn check(&self) -> Vec<Message> {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--offline", "--bins", "--keep-going"])
            .arg("--message-format=json")
            .current_dir(&self.folder)
            // Both packages share what they depend on.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("facade"))
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut lines = lines.peekable();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(lines.peek().is_some(), "cargo cannot check: {told}");
        let messages = lines.filter(|line| line["reason"] == "compiler-message").map(|line| {
            let program = line["target"]["name"].as_str().unwrap().to_owned();
            Message { program, json: line["message"].clone() }
        });
        messages.filter(|message| !message.rendered().is_empty()).collect()
    }
}
