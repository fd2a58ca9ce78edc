use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use hookstead_tests::{TestServer, say};

/// A small file system of a test's own, in memory. A user who is not root may mount one, too, where the
/// system lets them; it is there for the processes that are started in it, and as long as it is held.
pub(crate) struct FileSystem {
    holder: Child,
    folder: PathBuf,
}

/// Takes the room of others.
const FILLER: &str = "filler";

impl FileSystem {
    /// One of this size in this folder; `None`, and a word about it, where the system does not let us.
    pub(crate) fn of_megabytes(megabytes: usize, folder: &Path) -> Option<Self> {
        let folder = folder.to_owned();
        let script = format!(
            "mount -t tmpfs -o size={megabytes}m none '{}' && echo mounted && exec cat",
            folder.display()
        );
        let holder = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
            // It ends with the test, whatever becomes of that.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mounted = holder.ok().and_then(|mut holder| {
            let mut line = String::new();
            BufReader::new(holder.stdout.take()?).read_line(&mut line).ok()?;
            (line == "mounted\n").then_some(Self { holder, folder })
        });
        if mounted.is_none() {
            say("SKIPPED: a test of a full disk; it needs `unshare` and user namespaces.");
        }
        mounted
    }

    /// Starts a server there.
    pub(crate) fn with(&self, server: TestServer) -> TestServer {
        let holder = self.holder.id().to_string();
        let words = ["nsenter", "--target", &holder, "--user", "--mount", "--preserve-credentials"];
        server.started_by(&words).with("PATH", &std::env::var("PATH").unwrap())
    }

    /// The folder, as it is seen from here.
    fn path(&self) -> PathBuf {
        let folder = self.folder.strip_prefix("/").unwrap();
        PathBuf::from(format!("/proc/{}/root", self.holder.id())).join(folder)
    }

    /// So many bytes are free.
    pub(crate) fn free(&self) -> usize {
        // (`df` would look for the file system by its path here.)
        let mut stat = Command::new("stat");
        let stat = stat.args(["--file-system", "--format=%a %S"]).arg(self.path());
        let text = String::from_utf8(stat.output().unwrap().stdout).unwrap();
        let numbers = text.trim().split(' ').map(|number| number.parse::<usize>().unwrap());
        numbers.product()
    }

    /// Takes the room, all but so many bytes.
    pub(crate) fn leave(&self, bytes: usize) {
        let mut filler = fs::File::create(self.path().join(FILLER)).unwrap();
        filler.write_all(&vec![0; self.free() - bytes]).unwrap();
    }

    /// Gives it back.
    pub(crate) fn give_back(&self) {
        fs::remove_file(self.path().join(FILLER)).unwrap();
    }
}

impl Drop for FileSystem {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
