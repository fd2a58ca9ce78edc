//! The offline twin of GitHub's *Redeliver* button: sends deliveries, signed as GitHub signs them.

pub(crate) mod payloads;

use std::error::Error;

use clap::Args;
use hookstead::handler::DeliveryId;
use hookstead::inbox::Filter;
use hookstead_testkit::Sender;

use self::payloads::Payload;
use crate::exit::Usage;
use crate::text::printable;
use crate::{inbox, output, settings};

/// The arguments of `hookstead deliver`.
#[derive(Debug, Args)]
pub(crate) struct DeliverArguments {
    /// A sample: an event, with an action if you like (pull_request.closed)
    ///
    /// Or a file with a payload as JSON, or a folder of such files, looked through to its bottom. The event
    /// is what stands before the first point of a file's name (push.json, pull_request.opened.json), else
    /// the name of its folder (push/payload.json). A file without a point in its name is ./name.
    #[arg(value_name = "SAMPLE | FILE | FOLDER", required_unless_present = "again")]
    what: Option<String>,
    /// Sends a delivery of the inbox once more, with its own id
    #[arg(long, value_name = "GUID", conflicts_with_all = ["what", "event", "id"])]
    again: Option<String>,
    /// With --again: the inbox, by default that of the setting INBOX
    // What is required is not missed where it would conflict with what is there: so both are said.
    #[arg(long, value_name = "PLACE", requires = "again", conflicts_with = "what")]
    inbox: Option<String>,
    /// Sends application/json, which is the default
    #[arg(long, conflicts_with = "form")]
    json: bool,
    /// Sends application/x-www-form-urlencoded
    #[arg(long)]
    form: bool,
    /// The server, by default the one that listens at LISTEN: http://127.0.0.1:4567/event_handler
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// The event of files that do not say it by their names
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// The delivery's id, by default a new one: sent twice, it is the same delivery
    #[arg(long, value_name = "GUID")]
    id: Option<String>,
}

/// What `hookstead deliver` does.
pub(crate) async fn run(arguments: DeliverArguments) -> Result<(), Box<dyn Error>> {
    let DeliverArguments { what, again, inbox, form, to, event, id, .. } = arguments;
    let (payloads, id) = match (what, again) {
        (_, Some(id)) => (kept(inbox.as_deref(), &id).await?, Some(id)),
        (what, None) => (payloads::named(&what.unwrap_or_default(), event.map(Into::into))?, id),
    };
    if payloads.len() > 1 && id.is_some() {
        let count = payloads.len();
        return Err(Usage(format!("--id names one delivery, and there are {count}.")).into());
    }

    let url = to.clone().map_or_else(settings::deliver_to, Ok)?;
    let mut sender = Sender::new(&url, settings::secret()?).map_err(|error| {
        let setting = if to.is_some() { "--to" } else { "LISTEN" };
        Usage(format!("{setting} cannot be used: {error}."))
    })?;
    if form {
        sender = sender.form();
    }
    if let Some(id) = id {
        sender = sender.delivery_id(id);
    }

    let mut refused = 0;
    for Payload { origin, event, body } in &payloads {
        let answer = sender.send(event.clone(), body.clone()).await.map_err(|error| {
            format!("{}: no answer from {}: {error}", printable(origin), printable(&url))
        })?;
        let answered = printable(&format!("{}: {}", answer.status, answer.text()));
        let line = if payloads.len() > 1 {
            format!("{}: {answered}\n", printable(origin))
        } else {
            format!("{answered}\n")
        };
        output::print(&line)?;
        refused += usize::from(!answer.status.is_success());
    }
    match (refused, payloads.len()) {
        (0, _) => Ok(()),
        (_, 1) => Err("The delivery was refused.".into()),
        (refused, count) => Err(format!("{refused} of {count} deliveries were refused.").into()),
    }
}

/// The delivery of this id, as the inbox keeps it.
async fn kept(place: Option<&str>, id: &str) -> Result<Vec<Payload>, Box<dyn Error>> {
    let id: DeliveryId = id.parse().map_err(|_| Usage(format!("{id:?} is no delivery's id.")))?;
    let inbox = inbox::open(place).await?;
    let mut tasks = inbox.list(Filter::default().with_ids([id.clone()]).with_bodies());
    let Some(task) = tasks.next().await? else {
        return Err(format!("There is no task of a delivery {id}.").into());
    };
    let delivery = task.delivery;
    if delivery.body.is_empty() {
        let only = "GitHub's page of the hook can deliver it again";
        return Err(format!("The inbox does not keep the body of {id} any more; {only}.").into());
    }
    let body = delivery.body.to_vec();
    Ok(vec![Payload { origin: id.to_string(), event: delivery.event, body }])
}
