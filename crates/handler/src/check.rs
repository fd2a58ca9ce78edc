use crate::name::{ALLOWED, HandlerName, is_valid_part};
use crate::registered::Registered;
use crate::router::Router;
use crate::router_error::RouterError;

impl Router {
    /// Says whether the registrations fit together. Servers and workers ask when they are made.
    ///
    /// # Errors
    ///
    /// Fails when a name is none, or when two handlers for one event have the same full name, or had.
    /// Fails when a registration contradicts itself (`in_order` with `latest_only`), or lacks what it
    /// needs: `in_order` needs a `lane`, `halts` needs `in_order`. Fails when it names a pool that is not
    /// there.
    pub fn check(&self) -> Result<(), RouterError> {
        check(self)
    }
}

/// Looks for what cannot be right about a router.
fn check(router: &Router) -> Result<(), RouterError> {
    let program = router.program_name();
    check_part("the program", program)?;
    for old in router.old_programs() {
        check_part("the program's former name", old)?;
    }
    check_pools(router)?;
    let registrations = router.registrations();
    for registered in registrations {
        check_names(program, registered)?;
        check_settings(router, registered)?;
    }
    for (position, one) in registrations.iter().enumerate() {
        for other in registrations.iter().skip(position + 1) {
            check_pair(one, other)?;
        }
    }
    Ok(())
}

fn check_part(what: &str, text: &str) -> Result<(), RouterError> {
    if is_valid_part(text) {
        return Ok(());
    }
    let longest = HandlerName::MAX_LENGTH;
    let shown: String = text.chars().take(longest).collect();
    let problem = format!("{what} is named {shown:?}: a name has 1 to {longest} of {ALLOWED}");
    Err(RouterError::new(problem))
}

fn check_pools(router: &Router) -> Result<(), RouterError> {
    let pools: Vec<_> = router.pools().collect();
    for (position, (name, slots)) in pools.iter().enumerate() {
        check_part("a pool", name)?;
        if *slots == 0 {
            return Err(RouterError::new(format!(
                "the pool `{name}` has no slots: nothing is done in it"
            )));
        }
        if pools.iter().skip(position + 1).any(|(other, _)| other == name) {
            return Err(RouterError::new(format!("the pool `{name}` is there twice")));
        }
    }
    Ok(())
}

fn check_names(program: &str, registered: &Registered) -> Result<(), RouterError> {
    let event = registered.default_name();
    let name = registered.settings.name.as_deref().unwrap_or(&event);
    let former = registered.settings.formerly.iter().map(String::as_str);
    for name in [name].into_iter().chain(former) {
        check_part("a handler", name)?;
        let length = program.len() + 1 + name.len();
        let longest = HandlerName::MAX_LENGTH;
        if length > longest {
            return Err(RouterError::new(format!(
                "`{program}.{name}` has {length} bytes; the full name of a handler has at most \
                 {longest}"
            )));
        }
    }
    Ok(())
}

fn check_settings(router: &Router, registered: &Registered) -> Result<(), RouterError> {
    let settings = &*registered.settings;
    let name = registered.name();
    let wrong = |problem: &str| Err(RouterError::new(format!("handler `{name}`: {problem}")));
    if let Some(group) = &settings.group {
        check_part("a group of lanes", group)?;
    }
    if let Some(pool) = &settings.pool
        && !router.pools().any(|(known, _)| known == pool)
    {
        return wrong(&format!("there is no pool {pool:?}; `Router::pool` makes one"));
    }
    if settings.is_in_order && settings.is_latest {
        return wrong(
            "`in_order` does all, and `latest_only` or `latest_by` only the latest; it cannot be both",
        );
    }
    if settings.halts && !settings.is_in_order {
        return wrong("`halts` needs `in_order`: nothing waits for another in the other lanes");
    }
    if settings.is_in_order && !settings.has_lane {
        return wrong("`in_order` needs a `lane`: without one there is no order");
    }
    if settings.is_latest && !settings.has_lane {
        return wrong("`latest_only` and `latest_by` need a `lane`: the latest of which?");
    }
    if settings.has_heads && !settings.has_moments {
        return wrong("`heads` need `latest_by`: they tell which of two equal moments is newer");
    }
    if settings.is_retried && settings.deadline.is_none() {
        return wrong("`retried` needs a `deadline`");
    }
    Ok(())
}

/// Two that may get the same delivery have no name in common, neither now nor from before.
fn check_pair(one: &Registered, other: &Registered) -> Result<(), RouterError> {
    let meet = match (one.event(), other.event()) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    if !meet {
        return Ok(());
    }
    let event = one.event().or(other.event());
    let event = event.map_or("every event".to_owned(), |event| format!("`{event}`"));
    if one.name() == other.name() {
        return Err(RouterError::new(format!(
            "two handlers for {event} are named `{}`; give one of them another `name`",
            one.name()
        )));
    }
    for (one, other) in [(one, other), (other, one)] {
        if let Some(old) = one.formerly().iter().find(|old| other.has_name(old)) {
            return Err(RouterError::new(format!(
                "handler `{}` was formerly `{old}`, which is or was the name of `{}` for {event} \
                 as well",
                one.name(),
                other.name()
            )));
        }
    }
    Ok(())
}
