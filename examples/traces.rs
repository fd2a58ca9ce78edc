//! A server that sends its traces to OpenTelemetry: each attempt is a span, with what happened in it.
//!
//! It needs `WEBHOOK_SECRET`, and the feature `traces`.

use std::error::Error;
use std::process::ExitCode;

use hookstead::events::PushEvent;
use hookstead::{Attempt, Router, handler_fn};
use hookstead_examples::{Settings, exit, options};
use opentelemetry::trace::TracerProvider as _;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main]
async fn main() -> ExitCode {
    exit(serve().await)
}

async fn serve() -> Result<(), Box<dyn Error>> {
    if options("A server that sends its traces to OpenTelemetry.", &[])?.is_none() {
        return Ok(());
    }
    // Where to send them stands in OTEL_EXPORTER_OTLP_ENDPOINT.
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .build();
    tracing_subscriber::registry()
        // Each call to GitHub, and of what others say only what matters: sending is told of, too.
        .with(Targets::new().with_default(Level::INFO).with_target("hookstead", Level::DEBUG))
        // What people read.
        .with(tracing_subscriber::fmt::layer())
        // Spans, and the events in them.
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("traces")))
        .init();

    let settings = Settings::from_env("traces")?;
    let build = handler_fn(async |event: PushEvent, _: Attempt| {
        tracing::info!(r#ref = event.r#ref, "building");
        Ok(())
    });
    let router = Router::new().program("traces").on::<PushEvent>(build);
    settings.server(router).await?.serve(&settings.listen).await?;
    // What was not sent yet is sent at the end.
    provider.shutdown()?;
    Ok(())
}
