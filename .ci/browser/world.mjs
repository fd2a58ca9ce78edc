// A fake GitHub with a repository, and one or two servers that build it. What a build prints, and when it
// ends, the test says.
import { constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, SECRET, startFake, startPipeline, stop } from "./programs.mjs";
import { until } from "./until.mjs";

/** What the job runs: it prints what the test writes into its pipe, and ends when the test closes that. */
const SUITE = `if [ -e before.sh ]; then . ./before.sh; fi
mkfifo "$GATE/$HOOKSTEAD_BUILD" 2>/dev/null || true
cat "$GATE/$HOOKSTEAD_BUILD"
exit "$(cat "$GATE/$HOOKSTEAD_BUILD.end")"
`;

/** What the strangers' project runs. */
const STRANGERS = "echo 'a stranger was here'\n";

const all = [];

export class World {
  /** With `servers` on one PostgreSQL, or one on SQLite. */
  static async start({ postgres, servers = 1, pool = 64 } = {}) {
    const world = new World();
    all.push(world);
    world.folder = mkdtempSync(join(tmpdir(), "hookstead-browser-"));
    world.gate = join(world.folder, "gate");
    mkdirSync(world.gate);
    world.pipes = new Map();
    world.github = await startFake();
    const own = "octocat/demo";
    const free = "octo-org/lib";
    for (const name of [own, free]) {
      await world.github.person("/create-repository", { name, git: true });
    }
    world.demo = (action, body) => world.github.person(`/repositories/${own}/${action}`, body);
    world.lib = (action, body) => world.github.person(`/repositories/${free}/${action}`, body);
    await world.demo("commit", { branch: "main", message: "Test", files: { "suite.sh": SUITE } });
    await world.lib("commit", { branch: "main", message: "Test", files: { "suite.sh": STRANGERS } });

    world.urls = [];
    world.servers = [];
    world.configs = [];
    for (let server = 0; server < servers; server += 1) {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const config = join(world.folder, `server${server}.toml`);
      const work = join(world.folder, `server${server}`);
      const kept = postgres ? `store = "${postgres}"\nwork = "${work}"` : `data = "${work}"`;
      writeFileSync(config, toml({ url, port, kept, api: world.github.api, gate: world.gate, pool }));
      world.configs.push(config);
      world.urls.push(url);
      world.servers.push(await startPipeline(config, url));
    }
    [world.url] = world.urls;
    const hook = {
      url: `${world.url}/event_handler`,
      secret: SECRET,
      events: ["push", "pull_request", "issue_comment", "delete"],
    };
    await world.demo("create-hook", hook);
    await world.lib("create-hook", hook);
    return world;
  }

  /** Ends the server as a service manager does; builds go on. */
  stopServer() {
    return stop(this.servers[0]);
  }

  async startServer() {
    this.servers[0] = await startPipeline(this.configs[0], this.url);
  }

  /** A commit of its own tree, so that it is built; its branch is not built until there is a pull request. */
  async commit(branch, { message = "Change something", author, files = {} } = {}) {
    this.changes = (this.changes ?? 0) + 1;
    const changed = { "change.txt": `${this.changes}\n`, ...files };
    return (await this.demo("commit", { branch, message, author, files: changed })).sha;
  }

  /** Opens a pull request and gives the number of the build of its job test. */
  async build({ title = "Change something", branch, author, message, files } = {}) {
    const head = branch ?? `topic-${(this.changes ?? 0) + 1}`;
    const sha = await this.commit(head, { message: message ?? title, author, files });
    const { number } = await this.demo("open-pull-request", { title, head, author });
    const build = await this.until(`a build of ${sha}`, (it) => it.sha === sha && it.job === "test");
    return { number: build.number, pull: number, sha, page: `/demo/builds/${build.number}` };
  }

  /** Prints something in a build, as soon as it runs. */
  say(build, text) {
    this.pipe(build, (pipe) => pipe.writeFile(text));
  }

  /** Ends a build; 0 is success. */
  end(build, code = 0) {
    writeFileSync(join(this.gate, `${build.number}.end`), `${code}`);
    this.pipe(build, (pipe) => pipe.close());
  }

  /** One thing after the other; a build that was canceled reads nothing more. */
  pipe({ number }, work) {
    const before = this.pipes.get(number) ?? this.open(join(this.gate, `${number}`));
    const after = before.then(async (pipe) => {
      await work(pipe).catch((error) => {
        if (error.code !== "EPIPE") throw error;
      });
      return pipe;
    });
    this.pipes.set(number, after);
  }

  /** Opens the pipe that a build reads; without a reader there is no end of waiting, so it is looked for first. */
  async open(path) {
    const reader = await until(`somebody reads ${path}`, () => {
      if (this.isOver) throw new Error("the tests are over");
      return open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
    });
    const pipe = await open(path, "w");
    await reader.close();
    return pipe;
  }

  async json(path) {
    const answer = await fetch(`${this.url}${path}.json`);
    if (!answer.ok) throw new Error(`${path}.json was answered with ${answer.status}`);
    return answer.json();
  }

  /** The raw log of a build. */
  async log(build) {
    return (await fetch(`${this.url}${build.page}/log`)).text();
  }

  /** The first build that is so. */
  until(what, isIt) {
    return until(what, async () => {
      const found = [];
      for (const project of ["demo", "lib"]) found.push(...buildsOf(await this.json(`/${project}`)));
      return found.find(isIt);
    });
  }

  untilState(build, state) {
    return until(`build ${build.number} is ${state}`, async () => {
      const { build: found } = await this.json(build.page);
      return found.state === state && found;
    });
  }
}

function buildsOf(page) {
  return page.builds ?? [...(page.open ?? []), ...(page.last ?? [])];
}

function toml({ url, port, kept, api, gate, pool }) {
  return `
url        = "${url}"
listen     = "127.0.0.1:${port}"
${kept}
secret     = { env = "WEBHOOK_SECRET" }
token      = { env = "MY_PERSONAL_TOKEN" }
admin      = { env = "ADMIN_TOKEN" }
github     = "${api}"
github_api = "${api}"
pools      = { builds = ${pool} }

[projects.demo]
repo = "octocat/demo"
env  = { GATE = "${gate}" }

[projects.demo.jobs.test]
run       = "sh ./suite.sh"
artifacts = ["out"]

[projects.lib]
repo    = "octo-org/lib"
forks   = "ask"
isolate = "bubblewrap"
network = false

[projects.lib.jobs.test]
steps = [
  { name = "look & see", run = "ls" },
  { name = "<b>test</b>", run = "sh ./suite.sh" },
]
`;
}

export function removeWorlds() {
  for (const world of all) {
    world.isOver = true;
    rmSync(world.folder, { recursive: true, force: true });
  }
}
