use rustix::process::{getgid, getuid};

use crate::runner::local::spec::Spec;

/// The arguments of `docker run`, which podman takes too, that run `words` in a container.
///
/// Variables go by their names: the program reads the values from its own environment, where no list of
/// processes shows them.
pub(super) fn wrap(
    spec: &Spec,
    program: &str,
    image: &str,
    words: Vec<String>,
    variables: &[&str],
) -> Vec<String> {
    let order = &spec.order;
    let workspace = order.workspace.to_string_lossy();
    let mut arguments: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    add(&[program, "run", "--rm", "--init", "--name", &name(spec)]);
    add(&["--security-opt", "no-new-privileges"]);
    add(&["--user", &format!("{}:{}", getuid().as_raw(), getgid().as_raw())]);
    if !order.network {
        add(&["--network", "none"]);
    }
    let limits = &order.limits;
    if let Some(memory) = limits.memory {
        add(&["--memory", &memory.to_string(), "--memory-swap", &memory.to_string()]);
    }
    if let Some(percent) = limits.cpu_percent {
        add(&["--cpus", &format!("{}.{:02}", percent / 100, percent % 100)]);
    }
    if let Some(processes) = limits.processes {
        add(&["--pids-limit", &processes.to_string()]);
    }
    for variable in variables.iter().filter(|variable| **variable != "PATH") {
        add(&["--env", variable]);
    }
    for path in &order.read_only {
        add(&["--volume", &format!("{0}:{0}:ro", path.display())]);
    }
    add(&["--volume", &format!("{workspace}:{workspace}")]);
    for cache in &order.caches {
        let shown = order.workspace.join(&cache.shown);
        add(&["--volume", &format!("{}:{}", cache.kept.display(), shown.display())]);
    }
    add(&["--workdir", &workspace, image]);
    arguments.extend(words);
    arguments
}

/// The words that remove the container of a run, whether it runs or not. Ending the program that started it
/// does not end it.
pub(in crate::runner::local) fn removal(spec: &Spec, program: &str) -> Vec<String> {
    [program, "rm", "--force", "--volumes", &name(spec)].map(str::to_owned).into()
}

fn name(spec: &Spec) -> String {
    format!("hookstead-{}", spec.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::local::spec::tests::spec;
    use crate::runner::order::{CacheFolder, OrderLimits};

    #[test]
    fn what_docker_is_given() {
        let mut spec = spec("/work/17");
        spec.order.network = false;
        spec.order.limits =
            OrderLimits { memory: Some(1 << 30), cpu_percent: Some(150), processes: Some(99) };
        spec.order.caches.push(CacheFolder { kept: "/cache/t".into(), shown: "target".into() });
        spec.order.read_only.push("/mirrors/blog.git".into());
        let words = vec!["cargo".to_owned(), "test".to_owned()];
        let argv = wrap(&spec, "podman", "rust:1", words, &["KEY", "PATH"]).join(" ");
        let (uid, gid) = (getuid().as_raw(), getgid().as_raw());
        assert_eq!(
            argv,
            format!(
                "podman run --rm --init --name hookstead-id-of-the-run --security-opt no-new-privileges \
                 --user {uid}:{gid} --network none --memory 1073741824 --memory-swap 1073741824 \
                 --cpus 1.50 --pids-limit 99 --env KEY --volume /mirrors/blog.git:/mirrors/blog.git:ro \
                 --volume /work/17:/work/17 --volume /cache/t:/work/17/target --workdir /work/17 rust:1 \
                 cargo test"
            )
        );
        assert_eq!(
            removal(&spec, "podman").join(" "),
            "podman rm --force --volumes hookstead-id-of-the-run"
        );
    }
}
