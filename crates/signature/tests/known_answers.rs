//! Published vectors: GitHub's own, and RFC 4231 for HMAC-SHA-256.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use hookstead_signature::{InvalidSecret, Signature, Verifier, WebhookSecret, sign};

const SECRET: &str = "It's a Secret to Everybody";

/// Body and digest under [`SECRET`]. The first is published by GitHub.
const GITHUB: &[(&str, &str)] = &[
    ("Hello, World!", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
    ("", "66a0c074deaa0f489ead6537e0d32f9a344b90bbeda705b6ed45ecd3b413fb40"),
    (
        r#"{"zen":"Keep it logically awesome."}"#,
        "b9f180c4171a9926a5055962b54ec47b0ebee85e62e76c83ebdbb382f77b05ac",
    ),
    (
        "payload=%7B%22zen%22%3A%22Keep+it+logically+awesome.%22%7D",
        "1fc8bf6145b8e3b76b01404760bc7e884a641ad0fe4b9b66ced27d4a983cce1c",
    ),
    ("{\"name\":\"Zoë ☃\"}", "a24c5c59ce753d4a7640a9003171028c430f37dfb7aecb78b0dea7110aec8666"),
];

fn secret(bytes: impl Into<Vec<u8>>) -> WebhookSecret {
    WebhookSecret::new(bytes).unwrap()
}

fn header(digits: &str) -> Signature {
    format!("sha256={digits}").parse().unwrap()
}

#[test]
fn github() {
    let verifier = Verifier::new(secret(SECRET));
    for (body, digits) in GITHUB {
        assert!(verifier.verify(body.as_bytes(), &header(digits)).unwrap().is_current(), "{body}");
        assert!(verifier.verify(format!("{body} ").as_bytes(), &header(digits)).is_err(), "{body}");
        assert_eq!(sign(&secret(SECRET), body.as_bytes()).to_string(), format!("sha256={digits}"));
    }
}

#[test]
fn rfc_4231() {
    // Test case 5 of the RFC truncates the output and has no counterpart in a webhook.
    let cases: [(Vec<u8>, Vec<u8>, &str); 6] = [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm."
                .to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, body, digits) in cases {
        assert_eq!(sign(&secret(key.clone()), &body).to_string(), format!("sha256={digits}"));
        assert!(Verifier::new(secret(key)).verify(&body, &header(digits)).is_ok());
    }
}

#[test]
fn malformed_headers() {
    let digits = GITHUB[0].1;
    for bad in [
        String::new(),
        digits.to_owned(),
        format!("sha1={digits}"),
        format!("SHA256={digits}"),
        format!("sha256={}", &digits[1..]),
        format!("sha256={digits}0"),
        format!("sha256= {digits}"),
        format!("sha256={}g", &digits[1..]),
        "sha256=".to_owned(),
        "sha256=é".to_owned(),
    ] {
        assert!(bad.parse::<Signature>().is_err(), "{bad}");
    }
    assert!(format!("sha256={}", digits.to_uppercase()).parse::<Signature>().is_ok());
}

#[test]
fn rotation_reports_which_secret_matched() {
    let verifier = Verifier::new(secret("new")).or(secret("old")).or(secret("older"));
    for (position, key) in ["new", "old", "older"].into_iter().enumerate() {
        let matched = verifier.verify(b"{}", &sign(&secret(key), b"{}")).unwrap();
        assert_eq!(matched.position(), position);
        assert_eq!(matched.is_current(), position == 0);
    }
    assert!(verifier.verify(b"{}", &sign(&secret("oldest"), b"{}")).is_err());
}

#[test]
fn secrets_are_never_shown() {
    let verifier = Verifier::new(secret(SECRET)).or(secret("hunter2"));
    let shown =
        format!("{:?} {:?} {verifier:?} {:?}", secret(SECRET), secret("hunter2"), verifier.begin());
    assert!(!shown.contains("Secret to") && !shown.contains("hunter2"), "{shown}");
    // Nor as a list of bytes.
    assert!(!shown.contains("73, 116"), "{shown}");
}

#[test]
fn a_secret_with_something_invisible_at_its_ends_is_refused() {
    for bad in ["hunter2\n", "hunter2\r\n", " hunter2", "\u{feff}hunter2", "hunter2\u{200b}", " "] {
        let error = WebhookSecret::new(bad).unwrap_err();
        assert!(matches!(error, InvalidSecret::Invisible(_)), "{bad:?}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let error = WebhookSecret::new("hunter2\n").unwrap_err();
    assert_eq!(error.to_string(), "the webhook secret ends with a line break (U+000A)");
    assert!(WebhookSecret::new("It's a Secret\nto Everybody").is_ok());
}

#[test]
fn a_missing_or_empty_secret_is_named() {
    assert_eq!(WebhookSecret::new("").unwrap_err(), InvalidSecret::Empty);
    let error = WebhookSecret::from_env("HOOKSTEAD_TEST_NO_SUCH_VARIABLE").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the environment variable HOOKSTEAD_TEST_NO_SUCH_VARIABLE is not set"
    );
}

#[test]
fn a_fingerprint_tells_signatures_apart_and_is_none() {
    let of = |header: &str| header.parse::<Signature>().unwrap().fingerprint();
    let digits = GITHUB[0].1;
    let fingerprint = of(&format!("sha256={digits}"));
    // Whoever replays may write it in another way.
    assert_eq!(fingerprint, of(&format!("sha256={}", digits.to_uppercase())));
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &unhex(digits));
    assert_eq!(fingerprint, digest.as_ref());
    assert_ne!(fingerprint, sign(&secret(SECRET), b"Hello, World?").fingerprint());
    assert_ne!(fingerprint, sign(&secret("hunter2"), b"Hello, World!").fingerprint());
}

fn unhex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}
