//! The handler `plan`: decides what a delivery or a request means, and writes it down.

use std::sync::Arc;

use async_trait::async_trait;
use hookstead::events::AnyEvent;
use hookstead::handler::{Delivery, End};
use hookstead::inbox::Selection;
use hookstead::{Attempt, Handler, HandlerError};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::budget::Need;
use super::pipeline::{Current, Pipeline};
use super::request::PipelineRequest;
use crate::config::{Config, JobWork};
use crate::journal::{BuildWork, EntryKind, NewEntry, WantedBuild};
use crate::plan::{Answer, Decision, Facts, Happening, How, Lookup, Occasion, Request, plan};
use crate::record::{BuildCause, BuildState, NewBuild};

/// The plan asks what the answers made it want to know; more rounds than this are a mistake of ours.
const MOST_ROUNDS: usize = 10;

pub(super) struct Planning(pub(super) Pipeline);

#[async_trait]
impl Handler<AnyEvent> for Planning {
    async fn handle(&self, event: &AnyEvent, attempt: &Attempt) -> Result<(), HandlerError> {
        let delivery = attempt.delivery();
        let at = delivery.received_at.clone();
        let occasion = Occasion::of_delivery(delivery, event.clone(), at);
        self.decide(&occasion, attempt).await
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        self.0.enter_undecided(attempt, end).await
    }
}

#[async_trait]
impl Handler<PipelineRequest> for Planning {
    async fn handle(
        &self,
        request: &PipelineRequest,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        self.decide(&request.occasion(), attempt).await
    }

    async fn ended(&self, attempt: &Attempt, end: End) -> Result<(), HandlerError> {
        self.0.enter_undecided(attempt, end).await
    }
}

impl Planning {
    async fn decide(&self, occasion: &Occasion, attempt: &Attempt) -> Result<(), HandlerError> {
        let current = self.0.current();
        let decision = self.plan(&current, occasion).await?;
        self.carry_out(&current, occasion, &decision, attempt).await
    }

    /// Plans until nothing is asked any more.
    async fn plan(
        &self,
        current: &Arc<Current>,
        occasion: &Occasion,
    ) -> Result<Decision, HandlerError> {
        let mut facts = Facts::new();
        let mut decision = plan(&current.config, occasion, &facts);
        for _ in 0..MOST_ROUNDS {
            let open: Vec<_> =
                decision.lookups.iter().filter(|it| !facts.has(it)).cloned().collect();
            // What the journal knows may answer the rest.
            let is_journal_s = |it: &&Lookup| !it.is_for_github();
            let first: Vec<_> = match open.iter().filter(is_journal_s).count() {
                0 => open,
                _ => open.into_iter().filter(|it| !it.is_for_github()).collect(),
            };
            if first.is_empty() {
                break;
            }
            for (lookup, answer) in self.answers(current, first).await? {
                facts.answer(lookup, answer);
            }
            decision = plan(&current.config, occasion, &facts);
        }
        Ok(decision)
    }

    /// Answers all of them, at once.
    async fn answers(
        &self,
        current: &Arc<Current>,
        lookups: Vec<Lookup>,
    ) -> Result<Vec<(Lookup, Answer)>, HandlerError> {
        let mut asked = JoinSet::new();
        for lookup in lookups {
            let (pipeline, current) = (self.0.clone(), Arc::clone(current));
            let answering = async move {
                let answer = pipeline.answer(&current, &lookup).await?;
                Ok::<_, HandlerError>((lookup, answer))
            };
            asked.spawn(answering.in_current_span());
        }
        let mut answers = Vec::new();
        while let Some(answer) = asked.join_next().await {
            answers.push(answer??);
        }
        Ok(answers)
    }

    async fn carry_out(
        &self,
        current: &Current,
        occasion: &Occasion,
        decision: &Decision,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        let journal = self.0.journal();
        let see_heads = async {
            for seen in &decision.heads {
                journal.see_head(&seen.repo, &seen.target, seen.head.clone()).await?;
            }
            Ok(())
        };
        let see_repository = async {
            let Some(seen) = &decision.repository else { return Ok(()) };
            let branch = seen.default_branch.as_deref();
            journal.see_repository(seen.id, &seen.name, branch).await.map(drop)
        };
        let id = occasion_id(attempt);
        let mut wanted = Vec::new();
        let mut entries = entries(&current.config, occasion, decision, attempt);
        for planned in &decision.builds {
            if planned.how == How::Runs && !runs_here(current, &planned.build) {
                let (project, job) = (&planned.build.project, &planned.build.job);
                let text = format!(
                    "{project}/{job} does not run, because this version asks no other service to build"
                );
                let entry = NewEntry::new(EntryKind::Decision, text).project(project);
                entries.push(entry.delivery(attempt.delivery().id.to_string()));
            } else if planned.how == How::Runs {
                let joins = match planned.build.cause {
                    BuildCause::Again { .. } => false,
                    // The plan has looked for one whose base is the same.
                    BuildCause::Delivery { .. } => planned.build.as_merged().is_none(),
                    _ => true,
                };
                wanted.push(WantedBuild { build: planned.build.clone(), joins });
            }
        }
        // What is canceled below is not before them. Else the first is announced at once, if nobody is just telling
        // GitHub of another one.
        let cancels = !decision.canceled.is_empty();
        let announcer = self.0.announces(current).filter(|_| !cancels);
        let (turn, announcer) = announcer.and_then(|it| Some((self.0.turn_to_say()?, it))).unzip();
        // Each is done again by the next attempt if another one fails; at once, they share a transaction.
        let submit = journal.submit_and_announce(self.0.inbox(), &id, wanted, entries, announcer);
        let ((), (), submitted) = tokio::try_join!(see_heads, see_repository, submit)?;
        if !cancels {
            self.0.say_queued(current, &submitted, turn);
        }

        let acts = Acts::once(decision, attempt).await?;
        for (number, because) in acts.canceled {
            self.cancel(number, because, occasion).await?;
        }
        for (number, by) in acts.approved {
            journal.approve(number, &by).await?;
            self.0.inbox().wake(work_of(number)?).await?;
        }
        for planned in &decision.builds {
            if let How::Green { build, by_tree: true } = planned.how {
                self.0.say_green(current, &planned.build, build, attempt).await?;
            }
        }
        if let Some(reply) = &decision.reply {
            self.reply(current, occasion, reply, attempt).await?;
        }
        if cancels {
            self.0.say_queued(current, &submitted, None);
        }
        // The last, for it may have to wait.
        for skipped in &decision.skipped {
            if let Some(commit) = &skipped.not_needed {
                self.0.say_not_needed(current, skipped, commit, attempt).await?;
            }
        }
        Ok(())
    }

    /// Stops a build. One that runs is ended by whoever runs it, which reads why in the journal.
    async fn cancel(
        &self,
        number: i64,
        because: String,
        occasion: &Occasion,
    ) -> Result<(), HandlerError> {
        let journal = self.0.journal();
        let person = match &occasion.what {
            Happening::Request { by, .. } => Some(by.as_str()),
            _ => None,
        };
        let mut build = journal.build(number).await?;
        // An attempt that was killed may have settled it, and not told the inbox.
        if build.state.is_final() && build.state != BuildState::Canceled {
            return Ok(());
        }
        if build.state != BuildState::Running {
            let settled = journal.settle(number, BuildState::Canceled, &because, person).await?;
            build = settled.into_build();
        }
        // It may have begun just now.
        if build.state == BuildState::Running {
            let mut entry = NewEntry::of_build(EntryKind::Person, because.clone(), &build);
            if let Some(person) = person {
                entry = entry.person(person);
            }
            journal.enter(entry).await?;
        }
        self.0.inbox().cancel(work_of(number)?, because).await?;
        Ok(())
    }

    /// Answers a comment.
    async fn reply(
        &self,
        current: &Current,
        occasion: &Occasion,
        reply: &str,
        attempt: &Attempt,
    ) -> Result<(), HandlerError> {
        let Happening::Delivery { event: AnyEvent::IssueComment(event), .. } = &occasion.what
        else {
            return Ok(());
        };
        let repo = current.hub.repo(&event.repository.full_name).await?;
        let number = event.issue.number;
        let step =
            attempt.step("reply", async || repo.create_comment(number, reply).await.map(drop));
        step.await?;
        // It is always said.
        let _always = self.0.shared.budget.take(Need::Always);
        Ok(())
    }
}

/// What a decision does to builds that are there. It is kept, as an attempt after one that was killed finds them
/// changed by half of it, and would decide otherwise.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Acts {
    /// The builds, and why.
    canceled: Vec<(i64, String)>,
    /// The builds, and by whom.
    approved: Vec<(i64, String)>,
}

impl Acts {
    const STEP: &str = "what is canceled and approved";

    async fn once(decision: &Decision, attempt: &Attempt) -> Result<Self, HandlerError> {
        let canceled = decision.canceled.iter().map(|it| (it.build, it.because.to_string()));
        let approved = decision.approved.iter().map(|it| (it.build, it.by.clone()));
        let acts = Self { canceled: canceled.collect(), approved: approved.collect() };
        if acts.canceled.is_empty() && acts.approved.is_empty() && !attempt.has_done(Self::STEP) {
            return Ok(acts);
        }
        attempt.step(Self::STEP, async || Ok::<_, HandlerError>(acts)).await
    }
}

/// Whether the job's commands run on this machine. The config warns of others.
fn runs_here(current: &Current, build: &NewBuild) -> bool {
    let job = current.config.project(&build.project).and_then(|it| it.job(&build.job));
    job.is_none_or(|job| matches!(job.work, JobWork::Steps(_)))
}

/// The inbox's work for a build.
pub(super) fn work_of(number: i64) -> Result<Selection, HandlerError> {
    let id: hookstead::handler::DeliveryId = BuildWork::id(number).parse()?;
    Ok(Selection::from(id))
}

/// The same delivery is the same occasion, unless somebody has it done anew.
fn occasion_id(attempt: &Attempt) -> String {
    match attempt.run() {
        1 => attempt.delivery().id.to_string(),
        run => format!("{} run {run}", attempt.delivery().id),
    }
}

/// What stands in the journal of a decision: what came, and each of its lines.
fn entries(
    config: &Config,
    occasion: &Occasion,
    decision: &Decision,
    attempt: &Attempt,
) -> Vec<NewEntry> {
    let delivery = attempt.delivery();
    let first = match &occasion.what {
        Happening::Delivery { .. } => NewEntry::new(EntryKind::Delivery, what_came(delivery)),
        Happening::Request { request: Request::Schedule { project, job }, .. } => {
            NewEntry::new(EntryKind::Delivery, format!("the schedule of {project}/{job}"))
        }
        Happening::Request { by, request } => {
            NewEntry::new(EntryKind::Person, format!("{by} asks for {request}")).person(by)
        }
    };
    let lines = decision.lines().into_iter().map(|line| NewEntry::new(EntryKind::Decision, line));
    let build = decision.builds.first().map(|it| &it.build);
    // Where nothing is built, the event still says what it was about: it is found by that.
    let seen = decision.heads.first();
    let project = match (build, seen) {
        (Some(build), _) => Some(build.project.as_str()),
        (None, Some(seen)) => config.project_of(&seen.repo).map(|project| project.name.as_str()),
        (None, None) => None,
    };
    let project = project.or_else(|| decision.skipped.first().map(|it| it.project.as_str()));
    let target = build.map(|it| &it.target).or_else(|| seen.map(|it| &it.target));
    let sha = build.map(|it| &it.sha).or_else(|| seen.map(|it| &it.head.sha));
    std::iter::once(first)
        .chain(lines)
        .map(|mut entry| {
            entry = entry.delivery(delivery.id.to_string());
            entry.project = project.map(str::to_owned);
            entry.target = target.cloned();
            entry.sha = sha.cloned();
            entry
        })
        .collect()
}

/// Says to people what came: `push of octocat/hello-world`.
pub(super) fn what_came(delivery: &Delivery) -> String {
    let mut text = match delivery.event.as_str() {
        PipelineRequest::EVENT => return "a request".to_owned(),
        event => event.to_owned(),
    };
    if let Some(action) = &delivery.action {
        text = format!("{text}.{action}");
    }
    if let Some(repository) = &delivery.repository {
        text = format!("{text} of {repository}");
    }
    text
}
