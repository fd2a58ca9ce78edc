//! What tests in this room begin with.

use std::path::Path;

use super::Pipeline;
use crate::config::Config;
use crate::journal::Journal;
use crate::runner::LocalRunner;

/// A pipeline of one job, in this folder. Its GitHub is not there.
pub(super) async fn pipeline(folder: &Path) -> Pipeline {
    let token = folder.join("token");
    std::fs::write(&token, "ghp_neverUsed0123456789abcdefghijklmno").unwrap();
    let text = format!(
        "url = \"http://127.0.0.1:1\"\ndata = \"data\"\nsecret = {{ env = \"S\" }}\n\
         token = {{ file = \"{}\" }}\n[projects.a]\nrepo = \"o/a\"\njobs.test.run = \"true\"\n",
        token.display()
    );
    let config = Config::parse(&text, "pipeline.toml").unwrap();
    let journal = Journal::open(folder.join("a.db").to_str().unwrap()).await.unwrap();
    let runner = LocalRunner::new(folder.join("runs"));
    Pipeline::new(config, journal, runner, "one").unwrap()
}
