//! The store in PostgreSQL. [`PostgresStore`] is the front; the statements stand where they are made, and
//! what takes several steps in one round trip is a function in `migrations`. `database` asks, `schema` is
//! the tables' version, `session` is how every session begins, `listener` tells other processes of new
//! tasks, `news` wakes those who wait here, `sharing` has several accepts in one transaction, `starts`
//! remembers from where to look for what is due.

mod accept;
mod accept_new;
mod accept_single;
mod answer;
mod call;
mod clocks;
mod database;
mod expiring;
mod failure;
mod known_leases;
mod lease;
mod listener;
mod looking;
mod moments;
mod more;
mod names;
mod news;
mod on_own_runtime;
mod options;
mod place;
mod places;
mod postgres_store;
mod room;
mod row;
mod schema;
mod session;
mod sharing;
mod starts;
mod tls;
mod work;

pub use more::PostgresConnection;
pub use options::PostgresOptions;
pub use postgres_store::PostgresStore;
