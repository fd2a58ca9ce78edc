//! Who may read the pages, and who may press their buttons: whoever has the admin's token.
//!
//! A browser exchanges the token for a session at `/sign-in`: 256 random bits in a cookie. The journal keeps what is made of
//! them by HMAC with the admin's token as the key. So nobody gets a cookie out of the database. A session holds for all
//! servers of a journal, and after a restart. It ends [after a while](SignInLimits::lifetime), at sign-out, and when the
//! admin's token changes: what is made with another key is not found.
//!
//! A program sends the token itself: `Authorization: Bearer TOKEN`. That header is looked at only where it is needed, so
//! that a proxy may use it for something else on pages that everybody may read.
//!
//! No other site can press a button: the cookie is `SameSite=Strict`, and the browser's `Sec-Fetch-Site`, or else its
//! `Origin`, has to say that the form is ours.

// What each leans on, never the other way:
//
//   sign_in -> gate -> admin, attempts, seldom, sender, cookie -> limits
mod admin;
mod attempts;
mod cookie;
mod gate;
mod limits;
mod seldom;
mod sender;
mod sign_in;

pub(super) use gate::{ADMIN, Gate, reads_html};
pub use limits::SignInLimits;
