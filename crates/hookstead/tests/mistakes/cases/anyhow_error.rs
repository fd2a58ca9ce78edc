// `?` on an error of anyhow, which is no `std::error::Error` either.
//~ `?` couldn't convert the error
//~ write `.map_err(hookstead::HandlerError::retry)?`

use hookstead::HandlerError;

mod anyhow {
    pub struct Error(pub Box<dyn std::error::Error + Send + Sync>);

    impl From<Error> for Box<dyn std::error::Error + Send + Sync> {
        fn from(error: Error) -> Self {
            error.0
        }
    }
}

fn build() -> Result<(), anyhow::Error> {
    Ok(())
}

async fn handle() -> Result<(), HandlerError> {
    build()?;
    Ok(())
}

fn main() {
    let _ = handle();
}
