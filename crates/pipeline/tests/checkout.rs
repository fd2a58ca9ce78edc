//! Checkouts, made by real git of a fake GitHub's repositories.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hookstead::client::{Client, Token};
use hookstead::types::Sha;
use hookstead_pipeline::checkout::{
    CheckedOut, CheckoutError, CheckoutErrorKind, Checkouts, Revision, Source,
};
use hookstead_testkit::{FakeCommit, FakeGitHub, FakePullRequest, FakeRepository, Fault};

const TOKEN: &str = "ghp_neverShownAnywhere0123456789abcdef";

/// Whether the tests can have git. Where they cannot, this says so, and they do without.
#[expect(clippy::print_stderr, reason = "a test that does without something says so")]
fn git_is_there() -> bool {
    let is_there = FakeGitHub::has_git();
    if !is_there {
        eprintln!("without git 2.40 or later");
    }
    is_there
}

struct Place {
    github: FakeGitHub,
    repository: FakeRepository,
    dir: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let github = FakeGitHub::builder().token(TOKEN).start().await;
        let repository = github.create_repository("octocat/hello-world").with_git();
        Self { github, repository, dir: tempfile::tempdir().unwrap() }
    }

    fn checkouts(&self) -> Checkouts {
        Checkouts::new(self.dir.path().join("mirrors")).allow_plain_http(true)
    }

    fn source(&self, revision: Revision) -> Source {
        Source::new(self.repository.name(), self.repository.clone_url(), revision)
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join("builds").join(name)
    }

    async fn check_out(&self, revision: Revision, name: &str) -> Result<CheckedOut, CheckoutError> {
        self.checkouts().check_out(&self.source(revision), self.folder(name)).await
    }

    fn mirror(&self) -> PathBuf {
        self.dir.path().join("mirrors/octocat/hello-world/1.git")
    }

    fn fetches(&self) -> usize {
        let requests = self.github.requests();
        requests.iter().filter(|request| request.path.ends_with("/git-upload-pack")).count()
    }
}

/// What a build would run.
async fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = tokio::process::Command::new("git");
    let output = command.arg("-C").arg(folder).args(arguments).output().await.unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(all_files(&path)) } else { files.push(path) }
    }
    files
}

#[tokio::test]
async fn an_older_git_suffices() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let sha = place.repository.commit("main", FakeCommit::new("Begin").file("a.txt", "a"));
    // What `git checkout` takes differs between versions, such as 2.39 of the stable Debian of 2023; and no version says
    // of a file that it could not be read.
    let script = "#!/bin/sh\ncase \" $* \" in *\" checkout \"*)\n\
                  echo \"fatal: git checkout: --detach does not take a path argument\" >&2; exit 128;;\n\
                  esac\nexec git \"$@\"\n";
    let (written, program) = (place.dir.path().join("script"), place.dir.path().join("git"));
    fs::write(&written, script).unwrap();
    fs::set_permissions(&written, fs::Permissions::from_mode(0o700)).unwrap();
    // A program that this process wrote itself may be busy for a moment, while another test starts one.
    let copied = std::process::Command::new("cp").args([&written, &program]).status().unwrap();
    assert!(copied.success());
    let folder = place.folder("1");
    let source = place.source(Revision::commit(sha));
    place.checkouts().program(&program).check_out(&source, &folder).await.unwrap();
    assert_eq!(fs::read_to_string(folder.join("a.txt")).unwrap(), "a");
}

#[tokio::test]
async fn exactly_the_commit_is_checked_out_and_fetched_once() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let first = place.repository.commit(
        "main",
        FakeCommit::new("Add").file("a/b.txt", "one\n").executable("run.sh", "#!/bin/sh\n"),
    );
    let second = place.repository.commit("main", FakeCommit::new("Change").file("a/b.txt", "two"));
    let made = place.check_out(Revision::commit(first.clone()), "1").await.unwrap();
    let folder = place.folder("1");
    assert_eq!(fs::read_to_string(folder.join("a/b.txt")).unwrap(), "one\n");
    assert_eq!(fs::metadata(folder.join("run.sh")).unwrap().permissions().mode() & 0o111, 0o111);
    assert_eq!(made.commit, first);
    assert_eq!(
        git(&folder, &["rev-parse", "HEAD", "HEAD^{tree}"]).await,
        format!("{first}\n{}", made.tree)
    );
    assert_eq!(git(&folder, &["status", "--porcelain"]).await, "");
    assert_eq!(git(&folder, &["log", "--format=%s"]).await, "Add\nInitial commit");
    assert_eq!(git(&folder, &["branch", "--show-current"]).await, "", "no branch");
    assert_eq!(made.left_out, [""; 0]);

    let fetches = place.fetches();
    place.check_out(Revision::commit(first), "2").await.unwrap();
    assert_eq!(place.fetches(), fetches, "the mirror has it");
    // What was there is gone: an attempt that was cut off left it.
    fs::write(folder.join("left"), "x").unwrap();
    place.check_out(Revision::commit(second), "1").await.unwrap();
    assert_eq!(fs::read_to_string(folder.join("a/b.txt")).unwrap(), "two");
    assert!(!folder.join("left").exists());
}

#[tokio::test]
async fn a_pull_request_is_checked_out_as_merged() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let topic = place.repository.commit("topic", FakeCommit::new("Topic").file("topic.txt", "t"));
    place.repository.commit("main", FakeCommit::new("Main").file("main.txt", "m"));
    let number = place.repository.open_pull_request(FakePullRequest::new("Topic").head("topic"));
    let merged = Revision::Merge { number, head: topic.clone() };
    let made = place.check_out(merged, "1").await.unwrap();
    assert!(place.folder("1").join("topic.txt").exists());
    assert!(place.folder("1").join("main.txt").exists());
    assert_ne!(made.commit, topic);
    // Somebody pushed meanwhile: that is another merge.
    let newer = place.repository.commit("topic", FakeCommit::new("More").file("more.txt", "t"));
    let old = Revision::Merge { number, head: topic };
    let error = place.check_out(old, "2").await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::NoSuchCommit, "{error}");
    assert!(error.to_string().contains(newer.short()), "{error}");
}

#[tokio::test]
async fn the_token_opens_a_private_repository_and_is_written_nowhere() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let sha = place.repository.commit("main", FakeCommit::new("Add").file("a.txt", "secret code"));
    place.repository.make_private();
    let revision = Revision::commit(sha);
    let error = place.check_out(revision.clone(), "1").await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::Denied, "{error}");
    assert!(error.is_final());

    let token = Token::new(TOKEN).unwrap();
    let client = Client::builder(token.clone()).base_url(place.github.api_url()).build().unwrap();
    let source = place.source(revision).credential(client.git_credential(&token));
    place.checkouts().check_out(&source, place.folder("1")).await.unwrap();
    assert_eq!(fs::read_to_string(place.folder("1").join("a.txt")).unwrap(), "secret code");
    for file in all_files(place.dir.path()) {
        let content = fs::read(&file).unwrap();
        let has = content.windows(TOKEN.len()).any(|it| it == TOKEN.as_bytes());
        assert!(!has, "the token stands in {}", file.display());
    }
    assert!(!format!("{source:?}").contains(TOKEN));
}

#[tokio::test]
async fn an_error_says_whether_to_try_again() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let unknown = Revision::commit("1234567890123456789012345678901234567890".parse().unwrap());
    let error = place.check_out(unknown.clone(), "1").await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::NoSuchCommit, "{error}");
    let source = place.source(unknown).on_ref("refs/heads/main");
    let error = place.checkouts().check_out(&source, place.folder("1")).await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::NoSuchCommit, "{error}");

    let sha = place.repository.commit("main", FakeCommit::new("One").file("a.txt", "one"));
    place.github.inject(Fault::status(503).on_path("/info/refs"));
    let error = place.check_out(Revision::commit(sha.clone()), "1").await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::Unreachable, "{error}");
    assert!(!error.is_final());

    // Plain HTTP is for this machine and for tests.
    let strict = Checkouts::new(place.dir.path().join("strict"));
    let source = place.source(Revision::commit(sha.clone()));
    let error = strict.check_out(&source, place.folder("1")).await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::Denied, "{error}");
    assert!(error.to_string().contains("not allowed"), "{error}");

    let no_git = place.checkouts().program("/nowhere/git");
    let error = no_git.check_out(&source, place.folder("1")).await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::Git, "{error}");

    place.github.inject(Fault::latency(Duration::from_secs(60)).on_path("/info/refs"));
    let hasty = place.checkouts().fetch_deadline(Duration::from_millis(300));
    let error = hasty.check_out(&source, place.folder("1")).await.unwrap_err();
    assert_eq!(error.kind(), CheckoutErrorKind::Unreachable, "{error}");
    // The mirror is free again, so git and its helpers are gone.
    place.github.clear_faults();
    place.check_out(Revision::commit(sha), "1").await.unwrap();
}

/// A script that leaves a trace when somebody runs it.
fn trap(place: &Place) -> (String, PathBuf) {
    let trace = place.dir.path().join("trace");
    let script = place.dir.path().join("trap.sh");
    fs::write(&script, format!("#!/bin/sh\necho \"$0 $*\" >> {}\n", trace.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    (script.display().to_string(), trace)
}

#[tokio::test]
async fn what_a_build_writes_into_checkout_and_mirror_runs_nowhere() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let first = place.repository.commit("main", FakeCommit::new("One").file("a.txt", "one"));
    place.check_out(Revision::commit(first.clone()), "1").await.unwrap();
    let (script, trace) = trap(&place);
    let config = format!(
        "[core]\n\tfsmonitor = {script}\n\thooksPath = {script}\n\tsshCommand = {script}\n\tgitProxy = {script}\n\
         [credential]\n\thelper = !{script}\n[uploadpack]\n\tpackObjectsHook = {script}\n\
         [filter \"trap\"]\n\tsmudge = {script}\n\trequired = true\n[url \"ext::{script} \"]\n\tinsteadOf = http\n\
         [extensions]\n\tworktreeConfig = true\n[include]\n\tpath = /nowhere\n"
    );
    let other = place.repository.commit("other", FakeCommit::new("Other").file("a.txt", "evil"));
    place.check_out(Revision::commit(other.clone()), "other").await.unwrap();
    for git_dir in [place.folder("1").join(".git"), place.mirror()] {
        for hook in ["post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"] {
            fs::create_dir_all(git_dir.join("hooks")).unwrap();
            fs::copy(&script, git_dir.join("hooks").join(hook)).unwrap();
        }
        fs::write(git_dir.join("config"), &config).unwrap();
        fs::write(git_dir.join("config.worktree"), &config).unwrap();
        fs::create_dir_all(git_dir.join("info")).unwrap();
        fs::write(git_dir.join("info/attributes"), "* filter=trap\n").unwrap();
        fs::create_dir_all(git_dir.join("refs/replace")).unwrap();
        // From now on the one commit would be the other one.
        fs::write(git_dir.join("refs/replace").join(first.as_str()), format!("{other}\n")).unwrap();
        fs::create_dir_all(git_dir.join("refs/heads")).unwrap();
        fs::write(git_dir.join("refs/heads/main"), format!("{other}\n")).unwrap();
        fs::write(git_dir.join("packed-refs"), format!("{other} refs/replace/{first}\n")).unwrap();
        // A link in the place of a file that the server writes.
        fs::remove_file(git_dir.join("HEAD")).unwrap();
        std::os::unix::fs::symlink(place.dir.path().join("victim"), git_dir.join("HEAD")).unwrap();
    }
    let second = place.repository.commit("main", FakeCommit::new("Two").file("b.txt", "two"));
    let made = place.check_out(Revision::commit(first), "2").await.unwrap();
    assert_eq!(fs::read_to_string(place.folder("2").join("a.txt")).unwrap(), "one");
    assert_eq!(made.tree.as_str(), git(&place.folder("2"), &["rev-parse", "HEAD^{tree}"]).await);
    place.check_out(Revision::commit(second.clone()), "3").await.unwrap();
    // Also in the folder that the build had.
    place.check_out(Revision::commit(second), "1").await.unwrap();
    assert_eq!(fs::read_to_string(place.folder("1").join("b.txt")).unwrap(), "two");
    assert!(!trace.exists(), "ran: {}", fs::read_to_string(&trace).unwrap_or_default());
    assert!(!place.dir.path().join("victim").exists(), "a link was followed");
}

#[tokio::test]
async fn a_mirror_that_a_build_destroyed_is_made_anew() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let sha = place.repository.commit("main", FakeCommit::new("One").file("a.txt", "one"));
    place.check_out(Revision::commit(sha.clone()), "1").await.unwrap();
    for file in all_files(&place.mirror().join("objects")) {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(file, "nonsense").unwrap();
    }
    place.check_out(Revision::commit(sha), "2").await.unwrap();
    assert_eq!(fs::read_to_string(place.folder("2").join("a.txt")).unwrap(), "one");
}

/// Removes a file's content from the mirror.
async fn lose(place: &Place, commit: &Sha, path: &str) {
    let blob = git(&place.mirror(), &["rev-parse", &format!("{commit}:{path}")]).await;
    let (folder, name) = blob.split_at(2);
    fs::remove_file(place.mirror().join("objects").join(folder).join(name)).unwrap();
}

#[tokio::test]
async fn a_mirror_that_lacks_a_file_is_made_anew() {
    /// Git's words name it, and it is none of them.
    const NAME: &str = "Connection not allowed.txt";
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let commit = FakeCommit::new("One").file("a.txt", "one").file(NAME, "two");
    let sha = place.repository.commit("main", commit);
    place.check_out(Revision::commit(sha.clone()), "1").await.unwrap();
    lose(&place, &sha, NAME).await;
    place.check_out(Revision::commit(sha), "2").await.unwrap();
    assert_eq!(fs::read_to_string(place.folder("2").join(NAME)).unwrap(), "two");
    assert!(place.mirror().with_file_name("2.git").exists(), "another one took its place");
}

#[tokio::test]
async fn what_was_fetched_in_part_is_fetched_again() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let first = place.repository.commit("main", FakeCommit::new("One").file("a.txt", "one"));
    let source = |sha: &Sha| place.source(Revision::commit(sha.clone())).on_ref("refs/heads/main");
    place.checkouts().check_out(&source(&first), place.folder("1")).await.unwrap();
    let own = git(&place.mirror(), &["for-each-ref", "--format=%(refname)"]).await;
    let commit = FakeCommit::new("Two").file("a.txt", "two").file("b.txt", "new");
    let second = place.repository.commit("main", commit);
    place.checkouts().check_out(&source(&second), place.folder("2")).await.unwrap();
    // As a fetch leaves it that is killed: the commit is there and its tree, a file is not, and no ref leads to it.
    git(&place.mirror(), &["update-ref", &own, first.as_str()]).await;
    lose(&place, &second, "b.txt").await;
    let fetches = place.fetches();
    place.checkouts().check_out(&source(&second), place.folder("3")).await.unwrap();
    assert_eq!(fs::read_to_string(place.folder("3").join("b.txt")).unwrap(), "new");
    assert!(place.fetches() > fetches);
    assert!(!place.mirror().with_file_name("2.git").exists(), "it is the same mirror");
}

#[tokio::test]
async fn what_a_killed_git_left_is_in_nobody_s_way() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let first = place.repository.commit("main", FakeCommit::new("One").file("a.txt", "one"));
    let source = place.source(Revision::commit(first)).on_ref("refs/heads/main");
    place.checkouts().check_out(&source, place.folder("1")).await.unwrap();
    let mirror = place.mirror();
    let own = fs::read_dir(mirror.join("refs/hookstead")).unwrap().next().unwrap().unwrap().path();
    for name in
        [own.with_extension("lock"), mirror.join("packed-refs.lock"), mirror.join("config.lock")]
    {
        fs::write(name, "").unwrap();
    }
    fs::write(mirror.join("objects/pack/tmp_pack_abcdef"), "half").unwrap();
    let second = place.repository.commit("main", FakeCommit::new("Two").file("a.txt", "two"));
    let source = place.source(Revision::commit(second)).on_ref("refs/heads/main");
    place.checkouts().check_out(&source, place.folder("2")).await.unwrap();
    assert_eq!(fs::read_to_string(place.folder("2").join("a.txt")).unwrap(), "two");
    assert!(!mirror.join("objects/pack/tmp_pack_abcdef").exists());
}

#[tokio::test]
async fn many_at_once_share_a_mirror() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let mut builds = tokio::task::JoinSet::new();
    for number in 0..6 {
        let file = format!("{number}.txt");
        let commit = FakeCommit::new("Add").file(&file, "x");
        let sha = place.repository.commit(&format!("topic-{number}"), commit);
        let source =
            place.source(Revision::commit(sha)).on_ref(format!("refs/heads/topic-{number}"));
        // Each as a process of its own would.
        let (checkouts, folder) = (place.checkouts(), place.folder(&number.to_string()));
        builds.spawn(async move {
            checkouts.check_out(&source, &folder).await.unwrap();
            assert!(folder.join(file).exists());
        });
    }
    while let Some(build) = builds.join_next().await {
        build.unwrap();
    }
    assert!(!place.mirror().with_file_name("2.git").exists(), "one mirror was enough");
}

#[tokio::test]
async fn what_is_left_out_is_said() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let commit = FakeCommit::new("Add")
        .file(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = https://example.com/x.git\n")
        .file(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    let sha = place.repository.commit("main", commit);
    let made = place.check_out(Revision::commit(sha), "1").await.unwrap();
    assert_eq!(
        made.left_out,
        [
            "Submodules are not fetched.",
            "Files of Git LFS are not fetched: their pointers are there.",
        ]
    );
}

#[tokio::test]
async fn mirrors_are_packed_and_removed_while_no_build_runs() {
    if !git_is_there() {
        return;
    }
    let place = Place::new().await;
    let repo = place.repository.name();
    let checkouts = place.checkouts().most_packs(1);
    let mut last = None;
    for number in 0..120 {
        let commit = FakeCommit::new("Add").file("a.txt", format!("{number}"));
        last = Some(place.repository.commit("main", commit));
    }
    let last = last.unwrap();
    place.check_out(Revision::commit(last.clone()), "1").await.unwrap();
    assert_eq!(checkouts.mirrored().unwrap(), std::slice::from_ref(&repo));

    // A build runs.
    let tidied = checkouts.tidy(&repo, true, async || false).await.unwrap();
    assert!(tidied.is_busy && !tidied.is_packed, "{tidied:?}");

    // A damaged one was replaced; what a build planted is not executed.
    let second = place.mirror().with_file_name("2.git");
    fs::rename(place.mirror(), &second).unwrap();
    fs::create_dir(place.mirror()).unwrap();
    let (trap, marker) = trap(&place);
    fs::create_dir_all(second.join("hooks")).unwrap();
    fs::write(second.join("hooks/pre-auto-gc"), &trap).unwrap();
    fs::write(second.join("config"), format!("[gc]\n\trecentObjectsHook = {trap}\n")).unwrap();
    let tidied = checkouts.tidy(&repo, true, async || true).await.unwrap();
    assert!(tidied.is_packed && tidied.replaced == 1 && !tidied.is_removed, "{tidied:?}");
    assert!(!place.mirror().exists() && second.exists() && !marker.exists());
    let fetches = place.fetches();
    let packed = place.source(Revision::commit(last.clone()));
    checkouts.check_out(&packed, place.folder("2")).await.unwrap();
    assert_eq!(place.fetches(), fetches, "the mirror has it");

    // Nobody wants it any more.
    let tidied = checkouts.tidy(&repo, false, async || true).await.unwrap();
    assert!(!tidied.is_removed && second.exists(), "{tidied:?}");
    let impatient = checkouts.clone().keep_unused(Duration::ZERO);
    let tidied = impatient.tidy(&repo, false, async || false).await.unwrap();
    assert!(tidied.is_busy && second.exists(), "{tidied:?}");
    let tidied = impatient.tidy(&repo, false, async || true).await.unwrap();
    assert!(tidied.is_removed && !second.exists(), "{tidied:?}");
    assert!(checkouts.mirrored().unwrap().is_empty());

    // Checkouts begin again whatever is removed beside them.
    let mut all = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (checkouts, impatient) = (checkouts.clone(), impatient.clone());
        let source = place.source(Revision::commit(last.clone()));
        let (repo, folder) = (repo.clone(), place.folder(&format!("many-{number}")));
        all.spawn(async move {
            checkouts.check_out(&source, folder).await.unwrap();
            impatient.tidy(&repo, false, async || true).await.unwrap();
        });
    }
    all.join_all().await;
}
