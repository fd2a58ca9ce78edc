//! Properties, against an independent HMAC.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use aws_lc_rs::hmac;
use hookstead_signature::{InvisibleEnd, Signature, Verifier, WebhookSecret, sign};
use proptest::collection::vec;
use proptest::prelude::*;

fn secret(bytes: &[u8]) -> WebhookSecret {
    WebhookSecret::new(bytes).unwrap()
}

proptest! {
    #[test]
    fn agrees_with_another_implementation(key in vec(any::<u8>(), 1..200), body in vec(any::<u8>(), 0..3000)) {
        prop_assume!(InvisibleEnd::of_bytes(&key).is_none());
        let theirs = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &body);
        let header = format!("sha256={}", hex::encode(theirs.as_ref()));
        prop_assert_eq!(sign(&secret(&key), &body).to_string(), header.clone());
        prop_assert!(Verifier::new(secret(&key)).verify(&body, &header.parse().unwrap()).is_ok());
    }

    #[test]
    fn pieces_make_the_whole(body in vec(any::<u8>(), 0..3000), cuts in vec(any::<prop::sample::Index>(), 0..9)) {
        let signature = sign(&secret(b"key"), &body);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let mut verification = Verifier::new(secret(b"key")).begin();
        for cut in cuts.windows(2) {
            verification.update(&body[cut[0]..cut[1]]);
        }
        prop_assert!(verification.finish(&signature).is_ok());
    }

    #[test]
    fn one_flipped_bit_is_noticed(
        body in vec(any::<u8>(), 1..300),
        at in any::<prop::sample::Index>(),
        bit in 0..8u32,
    ) {
        let verifier = Verifier::new(secret(b"key"));
        let signature = sign(&secret(b"key"), &body);
        let mut changed = body.clone();
        changed[at.index(body.len())] ^= 1u8 << bit;
        prop_assert!(verifier.verify(&changed, &signature).is_err());

        let mut digits = hex::decode(&signature.to_string()["sha256=".len()..]).unwrap();
        let length = digits.len();
        digits[at.index(length)] ^= 1u8 << bit;
        let forged: Signature = format!("sha256={}", hex::encode(digits)).parse().unwrap();
        prop_assert!(verifier.verify(&body, &forged).is_err());
    }

    #[test]
    fn any_header_is_read_without_a_panic(header in ".*") {
        let _ = header.parse::<Signature>();
    }
}
