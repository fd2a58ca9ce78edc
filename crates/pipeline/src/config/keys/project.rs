use super::key::{Key, KeyKind};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The keys of projects.
pub(super) const KEYS: &[Key] = &[
    Key::new("projects.NAME.repo", KeyKind::Text, "The repository, `owner/name`.").required(),
    Key::new(
        "projects.NAME.forks",
        KeyKind::Choice(&["never", "ask", "run"]),
        "Whether pull requests of forks are built: never, when a person with write permission says so, or always. Not without `isolate`.",
    )
    .default("never", "It is strangers' code."),
    Key::new(
        "projects.NAME.isolate",
        KeyKind::Text,
        "What keeps a build apart from the machine: `none`, `bubblewrap` or `docker:IMAGE`.",
    )
    .default("none", "It is one's own code, and finds the programs that its author has."),
    Key::new(
        "projects.NAME.network",
        KeyKind::Flag,
        "Whether builds reach the network. `false` needs `isolate`.",
    )
    .default("true", "Most builds fetch what they need."),
    Key::new("projects.NAME.notify", KeyKind::Texts, "The notifiers that get a line for each build.")
        .default("[]", ""),
    Key::new(
        "projects.NAME.notify_failures",
        KeyKind::Texts,
        "The notifiers that get a line for each build that fails, and for the first that passes again.",
    )
    .default("[]", ""),
    Key::new(
        "projects.NAME.keep",
        KeyKind::Span { least: HOUR, most: 36_500 * DAY },
        "For how long logs and artefacts are kept: by default as `keep` on top says.",
    ),
    Key::new("projects.NAME.env", KeyKind::Variables, "Environment variables of all jobs."),
    Key::new(
        "projects.NAME.secrets",
        KeyKind::SecretVariables,
        "Secret environment variables of all jobs. Builds of forks get none.",
    ),
    Key::new(
        "projects.NAME.merge",
        KeyKind::Table,
        "Merges pull requests that somebody with write permission asks to merge, when they are green.",
    ),
    Key::new(
        "projects.NAME.merge.method",
        KeyKind::Choice(&["merge", "squash", "rebase"]),
        "How the commits come onto the branch.",
    )
    .default("merge", "GitHub does so, too."),
    Key::new("projects.NAME.merge.label", KeyKind::Text, "A label that asks for it, beside the comment `/merge`."),
    Key::new("projects.NAME.jobs", KeyKind::Names, "What is run, each job by its name."),
    Key::new("projects.NAME.environments", KeyKind::Names, "Where commits are deployed to, each by its name."),
];
