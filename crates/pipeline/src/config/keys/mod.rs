//! All keys of a config as data: the reader's check of unknown keys, the help and the table of the docs come
//! from here.

mod environment;
mod job;
mod key;
mod limitation;
mod lookup;
mod project;
mod top;

pub use key::{Key, KeyKind};
pub use limitation::{LIMITATIONS, Limitation};
pub use lookup::{all_keys, keys_table};
pub(super) use lookup::{children, default_of, find, home_of};
