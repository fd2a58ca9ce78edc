/// What a config may ask for and this version cannot do.
///
/// There is one rule. What is asked for is read and checked; then it is left out, `check` says so, and the server
/// logs the same sentence when it starts. Where leaving it out would show or allow more than the file says, it is
/// an error.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limitation {
    /// The key, as in the table of keys.
    pub key: &'static str,
    /// Only where its value begins with this.
    pub value: &'static str,
    /// What becomes of it, in words that go on after the key.
    pub text: &'static str,
    /// Whether the config cannot be used: without it more would be shown or allowed than the file says.
    pub refuses: bool,
}

/// All that this version cannot do.
pub const LIMITATIONS: &[Limitation] = &[
    Limitation {
        key: "projects.NAME.jobs.NAME.jenkins",
        value: "",
        text: "is left out: this version starts no jobs at Jenkins, so this job does not run and posts no status",
        refuses: false,
    },
    Limitation {
        key: "projects.NAME.jobs.NAME.http",
        value: "",
        text: "is left out: this version asks no other service to build, so this job does not run and posts no status",
        refuses: false,
    },
    Limitation {
        key: "projects.NAME.environments",
        value: "",
        text: "is left out: this version does not deploy",
        refuses: false,
    },
    Limitation {
        key: "projects.NAME.merge",
        value: "",
        text: "is left out: this version does not merge",
        refuses: false,
    },
    Limitation {
        key: "projects.NAME.isolate",
        value: "docker:",
        text: "asks for a container, and this version runs none; \"bubblewrap\" keeps builds apart, too",
        refuses: true,
    },
];
