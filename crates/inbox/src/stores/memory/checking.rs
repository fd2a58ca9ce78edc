//! Random sequences of all operations; after each one, what the indexes say is what follows from the rows.

use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;
use hookstead_events::EventName;
use hookstead_handler::{Delivery, End, Heads, KeptStep, LaneMode};

use super::indexes::Indexes;
use super::moment::Moment;
use super::shelf::Shelf;
use super::task::{Part, Standing, State};
use crate::store::accept::{NewDelivery, NewTask, TaskLane};
use crate::store::change::TaskChange;
use crate::store::entry::TaskState;
use crate::store::lease::{LeaseRequest, LeaseToken, TakerShare};
use crate::store::packed::Packed;
use crate::store::purge::Purge;
use crate::store::registry::{Claim, Process, TakerId};
use crate::store::settlement::{Because, Settlement};
use crate::store::task_id::TaskId;

/// A store, a clock that only this moves, and what was leased.
struct Model {
    shelf: Shelf,
    now: Moment,
    random: Rng,
    processes: Vec<(Process, Vec<Claim>)>,
    takers: Vec<TakerId>,
    tokens: Vec<LeaseToken>,
}

impl Model {
    fn new(seed: u64) -> Self {
        let mut shelf = Shelf::default();
        let now = Moment(0);
        shelf.limits.deliveries = 40;
        shelf.limits.done = 20;
        shelf.limits.bytes = 400;
        shelf.limits.done_bytes = 30;
        let claim = |name: &str| Claim::new(name.parse().unwrap(), Some(EventName::Push));
        let claims = [vec![claim("ci.build"), claim("ci.audit")], vec![claim("ci.lint")]];
        let processes: Vec<_> =
            claims.into_iter().map(|claims| (Process::start("ci"), claims)).collect();
        let mut takers = Vec::new();
        for (process, claims) in &processes {
            let numbers = shelf.registry.register(process, claims, now).unwrap();
            takers.extend(numbers.into_iter().map(|it| it.taker));
        }
        Self { shelf, now, random: Rng::with_seed(seed), processes, takers, tokens: Vec::new() }
    }

    fn duration(&mut self) -> Duration {
        Duration::from_secs(self.random.u64(0..100))
    }

    fn token(&mut self) -> LeaseToken {
        self.random.choice(&self.tokens).copied().unwrap_or_else(LeaseToken::random)
    }

    fn task(&mut self) -> TaskId {
        let tasks: Vec<TaskId> = self.shelf.tasks.keys().copied().collect();
        self.random.choice(tasks).unwrap_or(TaskId(0))
    }

    fn new_task(&mut self, taker: TakerId) -> NewTask {
        let mut task = NewTask::new(taker);
        let heads = |random: &mut Rng| {
            let mut sha = || random.u8(0..4).to_string();
            random_heads(sha(), sha())
        };
        let mode = match self.random.u8(0..6) {
            0 | 1 => None,
            2 => Some(LaneMode::Free),
            3 => Some(LaneMode::InOrder { halts: self.random.bool() }),
            _ => {
                let heads = self.random.bool().then(|| heads(&mut self.random));
                Some(LaneMode::Latest { version: self.random.i64(0..3), heads })
            }
        };
        let key = self.random.u8(0..3).to_string();
        task.lane = mode.map(|mode| TaskLane::new(key, mode));
        task.dead = (self.random.u8(0..20) == 0).then(|| "no lane".to_owned());
        task.lease = self.random.bool().then(|| self.duration());
        task
    }

    fn accept(&mut self) {
        let id = self.random.u16(0..60).to_string();
        let delivery = Delivery::new(id.parse().unwrap(), EventName::Push, Bytes::new());
        let body = Packed::new(vec![7; self.random.usize(0..20)].into(), None);
        let mut new = NewDelivery::new(delivery, body, "ci");
        let (mine, others) = if self.random.bool() { (0..2, 2..3) } else { (2..3, 0..2) };
        let mine = self.takers[mine].to_vec();
        for taker in mine {
            match self.random.u8(0..4) {
                0 => new.declined.push(taker),
                _ => {
                    let task = self.new_task(taker);
                    new.tasks.push(task);
                }
            }
        }
        if self.random.bool() {
            new.declined.extend(self.takers[others].iter().copied());
        }
        new.is_submitted = self.random.u8(0..10) == 0;
        if let Ok(answer) = self.shelf.accept(new, self.now) {
            self.tokens.extend(answer.handed_over.iter().map(|it| it.token));
        }
    }

    fn lease(&mut self) {
        let takers = self.takers.iter().copied().map(TakerShare::new).collect();
        let limit = self.random.usize(0..4);
        let request = LeaseRequest::new(takers, limit, self.duration());
        let leases = self.shelf.lease(&request, self.now);
        assert!(leases.leased.len() <= limit);
        self.tokens.extend(leases.leased.iter().map(|it| it.token));
    }

    fn settlement(&mut self) -> Settlement {
        let text = "why".to_owned();
        let because =
            self.random.choice([Because::Failure, Because::Outage, Because::Wait]).unwrap();
        let end = self.random.choice([End::Dead, End::Superseded, End::Canceled]).unwrap();
        match self.random.u8(0..6) {
            0 => Settlement::Done,
            1 => Settlement::Again { after: self.duration(), because, text },
            2 => Settlement::Release,
            3 => Settlement::End { end, text },
            _ => Settlement::Ended,
        }
    }

    fn change(&mut self) -> TaskChange {
        match self.random.u8(0..4) {
            0 => TaskChange::Rerun,
            1 => TaskChange::Revive { forget: None, after: self.duration() },
            2 => TaskChange::Cancel { reason: "why".to_owned() },
            _ => TaskChange::Wake,
        }
    }

    fn step(&mut self) {
        let (token, task) = (self.token(), self.task());
        match self.random.u8(0..20) {
            0..6 => self.accept(),
            6..9 => self.lease(),
            9..13 => {
                let settlement = self.settlement();
                self.shelf.settle(&[(token, settlement)], self.now);
            }
            13 => {
                let duration = self.duration();
                self.shelf.renew(&[token], duration, self.now);
            }
            14 => {
                let json = Bytes::from(vec![b' '; self.random.usize(0..5)]);
                let step = KeptStep { name: "build".to_owned(), of_type: "()".to_owned(), json };
                self.shelf.keep_step(token, &step, self.now);
            }
            15 => {
                let change = self.change();
                // An error means that there is no room.
                let _ = self.shelf.change_one(task, &change, self.now);
            }
            16 => {
                for unplaced in self.shelf.unplaced(&self.takers.clone(), 2) {
                    let mut place = self.new_task(unplaced.taker);
                    place.is_declined = self.random.u8(0..4) == 0;
                    self.shelf.place_one(unplaced.task, place, self.now);
                }
            }
            17 => drop(self.shelf.expire(self.now)),
            18 => {
                let at = self.random.usize(0..self.processes.len());
                let (process, claims) = &self.processes[at];
                match self.random.bool() {
                    true => drop(self.shelf.registry.register(process, claims, self.now)),
                    false => self.shelf.leave(process),
                }
            }
            _ => {
                let (bodies, rows) = (self.duration() * 4, self.duration() * 8);
                self.shelf.purge(&Purge::new(bodies, rows, self.random.u32(0..5)), self.now);
            }
        }
        self.shelf.trim(self.now);
        self.now = self.now.after(Duration::from_secs(self.random.u64(0..30)));
    }

    /// What the indexes say follows from the rows.
    fn check(&self) {
        let shelf = &self.shelf;
        let mut right = Indexes::default();
        for (id, task) in &shelf.tasks {
            right.add(*id, task, self.now);
            let row = shelf.deliveries.get(task.delivery).unwrap();
            assert!(row.tasks.contains(id));
        }
        right.expect_same(&shelf.indexes);
        for (id, task) in &shelf.tasks {
            let Some((lane, part)) = task.lane() else { continue };
            let head = shelf.indexes.lanes.get(&lane.key).and_then(|book| book.head);
            match task.state {
                State::Leased(_) => assert!(part == Part::Head || task.end.is_some()),
                // Nobody waits in a lane without a head.
                State::Waiting(_) if part == Part::InLine => {
                    assert!(head.is_some_and(|it| it != *id))
                }
                _ => {}
            }
            if part == Part::Head {
                assert_eq!(head, Some(*id));
            }
        }
        shelf.deliveries.expect_right(|row| {
            let standings = row.tasks.iter().map(|id| shelf.tasks[id].standing());
            let steps = row.tasks.iter().map(|id| shelf.tasks[id].step_bytes());
            (standings.min().unwrap_or(Standing::Settled), steps.sum())
        });
        for standing in [Standing::Settled, Standing::Open] {
            let most = if standing == Standing::Open { 40 } else { 20 };
            assert!(shelf.deliveries.tally(standing).count <= most);
        }
    }

    /// Where everybody lives and nothing fails, everything comes to an end, but what halted lanes hold.
    fn finish(&mut self) {
        for _ in 0..100 {
            for (process, claims) in &self.processes {
                self.shelf.registry.register(process, claims, self.now).unwrap();
            }
            self.shelf.expire(self.now);
            for unplaced in self.shelf.unplaced(&self.takers.clone(), 10) {
                self.shelf.place_one(unplaced.task, NewTask::new(unplaced.taker), self.now);
            }
            let mut takers: Vec<_> = self.takers.iter().copied().map(TakerShare::new).collect();
            takers.reverse();
            let request = LeaseRequest::new(takers, 10, Duration::from_secs(60));
            for leased in self.shelf.lease(&request, self.now).leased {
                let settlement =
                    if leased.end.is_some() { Settlement::Ended } else { Settlement::Done };
                self.shelf.settle(&[(leased.token, settlement)], self.now);
            }
            self.shelf.trim(self.now);
            self.check();
            self.now = self.now.after(Duration::from_secs(60));
            if self.shelf.deliveries.tally(Standing::Open).count == 0 {
                return;
            }
        }
        for task in self.shelf.tasks.values().filter(|task| task.standing() == Standing::Open) {
            let (lane, _) = task.lane().expect("only a lane holds it up");
            let head = self.shelf.indexes.lanes[&lane.key].head.unwrap();
            let head = &self.shelf.tasks[&head];
            let is_halted =
                matches!(head.state, State::Settled(_, TaskState::Dead | TaskState::Canceled));
            assert!(is_halted, "only a halted lane holds up its tasks");
        }
    }
}

fn random_heads(before: String, after: String) -> Heads {
    Heads::from_names((before != "0").then_some(before), after)
}

#[test]
fn the_indexes_follow_from_the_rows() {
    for seed in 0..25 {
        let mut model = Model::new(seed);
        for _ in 0..300 {
            model.step();
            model.check();
        }
        model.finish();
    }
}
