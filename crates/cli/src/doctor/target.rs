use std::str::FromStr;

use hookstead::types::RepoName;

/// Where the hook is, or what an App is to be installed in.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Repository(RepoName),
    /// By its login.
    Organization(String),
}

impl FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str =
            "it is no repository such as octocat/hello-world, and no organization such as octo-org";
        let is_login = |it: &str| {
            !it.is_empty()
                && it.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        match text.parse() {
            Ok(name) => Ok(Self::Repository(name)),
            Err(_) if is_login(text) => Ok(Self::Organization(text.to_owned())),
            Err(_) => Err(WRONG),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn a_repository_has_a_slash_and_an_organization_none() {
        assert!(matches!("octocat/hello-world".parse(), Ok(Target::Repository(_))));
        assert!(matches!("octo-org".parse(), Ok(Target::Organization(_))));
        for bad in ["", "a/b/c", "a b", "/a", "a/", "https://github.com/octocat"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }
}
