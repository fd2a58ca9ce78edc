use std::pin::Pin;

use http::Method;
use serde_json::{Value, json};

use super::call::Call;
use super::field::Field;
use super::refusal::Refusal;

/// A call that controls the fake or shows something of it. What answers it and its documentation are
/// one line of a table.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Below the prefix; `{owner}/{name}` and `{id}` stand for parts.
    pub(crate) path: &'static str,
    pub(crate) about: &'static str,
    pub(crate) fields: &'static [Field],
    pub(crate) work: Work,
}

/// What a call does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// At once. It may run git.
    Now(fn(&Call) -> Result<Value, Refusal>),
    /// It waits for something.
    Later(fn(Call) -> Waiting),
}

pub(crate) type Waiting = Pin<Box<dyn Future<Output = Result<Value, Refusal>> + Send>>;

pub(crate) const fn get(
    path: &'static str,
    about: &'static str,
    work: fn(&Call) -> Result<Value, Refusal>,
) -> Route {
    Route { method: Method::GET, path, about, fields: &[], work: Work::Now(work) }
}

pub(crate) const fn post(
    path: &'static str,
    about: &'static str,
    fields: &'static [Field],
    work: fn(&Call) -> Result<Value, Refusal>,
) -> Route {
    Route { method: Method::POST, path, about, fields, work: Work::Now(work) }
}

pub(crate) const fn wait(
    path: &'static str,
    about: &'static str,
    fields: &'static [Field],
    work: fn(Call) -> Waiting,
) -> Route {
    Route { method: Method::POST, path, about, fields, work: Work::Later(work) }
}

impl Route {
    /// What stands at the named parts of a path; `None` if the path is another.
    pub(crate) fn matches<'a>(&self, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let mut found = Vec::new();
        let (mut expected, mut segments) = (self.path.split('/'), path.split('/'));
        loop {
            match (expected.next(), segments.next()) {
                (None, None) => return Some(found),
                (Some(expected), Some(segment)) => {
                    match expected.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                        Some(name) if !segment.is_empty() => found.push((name, segment)),
                        None if expected == segment => {}
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
    }

    /// As the list of calls shows it to machines.
    pub(crate) fn shown(&self, prefix: &str) -> Value {
        json!({
            "method": self.method.as_str(),
            "path": format!("{prefix}{}", self.path),
            "about": self.about,
            "fields": self.fields.iter().map(Field::shown).collect::<Vec<_>>(),
        })
    }
}
