// A function in the place of a provider of tokens.
//~ does not provide tokens
//~ `hookstead::client::Token`

use hookstead::client::Credentials;

fn main() {
    let _ = Credentials::provider(|| "token");
}
