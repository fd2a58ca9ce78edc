//! Multiplies rows in an SQLite file.

use std::path::Path;

use rusqlite::Connection;

use crate::shape::Shape;

/// The numbers from 1 to `?1`.
const SERIES: &str = "WITH RECURSIVE series (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM series LIMIT ?1)";

/// Ids that rise with `n`: so the indexes are filled from one end to the other, which is fast. A new id
/// has its place anywhere among them.
const GUID: &str = "printf('%08x', n * 4294967295 / ?1) || lower(hex(randomblob(14)))";

/// Makes so many more like the last task, its delivery and its body. Nobody else has the file open.
pub(crate) fn multiply(path: &Path, shape: Shape, count: u64) {
    let connection = Connection::open(path).unwrap();
    let quickly =
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000";
    connection.execute_batch(quickly).unwrap();
    let last = |table: &str, key: &str| format!("SELECT max({key}) FROM {table}");
    let mut settings = vec![
        ("delivery", "it.delivery + n".to_owned()),
        ("guid", GUID.to_owned()),
        ("task", "it.task + n".to_owned()),
        ("lane_version", "it.lane_version + n".to_owned()),
        ("settled_at", "it.settled_at - ?1 + n".to_owned()),
    ];
    if shape == Shape::Settled {
        settings.push(("leads", "1".to_owned()));
        connection.execute("DELETE FROM bodies", []).unwrap();
    }
    for (table, key) in [("deliveries", "delivery"), ("bodies", "delivery"), ("tasks", "task")] {
        let columns = columns(&connection, table);
        let values: Vec<String> = columns
            .iter()
            .map(|column| {
                let setting = settings.iter().find(|(name, _)| name == column);
                setting.map_or_else(|| format!("it.{column}"), |(_, value)| value.clone())
            })
            .collect();
        let insert = format!(
            "{SERIES} INSERT INTO {table} ({}) SELECT {} FROM series
                 JOIN {table} AS it ON it.{key} = ({})",
            columns.join(", "),
            values.join(", "),
            last(table, key),
        );
        connection.execute(&insert, [i64::try_from(count).unwrap()]).unwrap();
    }
    connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let mut names = connection.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
    let names = names.query_map([table], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

/// Fills a bare table.
pub(crate) fn fill_bare(connection: &Connection, count: u64) {
    let quickly =
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000";
    connection.execute_batch(quickly).unwrap();
    let insert =
        format!("{SERIES} INSERT INTO deliveries (guid, body) SELECT {GUID}, x'' FROM series");
    connection.execute(&insert, [i64::try_from(count).unwrap()]).unwrap();
    let safely = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -2000";
    connection.execute_batch(safely).unwrap();
}
