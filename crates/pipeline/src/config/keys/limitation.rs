/// What a config may ask for and this version cannot do.
///
/// There is one rule. What is asked for is left out, `check` says so, and the server logs the same sentence when
/// it starts. Where leaving it out would show or allow more than the file says, the server does not start.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limitation {
    /// The key, as in the table of keys.
    pub key: &'static str,
    /// Only where its value begins with this.
    pub value: &'static str,
    /// What becomes of it, in words that go on after the key.
    pub text: &'static str,
    /// Whether the server does not start.
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
        text: "cannot be done: this version runs no containers, and without one a build could do more than this says, so the server does not start",
        refuses: true,
    },
    Limitation {
        key: "read",
        value: "login",
        text: "cannot be done: this version shows its pages to everybody who reaches them, so the server does not start",
        refuses: true,
    },
];
