use hookstead_pipeline::config::{Job, Trigger};

/// What a job runs for, in words, but for its schedule.
pub(super) fn words(job: &Job) -> String {
    let branches = job.branches.as_ref().map(ToString::to_string);
    let into = |what: &str| match &branches {
        Some(branches) => format!("{what} into {branches}"),
        None => what.to_owned(),
    };
    let mut parts: Vec<String> = Vec::new();
    for trigger in &job.on {
        parts.push(match trigger {
            Trigger::PullRequest => {
                let which =
                    if job.drafts { "pull requests" } else { "pull requests that are no drafts" };
                let how = if job.as_merged { ", as merged" } else { "" };
                format!("{}{how}", into(which))
            }
            Trigger::MergeGroup => into("the merge queue"),
            Trigger::Push => match &branches {
                Some(branches) => format!("pushes of {branches}"),
                None => "pushes of the default branch".to_owned(),
            },
            Trigger::Tag => match &job.tags {
                Some(tags) => format!("the tags {tags}"),
                None => "tags".to_owned(),
            },
        });
    }
    if parts.is_empty() {
        // A schedule is shown beside it.
        return "whoever asks for it".to_owned();
    }
    let paths = job.paths.as_ref().map(|paths| format!("; only where {paths} changed"));
    format!("{}{}", parts.join(", "), paths.unwrap_or_default())
}
