// `?` on a boxed error.
//~ `?` couldn't convert the error
//~ write `.map_err(hookstead::HandlerError::retry)?`

use hookstead::HandlerError;

fn build() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}

async fn handle() -> Result<(), HandlerError> {
    build()?;
    Ok(())
}

fn main() {
    let _ = handle();
}
