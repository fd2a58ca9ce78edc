//! Words that stand in headers, payloads, answers and settings.

use hookstead_handler::DeliveryId;
use hookstead_signature::Signature;
use hookstead_types::{RepoName, Sha, Timestamp};

/// A signature is read exactly if it is `sha256=` and 64 hex digits, and is written back.
pub(crate) fn signature(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let is_good = input.len() == 71
        && text.starts_with("sha256=")
        && input[7..].iter().all(u8::is_ascii_hexdigit);
    let parsed = text.parse::<Signature>();
    assert_eq!(parsed.is_ok(), is_good, "{text:?}");
    if let Ok(signature) = parsed {
        assert_eq!(signature.to_string(), text.to_ascii_lowercase());
    }
}

/// An id has 1 to 128 visible ASCII characters.
pub(crate) fn delivery_id(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let is_good = matches!(input.len(), 1..=128) && input.iter().all(|it| matches!(it, 33..=126));
    assert_eq!(text.parse::<DeliveryId>().is_ok(), is_good, "{text:?}");
}

/// A sha has 40 or 64 hex digits. A payload's is kept as it stands there.
pub(crate) fn sha(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let is_good = matches!(input.len(), 40 | 64) && input.iter().all(u8::is_ascii_hexdigit);
    let parsed = text.parse::<Sha>();
    assert_eq!(parsed.is_ok(), is_good, "{text:?}");
    if let Ok(sha) = parsed {
        assert_eq!(sha.as_str(), text.to_ascii_lowercase());
    }
    let decoded: Sha = serde_json::from_value(text.into()).unwrap();
    assert_eq!((decoded.as_str(), decoded.is_well_formed()), (text, is_good));
    assert!(text.starts_with(decoded.short()));
}

/// A name is two halves around one slash. Whatever reads as one is written back.
pub(crate) fn repo_name(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let halves: Vec<&str> = text.split('/').collect();
    let is_half = |half: &&str| {
        let is_odd = |it: char| it == '\\' || it.is_whitespace() || it.is_control();
        !half.is_empty() && *half != "." && *half != ".." && !half.chars().any(is_odd)
    };
    let is_good = halves.len() == 2 && halves.iter().all(is_half);
    let parsed = text.parse::<RepoName>();
    assert_eq!(parsed.is_ok(), is_good, "{text:?}");
    let decoded = serde_json::from_value::<RepoName>(text.into());
    assert_eq!(decoded.ok(), parsed.clone().ok());
    if let Ok(name) = parsed {
        assert_eq!([name.owner(), name.name()], halves[..]);
        assert_eq!(serde_json::to_value(&name).unwrap(), text);
        assert_eq!(name, text.to_ascii_uppercase().parse().unwrap());
    }
}

/// A timestamp is written back as it was read, and what it prints names the same moment.
pub(crate) fn timestamp(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let read = Timestamp::from(text);
    assert_eq!(serde_json::to_value(&read).unwrap(), text);
    assert_eq!(Timestamp::from(read.to_string()), read, "{text:?}");
    assert_eq!(serde_json::from_value::<Timestamp>(text.into()).unwrap(), read);
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(text)
        && let Ok(read) = serde_json::from_value::<Timestamp>(json.clone())
    {
        assert_eq!(serde_json::to_value(&read).unwrap(), json);
    }
}
