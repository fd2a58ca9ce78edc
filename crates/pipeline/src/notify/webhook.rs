use async_trait::async_trait;
use hookstead::client::{BuildError, HttpClient};
use serde_json::json;

use super::notice::Notice;
use super::notifier::{Notifier, NotifyError};

/// Posts each line to a chat: `{"text": ".."}`, as Slack, Mattermost, Zulip and Rocket.Chat take it, and Discord at the
/// address that ends in `/slack`.
#[derive(Debug, Clone)]
pub struct IncomingWebhook {
    /// The origin, which is all of the URL that anybody may see.
    client: HttpClient,
    /// What follows the origin.
    path: String,
}

impl IncomingWebhook {
    /// Posts to this URL. It is a secret: whoever knows it writes into the chat.
    ///
    /// # Errors
    ///
    /// Fails when the URL is none, or is `http://` and leads to another machine.
    pub fn new(url: &str) -> Result<Self, BuildError> {
        // The client calls what is below its base, and a query is below no base.
        let start = url.find("://").map_or(0, |at| at + "://".len());
        let at = url
            .get(start..)
            .and_then(|rest| rest.find(['/', '?']))
            .map_or(url.len(), |at| start + at);
        let (origin, path) = url.split_at(at);
        let path = match path.strip_prefix('?') {
            Some(_) => format!("/{path}"),
            None => path.to_owned(),
        };
        Ok(Self { client: HttpClient::new(origin)?, path })
    }
}

#[async_trait]
impl Notifier for IncomingWebhook {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let mut text = harmless(&notice.text);
        if let Some(link) = &notice.link {
            text = format!("{text} {link}");
        }
        let answer = self.client.post_json(&self.path, &json!({ "text": text })).await;
        let answer = answer.map_err(|error| NotifyError::new(error.to_string()))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        Err(NotifyError::new(format!("the chat answered with the status {status}")))
    }
}

/// Takes their meaning from what would call people (`@channel`, `<!channel>`) or hide where a link leads (`<url|text>`).
fn harmless(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // A space of no width: it reads the same.
    text.replace('@', "@\u{200b}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_by_a_title() {
        assert_eq!(
            harmless("<!channel> @everyone <https://evil|x> a & b"),
            "&lt;!channel&gt; @\u{200b}everyone &lt;https://evil|x&gt; a &amp; b"
        );
    }

    #[test]
    fn the_url_is_not_shown() {
        let hook =
            IncomingWebhook::new("https://hooks.example.com/services/SECRET?key=SECRET").unwrap();
        assert_eq!(hook.path, "/services/SECRET?key=SECRET");
        assert!(!format!("{:?}", hook.client).contains("SECRET"));
        let hook = IncomingWebhook::new("https://hooks.example.com?key=SECRET").unwrap();
        assert_eq!(hook.path, "/?key=SECRET");
        assert!(IncomingWebhook::new("no url").is_err());
    }
}
