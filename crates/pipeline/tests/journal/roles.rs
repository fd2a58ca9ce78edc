//! PostgreSQL roles without the right to change the schema.

use crate::support::{Bench, Place, new_build};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_without_rights_to_change_the_schema_can_work() {
    let Some(place) = Place::postgres() else { return };
    let (owner, Place::Postgres { schema, .. }) = (place.word(), &place) else { return };
    let role = format!("ci_{:016x}", fastrand::u64(..));
    let url = owner.replacen("://hookstead@", &format!("://{role}@"), 1);
    if url == owner {
        // Another user than that of .ci/postgres.
        return;
    }
    let store = || place.store().without_migrating();
    let open = async || place.options().postgres(store()).open(&url).await;
    // The tables of the inbox alone do not suffice.
    store().migrate(&owner).await.unwrap();
    let quoted = format!("\"{}\"", schema.replace('"', "\"\""));
    let grant = format!(
        "GRANT USAGE ON SCHEMA {quoted} TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {quoted} TO {role}"
    );
    place.run(&format!("CREATE ROLE {role} LOGIN; {grant}")).await;
    let error = open().await.unwrap_err();
    let text = format!("{error}: {}", std::error::Error::source(&error).unwrap());
    assert!(text.contains("Journal::migrate makes them"), "{text}");

    // Twice is once.
    place.options().postgres(store()).migrate(&owner).await.unwrap();
    place.options().migrate(&owner).await.unwrap();
    place.run(&grant).await;
    // One that is up to date needs no rights either.
    for journal in [open().await.unwrap(), place.options().open(&url).await.unwrap()] {
        let bench = Bench::of(journal).await;
        let (hold, build) = bench.running(&format!("occasion {}", fastrand::u64(..))).await;
        assert_eq!(hold.number(), build.number);
        bench.submit(&format!("occasion {}", fastrand::u64(..)), new_build("lint")).await;
    }
    place.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}
