//! Addresses of pages, whatever a branch is called.

use crate::record::{Build, BuildTarget};

/// The address of a project's page.
pub(super) fn of_project(project: &str) -> String {
    format!("/{}", in_path(project))
}

/// The address of a build's page.
pub(super) fn of_build(build: &Build) -> String {
    format!("/{}/builds/{}", in_path(&build.what.project), build.number)
}

/// An address of a pull request or branch is no longer: a branch at GitHub has 255 bytes at most, each of which may
/// become three.
const LONGEST: usize = 1_000;

/// The address of the page of a pull request, a branch, ... What has a longer name than GitHub allows has none, and
/// is found on the project's page: else pages would be as long as strangers like.
pub(super) fn of_target(project: &str, target: &BuildTarget) -> String {
    let project = in_path(project);
    let address = match target {
        BuildTarget::PullRequest(number) => format!("/{project}/pr/{number}"),
        BuildTarget::Branch(name) => format!("/{project}/branch/{}", in_path(name)),
        BuildTarget::Tag(name) => format!("/{project}/tag/{}", in_path(name)),
        BuildTarget::MergeGroup(name) => format!("/{project}/queue/{}", in_path(name)),
        BuildTarget::Commit(name) => format!("/{project}/commit/{}", in_path(name)),
    };
    if address.len() <= LONGEST { address } else { format!("/{project}") }
}

/// The address of the page to sign in, from where one comes back to this one.
pub(super) fn of_sign_in(page: &str) -> String {
    match page {
        "/" => "/sign-in".to_owned(),
        page => format!("/sign-in?next={}", in_query(page)),
    }
}

/// What these parts of a path, behind the project, are the page of.
pub(super) fn target_of(parts: &[&str]) -> Option<BuildTarget> {
    let (kind, rest) = parts.split_first()?;
    let name = decoded(&rest.join("/")).filter(|name| !name.is_empty())?;
    Some(match *kind {
        "pr" => BuildTarget::PullRequest(name.parse().ok()?),
        "branch" => BuildTarget::Branch(name),
        "tag" => BuildTarget::Tag(name),
        "queue" => BuildTarget::MergeGroup(name),
        "commit" => BuildTarget::Commit(name),
        _ => return None,
    })
}

/// A text as a part of a path, in which slashes stay what they are.
pub(super) fn in_path(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    // The name of a branch may end as the address of a page's JSON does.
    let (text, end) = match text.strip_suffix(".json") {
        Some(text) => (text, "%2Ejson"),
        None => (text, ""),
    };
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                path.push(char::from(byte));
            }
            byte => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path + end
}

/// A text as the value of a field behind the `?`.
pub(super) fn in_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// What a part of a path says; `None` if it is no text.
pub(super) fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = (*byte == b'%').then(|| after.split_at_checked(2)).flatten();
        let code = code.and_then(|(code, after)| {
            let code = std::str::from_utf8(code).ok().filter(|it| !it.starts_with('+'))?;
            Some((u8::from_str_radix(code, 16).ok()?, after))
        });
        let (byte, after) = code.unwrap_or((*byte, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_comes_back_from_its_address() {
        let names = ["main", "feature/a b", "\"><script>", "100%25", "münchen", "a+b", "v1.json"];
        for name in names {
            for target in [
                BuildTarget::Branch(name.to_owned()),
                BuildTarget::Tag(name.to_owned()),
                BuildTarget::MergeGroup(name.to_owned()),
                BuildTarget::Commit(name.to_owned()),
                BuildTarget::PullRequest(7),
            ] {
                let address = of_target("lib", &target);
                assert!(!address.ends_with(".json"), "{address}");
                assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address}");
                assert!(!address.contains(['"', '<', '>', '?', '#']), "{address}");
                let parts: Vec<&str> = address.trim_matches('/').split('/').collect();
                assert_eq!(target_of(&parts[1..]), Some(target));
            }
        }
    }

    #[test]
    fn what_is_no_code_stays_as_it_is() {
        assert_eq!(decoded("100%"), Some("100%".to_owned()));
        assert_eq!(decoded("%+1%zz%4"), Some("%+1%zz%4".to_owned()));
        assert_eq!(decoded("%ff"), None);
    }
}
