use tokio_postgres::Client;

use super::trouble::Trouble;

/// What leads from each version of the schema to the next. Released ones never change.
const MIGRATIONS: &[&str] = &[include_str!("migrations/1_deliveries.sql")];

/// The version that this program writes: the largest in the table `inbox_migrations`.
const VERSION: i32 = MIGRATIONS.len() as i32;

/// Half of the advisory lock's key (the letters `Hook`); the other half is the schema's name.
const LOCK: i32 = 0x486f_6f6b;

/// Puts a name into SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Brings the schema of this name to the present version, or makes it. What it refuses (a newer
/// one) it leaves untouched.
///
/// A schema that is up to date needs no rights to change it.
pub(super) async fn prepare(client: &mut Client, name: &str) -> Result<(), Trouble> {
    if version(client, name).await? == VERSION {
        return Ok(());
    }
    let transaction = client.transaction().await?;
    // Of several processes that start at once, one migrates; the others see it done.
    transaction.execute("SELECT pg_advisory_xact_lock($1, hashtext($2))", &[&LOCK, &name]).await?;
    let present = version(transaction.client(), name).await?;
    let schema = quoted(name);
    // Asked first because even `IF NOT EXISTS` needs the right to make one.
    let exists = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    if transaction.query_opt(exists, &[&name]).await?.is_none() {
        transaction.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
    }
    if present == 0 {
        transaction
            .batch_execute(&format!(
                "CREATE TABLE {schema}.inbox_migrations (
                     version integer PRIMARY KEY,
                     applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
                 )"
            ))
            .await?;
    }
    let applied = format!("INSERT INTO {schema}.inbox_migrations (version) VALUES ($1)");
    for (version, migration) in (1_i32..).zip(MIGRATIONS) {
        if version > present {
            transaction.batch_execute(&migration.replace("{schema}", &schema)).await?;
            transaction.execute(&applied, &[&version]).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// The schema's version; 0 when there is none. A newer one is an error.
async fn version(client: &Client, name: &str) -> Result<i32, Trouble> {
    let migrated =
        "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'inbox_migrations'";
    if client.query_opt(migrated, &[&name]).await?.is_none() {
        return Ok(0);
    }
    let newest = format!("SELECT coalesce(max(version), 0) FROM {}.inbox_migrations", quoted(name));
    let version = client.query_one(&newest, &[]).await?.try_get(0)?;
    if version > VERSION {
        return Err(Trouble::new(format!(
            "a newer version of Hookstead wrote it (schema {version}, this one knows {VERSION})"
        )));
    }
    Ok(version)
}
