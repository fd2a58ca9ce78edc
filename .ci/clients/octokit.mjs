// A CI server by Octokit, against a fake GitHub: node octokit.mjs API CONTROL
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Octokit } from "@octokit/rest";
import { verify } from "@octokit/webhooks-methods";

const [api, control] = process.argv.slice(2);
const at = { owner: "octocat", repo: "octokit" };
const name = `${at.owner}/${at.repo}`;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = (auth) => new Octokit({ auth, baseUrl: api, log: quiet });
const github = client("ghp_any");
const app = client("ghs_any");

// What people do.
async function person(path, body = {}) {
  const answer = await fetch(`${control}${path}`, { method: "POST", body: JSON.stringify(body) });
  const said = await answer.json();
  assert.ok(answer.ok, `${path}: ${JSON.stringify(said)}`);
  return said;
}
const act = (action, body) => person(`/repositories/${name}/${action}`, body);

const refused = (status, promise) =>
  assert.rejects(promise, (error) => error.name === "HttpError" && error.status === status);

await person("/create-repository", { name });

// The repository, and what is not there.
const { data: repository } = await github.rest.repos.get(at);
assert.equal(repository.full_name, name);
assert.equal(repository.default_branch, "main");
assert.equal(repository.owner.login, "octocat");
await refused(404, github.rest.repos.get({ ...at, repo: "none" }));
await refused(401, new Octokit({ baseUrl: api, log: quiet }).rest.repos.get(at));

// A hook hears of a pull request, signed.
const SECRET = "It's a Secret to Everybody";
const heard = [];
let wake = () => {};
const receiver = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (piece) => (body += piece)).on("end", () => {
    heard.push({ headers: request.headers, body });
    response.writeHead(202).end("accepted");
    wake();
  });
});
await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
async function hear(event, action) {
  for (;;) {
    const found = heard.find((it) => it.headers["x-github-event"] === event && JSON.parse(it.body).action === action);
    if (found) return found;
    await new Promise((resolve) => (wake = resolve));
  }
}
const url = `http://127.0.0.1:${receiver.address().port}/hook`;
const { data: hook } = await github.rest.repos.createWebhook({
  ...at,
  events: ["pull_request", "status"],
  config: { url, content_type: "json", secret: SECRET },
});
assert.deepEqual((await github.rest.repos.listWebhooks(at)).data.map((it) => it.id), [hook.id]);
assert.equal(hook.config.secret, "********");
await refused(422, github.rest.repos.createWebhook({ ...at, events: ["nonsense"], config: { url: `${url}2` } }));
const opened = await act("open-pull-request", { title: "Add a flag", head: "feature", labels: ["bug"] });
const delivery = await hear("pull_request", "opened");
const signature = delivery.headers["x-hub-signature-256"];
assert.ok(await verify(SECRET, delivery.body, signature));
assert.ok(!(await verify("another", delivery.body, signature)));
const event = JSON.parse(delivery.body);
assert.equal(event.pull_request.head.sha, opened.head_sha);
assert.equal(event.repository.full_name, name);

// Pull requests, page by page.
await act("open-pull-request", { title: "Second", head: "second" });
await act("open-pull-request", { title: "Third", head: "third", draft: true });
const titles = await github.paginate(github.rest.pulls.list, { ...at, per_page: 1 }, ({ data }) => data.map((it) => it.title));
assert.deepEqual(titles, ["Third", "Second", "Add a flag"]);
const first = { ...at, pull_number: opened.number, issue_number: opened.number };
const { data: pull } = await github.rest.pulls.get(first);
assert.equal(pull.title, "Add a flag");
assert.equal(pull.head.ref, "feature");
assert.deepEqual(pull.labels.map((it) => it.name), ["bug"]);

// Statuses.
const sha = pull.head.sha;
const report = (context, state) => github.rest.repos.createCommitStatus({ ...at, sha, context, state, description: "Words" });
const { data: status } = await report("ci/build", "pending");
assert.equal(status.state, "pending");
assert.equal(status.creator.login, "hookstead-ci");
await report("ci/build", "success");
await report("ci/lint", "failure");
const { data: combined } = await github.rest.repos.getCombinedStatusForRef({ ...at, ref: sha });
assert.deepEqual([combined.state, combined.total_count], ["failure", 2]);
const statuses = await github.paginate(github.rest.repos.listCommitStatusesForRef, { ...at, ref: "feature", per_page: 2 });
assert.deepEqual(statuses.map((it) => `${it.context} ${it.state}`), ["ci/lint failure", "ci/build success", "ci/build pending"]);
await refused(422, report("ci/build", "fine"));
await refused(422, github.rest.repos.createCommitStatus({ ...at, sha: "0".repeat(40), state: "success" }));
await hear("status", undefined);

// Check runs are for Apps.
await refused(403, github.rest.checks.create({ ...at, name: "unit", head_sha: sha }));
const { data: run } = await app.rest.checks.create({ ...at, name: "unit", head_sha: sha, status: "in_progress" });
const output = { title: "Good", summary: "All of it", annotations: [] };
const { data: ended } = await app.rest.checks.update({ ...at, check_run_id: run.id, conclusion: "success", output });
assert.deepEqual([ended.status, ended.conclusion, ended.output.title], ["completed", "success", "Good"]);
const { data: runs } = await github.rest.checks.listForRef({ ...at, ref: sha });
assert.deepEqual(runs.check_runs.map((it) => it.name), ["unit"]);

// Comments and labels.
const { data: comment } = await github.rest.issues.createComment({ ...first, body: "Built" });
await github.rest.issues.updateComment({ ...at, comment_id: comment.id, body: "Built again" });
await act("comment", { number: opened.number, login: "monalisa", body: "Thanks" });
const comments = await github.paginate(github.rest.issues.listComments, { ...first, per_page: 1 });
assert.deepEqual(comments.map((it) => `${it.user.login}: ${it.body}`), ["hookstead-ci: Built again", "monalisa: Thanks"]);
await github.rest.reactions.createForIssueComment({ ...at, comment_id: comment.id, content: "eyes" });
await github.rest.issues.addLabels({ ...first, labels: ["ready"] });
await github.rest.issues.removeLabel({ ...first, name: "bug" });
const { data: labels } = await github.rest.issues.listLabelsOnIssue(first);
assert.deepEqual(labels.map((it) => it.name), ["ready"]);

// A fault on demand, and then none.
await person("/faults/inject", { kind: "status", status: 502, path: "/merge" });
await refused(502, github.rest.pulls.merge(first));
await refused(405, github.rest.pulls.merge({ ...at, pull_number: 3 }));
const { data: merged } = await github.rest.pulls.merge({ ...first, merge_method: "squash" });
assert.equal(merged.merged, true);
assert.equal((await github.rest.pulls.checkIfMerged(first)).status, 204);
await hear("pull_request", "closed");

// A deployment.
const { data: deployment } = await github.rest.repos.createDeployment({
  ...at, ref: "main", environment: "staging", auto_merge: false, required_contexts: [], payload: { by: "chat" },
});
assert.equal(deployment.sha, merged.sha);
assert.deepEqual(deployment.payload, { by: "chat" });
const deployed = { ...at, deployment_id: deployment.id };
for (const state of ["in_progress", "success"]) {
  await github.rest.repos.createDeploymentStatus({ ...deployed, state, environment_url: "https://staging.example.com" });
}
const steps = await github.paginate(github.rest.repos.listDeploymentStatuses, { ...deployed, per_page: 1 });
assert.deepEqual(steps.map((it) => it.state), ["success", "in_progress"]);
const { data: deployments } = await github.rest.repos.listDeployments({ ...at, environment: "staging" });
assert.deepEqual(deployments.map((it) => it.id), [deployment.id]);

// Commits, branches, files.
const { data: compared } = await github.rest.repos.compareCommits({ ...at, base: "main", head: "second" });
assert.deepEqual([compared.status, compared.ahead_by], ["diverged", 1]);
const branches = await github.paginate(github.rest.repos.listBranches, { ...at, per_page: 2 });
assert.deepEqual(branches.map((it) => it.name), ["feature", "main", "second", "third"]);
await act("set-file", { path: "build.toml", text: "on = true\n" });
const { data: file } = await github.rest.repos.getContent({ ...at, path: "build.toml" });
assert.equal(Buffer.from(file.content, "base64").toString(), "on = true\n");

// The hook's deliveries, once more.
await person("/deliveries/wait-until-idle");
const { data: deliveries } = await github.rest.repos.listWebhookDeliveries({ ...at, hook_id: hook.id });
const failed = deliveries.filter((it) => it.status_code !== 202);
assert.deepEqual(failed, []);
const ping = deliveries.find((it) => it.event === "ping");
const again = { ...at, hook_id: hook.id, delivery_id: ping.id };
assert.equal((await github.rest.repos.redeliverWebhookDelivery(again)).status, 202);
await person("/deliveries/wait-until-idle");
assert.equal(heard.filter((it) => it.headers["x-github-event"] === "ping").length, 2);
assert.equal((await github.rest.rateLimit.get()).data.resources.core.limit, 5000);
receiver.close();
receiver.closeAllConnections();
