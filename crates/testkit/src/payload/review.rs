use serde_json::{Value, json};

use super::ids::node_id;
use super::user;
use crate::state::facts::{RepositoryFacts, ReviewFacts};
use crate::state::links::Links;

/// A review, as the REST API shows it.
pub(crate) fn review(links: &Links, repository: &RepositoryFacts, facts: &ReviewFacts) -> Value {
    let ReviewFacts { it, association } = facts;
    let api = links.api_repository(&repository.name);
    let pull_request = format!("{api}/pulls/{}", it.pull_request);
    let web = links.web_repository(&repository.name);
    let page = format!("{web}/pull/{}#pullrequestreview-{}", it.pull_request, it.id);
    json!({
        "id": it.id,
        "node_id": node_id("PRR_kwDO", it.id),
        "user": user::user(links, &it.author),
        "body": it.body,
        "commit_id": it.sha,
        "submitted_at": it.submitted_at,
        "state": it.state,
        "html_url": page,
        "pull_request_url": pull_request,
        "author_association": association,
        "_links": { "html": { "href": page }, "pull_request": { "href": pull_request } },
    })
}

/// A review in its event, which writes the state in small letters.
pub(crate) fn sent(links: &Links, repository: &RepositoryFacts, facts: &ReviewFacts) -> Value {
    let mut json = review(links, repository, facts);
    json["state"] = json!(facts.it.state.to_ascii_lowercase());
    json["updated_at"] = json!(facts.it.submitted_at);
    json
}
