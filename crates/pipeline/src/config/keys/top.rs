use super::key::{Key, KeyKind};

const KIB: u64 = 1 << 10;
const TIB: u64 = 1 << 40;
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The keys that stand on top, and those of notifiers.
pub(super) const KEYS: &[Key] = &[
    Key::new("url", KeyKind::Url, "Where people reach the pages; statuses link here.").required(),
    Key::new("listen", KeyKind::Text, "The address that the server listens at.").default(
        "127.0.0.1:4567",
        "A proxy stands in front that speaks TLS, and nobody else reaches the server.",
    ),
    Key::new("hook_path", KeyKind::Text, "The path that GitHub posts to.")
        .default("/event_handler", "GitHub's guides call it so."),
    Key::new(
        "data",
        KeyKind::Path,
        "The folder for everything that is kept. Say either this or `store`.",
    ),
    Key::new(
        "store",
        KeyKind::Secret,
        "A PostgreSQL database that many machines share. A `postgres://` URL without a password may stand here itself.",
    ),
    Key::new(
        "work",
        KeyKind::Path,
        "The folder for mirrors, workspaces and artefacts of this machine: by default `work` in `data`, or `/var/lib/hookstead` where there is a `store`.",
    ),
    Key::new(
        "secret",
        KeyKind::Secrets,
        "The hook's secret; several while one replaces the other.",
    )
    .required(),
    Key::new("token", KeyKind::Secret, "A personal access token. Say either this or `app`."),
    Key::new("app", KeyKind::Table, "A GitHub App. Say either this or `token`."),
    Key::new("app.id", KeyKind::Number { least: 1, most: u32::MAX }, "The App's id.").required(),
    Key::new("app.key", KeyKind::Secret, "The App's private key, in the form of PEM.").required(),
    Key::new(
        "report",
        KeyKind::Choice(&["statuses", "checks"]),
        "How builds are reported: by statuses, or by check runs, which need an `app`.",
    )
    .default("statuses", "A token suffices for them."),
    Key::new("github", KeyKind::Url, "GitHub, or an Enterprise Server.")
        .default("https://github.com", "Most repositories are there."),
    Key::new(
        "github_api",
        KeyKind::Url,
        "GitHub's REST API: by default `https://api.github.com`, or `/api/v3` below the Enterprise Server.",
    ),
    Key::new("pools", KeyKind::Table, "How much is done at a time on one machine."),
    Key::new(
        "pools.builds",
        KeyKind::Number { least: 1, most: 256 },
        "How many builds run at a time.",
    )
    .default("2", "A build takes several cores by itself."),
    Key::new(
        "pools.deploys",
        KeyKind::Number { least: 1, most: 256 },
        "How many deployments run at a time.",
    )
    .default("4", "A deployment mostly waits for others."),
    Key::new(
        "read",
        KeyKind::Choice(&["public", "login"]),
        "Who may read the pages: everybody who reaches them, or who has logged in.",
    )
    .default("public", "A server at home or behind a gate needs no second one."),
    Key::new(
        "admin",
        KeyKind::Secret,
        "The token that lets a person press buttons; without it nobody can.",
    ),
    Key::new(
        "keep",
        KeyKind::Span { least: HOUR, most: 36_500 * DAY },
        "For how long logs and artefacts are kept.",
    )
    .default("90d", "GitHub keeps those of Actions as long."),
    Key::new(
        "disk_reserve",
        KeyKind::Size { least: 0, most: 1024 * TIB },
        "No build begins while the disk of `work` has less free space.",
    )
    .default("2 GiB", "A checkout and its build seldom take more, and the database goes on."),
    Key::new(
        "writes_per_hour",
        KeyKind::Number { least: 1, most: 1_000_000 },
        "How many statuses, check runs and comments are made at GitHub within an hour, as far as that can be chosen.",
    )
    .default("500", "GitHub lets a token or an App create about so much."),
    Key::new("notifiers", KeyKind::Names, "Ways to tell people, each by its name."),
    Key::new(
        "notifiers.NAME.post",
        KeyKind::Secret,
        "The URL of an incoming webhook: Slack, Mattermost, Discord with `/slack` at its end.",
    ),
    Key::new("notifiers.NAME.command", KeyKind::Command, "A command that gets a line."),
    Key::new("notifiers.NAME.console", KeyKind::Flag, "The server's own output gets a line."),
    Key::new("projects", KeyKind::Names, "Repositories, each by the name that its pages have.")
        .required(),
];

/// The least and the most that a log may be, wherever there is one.
pub(super) const LOG: KeyKind = KeyKind::Size { least: 64 * KIB, most: TIB };
