// Features that are not on.
//~ gated behind the `app` feature
//~ gated behind the `postgres` feature
//~ gated behind the `sqlite` feature

use hookstead::client::AppKey;
use hookstead::inbox::{PostgresStore, SqliteStore};

fn main() {}
