use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use hookstead::client::{Client, Error, Hook, HookDeliveries, HookDelivery};
use hookstead::events::EventName;
use tokio::time::{Instant, sleep};

use super::failed_call::{failed, sentence};
use super::finding::Findings;
use super::place::Place;

/// How long to leave GitHub alone before asking again what became of a ping.
const PAUSE: Duration = Duration::from_millis(500);

/// What a call about a hook needs, in words.
pub(super) type Rights = &'static str;

/// An App needs nothing but its key.
pub(super) const OF_APP: Rights = "Look at the App's key.";

/// The hook that is meant.
pub(super) async fn find(
    place: &Place,
    url: Option<&str>,
    findings: &mut Findings,
) -> Option<Hook> {
    const CHECK: &str = "hook";
    let name = &place.name;
    let hooks = match all_hooks(place).await {
        Ok(hooks) => hooks,
        Err(error) => {
            hook_call_failed(findings, CHECK, &error, place.rights);
            return None;
        }
    };
    let create = format!("Make one in {}.", place.page);
    let shown: Vec<_> = hooks.iter().map(address).collect();
    let found = match url {
        Some(url) => hooks.into_iter().find(|hook| hook.config.url.as_deref() == Some(url)),
        None if hooks.len() > 1 => {
            let text = format!("{name} has {} hooks: {}.", hooks.len(), shown.join(", "));
            findings.wrong(CHECK, text, "Say which one is meant with --url.");
            return None;
        }
        None => hooks.into_iter().next(),
    };
    match (found, url) {
        (Some(hook), _) => {
            let text = format!("Hook {} delivers to {}.", hook.id, address(&hook));
            findings.ok(CHECK, text);
            Some(hook)
        }
        (None, None) => {
            findings.wrong(CHECK, format!("{name} has no hook."), create);
            None
        }
        (None, Some(url)) => {
            let wanted = without_secrets(url);
            let text = format!("No hook of {name} delivers to {wanted}.");
            let advice = match shown.as_slice() {
                [] => create,
                _ => format!(
                    "There are hooks for {}: mend the URL of one, or make one.",
                    shown.join(", ")
                ),
            };
            findings.wrong(CHECK, text, advice);
            None
        }
    }
}

async fn all_hooks(place: &Place) -> Result<Vec<Hook>, Error> {
    let mut items = place.github.items(place.hooks.list().await?);
    let mut hooks = Vec::new();
    while let Some(hook) = items.next().await {
        hooks.push(hook?);
    }
    Ok(hooks)
}

/// Whether it delivers what is wanted, signed.
pub(super) fn check_settings(
    hook: &Hook,
    wanted: &[String],
    place: &Place,
    findings: &mut Findings,
) {
    let page = &format!("Change it in {}", place.page);
    match hook.active {
        Some(false) => {
            findings.wrong("hook", "The hook is not active.", format!("{page}: Active."))
        }
        _ => findings.ok("hook", "The hook is active."),
    }
    check_secret(hook.config.has_secret, page, findings);
    check_events(&hook.events, wanted, page, findings);
}

/// Whether it signs what it delivers.
pub(super) fn check_secret(has_secret: bool, page: &str, findings: &mut Findings) {
    if has_secret {
        findings.ok("hook", "The hook has a secret.");
    } else {
        let text =
            "The hook has no secret, so its deliveries are not signed and the server refuses them.";
        findings.wrong("hook", text, format!("{page}: Secret, the same as in WEBHOOK_SECRET."));
    }
}

/// Whether it delivers what is wanted.
pub(super) fn check_events(
    events: &[String],
    wanted: &[String],
    page: &str,
    findings: &mut Findings,
) {
    let is_known =
        |name: &&String| !matches!(EventName::from(name.as_str()), EventName::Unknown(_));
    let unknown: Vec<_> = wanted.iter().filter(|name| !is_known(name)).cloned().collect();
    if !unknown.is_empty() {
        let text = format!("GitHub has no event {}.", unknown.join(", nor "));
        findings.wrong("events", text, "Look at the spelling of --events.");
    }
    let delivered = |name: &&String| events.iter().any(|it| it == "*" || it == *name);
    let missing: BTreeSet<_> =
        wanted.iter().filter(is_known).filter(|name| !delivered(name)).cloned().collect();
    if !missing.is_empty() {
        let missing: Vec<_> = missing.into_iter().collect();
        let text = format!(
            "The hook does not deliver {}, only {}.",
            missing.join(", "),
            if events.is_empty() { "nothing".to_owned() } else { events.join(", ") }
        );
        findings.wrong("events", text, format!("{page}: Let me select individual events."));
    } else if unknown.is_empty() {
        let delivered = if events.is_empty() { "nothing".to_owned() } else { events.join(", ") };
        findings.ok("events", format!("The hook delivers {delivered}."));
    }
}

/// Has GitHub ping the hook, and looks how the server took it.
pub(super) async fn ping(
    place: &Place,
    hook: &Hook,
    deliveries: &HookDeliveries,
    wait: Duration,
    findings: &mut Findings,
) {
    const CHECK: &str = "ping";
    let pinged = async {
        let before: HashSet<u64> = deliveries.list().await?.items.iter().map(|it| it.id).collect();
        place.hooks.ping(hook.id).await?;
        let until = Instant::now() + wait;
        loop {
            let now = deliveries.list().await?.items;
            let is_new =
                |it: &HookDelivery| it.event.as_deref() == Some("ping") && !before.contains(&it.id);
            let ping = now.into_iter().find(is_new);
            if ping.is_some() || Instant::now() >= until {
                return Ok(ping);
            }
            sleep(PAUSE).await;
        }
    };
    match pinged.await {
        Err(error) => hook_call_failed(findings, CHECK, &error, place.rights),
        Ok(None) => findings.doubtful(
            CHECK,
            format!("GitHub has not said within {} s what became of the ping.", wait.as_secs()),
            "Look at the hook's recent deliveries, or wait for longer with --wait.",
        ),
        Ok(Some(ping)) if ping.is_ok() => {
            findings
                .ok(CHECK, "The server took a ping: it is reached, and its secret is the hook's.");
        }
        Ok(Some(ping)) => {
            let text = format!("The server did not take a ping: {}.", outcome(&ping));
            findings.wrong(CHECK, text, cure(&ping));
        }
    }
}

/// What came of the last deliveries, but for pings and for what arrived later after all. Returns how many there
/// were, where GitHub told.
pub(super) async fn check_deliveries(
    github: &Client,
    deliveries: &HookDeliveries,
    rights: Rights,
    findings: &mut Findings,
) -> Option<usize> {
    const CHECK: &str = "deliveries";
    /// So many are looked at.
    const LAST: usize = 100;
    let listed = async {
        let mut items = github.items(deliveries.list().await?);
        let mut last = Vec::new();
        while last.len() < LAST
            && let Some(delivery) = items.next().await
        {
            last.push(delivery?);
        }
        Ok(last)
    };
    let mut last: Vec<HookDelivery> = match listed.await {
        Ok(last) => last,
        Err(error) => {
            hook_call_failed(findings, CHECK, &error, rights);
            return None;
        }
    };
    last.retain(|it| it.event.as_deref() != Some("ping"));
    let taken: HashSet<_> = last.iter().filter(|it| it.is_ok()).map(|it| it.guid.clone()).collect();
    let mut seen = HashSet::new();
    // The newest attempt of each, the newest first.
    last.retain(|it| seen.insert(it.guid.clone()));
    let lost: Vec<_> = last.iter().filter(|it| !taken.contains(&it.guid)).collect();
    let Some(newest) = lost.first() else {
        let text = match last.len() {
            0 => "The hook has delivered nothing lately.".to_owned(),
            1 => "The last delivery was taken.".to_owned(),
            count => format!("The last {count} deliveries were taken."),
        };
        findings.ok(CHECK, text);
        return Some(last.len());
    };
    let mut kinds = BTreeMap::<_, usize>::new();
    for delivery in &lost {
        *kinds.entry(outcome(delivery)).or_default() += 1;
    }
    let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{count} x {kind}")).collect();
    let text = format!(
        "Of the last {} deliveries {} did not arrive: {}. The newest of them is {} ({}).",
        last.len(),
        lost.len(),
        kinds.join(", "),
        newest.guid,
        newest.event.as_deref().unwrap_or("no event"),
    );
    let again = "Press Redeliver in the hook's recent deliveries, or let the server recover them";
    if last.first().is_some_and(HookDelivery::is_ok) {
        findings.doubtful(CHECK, text, format!("What came later was taken. {again}."));
    } else {
        findings.wrong(CHECK, text, format!("{} {again} afterwards.", cure(newest)));
    }
    Some(last.len())
}

/// What became of a delivery, in a few words.
fn outcome(delivery: &HookDelivery) -> String {
    match delivery.status_code {
        None | Some(0) => format!("no answer ({})", delivery.status),
        Some(code) => format!("it answered {code}"),
    }
}

fn cure(delivery: &HookDelivery) -> &'static str {
    match delivery.status_code {
        None | Some(0) => {
            "Is the server running, and can GitHub reach it at the hook's URL? A receiver must answer \
             within 10 s."
        }
        Some(401) => "The server has another secret than the hook: set both to the same.",
        Some(403 | 407) => "Something in front of the server refuses GitHub: let it through.",
        Some(404) => "The server listens at another path: mend the hook's URL.",
        Some(405) => "Something else than a hookstead server listens there: mend the hook's URL.",
        Some(413) => "The server's limit, or a proxy's, is below the payload's size: raise it.",
        Some(415) => "The server does not take the hook's content type: choose application/json.",
        Some(300..=399) => "GitHub follows no redirects: give the hook the URL that it leads to.",
        Some(502 | 504) => {
            "The proxy in front does not reach the server: start it, or mend the proxy."
        }
        Some(503) => "The server's inbox is full or down: look at its log and at its disk.",
        Some(_) => "Look at the server's log.",
    }
}

fn hook_call_failed(findings: &mut Findings, check: &'static str, error: &Error, rights: Rights) {
    let is_refused = matches!(error.status().map(|it| it.as_u16()), Some(403 | 404));
    if is_refused && !error.is_rate_limited() {
        findings.wrong(check, sentence(error), rights);
    } else {
        failed(findings, check, error);
    }
}

/// Where a hook delivers to, without what may be secret.
fn address(hook: &Hook) -> String {
    hook.config.url.as_deref().map_or_else(|| "no URL".to_owned(), without_secrets)
}

/// A URL without its password and its query, in which people put keys.
pub(super) fn without_secrets(url: &str) -> String {
    let (url, query) = url.split_once(['?', '#']).map_or((url, ""), |(url, _)| (url, "?..."));
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let colon = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{colon}{host}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn a_url_is_shown_without_what_may_be_secret() {
        for (url, shown) in [
            ("https://ci.example.com/hook", "https://ci.example.com/hook"),
            (
                "https://u:hunter2@ci.example.com:1/a@b?key=hunter2",
                "https://ci.example.com:1/a@b?...",
            ),
            ("u:hunter2@host", "host"),
            ("https://host#hunter2", "https://host?..."),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
