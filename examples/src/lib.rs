//! What the examples share and what is not their story: settings, logging, the exit code.
//!
//! | variable | what it is | default |
//! |---|---|---|
//! | `WEBHOOK_SECRET` | the hook's secret | none: required |
//! | `MY_PERSONAL_TOKEN` | a token for GitHub's REST API | none: required by the servers that report back |
//! | `GITHUB_API_URL` | the REST API: `https://HOST/api/v3` for GitHub Enterprise Server | `https://api.github.com` |
//! | `LISTEN` | the address to listen at | `127.0.0.1:4567` |
//! | `BUILD_SECONDS` | how long the build of the CI server takes | `2` |
//! | `INBOX` | what keeps deliveries: an SQLite file, or a `postgres://` URL (with `--features postgres`) | a file named after the example |

mod exit;
mod help;
mod settings;
mod timeline;

pub use exit::{Usage, exit};
pub use help::options;
pub use settings::{InvalidSetting, Settings, app, build_time, github, logging, secret, variable};
pub use timeline::Timeline;
