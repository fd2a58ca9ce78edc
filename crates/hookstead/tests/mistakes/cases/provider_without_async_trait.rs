// `#[async_trait]` is forgotten before a provider of tokens.
//~ the `impl` needs #[async_trait]

use hookstead::client::{Token, TokenProvider};

struct Fixed(Token);

impl TokenProvider for Fixed {
    async fn token(&self) -> Result<Token, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.0.clone())
    }
}

fn main() {}
