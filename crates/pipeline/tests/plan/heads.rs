//! What is to be written down of the commits that pull requests and branches are at.

use hookstead_pipeline::config::Config;

use crate::decide;
use crate::row;

const TABLE: &str = r#"
pull request 1 aaaaaaa from bbbbbbb
    event pull_request.synchronize

pull request 1 aaaaaaa
    event pull_request.opened
    with pull_request.title = "Fix a word [skip ci]"

pull request 1 0000000
    event pull_request.closed

branch main aaaaaaa from eeeeeee
    event push

branch feature 0000000 from aaaaaaa
    event push
    with ref = "refs/heads/feature"
    with before = "{a}"
    with deleted = true
    with after = "{0}"
    with head_commit = null

nothing
    event push
    head {c} branch main; at 2026-03-02T09:41:08Z

nothing
    event pull_request.labeled

nothing
    comment /retest
    writer octocat
    pull {a}
"#;

#[test]
fn where_things_are_is_written_down() {
    for row in row::read(TABLE) {
        let config = Config::parse(&row.config, "pipeline.toml").unwrap();
        let decision = decide(&config, &row.occasion, &row.world);
        let heads = decision.heads.iter().map(|seen| {
            let before = seen.head.before.as_ref().map(|sha| format!(" from {}", sha.short()));
            format!("{} {}{}", seen.target, seen.head.sha.short(), before.unwrap_or_default())
        });
        let heads: Vec<String> = heads.collect();
        let expected = if row.name == "nothing" { Vec::new() } else { vec![row.name] };
        assert_eq!(heads, expected, "{decision}");
    }
}

/// A renamed repository stays under the name by which the config knows it.
#[test]
fn a_repository_is_written_down_by_the_name_of_the_config() {
    let table = "config\n    event push\n\nbefore\n    project repo = \"octo-org/old\"\n    event push\n    name octo-org/old\n";
    let rows = row::read(table);
    let seen = rows.iter().map(|row| {
        let config = Config::parse(&row.config, "pipeline.toml").unwrap();
        decide(&config, &row.occasion, &row.world).repository
    });
    let seen: Vec<_> = seen.collect();
    let [Some(seen), None] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((seen.id, seen.name.as_str()), (8_600_000_077, "octo-org/hello-world"));
}

/// In the lane of a branch the latest moment counts first, whatever GitHub's clocks say.
#[test]
fn what_follows_by_its_commits_has_no_earlier_moment_than_what_it_follows() {
    let table = "\
follows
    event push
    head {e} branch main; before {c}; at 2026-03-02T09:41:59Z

later
    event push
    head {e} branch main; before {c}; at 2026-03-02T09:40:00Z
";
    let moments = row::read(table).into_iter().map(|row| {
        let config = Config::parse(&row.config, "pipeline.toml").unwrap();
        let decision = decide(&config, &row.occasion, &row.world);
        assert_eq!(decision.builds[0].build.moment, decision.heads[0].head.moment);
        decision.builds[0].build.moment.to_string()
    });
    let moments: Vec<String> = moments.collect();
    assert_eq!(moments, ["2026-03-02T09:41:59Z", "2026-03-02T09:41:07Z"]);
}
