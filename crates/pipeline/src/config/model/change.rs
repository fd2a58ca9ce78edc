use super::config::Config;
use super::project::Project;

/// What differs between two configs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// A sentence for people.
    pub text: String,
    /// Whether it has an effect only when the server starts anew.
    pub needs_restart: bool,
}

impl Config {
    /// What of this config differs from the one before it, for the log of a server that reads its file again.
    ///
    /// A server cannot leave its address, its database or its folders while it runs, nor become another user of
    /// GitHub, nor take another hook's secret. Everything else counts from the next build on; what runs already goes on
    /// as it began.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<ConfigChange> {
        let mut changes = Vec::new();
        let fixed = [
            ("listen", self.listen != before.listen),
            ("hook_path", self.hook_path != before.hook_path),
            ("the database", self.storage != before.storage),
            ("work", self.work != before.work),
            ("github", self.github != before.github || self.github_api != before.github_api),
            ("the credentials", self.credentials != before.credentials),
            ("pools", self.pools != before.pools),
            ("secret", self.secrets != before.secrets),
            ("disk_reserve", self.disk_reserve != before.disk_reserve),
        ];
        for (name, _) in fixed.into_iter().filter(|(_, has_changed)| *has_changed) {
            let text = format!("{name} changed");
            changes.push(ConfigChange { text, needs_restart: true });
        }
        let mut changed = |text: String| changes.push(ConfigChange { text, needs_restart: false });
        let free = [
            ("url", self.url != before.url),
            ("report", self.report != before.report),
            ("read", self.read != before.read),
            ("admin", self.admin != before.admin),
            ("writes_per_hour", self.writes_per_hour != before.writes_per_hour),
            ("notifiers", self.notifiers != before.notifiers),
        ];
        for (name, _) in free.into_iter().filter(|(_, has_changed)| *has_changed) {
            changed(format!("{name} changed"));
        }
        for project in before.projects.iter().filter(|it| self.project(&it.name).is_none()) {
            changed(format!("project {} is gone", project.name));
        }
        for project in self.projects.iter() {
            match before.project(&project.name) {
                None => changed(format!("project {} is new", project.name)),
                Some(before) => {
                    changes_of_project(project, before).into_iter().for_each(&mut changed)
                }
            }
        }
        changes
    }
}

impl Config {
    /// This config, with what a server cannot change while it runs as it was before: whatever
    /// [`changes_since`](Self::changes_since) says needs a restart.
    #[must_use]
    pub fn without_restart(self, before: &Self) -> Self {
        let before = before.clone();
        Self {
            listen: before.listen,
            hook_path: before.hook_path,
            storage: before.storage,
            work: before.work,
            github: before.github,
            github_api: before.github_api,
            credentials: before.credentials,
            pools: before.pools,
            secrets: before.secrets,
            disk_reserve: before.disk_reserve,
            ..self
        }
    }
}

fn changes_of_project(project: &Project, before: &Project) -> Vec<String> {
    let name = &project.name;
    let mut changes = Vec::new();
    let without_jobs = |project: &Project| Project { jobs: Vec::new(), ..project.clone() };
    if without_jobs(project) != without_jobs(before) {
        changes.push(format!("project {name} changed"));
    }
    for job in before.jobs.iter().filter(|job| project.job(&job.name).is_none()) {
        changes.push(format!("job {name}/{} is gone", job.name));
    }
    for job in &project.jobs {
        match before.job(&job.name) {
            None => changes.push(format!("job {name}/{} is new", job.name)),
            Some(before) if before != job => {
                changes.push(format!("job {name}/{} changed", job.name))
            }
            Some(_) => {}
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"
        url = "https://ci.example.com"
        data = "data"
        secret = { env = "S" }
        token = { env = "T" }
        [projects.a]
        repo = "o/a"
        jobs.test.run = "true"
        jobs.lint.run = "true"
        [projects.b]
        repo = "o/b"
        jobs.test.run = "true"
    "#;

    /// What changes when texts of the config are replaced: in words, those that need a start in brackets.
    fn changes(replaced: &[(&str, &str)]) -> Vec<String> {
        let before = Config::parse(BEFORE, "").unwrap();
        let mut text = BEFORE.to_owned();
        for (from, to) in replaced {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        let changes = Config::parse(&text, "").unwrap().changes_since(&before);
        let words =
            |it: ConfigChange| if it.needs_restart { format!("({})", it.text) } else { it.text };
        changes.into_iter().map(words).collect()
    }

    #[test]
    fn each_change_is_said() {
        let none: [String; 0] = [];
        assert_eq!(changes(&[]), none);
        assert_eq!(changes(&[("url =", "# a comment\nurl   =")]), none);
        assert_eq!(
            changes(&[("data = \"data\"", "data = \"d\"")]),
            ["(the database changed)", "(work changed)"]
        );
        assert_eq!(changes(&[("token", "listen = \"0.0.0.0:1\"\ntoken")]), ["(listen changed)"]);
        assert_eq!(changes(&[("\"T\"", "\"T2\"")]), ["(the credentials changed)"]);
        assert_eq!(
            changes(&[
                ("secret", "report = \"statuses\"\nadmin = { env = \"A\" }\nsecret"),
                ("ci.example", "ci2.example")
            ]),
            ["url changed", "admin changed"]
        );
        assert_eq!(
            changes(&[(
                "jobs.lint.run = \"true\"",
                "jobs.docs.run = \"false\"\njobs.test.timeout = \"1m\""
            )]),
            ["job a/lint is gone", "job a/test changed", "job a/docs is new"]
        );
        assert_eq!(
            changes(&[("projects.b", "projects.c"), ("o/a", "o/a2")]),
            ["project b is gone", "project a changed", "project c is new"]
        );
    }

    /// A field that nobody compares would change without a word.
    #[test]
    fn whatever_differs_is_said() {
        for line in [
            "hook_path = \"/hook\"",
            "work = \"w\"",
            "github = \"https://github.example.com\"",
            "github_api = \"https://github.example.com/api/v3\"",
            "pools.builds = 3",
            "admin = { env = \"A\" }",
            "disk_reserve = \"1 GiB\"",
            "writes_per_hour = 50",
            "keep = \"1d\"",
            "notifiers.me.console = true",
        ] {
            assert!(!changes(&[("url =", &format!("{line}\nurl ="))]).is_empty(), "{line}");
        }
    }

    /// What needs a restart has no effect before, and everything else has.
    #[test]
    fn what_needs_a_restart_stays_as_it_was() {
        for (line, needs_restart) in [
            ("listen = \"127.0.0.1:9\"", true),
            ("hook_path = \"/hook\"", true),
            ("work = \"w\"", true),
            ("github = \"https://github.example.com\"", true),
            ("pools.builds = 3", true),
            ("disk_reserve = \"1 GiB\"", true),
            ("admin = { env = \"A\" }", false),
            ("notifiers.me.console = true", false),
            ("keep = \"1d\"", false),
        ] {
            let before = Config::parse(BEFORE, "pipeline.toml").unwrap();
            let text = BEFORE.replacen("url =", &format!("{line}\nurl ="), 1);
            let after = Config::parse(&text, "pipeline.toml").unwrap();
            let changes = after.changes_since(&before);
            assert!(changes.iter().all(|it| it.needs_restart == needs_restart), "{changes:?}");
            let taken = after.clone().without_restart(&before);
            assert_eq!(taken == before, needs_restart, "{line}");
            assert_eq!(taken == after, !needs_restart, "{line}");
        }
    }
}
