// The programs that the tests are about, each in a process of its own that ends with the tests.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { until } from "./until.mjs";

const folder = process.env.HOOKSTEAD_PROGRAMS;
const running = new Set();

/** What every server here is told. */
export const SECRET = "a hook's secret";
export const ADMIN = "the admin's token";

/** Starts a program; `lines` fills with what it prints. */
function start(program, args, environment = {}) {
  const child = spawn(`${folder}/${program}`, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR ?? "/tmp", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => lines.push(line));
  }
  const it = { child, lines, program: [program, ...args].join(" ") };
  it.ended = new Promise((resolve) => child.on("close", (...how) => {
    running.delete(it);
    it.how = how;
    resolve();
  }));
  running.add(it);
  return it;
}

/** The first words that a program prints by this pattern. */
async function printed(it, pattern) {
  return until(`${it.program} prints ${pattern}`, () => {
    if (it.how) throw new Error(`${it.program} ended with ${it.how}:\n${it.lines.join("\n")}`);
    return it.lines.map((line) => line.match(pattern)).find(Boolean)?.[1];
  });
}

/** Ends a program as Ctrl-C does, and waits until it is gone. Whatever does not end by that is killed. */
export async function stop(it) {
  it.child.kill("SIGINT");
  const late = setTimeout(() => it.child.kill("SIGKILL"), 10_000);
  await it.ended;
  clearTimeout(late);
}

export async function stopAll() {
  await Promise.all([...running].map(stop));
}

/** `hookstead fake`: the address of its API, and calls to its control. */
export async function startFake() {
  const it = start("hookstead", ["fake", "--listen", "127.0.0.1:0"]);
  const api = await printed(it, /^API +(\S+)/);
  const control = (await printed(it, /^page +(\S+)/)).replace(/\/page$/, "");
  async function person(path, body = {}) {
    const answer = await fetch(`${control}${path}`, { method: "POST", body: JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
    return said;
  }
  return { api, person };
}

/** `hookstead pipeline serve`, once it answers. */
export async function startPipeline(config, url) {
  const it = start("hookstead", ["pipeline", "serve", config, "--lease", "2"], {
    WEBHOOK_SECRET: SECRET,
    MY_PERSONAL_TOKEN: "token",
    ADMIN_TOKEN: ADMIN,
  });
  await until(`${url} answers`, async () => {
    if (it.how) throw new Error(`${it.program} ended with ${it.how}:\n${it.lines.join("\n")}`);
    return (await fetch(`${url}/livez`).catch(() => null))?.ok;
  });
  return it;
}

/** `cargo run --example pipeline -- --keep-running`, once its story is told. */
export async function startExample() {
  const it = start("examples/pipeline", ["--keep-running"]);
  const url = await printed(it, /the pages at (http:\S+?),/);
  return { url, admin: await printed(it, /^The token to sign in with, for the buttons: (.+)/), process: it };
}

/** A port that nobody listens at. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
