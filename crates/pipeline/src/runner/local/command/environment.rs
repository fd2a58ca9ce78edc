use std::collections::BTreeMap;

use crate::runner::local::spec::Spec;
use crate::runner::order::{Sandbox, SecretValues};

/// The variable by which the processes of a run are known when their runner is gone.
pub(in crate::runner::local) const RUN_ID: &str = "HOOKSTEAD_RUN";

/// The environment of the commands, made from nothing.
pub(in crate::runner::local) fn environment(
    spec: &Spec,
    secrets: &SecretValues,
) -> BTreeMap<String, String> {
    let order = &spec.order;
    let mut variables = spec.inherited.clone();
    let mut set = |name: &str, value: &str| variables.insert(name.to_owned(), value.to_owned());
    set("CI", "true");
    // Logs are shown with their colours.
    set("CLICOLOR_FORCE", "1");
    match &order.sandbox {
        Sandbox::None => {}
        Sandbox::Bubblewrap => {
            set("HOME", &order.workspace.to_string_lossy());
            set("TMPDIR", "/tmp");
            // Where rustup keeps its toolchains if it is not told; they are bound read-only.
            if let Some(home) = spec.inherited.get("HOME") {
                set("RUSTUP_HOME", &format!("{home}/.rustup"));
            }
        }
        Sandbox::Container { .. } => {
            set("HOME", &order.workspace.to_string_lossy());
        }
    }
    variables.extend(order.environment.clone());
    variables.extend(secrets.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    if !order.path.is_empty() {
        let before: Vec<_> = order.path.iter().map(|folder| folder.to_string_lossy()).collect();
        let path = variables.entry("PATH".to_owned()).or_default();
        *path = format!("{}:{path}", before.join(":"));
    }
    variables.insert(RUN_ID.to_owned(), spec.id.clone());
    variables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::local::spec::tests::spec;

    #[test]
    fn made_from_nothing() {
        let mut spec = spec("/work");
        spec.order.path = vec!["/a/bin".into(), "/b".into()];
        spec.order.environment.insert("SHA".to_owned(), "6dcb09b5".to_owned());
        spec.order.environment.insert("CI".to_owned(), "1".to_owned());
        let secrets = [("KEY", "hunter2!"), ("SHA", "secret")].into_iter().collect();
        let expected = [
            ("CI", "1"),
            ("CLICOLOR_FORCE", "1"),
            ("HOME", "/home/ci"),
            ("HOOKSTEAD_RUN", "id-of-the-run"),
            ("KEY", "hunter2!"),
            ("LANG", "C.UTF-8"),
            ("PATH", "/a/bin:/b:/usr/bin:/bin"),
            ("SHA", "secret"),
        ];
        let found = environment(&spec, &secrets);
        let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sandbox_has_its_home_in_the_workspace() {
        let mut spec = spec("/work");
        spec.order.sandbox = Sandbox::Bubblewrap;
        let found = environment(&spec, &SecretValues::new());
        assert_eq!(found["HOME"], "/work");
        assert_eq!(found["RUSTUP_HOME"], "/home/ci/.rustup");
    }
}
