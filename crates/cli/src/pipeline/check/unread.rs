use hookstead_pipeline::config::NamedSecret;

/// A secret that is shorter is not masked in logs: it would blacken words that are none.
const MASKED_FROM: usize = 6;

/// What is wrong with a secret.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) key: String,
    pub(super) text: String,
    /// Whether the server could not use it.
    pub(super) is_error: bool,
}

/// What is wrong with these secrets.
pub(super) fn unread(secrets: &[NamedSecret]) -> Vec<Unread> {
    let problem = |secret: &NamedSecret| {
        let (text, is_error) = match secret.try_read() {
            Err(error) => (error.to_string(), true),
            Ok(length) if length < MASKED_FROM => {
                (format!("it has fewer than {MASKED_FROM} characters, so logs will show it"), false)
            }
            Ok(_) => return None,
        };
        Some(Unread { key: secret.key.clone(), text, is_error })
    };
    secrets.iter().filter_map(problem).collect()
}
