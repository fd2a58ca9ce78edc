// What the tests share: each is started when the first test asks for it.
import { startExample } from "./programs.mjs";
import { World } from "./world.mjs";

const once = (start) => {
  let started;
  return () => (started ??= start());
};

/** The example's own servers, when their story is told. */
export const example = once(startExample);

/** One server on SQLite. */
export const sqlite = once(() => World.start());

/** Two servers on one PostgreSQL; GitHub delivers to the first. */
export const postgres = once(() => World.start({ postgres: process.env.HOOKSTEAD_POSTGRES, servers: 2, pool: 1 }));

/** Nothing has happened here yet. */
export const empty = once(() => World.start());

/** One server on SQLite, with a build in each state. */
export const furnished = once(async () => {
  const world = await World.start();
  const passed = await world.build({ title: "Say hello in two languages", author: "anna" });
  const colours = "\x1b[1mtests\x1b[0m \x1b[32mok\x1b[0m \x1b[31mfailed\x1b[0m \x1b[33;44mskipped\x1b[0m \x1b[90mgrey\x1b[0m\n";
  world.say(passed, `::group::Tests of one part\n${colours.repeat(3)}::endgroup::\nall tests passed\n`);
  world.end(passed);
  await world.untilState(passed, "passed");
  const failed = await world.build({ title: "Count from one, and not from zero", author: "bert" });
  const all = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"].flatMap((name, index) =>
    [30, 40, 90, 100].map((base) => `\x1b[${base + index}m${name} ${base + index}\x1b[0m \x1b[1;2;${base + index}m${name}\x1b[0m`),
  );
  world.say(failed, `${all.join("\n")}\n\x1b[7mreversed\x1b[0m \x1b[38;5;208m256 colours\x1b[0m \x1b[38;2;90;200;30mall colours\x1b[0m\n`);
  world.end(failed, 1);
  await world.untilState(failed, "failed");
  const superseded = await world.build({ title: "Mend it", branch: "twice" });
  await world.untilState(superseded, "running");
  const sha = await world.commit("twice");
  const { number } = await world.until("the newer build", (it) => it.sha === sha);
  const running = { number, sha, page: `/demo/builds/${number}` };
  world.say(running, "it has begun\n");
  await world.untilState(superseded, "superseded");
  await world.lib("open-pull-request", { title: "From afar", head: "gift", fork: "stranger", author: "stranger" });
  const stranger = await world.until("the stranger's build", (it) => it.project === "lib" && it.state === "waiting");
  const waiting = { number: stranger.number, page: `/lib/builds/${stranger.number}` };
  world.shown = { passed, failed, superseded, running, waiting };
  return world;
});
