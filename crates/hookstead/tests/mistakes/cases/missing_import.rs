// Nothing was imported.
//~ cannot find type `Router` in this scope

fn keep(_: &Inbox, _: &Client, _: &NewStatus, _: &StatusReporter, _: &MemoryStore, _: &Recovery) {}

fn words(_: &Sha, _: &RepoName, _: &PullRequestEvent, _: &Limits, _: &Heads, _: &Outage) {}

fn route(_: &Router, _: &Server, _: &Attempt, _: &HandlerError, _: &WebhookSecret) {}

fn main() {}
