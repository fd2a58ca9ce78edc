//! What issues and pull requests have in common: comments, labels, reactions.

use http::StatusCode;
use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::page::paged;
use super::validation::{Object, missing, required_text, wrong_type};
use crate::objects::issue::{ReactedTo, RecordedComment};
use crate::payload;
use crate::state::facts::CommentFacts;
use crate::state::repository_index::RepositoryIndex;
use crate::state::world::World;

/// The longest comment, in characters.
const COMMENT_LIMIT: usize = 65_536;

pub(super) fn get(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    let repository = world.repository(at);
    let issue = repository.issue_facts(number).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(payload::issue::issue(&world.links, &repository.facts(), &issue)))
}

pub(super) fn create_comment(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    let body = comment_body(&call.body)?;
    let comment = world.create_comment(at, number, body, &call.user);
    Ok(Answer::created(shown(world, at, &comment.ok_or_else(Answer::not_found)?)))
}

pub(super) fn update_comment(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, id) = comment(world, call)?;
    let body = comment_body(&call.body)?;
    let comment = world.update_comment(at, id, body, &call.user).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(shown(world, at, &comment)))
}

pub(super) fn delete_comment(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, id) = comment(world, call)?;
    world.delete_comment(at, id, &call.user).ok_or_else(Answer::not_found)?;
    Ok(Answer::no_content())
}

pub(super) fn get_comment(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, id) = comment(world, call)?;
    let comment = world.repository(at).issues.comment(id).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(shown(world, at, comment)))
}

pub(super) fn comments(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    let comments = world.repository(at).issues.comments_on(number);
    let comments = comments.map(|it| shown(world, at, it)).collect();
    Ok(paged(world, call, comments))
}

pub(super) fn labels(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    Ok(paged(world, call, shown_labels(world, at, number)))
}

pub(super) fn add_labels(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    let more = names(&call.body)?;
    let mut labels = labels_of(world, at, number)?;
    for name in more {
        if !labels.iter().any(|it| it.eq_ignore_ascii_case(&name)) {
            labels.push(name);
        }
    }
    set(world, call, at, number, labels)
}

pub(super) fn set_labels(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    let labels = names(&call.body)?;
    set(world, call, at, number, labels)
}

pub(super) fn remove_label(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    let name = call.parameter("name");
    let (gone, left): (Vec<_>, Vec<_>) =
        labels_of(world, at, number)?.into_iter().partition(|it| it.eq_ignore_ascii_case(name));
    if gone.is_empty() {
        return Err(Answer::error(StatusCode::NOT_FOUND, "Label does not exist"));
    }
    set(world, call, at, number, left)
}

pub(super) fn react_to_issue(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    react(world, call, at, ReactedTo::Issue(number))
}

pub(super) fn react_to_comment(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, id) = comment(world, call)?;
    react(world, call, at, ReactedTo::Comment(id))
}

pub(super) fn reactions_to_issue(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    Ok(reactions(world, call, at, ReactedTo::Issue(number)))
}

pub(super) fn reactions_to_comment(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, id) = comment(world, call)?;
    Ok(reactions(world, call, at, ReactedTo::Comment(id)))
}

pub(super) fn delete_reaction_to_issue(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, number) = issue(world, call)?;
    take_back(world, call, at, ReactedTo::Issue(number))
}

pub(super) fn delete_reaction_to_comment(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let (at, id) = comment(world, call)?;
    take_back(world, call, at, ReactedTo::Comment(id))
}

/// All, or those of one kind.
fn reactions(world: &World, call: &Call, at: RepositoryIndex, to: ReactedTo) -> Answer {
    let wanted = call.query("content");
    let found = world.repository(at).issues.reactions_to(to);
    let found = found.filter(|it| wanted.is_none_or(|content| it.content == content));
    let found = found.map(|it| payload::issue::reaction(&world.links, it)).collect();
    paged(world, call, found)
}

fn take_back(
    world: &mut World,
    call: &Call,
    at: RepositoryIndex,
    to: ReactedTo,
) -> Result<Answer, Answer> {
    let id = call.number("reaction_id")?;
    world.take_reaction_back(at, to, id, &call.user).ok_or_else(Answer::not_found)?;
    Ok(Answer::no_content())
}

/// 201 for a new one, 200 for one that was there.
fn react(
    world: &mut World,
    call: &Call,
    at: RepositoryIndex,
    to: ReactedTo,
) -> Result<Answer, Answer> {
    let content = required_text(&call.body, "content")?;
    if !payload::issue::REACTIONS.contains(&content) {
        let message = "content is not included in the list";
        return Err(Answer::invalid("Reaction", "content", message));
    }
    let (reaction, is_new) = world.react(at, to, content, &call.user);
    let json = payload::issue::reaction(&world.links, &reaction);
    Ok(Answer::json(if is_new { StatusCode::CREATED } else { StatusCode::OK }, json))
}

/// The repository, and the number of an issue or a pull request in it.
fn issue(world: &World, call: &Call) -> Result<(RepositoryIndex, u64), Answer> {
    let at = call.repository(world)?;
    let number = call.number("issue_number")?;
    world.repository(at).labels(number).ok_or_else(Answer::not_found)?;
    Ok((at, number))
}

/// The repository, and the id of a comment in it.
fn comment(world: &World, call: &Call) -> Result<(RepositoryIndex, u64), Answer> {
    let at = call.repository(world)?;
    let id = call.number("comment_id")?;
    world.repository(at).issues.comment(id).ok_or_else(Answer::not_found)?;
    Ok((at, id))
}

fn comment_body(body: &Object) -> Result<&str, Answer> {
    let text = required_text(body, "body")?;
    if text.trim().is_empty() {
        return Err(Answer::invalid("IssueComment", "body", "body can't be blank"));
    }
    if text.chars().count() > COMMENT_LIMIT {
        let message = format!("body is too long (maximum is {COMMENT_LIMIT} characters)");
        return Err(Answer::invalid("IssueComment", "body", &message));
    }
    Ok(text)
}

/// The names of labels in a body; each may stand in an object.
fn names(body: &Object) -> Result<Vec<String>, Answer> {
    let labels = match body.get("labels") {
        Some(Value::Array(labels)) => labels,
        Some(other) => return Err(wrong_type("labels", other, "an array")),
        None => return Err(missing("labels")),
    };
    let name = |it: &Value| {
        let name = it.as_str().or_else(|| it["name"].as_str());
        let name = name.ok_or_else(|| wrong_type("labels", it, "a string"))?;
        if name.trim().is_empty() {
            return Err(Answer::invalid("Label", "name", "name can't be blank"));
        }
        Ok(name.to_owned())
    };
    labels.iter().map(name).collect()
}

fn labels_of(world: &World, at: RepositoryIndex, number: u64) -> Result<Vec<String>, Answer> {
    world.repository(at).labels(number).map(<[String]>::to_vec).ok_or_else(Answer::not_found)
}

fn set(
    world: &mut World,
    call: &Call,
    at: RepositoryIndex,
    number: u64,
    labels: Vec<String>,
) -> Result<Answer, Answer> {
    world.set_labels(at, number, labels, &call.user).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(shown_labels(world, at, number).into()))
}

fn shown_labels(world: &World, at: RepositoryIndex, number: u64) -> Vec<Value> {
    let repository = world.repository(at);
    let facts = repository.facts();
    let labels = repository.labels(number).unwrap_or_default().iter();
    labels.map(|name| payload::label::named(&world.links, &facts, name)).collect()
}

fn shown(world: &World, at: RepositoryIndex, it: &RecordedComment) -> Value {
    let repository = world.repository(at);
    let facts = CommentFacts { association: repository.association(&it.author), it: it.clone() };
    let counted: Vec<_> = repository.issues.reactions_to(ReactedTo::Comment(it.id)).collect();
    payload::issue::comment(&world.links, &repository.facts(), &facts, &counted)
}
