use super::key::{Key, KeyKind};
use super::top::LOG;

const DAY: u64 = 86_400;

/// The keys of environments.
pub(super) const KEYS: &[Key] = &[
    Key::new(
        "projects.NAME.environments.NAME.run",
        KeyKind::Command,
        "What deploys. Say either this or `steps`.",
    ),
    Key::new(
        "projects.NAME.environments.NAME.steps",
        KeyKind::Tables,
        "Several commands, one after the other, each with its name.",
    ),
    Key::new(
        "projects.NAME.environments.NAME.steps.name",
        KeyKind::Text,
        "What the step is called: by default `step 1`, `step 2` and so on.",
    ),
    Key::new("projects.NAME.environments.NAME.steps.run", KeyKind::Command, "What the step runs.")
        .required(),
    Key::new(
        "projects.NAME.environments.NAME.auto",
        KeyKind::Text,
        "The branch that each green commit is deployed of by itself.",
    ),
    Key::new(
        "projects.NAME.environments.NAME.requires",
        KeyKind::Texts,
        "The contexts of statuses and checks that have to be green.",
    )
    .default("[]", ""),
    Key::new(
        "projects.NAME.environments.NAME.requires_tested_tree",
        KeyKind::Flag,
        "Whether some green build has to have exactly the tree that is deployed.",
    )
    .default("false", "A repository may have no jobs here."),
    Key::new(
        "projects.NAME.environments.NAME.after",
        KeyKind::Text,
        "Another environment, to which the commit was deployed last with success.",
    ),
    Key::new(
        "projects.NAME.environments.NAME.permission",
        KeyKind::Choice(&["write", "maintain", "admin"]),
        "The least permission on the repository that a person needs.",
    )
    .default("write", "Who may push may mostly deploy."),
    Key::new(
        "projects.NAME.environments.NAME.queue",
        KeyKind::Choice(&["newest", "all"]),
        "Which of the waiting deployments run: the newest, or all in order.",
    )
    .default("newest", "It has what the others have."),
    Key::new(
        "projects.NAME.environments.NAME.closed",
        KeyKind::Texts,
        "Hours in UTC at which nothing is deployed, as `fri 16:00-24:00` or `sat-sun`.",
    )
    .default("[]", ""),
    Key::new(
        "projects.NAME.environments.NAME.url",
        KeyKind::Url,
        "Where people see what is deployed.",
    ),
    Key::new(
        "projects.NAME.environments.NAME.timeout",
        KeyKind::Span { least: 1, most: 7 * DAY },
        "After how long a deployment is ended.",
    )
    .default("1h", "A deployment that takes longer is more often stuck than slow."),
    Key::new(
        "projects.NAME.environments.NAME.log",
        LOG,
        "How long the log may become; then its middle is left out.",
    )
    .default("64 MiB", "It is as long as that of a job."),
    Key::new("projects.NAME.environments.NAME.env", KeyKind::Variables, "Environment variables."),
    Key::new(
        "projects.NAME.environments.NAME.secrets",
        KeyKind::SecretVariables,
        "Secret environment variables.",
    ),
];
