//! What the builds' commands write outside of everything that is killed: that they began, and that they came to
//! their end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The file.
#[derive(Debug, Clone)]
pub(crate) struct Marks(PathBuf);

/// What one build has written.
#[derive(Debug, Default, Clone)]
pub(crate) struct BuildMarks {
    /// A name for each time that its command began.
    pub(crate) starts: Vec<String>,
    pub(crate) ends: Vec<String>,
}

impl Marks {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.join("marks"))
    }

    /// The script of all commits. What it does is said by a file beside it.
    pub(crate) fn script(&self) -> String {
        let marks = self.0.display();
        format!(
            "read -r nonce </proc/sys/kernel/random/uuid\n\
             echo \"start $HOOKSTEAD_BUILD $nonce\" >>{marks}\n\
             . ./how.$1\n\
             echo begun\n\
             sleep $pause\n\
             echo ended\n\
             echo \"end $HOOKSTEAD_BUILD $nonce\" >>{marks}\n\
             exit $code\n"
        )
    }

    pub(crate) fn all(&self) -> BTreeMap<i64, BuildMarks> {
        let mut all: BTreeMap<i64, BuildMarks> = BTreeMap::new();
        for line in fs::read_to_string(&self.0).unwrap_or_default().lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [what, number, nonce] = words[..] else { panic!("a mark is {line:?}") };
            let build = all.entry(number.parse().unwrap()).or_default();
            match what {
                "start" => build.starts.push(nonce.to_owned()),
                _ => build.ends.push(nonce.to_owned()),
            }
        }
        all
    }

    pub(crate) fn count(&self) -> usize {
        self.all().values().map(|it| it.starts.len()).sum()
    }
}
