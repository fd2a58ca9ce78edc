//! Steps: parts of a handler's work that are done once in a run.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]
#![allow(clippy::panic, reason = "a test says what it expects by panicking")]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use hookstead_handler::{
    Advice, Attempt, AttemptEnd, AttemptParts, HandlerError, Interruption, KeptStep, Router,
    StepKeeper, StepNotKept, async_trait, handler_fn,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use support::{MAIN, Push, delivery};

fn first() -> Attempt {
    Attempt::for_test(delivery(MAIN))
}

/// Work that must not be begun.
async fn never<T>() -> Result<T, HandlerError> {
    panic!("the step was begun")
}

async fn result<T>(result: T) -> Result<T, HandlerError> {
    Ok(result)
}

#[track_caller]
fn permanent<T: Debug>(end: Result<T, HandlerError>) -> String {
    let error = end.unwrap_err();
    assert_eq!(error.advice(), Advice::Permanent, "{error}");
    let text = error.to_string();
    assert!(!text.contains("::"), "a Rust path is nothing for operators: {text}");
    text
}

#[tokio::test]
async fn what_is_done_is_not_begun_again_in_the_run() {
    let attempt = first();
    let begun = AtomicU32::new(0);
    let built = attempt.step("build", || async {
        begun.fetch_add(1, Ordering::SeqCst);
        result("passed".to_owned()).await
    });
    assert_eq!(built.await.unwrap(), "passed");
    let mut next = attempt.next_for_test();
    for number in 2..=3 {
        assert_eq!((next.run(), next.number()), (1, number));
        // The function itself is not called either.
        let built: String = next
            .step("build", || -> std::future::Ready<Result<_, HandlerError>> { panic!() })
            .await
            .unwrap();
        assert_eq!(built, "passed");
        next = next.next_for_test();
    }
    assert_eq!(begun.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_step_that_is_not_awaited_is_not_begun() {
    let attempt = first();
    drop(attempt.step("build", never::<bool>));
    assert!(attempt.step("build", || result(true)).await.unwrap());
}

#[tokio::test]
async fn an_error_is_not_kept() {
    let attempt = first();
    let failed = attempt
        .step("build", || async { Err::<bool, _>(std::io::Error::other("no machine is free")) });
    let error = failed.await.unwrap_err();
    assert_eq!((error.advice(), error.to_string().as_str()), (Advice::Retry, "no machine is free"));
    assert!(attempt.next_for_test().step("build", || result(true)).await.unwrap());
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Verdict {
    passed: bool,
    log: Option<String>,
    durations: BTreeMap<u32, f64>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    Tuple(u8, char),
}

async fn round_trip<T: Serialize + DeserializeOwned + Send + Clone + PartialEq + Debug>(value: T) {
    let attempt = first();
    let sent = value.clone();
    assert_eq!(attempt.step("it", || result(sent)).await.unwrap(), value);
    assert_eq!(attempt.next_for_test().step("it", never::<T>).await.unwrap(), value);
}

#[tokio::test]
async fn any_result_comes_back_as_it_was() {
    round_trip(()).await;
    round_trip(None::<String>).await;
    round_trip((u64::MAX, i64::MIN, 0.1_f64, u128::MAX)).await;
    for odd in
        ["", "\0", "a\0b\0", "\"\\\u{7}\r\n\t", "\u{2028}\u{feff}\u{fffd}", "é😀", "' -- $1 {}"]
    {
        round_trip(odd.to_owned()).await;
        round_trip(HashMap::from([(odd.to_owned(), vec![odd.to_owned()])])).await;
    }
    round_trip(Verdict {
        passed: false,
        log: Some("line\0\n".to_owned()),
        durations: BTreeMap::from([(1, 0.3), (2, 1e300)]),
        kind: Kind::Tuple(7, '\0'),
    })
    .await;
    round_trip(vec![Kind::Unit, Kind::Tuple(0, 'é')]).await;
}

/// Keeps the steps, or fails.
#[derive(Default)]
struct Keeper {
    kept: Mutex<Vec<KeptStep>>,
    fails: Mutex<Option<StepNotKept>>,
}

#[async_trait]
impl StepKeeper for Keeper {
    async fn keep(&self, step: KeptStep) -> Result<(), StepNotKept> {
        if let Some(why) = self.fails.lock().unwrap().take() {
            return Err(why);
        }
        self.kept.lock().unwrap().push(step);
        Ok(())
    }
}

fn kept_by(keeper: &Arc<Keeper>, kept: Vec<KeptStep>) -> Attempt {
    Attempt::new(AttemptParts {
        delivery: delivery(MAIN),
        handler: "test.handler".parse().unwrap(),
        run: 1,
        number: 2,
        kept,
        keeper: Arc::<Keeper>::clone(keeper),
    })
}

/// A result that is a string of JSON of so many bytes.
fn of_length(length: usize) -> String {
    "x".repeat(length - r#""""#.len())
}

#[tokio::test]
async fn a_result_is_kept_as_json_of_64_kib_at_most() {
    let keeper = Arc::new(Keeper::default());
    let attempt = kept_by(&keeper, Vec::new());
    attempt.step("nul", || result("\0".to_owned())).await.unwrap();
    attempt.step("largest", || result(of_length(64 * 1024))).await.unwrap();
    let text = permanent(attempt.step("larger", || result(of_length(64 * 1024 + 1))).await);
    assert_eq!(
        text,
        "the result of step `larger` (65537 bytes of JSON) cannot be kept: at most 65536 bytes are"
    );
    let text = permanent(attempt.step("huge", || result(vec!["x".repeat(1024); 1024])).await);
    assert!(text.contains("`huge` (1051649 bytes of JSON)"), "{text}");
    // What is escaped counts as it is written.
    permanent(attempt.step("escaped", || result("\0".repeat(16 * 1024))).await);
    let kept = keeper.kept.lock().unwrap();
    let [nul, largest] = &kept[..] else { panic!("{kept:?}") };
    assert_eq!((nul.name.as_str(), &nul.json[..]), ("nul", &br#""\u0000""#[..]));
    assert_eq!((largest.json.len(), KeptStep::MAX_JSON_LENGTH), (65_536, 65_536));
    let shown = format!("{nul:?}");
    assert!(shown.contains("8 bytes") && !shown.contains("u0000"), "{shown}");
}

#[derive(Debug, Serialize, Deserialize)]
struct Forgetful {
    #[serde(skip)]
    detail: u32,
    verdict: bool,
}

#[tokio::test]
async fn every_attempt_gets_the_same() {
    let attempt = first();
    let one = attempt.step("it", || result(Forgetful { detail: 7, verdict: true })).await.unwrap();
    let two = attempt.next_for_test().step("it", never::<Forgetful>).await.unwrap();
    assert_eq!((one.detail, one.verdict), (two.detail, two.verdict));
}

#[tokio::test]
async fn what_json_does_not_take_is_permanent() {
    let attempt = first();
    for text in [
        permanent(attempt.step("bad", || result(HashMap::from([((1, 2), 3)]))).await),
        permanent(attempt.next_for_test().step("bad", || result(f64::NAN)).await),
    ] {
        assert!(text.starts_with("the result of step `bad` ("), "{text}");
    }
}

#[tokio::test]
async fn a_name_is_there_once_in_an_attempt() {
    let attempt = first();
    attempt.step("build", || result(1)).await.unwrap();
    let text = permanent(attempt.step("build", never::<i32>).await);
    assert!(text.starts_with("step `build` is there twice in one attempt"), "{text}");
    // Neither where the first is a result of an earlier attempt, nor where it failed.
    let next = attempt.next_for_test();
    next.step("build", never::<i32>).await.unwrap();
    permanent(next.step("build", never::<i32>).await);
    let failed = next.step("other", || async { Err::<(), _>(HandlerError::retry("no")) }).await;
    assert_eq!(failed.unwrap_err().to_string(), "no");
    permanent(next.step("other", never::<()>).await);
    permanent(next.clone().step("other", never::<()>).await);
}

#[tokio::test]
async fn a_name_is_there_once_also_in_parallel() {
    let attempt = first();
    let one = attempt.step("build", || async {
        tokio::task::yield_now().await;
        result(1).await
    });
    let two = attempt.step("build", never::<i32>);
    let (one, two) = tokio::join!(one.into_future(), two.into_future());
    assert_eq!(one.unwrap(), 1);
    permanent(two);
    // Different ones run at the same time: each waits for the other.
    let meet = tokio::sync::Barrier::new(2);
    let meeting = || async {
        meet.wait().await;
        result(()).await
    };
    let (one, two) = tokio::join!(
        attempt.step("one", meeting).into_future(),
        attempt.step("two", meeting).into_future()
    );
    assert!(one.is_ok() && two.is_ok());
}

#[tokio::test]
async fn a_name_has_1_to_100_bytes() {
    let attempt = first();
    let longest = "é".repeat(50);
    for name in ["x", "deploy to production, 7/8", &longest] {
        attempt.step(name, || result(())).await.unwrap();
    }
    let too_long = "é".repeat(50) + "x";
    let huge = "x".repeat(1 << 20);
    for name in ["", "a\0", "a\nb", &too_long, &huge] {
        let text = permanent(attempt.step(name, never::<()>).await);
        assert!(text.contains("is no name of a step") && text.len() < 500, "{text}");
    }
}

#[tokio::test]
async fn a_result_of_another_type_is_permanent_unless_the_step_is_repeatable() {
    let attempt = first();
    attempt.step("build", || result(7_u8)).await.unwrap();
    // It would decode as this one, too.
    let text = permanent(attempt.next_for_test().step("build", never::<u16>).await);
    assert!(text.starts_with("the kept result of step `build` is of another type"), "{text}");
    let next = attempt.next_for_test();
    assert_eq!(next.step("build", || result(8_u16)).repeatable().await.unwrap(), 8);
    // The new result takes the place of the old one.
    assert_eq!(next.next_for_test().step("build", never::<u16>).await.unwrap(), 8);
    // What is repeatable and decodes is not repeated.
    let next = attempt.next_for_test();
    assert_eq!(next.step("build", never::<u8>).repeatable().await.unwrap(), 7);
}

#[tokio::test]
async fn a_result_that_no_longer_decodes_is_permanent_unless_the_step_is_repeatable() {
    let of_type = std::any::type_name::<Verdict>().to_owned();
    // An earlier version of the program had less in it, and this is private.
    let json = bytes::Bytes::from_static(br#"{"passed": "private"}"#);
    let old = || vec![KeptStep { name: "it".into(), of_type: of_type.clone(), json: json.clone() }];
    let keeper = Arc::new(Keeper::default());
    let text = permanent(kept_by(&keeper, old()).step("it", never::<Verdict>).await);
    assert!(text.contains("does not decode any longer") && !text.contains("private"), "{text}");
    let verdict = Verdict { passed: true, log: None, durations: BTreeMap::new(), kind: Kind::Unit };
    let again = verdict.clone();
    let attempt = kept_by(&keeper, old());
    assert_eq!(attempt.step("it", || result(again)).repeatable().await.unwrap(), verdict);
    assert_eq!(keeper.kept.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_store_that_cannot_write_is_tried_again_with_the_step() {
    let keeper = Arc::new(Keeper::default());
    *keeper.fails.lock().unwrap() = Some(StepNotKept::Store("the disk is full".into()));
    let attempt = kept_by(&keeper, Vec::new());
    let error = attempt.step("build", || result(1)).await.unwrap_err();
    assert_eq!(error.advice(), Advice::Retry);
    assert_eq!(
        error.to_string(),
        "cannot keep the result of step `build`: the store cannot write: the disk is full"
    );
    // It is not known in the next attempt.
    assert_eq!(attempt.next_for_test().step("build", || result(2)).await.unwrap(), 2);
}

#[tokio::test]
async fn a_lease_that_is_lost_ends_the_attempt() {
    let keeper = Arc::new(Keeper::default());
    *keeper.fails.lock().unwrap() = Some(StepNotKept::LeaseLost);
    let attempt = kept_by(&keeper, Vec::new());
    let went_on = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&went_on);
    let handler = handler_fn(move |_: Push, attempt: Attempt| {
        let counted = Arc::clone(&counted);
        async move {
            let _ = attempt.step("build", || result(1)).await;
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    });
    let router = Router::new().on::<Push>(handler);
    let end = router.registrations()[0].run(&attempt, None).await;
    assert!(matches!(end, AttemptEnd::Interrupted(Interruption::LeaseLost)), "{end:?}");
    assert_eq!(went_on.load(Ordering::SeqCst), 0);

    // Where nobody ends it, it is told, and not left waiting.
    *keeper.fails.lock().unwrap() = Some(StepNotKept::LeaseLost);
    let attempt = kept_by(&keeper, Vec::new());
    let error = attempt.step("build", || result(1)).await.unwrap_err();
    assert_eq!(attempt.interruption(), Some(Interruption::LeaseLost));
    assert!(error.to_string().ends_with("the lease is lost"), "{error}");
}

#[tokio::test]
async fn a_step_borrows_and_moves_between_threads() {
    fn sendable<T: Send>(it: T) -> T {
        it
    }
    let attempt = first();
    let words = ["a".to_owned(), "b".to_owned()];
    let counted = sendable(attempt.step("count", async || {
        tokio::task::yield_now().await;
        Ok::<_, HandlerError>(words.len())
    }));
    assert_eq!(sendable(counted.into_future()).await.unwrap(), words.len());
    // As most handlers write it, in a task of its own.
    let spawned = tokio::spawn(async move {
        let passed: bool = attempt.step("build", || result(true)).await?;
        Ok::<_, HandlerError>(passed)
    });
    assert!(spawned.await.unwrap().unwrap());
}

#[tokio::test]
async fn an_attempt_says_what_is_done() {
    let attempt = first();
    assert!(!attempt.has_done("build"));
    attempt.step("fails", || async { Err::<u8, _>(HandlerError::retry("no")) }).await.unwrap_err();
    assert!(!attempt.has_done("fails"));
    attempt.step("build", || result(7)).await.unwrap();
    assert!(attempt.has_done("build"));
    assert!(attempt.next_for_test().has_done("build"));
    assert!(!first().has_done("build"));
}

#[tokio::test]
async fn what_is_done_once_keeps_no_result() {
    /// Nothing that can be kept.
    struct Comment;

    let attempt = first();
    let work = async || Ok::<_, HandlerError>(Comment);
    attempt.once("greet", work).await.unwrap();
    assert!(attempt.has_done("greet"));
    let next = attempt.next_for_test();
    next.once("greet", never::<Comment>).await.unwrap();
    let fails = async || Err::<Comment, _>(HandlerError::retry("not now"));
    next.once("thank", fails).await.unwrap_err();
    assert!(!next.has_done("thank"));
    next.next_for_test().once("thank", work).await.unwrap();
}

#[tokio::test]
async fn who_needs_an_installation_and_has_none_fails_for_good() {
    let error = first().installation().unwrap_err();
    assert_eq!(error.advice(), Advice::Permanent);
    let mut of_app = delivery(MAIN);
    of_app.installation = Some(7);
    assert_eq!(Attempt::for_test(of_app).installation().unwrap(), 7);
}
