use http::HeaderValue;
use http::header::LINK;
use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use crate::state::world::World;

const PER_PAGE: usize = 30;
const PER_PAGE_LIMIT: usize = 100;

/// Which part of a list is asked for.
#[derive(Debug)]
pub(super) struct Page {
    number: usize,
    per_page: usize,
}

impl Page {
    /// GitHub takes what makes no sense for the default.
    pub(super) fn of(call: &Call) -> Self {
        let number = call.query("page").and_then(|it| it.parse().ok()).unwrap_or(1);
        Self { number: number.max(1), per_page: per_page(call) }
    }

    pub(super) fn cut<T>(&self, entries: Vec<T>) -> Vec<T> {
        let skipped = (self.number - 1).saturating_mul(self.per_page);
        entries.into_iter().skip(skipped).take(self.per_page).collect()
    }

    /// Adds the `Link` header for a list of so many entries; there is none if one page has all.
    pub(super) fn link(&self, mut answer: Answer, world: &World, call: &Call, of: usize) -> Answer {
        let last = of.div_ceil(self.per_page).max(1);
        let mut links = Vec::new();
        if self.number > 1 {
            links.push((self.number - 1, "prev"));
        }
        if self.number < last {
            links.push((self.number + 1, "next"));
            links.push((last, "last"));
        }
        if self.number > 1 {
            links.push((1, "first"));
        }
        let links = links.into_iter().map(|(page, relation)| {
            let page = page.to_string();
            format!("<{}>; rel=\"{relation}\"", address(world, call, "page", &page))
        });
        add_link(&mut answer, &links.collect::<Vec<_>>());
        answer
    }
}

/// A page of a list that is in the order of GitHub's.
pub(super) fn paged(world: &World, call: &Call, entries: Vec<Value>) -> Answer {
    let page = Page::of(call);
    let all = entries.len();
    page.link(Answer::ok(page.cut(entries).into()), world, call, all)
}

pub(super) fn per_page(call: &Call) -> usize {
    let asked = call.query("per_page").and_then(|it| it.parse().ok()).filter(|it| *it > 0);
    asked.unwrap_or(PER_PAGE).min(PER_PAGE_LIMIT)
}

/// The address of this call, with one parameter of the query changed.
pub(super) fn address(world: &World, call: &Call, key: &str, value: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (other, value) in call.query.iter().filter(|(other, _)| other != key) {
        query.append_pair(other, value);
    }
    query.append_pair(key, value);
    format!("{}{}?{}", world.links.api, call.path, query.finish())
}

pub(super) fn add_link(answer: &mut Answer, links: &[String]) {
    if let Ok(value) = HeaderValue::from_str(&links.join(", "))
        && !links.is_empty()
    {
        answer.headers.push((LINK, value));
    }
}
