use super::key::{Key, KeyKind};
use super::top::LOG;

const DAY: u64 = 86_400;
const MIB: u64 = 1 << 20;
const TIB: u64 = 1 << 40;

/// The keys of jobs.
pub(super) const KEYS: &[Key] = &[
    Key::new(
        "projects.NAME.jobs.NAME.run",
        KeyKind::Command,
        "What is run in the checkout. Each job has one of `run`, `steps`, `jenkins` and `http`.",
    ),
    Key::new("projects.NAME.jobs.NAME.steps", KeyKind::Tables, "Several commands, one after the other, each with its name."),
    Key::new("projects.NAME.jobs.NAME.steps.name", KeyKind::Text, "What the step is called: by default `step 1`, `step 2` and so on."),
    Key::new("projects.NAME.jobs.NAME.steps.run", KeyKind::Command, "What the step runs.").required(),
    Key::new("projects.NAME.jobs.NAME.jenkins", KeyKind::Table, "A job of a Jenkins server."),
    Key::new("projects.NAME.jobs.NAME.jenkins.url", KeyKind::Url, "Where Jenkins is.").required(),
    Key::new("projects.NAME.jobs.NAME.jenkins.job", KeyKind::Text, "The job's name there.").required(),
    Key::new("projects.NAME.jobs.NAME.jenkins.user", KeyKind::Text, "Who starts it.").required(),
    Key::new("projects.NAME.jobs.NAME.jenkins.token", KeyKind::Secret, "The user's token.").required(),
    Key::new("projects.NAME.jobs.NAME.http", KeyKind::Table, "A service that builds when it gets a request."),
    Key::new("projects.NAME.jobs.NAME.http.url", KeyKind::Url, "Where the request goes.").required(),
    Key::new("projects.NAME.jobs.NAME.http.token", KeyKind::Secret, "A token that is sent along."),
    Key::new(
        "projects.NAME.jobs.NAME.context",
        KeyKind::Text,
        "What the status is called at GitHub: by default `ci/` and the job's name.",
    ),
    Key::new(
        "projects.NAME.jobs.NAME.on",
        KeyKind::Choices(&["pull_request", "merge_group", "push", "tag"]),
        "What it runs for.",
    )
    .default(
        "[\"pull_request\", \"merge_group\", \"push\"]",
        "So whatever goes into the default branch is tested before and after.",
    ),
    Key::new(
        "projects.NAME.jobs.NAME.branches",
        KeyKind::Patterns,
        "Runs only for pushes of these branches, and for what goes into them. By default: pushes of the default branch, and what goes into any. A pull request into another branch hears nothing of it, so do not require it there.",
    ),
    Key::new("projects.NAME.jobs.NAME.tags", KeyKind::Patterns, "Runs only for these tags, where `on` has `tag`: by default all."),
    Key::new(
        "projects.NAME.jobs.NAME.paths",
        KeyKind::Patterns,
        "Runs only where one of the changed files matches: by default whatever has changed. GitHub is told of a pull request that needs no run; the merge queue runs it in any case.",
    ),
    Key::new("projects.NAME.jobs.NAME.drafts", KeyKind::Flag, "Whether it runs for pull requests that are drafts.")
        .default("true", "Who asks for advice wants to know whether the tests pass."),
    Key::new(
        "projects.NAME.jobs.NAME.as_merged",
        KeyKind::Flag,
        "Whether a pull request is built as it would be once it is merged, from GitHub's `refs/pull/N/merge`, and not as its head is. One that conflicts fails. A later push to the base builds nothing anew.",
    )
    .default("false", "What is tested is the commit that the status is of."),
    Key::new(
        "projects.NAME.jobs.NAME.schedule",
        KeyKind::Text,
        "When it runs by itself, on the default branch: the five fields of crontab in UTC, or `@hourly`, `@daily`, `@weekly`, `@monthly`. What is missed by less than an hour, as no server ran, is made up for.",
    ),
    Key::new(
        "projects.NAME.jobs.NAME.timeout",
        KeyKind::Span { least: 1, most: 7 * DAY },
        "After how long a build is ended.",
    )
    .default("1h", "A build that takes longer is more often stuck than slow."),
    Key::new(
        "projects.NAME.jobs.NAME.silence",
        KeyKind::Span { least: 1, most: 7 * DAY },
        "After how long without output a build is ended.",
    )
    .default("10m", "A command that prints nothing for so long hangs; Travis had the same."),
    Key::new("projects.NAME.jobs.NAME.log", LOG, "How long the log may become; then its middle is left out.")
        .default("64 MiB", "It is more than anybody reads, and a thousand of them fit a disk."),
    Key::new("projects.NAME.jobs.NAME.env", KeyKind::Variables, "Environment variables."),
    Key::new(
        "projects.NAME.jobs.NAME.secrets",
        KeyKind::SecretVariables,
        "Secret environment variables. Builds of forks get none.",
    ),
    Key::new("projects.NAME.jobs.NAME.path", KeyKind::Paths, "Absolute folders that stand before the others in `PATH`.")
        .default("[]", ""),
    Key::new(
        "projects.NAME.jobs.NAME.cache",
        KeyKind::Paths,
        "Folders of the checkout that are kept from one build to the next.",
    )
    .default("[]", ""),
    Key::new(
        "projects.NAME.jobs.NAME.artifacts",
        KeyKind::Paths,
        "Files and folders of the checkout that are kept when a build has ended.",
    )
    .default("[]", ""),
    Key::new("projects.NAME.jobs.NAME.limits", KeyKind::Table, "How much a build may take."),
    Key::new(
        "projects.NAME.jobs.NAME.limits.memory",
        KeyKind::Size { least: MIB, most: 1024 * TIB },
        "How much memory all its processes may have together.",
    ),
    Key::new(
        "projects.NAME.jobs.NAME.limits.cpus",
        KeyKind::Fraction,
        "How many processors it may keep busy.",
    ),
    Key::new(
        "projects.NAME.jobs.NAME.limits.processes",
        KeyKind::Number { least: 1, most: 1_000_000 },
        "How many processes and threads it may have at a time; with more it is ended.",
    ),
    Key::new(
        "projects.NAME.jobs.NAME.limits.artifacts",
        KeyKind::Size { least: 0, most: 1024 * TIB },
        "How large its artefacts may be together.",
    )
    .default("1 GiB", "Docs and programs fit, and a mistake does not fill the disk."),
    Key::new(
        "projects.NAME.jobs.NAME.keep_failed",
        KeyKind::Number { least: 0, most: 100 },
        "The workspaces of so many failed builds are kept, to look into.",
    )
    .default("3", "Mostly the last one suffices, and workspaces are large."),
    Key::new(
        "projects.NAME.jobs.NAME.matchers",
        KeyKind::Texts,
        "Regular expressions with the groups `file`, `line`, `message` and, if it has them, `column` and `severity`: each line of the log that matches becomes an annotation of the check run. The journal tells of the first ten, and the status of a build that failed of the first; so it does where builds are reported by statuses.",
    )
    .default("[]", ""),
];
