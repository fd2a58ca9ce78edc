//! Multiplies rows in a PostgreSQL schema.

use tokio_postgres::Client;

use crate::database::Database;
use crate::shape::Shape;

/// Ids that rise with `n`: so the indexes are filled from one end to the other, which is fast. A new id
/// has its place anywhere among them.
fn guid(count: u64) -> String {
    format!(
        "lpad(to_hex(n::bigint * 4294967295 / {count}), 8, '0')
             || substr(md5(n::text), 1, 28)"
    )
}

/// Makes so many more like the last task and its delivery.
pub(crate) async fn multiply(database: &Database, schema: &str, shape: Shape, count: u64) {
    let client = &database.client;
    let mut settings = vec![
        ("delivery", "it.delivery + n".to_owned()),
        ("id", "it.id + n".to_owned()),
        ("guid", guid(count)),
        ("turn", "it.turn + n".to_owned()),
        ("version", "it.version + n".to_owned()),
        ("settled_at", format!("it.settled_at + (n - {count}) * interval '1 millisecond'")),
    ];
    if shape == Shape::Settled {
        settings.extend(
            [("keeps_body", "false"), ("body", "NULL"), ("unpacked_length", "NULL")]
                .map(|(name, value)| (name, value.to_owned())),
        );
    }
    client.batch_execute("SET synchronous_commit = off").await.unwrap();
    for table in ["deliveries", "tasks"] {
        let columns = columns(client, schema, table).await;
        let values: Vec<String> = columns
            .iter()
            .map(|column| {
                let setting = settings.iter().find(|(name, _)| name == column);
                setting.map_or_else(|| format!("it.{column}"), |(_, value)| value.clone())
            })
            .collect();
        let insert = format!(
            "INSERT INTO {schema}.{table} ({}) SELECT {} FROM generate_series(1, {count}) AS n,
                 (SELECT * FROM {schema}.{table} ORDER BY id DESC LIMIT 1) AS it;
             SELECT setval(pg_get_serial_sequence('{schema}.{table}', 'id'),
                 (SELECT max(id) FROM {schema}.{table}))",
            columns.join(", "),
            values.join(", "),
        );
        client.batch_execute(&insert).await.unwrap();
        // As autovacuum does after so much, but not while something is measured.
        client.batch_execute(&format!("VACUUM ANALYZE {schema}.{table}")).await.unwrap();
    }
    client.batch_execute("CHECKPOINT").await.unwrap();
}

async fn columns(client: &Client, schema: &str, table: &str) -> Vec<String> {
    let query = "SELECT column_name::text FROM information_schema.columns
         WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position";
    let rows = client.query(query, &[&schema, &table]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Fills a bare table.
pub(crate) async fn fill_bare(client: &Client, schema: &str, count: u64) {
    let insert = format!(
        "SET synchronous_commit = off;
         INSERT INTO {schema}.deliveries (guid, body)
             SELECT {}, '' FROM generate_series(1, {count}) AS n;
         SET synchronous_commit = on",
        guid(count)
    );
    client.batch_execute(&insert).await.unwrap();
    client.batch_execute(&format!("VACUUM ANALYZE {schema}.deliveries")).await.unwrap();
    client.batch_execute("CHECKPOINT").await.unwrap();
}
