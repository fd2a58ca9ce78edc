//! A GitHub of one's own that runs by itself, for programs in any language.

mod answer;
mod arguments;
mod control;
mod front;
mod page;
mod signals;

use std::error::Error;
use std::net::TcpListener;
use std::time::Duration;

use hookstead_testkit::{FakeGitHub, FakeGitHubBuilder, FakeHook};

use self::control::caught;
use self::signals::Signals;
use crate::exit::Usage;
use crate::{output, settings};

pub(crate) use self::arguments::FakeArguments;

/// No wait of the fake's own ends before that of a call.
const WAIT_DEADLINE: Duration = Duration::from_secs(60 * 60);

pub(crate) async fn run(arguments: FakeArguments) -> Result<(), Box<dyn Error>> {
    // What is wrong with the settings and the arguments shows before anything runs.
    let hooks = hooks(&arguments)?;
    let builder = builder(&arguments)?;
    control::keep_quiet();
    let listen = arguments.listen;
    let refused = |error| format!("cannot listen at {listen}: {error}");
    let listener = TcpListener::bind(listen).map_err(refused)?;
    // From here on signals do not end the process by themselves.
    let mut signals = Signals::new()?;
    let github = builder.start_on(listener).map_err(refused)?;
    populate(&github, &arguments, &hooks)?;
    front::mount(&github);
    output::print(&format!(
        "listening\nAPI   {}\npage  {}\n",
        github.api_url(),
        front::page_url(&github)
    ))?;

    signals.next().await;
    let count = github.pending_deliveries();
    if count > 0 {
        let under_way = if count == 1 { "1 delivery is" } else { "several deliveries are" };
        tracing::warn!("{under_way} under way and waited for; a second signal ends at once");
    }
    let finished = github.wait_until("the deliveries under way", || {
        (github.pending_deliveries() == 0).then_some(())
    });
    tokio::select! {
        () = finished => Ok(()),
        // Whatever runs ends with the process.
        code = signals.next() => std::process::exit(code),
    }
}

/// The hooks that each repository gets.
fn hooks(arguments: &FakeArguments) -> Result<Vec<FakeHook>, Box<dyn Error>> {
    if arguments.hooks.is_empty() {
        return Ok(Vec::new());
    }
    let secret = if settings::is_secret_set() { Some(settings::secret()?) } else { None };
    let events = || arguments.events.iter().map(String::as_str);
    let hook = |url: &String| {
        let hook = FakeHook::new(url).events(events());
        let hook = if arguments.form { hook.form() } else { hook.json() };
        match &secret {
            Some(secret) => hook.signed_with(secret.clone()),
            None => hook,
        }
    };
    Ok(arguments.hooks.iter().map(hook).collect())
}

fn builder(arguments: &FakeArguments) -> Result<FakeGitHubBuilder, Box<dyn Error>> {
    let mut builder = FakeGitHub::builder().api_user(&arguments.user).wait_deadline(WAIT_DEADLINE);
    if arguments.check_token {
        builder = builder.token(settings::token()?.expose());
    }
    if let Some(host) = &arguments.enterprise_server {
        builder = builder.enterprise_server(host);
    }
    if let Some(origin) = &arguments.known_as {
        builder = builder.known_as(origin);
    }
    Ok(if arguments.samples { builder.with_samples() } else { builder })
}

/// Makes what the fake is to begin with.
fn populate(
    github: &FakeGitHub,
    arguments: &FakeArguments,
    hooks: &[FakeHook],
) -> Result<(), Box<dyn Error>> {
    for name in &arguments.repositories {
        let created = caught(|| {
            let created = github.create_repository(name.as_str());
            if arguments.git { created.with_git() } else { created }
        });
        // The name is taken, or git is not there.
        created.map_err(|message| Usage(format!("--repository {name}: {message}")))?;
    }
    for repository in github.repositories() {
        for hook in hooks {
            repository.create_hook(hook.clone());
        }
    }
    Ok(())
}
