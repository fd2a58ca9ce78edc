//! The files of three users, as the design shows them.

use std::time::Duration;

use hookstead_pipeline::config::{
    Command, Config, Credentials, Forks, Isolation, JobWork, NotifierConfig, QueueRule, ReportBy,
    SecretSource, Storage, Trigger,
};

/// What the design calls "top lines as above".
const TOP: &str = r#"
url = "https://ci.example.com"
data = "/var/lib/pipeline"
secret = { env = "WEBHOOK_SECRET" }
"#;

fn env(name: &str) -> SecretSource {
    SecretSource::Env(name.to_owned())
}

#[test]
fn one_person_with_one_server() {
    let text = include_str!("config/one_person.toml");
    let config = Config::parse(text, "pipeline.toml").unwrap();
    assert_eq!(config.url.as_str(), "https://ci.example.com/");
    assert_eq!(config.storage, Storage::Folder("/var/lib/pipeline".into()));
    assert_eq!(config.work, std::path::Path::new("/var/lib/pipeline/work"));
    assert_eq!(*config.secrets, [env("WEBHOOK_SECRET")]);
    assert_eq!(config.credentials, Credentials::Token(env("MY_PERSONAL_TOKEN")));
    assert_eq!(config.report, ReportBy::Statuses);
    assert_eq!(config.github_api.as_str(), "https://api.github.com/");

    let blog = config.project("blog").unwrap();
    assert_eq!(config.project_of(&"OctoCat/blog".parse().unwrap()), Some(blog));
    assert_eq!((blog.forks, &blog.isolate, blog.network), (Forks::Never, &Isolation::None, true));
    let test = blog.job("test").unwrap();
    assert_eq!(test.context, "ci/test");
    assert_eq!(test.timeout, Duration::from_secs(20 * 60));
    assert_eq!(test.on, [Trigger::PullRequest, Trigger::MergeGroup, Trigger::Push]);
    let JobWork::Steps(steps) = &test.work else { panic!("{test:?}") };
    assert_eq!(steps[0].name, "run");
    assert_eq!(steps[0].command, Command::Shell("cargo test --workspace".to_owned()));

    let production = blog.environment("production").unwrap();
    assert_eq!(production.auto.as_deref(), Some("main"));
    assert_eq!(production.requires, ["ci/test"]);
    assert_eq!(production.secrets["SSH_KEY"], SecretSource::File("/etc/pipeline/ssh_key".into()));
    let notices: Vec<String> =
        config.notices.iter().map(|notice| format!("{} {}", notice.key, notice.text)).collect();
    assert_eq!(notices, ["projects.blog.environments is left out: this version does not deploy"]);
}

#[test]
fn a_team_with_jenkins_and_a_chat() {
    let text = format!("{TOP}token = {{ env = \"T\" }}\n{}", include_str!("config/team.toml"));
    let config = Config::parse(&text, "pipeline.toml").unwrap();
    assert_eq!(config.notifiers["dev"], NotifierConfig::Post(env("CHAT_DEV")));
    let shop = config.project("shop").unwrap();
    assert_eq!(
        (&shop.notify[..], &shop.notify_failures[..]),
        (&["dev".to_owned()][..], &["ops".to_owned()][..])
    );
    let JobWork::Jenkins(jenkins) = &shop.job("janky").unwrap().work else { panic!("{shop:?}") };
    assert_eq!(jenkins.url.as_str(), "https://jenkins.acme.test/");
    assert_eq!(
        (jenkins.job.as_str(), jenkins.user.as_str(), &jenkins.token),
        ("shop", "ci", &env("JENKINS_TOKEN"))
    );
    let production = shop.environment("production").unwrap();
    assert_eq!(production.after.as_deref(), Some("staging"));
    assert_eq!(production.permission, "maintain");
    assert_eq!(production.queue, QueueRule::Newest);
    let notices: Vec<&str> = config.notices.iter().map(|notice| notice.key.as_str()).collect();
    assert_eq!(notices, ["projects.shop.jobs.janky.jenkins", "projects.shop.environments"]);
    assert!(config.notices[0].text.contains("this version starts no jobs at Jenkins"));
}

#[test]
fn free_software_with_strangers_as_an_app() {
    let text = format!("{TOP}{}", include_str!("config/free_software.toml"));
    let config = Config::parse(&text, "pipeline.toml").unwrap();
    let key = SecretSource::File("/etc/pipeline/app.pem".into());
    assert_eq!(config.credentials, Credentials::App { id: 12345, key });
    assert_eq!(config.report, ReportBy::Checks);
    let lib = config.project("lib").unwrap();
    assert_eq!((lib.forks, &lib.isolate, lib.network), (Forks::Ask, &Isolation::Bubblewrap, false));
    let test = lib.job("test").unwrap();
    let JobWork::Steps(steps) = &test.work else { panic!("{test:?}") };
    let words = ["cargo", "test", "--offline"].map(str::to_owned).to_vec();
    assert_eq!(steps[0].command, Command::List(words));
    assert_eq!(test.artifacts, [std::path::Path::new("target/doc")]);
    assert_eq!(*config.notices, []);
}

#[test]
fn an_enterprise_server_and_a_fake_on_this_machine() {
    let config = |lines: &str| {
        let projects = "[projects.a]\nrepo = \"o/r\"\njobs.a.run = \"x\"\n";
        Config::parse(
            &format!("{lines}{TOP}token = {{ env = \"T\" }}\n{projects}"),
            "etc/pipeline.toml",
        )
        .unwrap()
    };
    let enterprise = config("github = \"https://github.example.com\"");
    assert_eq!(enterprise.github_api.as_str(), "https://github.example.com/api/v3/");
    let fake = config(
        "github = \"http://127.0.0.1:80\"\ngithub_api = \"http://localhost:3000\"\nwork = \"w\"",
    );
    assert_eq!(
        (fake.github.as_str(), fake.github_api.as_str()),
        ("http://127.0.0.1/", "http://localhost:3000/")
    );
    assert_eq!(fake.work, std::path::Path::new("etc/w"), "it begins at the folder of the file");
}
