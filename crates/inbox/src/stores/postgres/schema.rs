use tokio_postgres::Client;

use super::failure::Failure;

/// What leads from each version of the schema to the next. Released ones never change.
const MIGRATIONS: &[&[&str]] = &[&[
    include_str!("migrations/1_tables.sql"),
    include_str!("migrations/2_lanes.sql"),
    include_str!("migrations/3_accept.sql"),
    include_str!("migrations/4_work.sql"),
    include_str!("migrations/5_keeping.sql"),
]];

/// The version that this program knows.
pub(super) const VERSION: i32 = MIGRATIONS.len() as i32;

/// Half of the advisory lock's key (the letters `Hook`); the other half is the schema's name.
const LOCK: i32 = 0x486f_6f6b;

/// Brings the schema of this name to the present version, or makes it. What it refuses (one of a newer
/// version that says so, one from before there were tasks) it leaves untouched.
///
/// A schema that is up to date needs no rights to change it.
pub(super) async fn migrate(client: &mut Client, name: &str) -> Result<(), Failure> {
    if version(client, name).await? >= VERSION {
        return Ok(());
    }
    let transaction = client.transaction().await?;
    // Of several processes that start at once, one migrates; the others see it done.
    transaction.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", &[&LOCK, &name]).await?;
    let present = version(transaction.client(), name).await?;
    // Asked first because even `IF NOT EXISTS` needs the right to make one.
    let exists = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    if transaction.query_opt(exists, &[&name]).await?.is_none() {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        transaction.batch_execute(&format!("CREATE SCHEMA {quoted}")).await?;
    }
    for (version, migration) in (1_i32..).zip(MIGRATIONS) {
        if version > present {
            for part in *migration {
                transaction.batch_execute(part).await?;
            }
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Fails where there is no schema that this program can work with.
pub(super) async fn expect(client: &Client, name: &str) -> Result<(), Failure> {
    match version(client, name).await? {
        0 => {
            Err(Failure::new(format!("there is no schema {name}; PostgresStore::migrate makes it")))
        }
        older if older < VERSION => Err(Failure::new(format!(
            "its schema has version {older}, and this program needs {VERSION}; \
             PostgresStore::migrate brings it there"
        ))),
        _ => Ok(()),
    }
}

/// The schema's version; 0 when there is none. One that this program cannot work with is an error.
async fn version(client: &Client, name: &str) -> Result<i32, Failure> {
    let tables = "SELECT tablename FROM pg_tables
                  WHERE schemaname = $1 AND tablename IN ('meta', 'inbox_migrations')";
    let found = client.query(tables, &[&name]).await?;
    let mut has_meta = false;
    for row in &found {
        match row.try_get("tablename")? {
            "meta" => has_meta = true,
            _ => {
                return Err(Failure::new(
                    "an earlier version of Hookstead made it, whose inboxes had no tasks yet; let that \
                     version finish what it holds, then remove the schema or use another one",
                ));
            }
        }
    }
    if !has_meta {
        return Ok(0);
    }
    // By the path that every session has.
    let row = client.query_opt("SELECT version, oldest_version FROM meta", &[]).await?;
    let row = row.ok_or_else(|| Failure::new("its version is missing"))?;
    let (version, oldest): (i32, i32) = (row.try_get("version")?, row.try_get("oldest_version")?);
    if version < 1 {
        return Err(Failure::new(format!("its version {version} is unreadable")));
    }
    is_known(version, oldest)?;
    Ok(version)
}

/// Whether this program can work beside those that made this version of the schema.
pub(super) fn is_known(version: i32, oldest: i32) -> Result<(), Failure> {
    if oldest <= VERSION {
        return Ok(());
    }
    Err(Failure::new(format!(
        "a newer version of Hookstead wrote it (schema {version}, for programs that know {oldest}; this \
         one knows {VERSION})"
    )))
}
