//! What follows from a login, so that nobody has to keep accounts.

/// The address that GitHub makes for who shows none.
pub(crate) fn email(login: &str) -> String {
    format!("{}+{login}@users.noreply.github.com", id(login))
}

/// The account of an address that GitHub made; `None` for any other.
pub(crate) fn login_of(email: &str) -> Option<&str> {
    let (number, login) = email.strip_suffix("@users.noreply.github.com")?.split_once('+')?;
    (number.parse() == Ok(id(login))).then_some(login)
}

/// An account's id.
pub(crate) fn id(login: &str) -> u64 {
    let hash = login.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    });
    1_000 + hash % 200_000_000
}
