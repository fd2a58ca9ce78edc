//! What is known, and how it answers lookups.
//!
//! | line | what it says |
//! |---|---|
//! | `build NUMBER JOB SHA STATE TARGET; ...` | a build in the journal; without a target it is for pull request 1; behind `;`: `fork`, `as merged`, `needs approval`, `approved by NAME`, `before SHA`, `at TIME`, `tree TREE` |
//! | `head SHA TARGET; ...` | the newest head in the journal; behind `;`: `before SHA`, `at TIME` |
//! | `pull SHA; ...` | pull request 1 at GitHub now; behind `;`: `fork`, `closed`, `base BRANCH` |
//! | `writer NAME` | who may write; nobody else may |
//! | `files PATH ...` | the files of the pull request; with `...` behind there are more |
//! | `commit NAME SHA` | where a ref is at GitHub; behind `;`: `branch BRANCH`, `tree TREE` |
//! | `name REPO` | what the repository was called before |
//! | `github is away` | nobody can ask GitHub |

use hookstead::types::{RepoName, Sha, Timestamp};
use hookstead_pipeline::plan::{Answer, CommitNow, Lookup, PullRequestNow};
use hookstead_pipeline::record::{Build, BuildCause, BuildState, BuildTarget, Head, NewBuild};

#[derive(Default)]
pub(crate) struct World {
    builds: Vec<Build>,
    pull_request: Option<PullRequestNow>,
    writers: Vec<String>,
    files: Vec<String>,
    commits: Vec<(String, CommitNow)>,
    name: Option<RepoName>,
    heads: Vec<(BuildTarget, Head)>,
    is_away: bool,
}

impl World {
    pub(crate) fn learn(&mut self, word: &str, rest: &str) {
        let (main, options) = rest.split_once("; ").unwrap_or((rest, ""));
        let options: Vec<&str> = options.split("; ").filter(|option| !option.is_empty()).collect();
        let option = |name: &str| options.iter().find_map(|option| option.strip_prefix(name));
        match word {
            "build" => {
                let mut build = build(main);
                for option in options {
                    refine(&mut build, option);
                }
                self.builds.push(build);
            }
            "pull" => {
                self.pull_request = Some(PullRequestNow {
                    number: 1,
                    head: main.parse().unwrap(),
                    head_branch: "feature".to_owned(),
                    base_branch: option("base ").unwrap_or("main").to_owned(),
                    is_fork: options.contains(&"fork"),
                    is_draft: options.contains(&"draft"),
                    is_open: !options.contains(&"closed"),
                    title: "Add a flag".to_owned(),
                    author: "octocat".to_owned(),
                    updated_at: None,
                });
            }
            "commit" => {
                let (name, sha) = main.split_once(' ').unwrap();
                let commit = CommitNow {
                    sha: sha.parse().unwrap(),
                    tree: option("tree ").map(|tree| tree.parse().unwrap()),
                    message: "Add a flag".to_owned(),
                    author: "octocat".to_owned(),
                    branch: option("branch ").map(str::to_owned),
                };
                self.commits.push((name.to_owned(), commit));
            }
            "head" => {
                let (sha, target) = main.split_once(' ').unwrap_or((main, "pull request 1"));
                let head = Head {
                    sha: sha.parse().unwrap(),
                    before: option("before ").map(|sha| sha.parse().unwrap()),
                    moment: option("at ").unwrap_or("2026-03-02T08:00:00Z").into(),
                };
                self.heads.push((self::target(target), head));
            }
            "writer" => self.writers.push(rest.to_owned()),
            "files" => self.files.extend(rest.split(' ').map(str::to_owned)),
            "name" => self.name = Some(rest.parse().unwrap()),
            "github" => self.is_away = true,
            _ => panic!("no such line: {word} {rest}"),
        }
    }

    /// As the journal and GitHub would.
    pub(crate) fn answer(&self, lookup: &Lookup) -> Answer {
        if self.is_away && lookup.is_for_github() {
            return Answer::Unknown;
        }
        let builds = |fits: &dyn Fn(&Build) -> bool| {
            let mut builds: Vec<Build> =
                self.builds.iter().filter(|build| fits(build)).cloned().collect();
            builds.sort_by_key(|build| std::cmp::Reverse(build.number));
            Answer::Builds(builds)
        };
        match lookup {
            Lookup::BuildsOfCommit { project, sha } => {
                builds(&|it| it.what.project == *project && it.what.sha == sha.as_str())
            }
            Lookup::LiveBuilds { project, target } => builds(&|it| {
                it.what.project == *project && it.what.target == *target && !it.state.is_final()
            }),
            Lookup::Head { target, .. } => {
                let head = self.heads.iter().find(|(of, _)| of == target);
                Answer::Head(head.map(|(_, head)| head.clone()))
            }
            Lookup::PassedTree { project, job, tree } => builds(&|it| {
                it.what.project == *project
                    && it.what.job == *job
                    && it.state == BuildState::Passed
                    && it.tree.as_ref() == Some(tree)
            }),
            Lookup::Build { number } => builds(&|it| it.number == *number),
            Lookup::NameOf { .. } => Answer::Name(self.name.clone()),
            Lookup::PullRequest { .. } => Answer::PullRequest(self.pull_request.clone()),
            Lookup::ChangedFiles { .. } => {
                let paths = self.files.iter().filter(|path| *path != "...").cloned().collect();
                Answer::Files { paths, is_complete: !self.files.iter().any(|path| path == "...") }
            }
            Lookup::MayWrite { login, .. } => Answer::MayWrite(self.writers.contains(login)),
            Lookup::Commit { name, .. } => {
                let known = self.commits.iter().find(|(known, _)| known == name);
                Answer::Commit(known.map(|(_, commit)| commit.clone()))
            }
            _ => Answer::Unknown,
        }
    }
}

fn build(text: &str) -> Build {
    let words: Vec<&str> = text.splitn(5, ' ').collect();
    let (number, job, sha, state, target) = match words.as_slice() {
        [number, job, sha, state] => (number, job, sha, state, "pull request 1"),
        [number, job, sha, state, target] => (number, job, sha, state, *target),
        _ => panic!("no build: {text}"),
    };
    let state: BuildState = state.parse().unwrap();
    let what = NewBuild {
        project: "hello".to_owned(),
        job: (*job).to_owned(),
        context: format!("ci/{job}"),
        repo: "octo-org/hello-world".parse().unwrap(),
        sha: sha.parse().unwrap(),
        before: None,
        r#ref: format!("refs/{target}"),
        target: self::target(target),
        cause: BuildCause::Schedule,
        moment: Timestamp::from("2026-03-02T08:00:00Z"),
        title: String::new(),
        author: String::new(),
        is_fork: false,
        needs_approval: state == BuildState::Waiting,
    };
    Build {
        number: number.parse().unwrap(),
        what,
        state,
        summary: String::new(),
        tree: None,
        machine: None,
        approved_by: None,
        steps: Vec::new(),
        log_bytes: 0,
        queued_at: crate::row::now(),
        started_at: None,
        ended_at: None,
    }
}

fn target(text: &str) -> BuildTarget {
    let (kind, name) = text.rsplit_once(' ').unwrap();
    match kind {
        "pull request" => BuildTarget::PullRequest(name.parse().unwrap()),
        "branch" => BuildTarget::Branch(name.to_owned()),
        "tag" => BuildTarget::Tag(name.to_owned()),
        "merge group" => BuildTarget::MergeGroup(name.to_owned()),
        "commit" => BuildTarget::Commit(name.to_owned()),
        _ => panic!("no target: {text}"),
    }
}

fn refine(build: &mut Build, option: &str) {
    let sha = |text: &str| -> Sha { text.parse().unwrap() };
    match option.rsplit_once(' ').unwrap_or((option, "")) {
        ("fork", _) => build.what.is_fork = true,
        ("as", "merged") => build.what.r#ref = "refs/pull/1/merge".to_owned(),
        ("needs", "approval") => build.what.needs_approval = true,
        ("approved by", name) => build.approved_by = Some(name.to_owned()),
        ("before", text) => build.what.before = Some(sha(text)),
        ("at", time) => build.what.moment = time.into(),
        ("tree", text) => build.tree = Some(text.to_owned()),
        _ => panic!("no option: {option}"),
    }
}
