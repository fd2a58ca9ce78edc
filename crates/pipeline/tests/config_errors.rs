//! What is said of files that are wrong: each row has its text, its line, its column.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what it expects by unwrapping it"
)]

use hookstead_pipeline::config::{Config, ConfigError, ConfigProblem, Severity};

/// A config that is right, with a place for the lines of a row.
fn config_with(place: &str, lines: &str) -> String {
    let at = |here: &str| if here == place { format!("{lines}\n") } else { String::new() };
    // What the row says itself is not said before.
    let top = [
        ("url", "url = \"https://ci.example.com\"\n"),
        ("data", "data = \"/var/lib/pipeline\"\n"),
        ("secret", "secret = { env = \"S\" }\n"),
        ("token", "token = { env = \"T\" }\n"),
    ];
    let is_said = |key: &str| place == "top" && lines.starts_with(&format!("{key} "));
    let top: String = top.iter().filter(|(key, _)| !is_said(key)).map(|(_, line)| *line).collect();
    let is_production = place == "environment" && lines.starts_with("run");
    let deploys = if is_production { "" } else { "run = \"x\"\n" };
    format!(
        "{}{top}[projects.blog]\nrepo = \"octocat/blog\"\n{}[projects.blog.jobs.test]\n{}run = \"x\"\n\
         [projects.blog.environments.production]\n{}{deploys}",
        at("top"),
        at("project"),
        at("job"),
        at("environment"),
    )
}

fn problems(text: &str) -> Vec<ConfigProblem> {
    match Config::parse(text, "pipeline.toml") {
        Ok(_) => Vec::new(),
        Err(ConfigError::Wrong { problems, .. }) => {
            problems.into_iter().filter(|it| it.severity == Severity::Error).collect()
        }
        Err(error) => panic!("{error}"),
    }
}

/// Each row has a place, lines in which `@` marks where the problem is, and what is said.
fn rows() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let mut lines = include_str!("config/mistakes.txt").lines();
    std::iter::from_fn(move || {
        let row = lines.find(|line| !line.starts_with('#') && !line.is_empty())?;
        let (place, marked) = row.split_once(": ").unwrap();
        Some((place, marked.replace(" ⏎ ", "\n"), lines.next().unwrap().trim()))
    })
}

#[test]
fn each_mistake_has_its_sentence_and_its_place() {
    assert!(rows().count() > 100);
    for (place, marked, expected) in rows() {
        let mark = marked.find('@').unwrap();
        let lines = format!("{}{}", &marked[..mark], &marked[mark + 1..]);
        let text = config_with(place, &lines);
        let found = problems(&text);
        let [problem] = found.as_slice() else { panic!("{lines}: {found:#?}") };
        assert_eq!(format!("`{}` {}", problem.key, problem.text), expected, "{lines}");
        let at = text.find(&lines).unwrap() + mark;
        let line = text[..at].matches('\n').count() + 1;
        let column = at - text[..at].rfind('\n').map_or(0, |at| at + 1) + 1;
        assert_eq!((problem.line, problem.column), (line, column), "{lines}");
        let shown = problem.render("pipeline.toml");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(!shown.contains("ghp_"), "{shown}");
    }
}

/// What is said of a text, each problem in its line.
fn said(text: &str) -> String {
    let problems = problems(text);
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_missing_is_said() {
    let expected = "\
1:1: `url` is missing: where people reach the pages; statuses link here
1:1: `data` is missing: the folder for everything that is kept, or `store`, a PostgreSQL database
1:1: `secret` is missing: the hook's secret; several while one replaces the other
1:1: `token` is missing: a personal access token, or `app`, a GitHub App
1:1: `projects` is missing: repositories, each by the name that its pages have";
    assert_eq!(said(""), expected);
    let empty = config_with("", "").split("[projects").next().unwrap().to_owned() + "[projects]\n";
    assert_eq!(said(&empty), "5:2: `projects` is empty, so there is nothing to do");
}

#[test]
fn all_mistakes_of_a_file_are_said_at_once() {
    let text =
        config_with("job", "timeuot = \"20m\"\nsilence = 5\non = [\"pull_requests\", \"tags\"]");
    let expected = "\
8:1: `projects.blog.jobs.test.timeuot` is no key; did you mean `timeout`?
9:11: `projects.blog.jobs.test.silence` is a number, and has to be a span of time, in quotes, such as \"20m\"
10:7: `projects.blog.jobs.test.on[0]` is \"pull_requests\", and has to be one of \"pull_request\", \"merge_group\", \"push\", \"tag\"; did you mean \"pull_request\"?
10:24: `projects.blog.jobs.test.on[1]` is \"tags\", and has to be one of \"pull_request\", \"merge_group\", \"push\", \"tag\"; did you mean \"tag\"?";
    assert_eq!(said(&text), expected);
    let error = Config::parse(&text, "pipeline.toml").unwrap_err().to_string();
    assert!(
        error.starts_with("pipeline.toml:8:1: `projects.blog.jobs.test.timeuot` is no key"),
        "{error}"
    );
}

#[test]
fn what_stands_twice_is_said_at_the_second() {
    let text = config_with("top", "[projects.a]\nrepo = \"OctoCat/Blog\"\njobs.a.run = \"x\"\n");
    let text = format!("{}{}", config_with("", ""), text.split("url").next().unwrap());
    let twice = "12:1: `projects.a.repo` is \"OctoCat/Blog\", which the project `blog` has already";
    assert_eq!(said(&text), twice);
    let text = config_with(
        "environment",
        "run = \"x\"\n[projects.blog.jobs.again]\nrun = \"x\"\ncontext = \"ci/test\"",
    );
    let hidden = "`projects.blog.jobs.again.context` is \"ci/test\", as that of the job `test`: one would hide the other";
    assert_eq!(said(&text), format!("13:1: {hidden}"));
}

#[test]
fn a_chain_of_environments_may_not_lead_back() {
    let chain =
        "after = \"a\"\n[projects.blog.environments.a]\nrun = \"x\"\nafter = \"production\"";
    let text = config_with("environment", &format!("run = \"x\"\n{chain}"));
    let back = "leads back to this environment, so none of them could ever be deployed to";
    assert_eq!(
        said(&text),
        format!(
            "11:1: `projects.blog.environments.production.after` {back}\n\
             14:1: `projects.blog.environments.a.after` {back}"
        )
    );
}

#[test]
fn a_problem_is_shown_as_a_compiler_shows_it() {
    let problems = problems(&config_with("job", "timeuot = \"20m\""));
    let shown = "\
error: `projects.blog.jobs.test.timeuot` is no key; did you mean `timeout`?
 --> pipeline.toml:8:1
  |
8 | timeuot = \"20m\"
  | ^^^^^^^
";
    assert_eq!(problems[0].render("pipeline.toml"), shown);
}

#[test]
fn what_is_no_toml_shows_no_secret() {
    for (text, place) in [
        ("secret = hunter2", "1:10"),
        ("secret = \"hunter2", "1:18"),
        ("app = { id = 1, key = \"hunter2 }", "1:33"),
        ("[projects.a.jobs.b.secrets]\nX = hunter2", "2:5"),
        ("key = \"-----BEGIN\nhunter2=\n", "1:18"),
        ("hunter2", "1:8"),
        ("  hunter2 = = 1", "1:13"),
        ("secret = { env = hunter2 }", "1:18"),
        ("token: hunter2", "1:8"),
    ] {
        let problems = problems(text);
        let problem = &problems[0];
        assert_eq!(format!("{}:{}", problem.line, problem.column), place, "{text}");
        assert!(problem.text.starts_with("this is no TOML: "), "{}", problem.text);
        for problem in problems {
            assert!(!problem.render("f").contains("hunter2"), "{}", problem.render("f"));
        }
    }
    let twice = problems("url = \"hunter2\"\nurl = \"a\"");
    assert_eq!(
        twice[0].to_string(),
        "2:1: this is no TOML: this key or table stands a second time"
    );
    // What holds no secret is shown.
    let shown = problems("timeout = 20m")[0].render("f");
    assert!(shown.contains("1 | timeout = 20m\n"), "{shown}");
    let shown = problems("[projects.x")[0].render("f");
    assert!(shown.contains("1 | [projects.x\n"), "{shown}");
}
