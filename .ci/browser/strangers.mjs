// Hostile content everywhere: nothing of it runs, nothing breaks the pages, nothing is a link that should not be.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { inBrowser, seeState, signIn } from "./browser.mjs";
import { BRANCHES, FILES, HOOK, LOG, PAGE, TEXTS } from "./hostile.mjs";
import { ADMIN, SECRET } from "./programs.mjs";
import { expectGoodPage, pathsOf } from "./survey.mjs";
import { World } from "./world.mjs";

/** A world of their own, where every text is hostile. */
let made;
export const hostile = () => (made ??= makeHostile());

async function makeHostile() {
  const world = await World.start();
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const files = FILES.map((name) => `printf %s ${quoted(PAGE)} > ./out/${quoted(name)}\n`);
  const before = `mkdir -p out/'<b>folder' && cp before.sh out/'<b>folder/x' && ln -s /etc/passwd out/link\n${files.join("")}`;
  const first = await world.build({ title: TEXTS[0], branch: BRANCHES[0], message: TEXTS[1], files: { "before.sh": before } });
  world.builds = [first];
  for (const [index, title] of TEXTS.entries()) {
    if (index === 0) continue;
    const branch = BRANCHES[index];
    world.builds.push(await world.build({ title, branch, message: TEXTS.at(-index) }));
  }
  await deliver(world, first);
  for (const piece of LOG) world.say(first, piece);
  // The second goes on: it is watched.
  for (const build of world.builds) if (build !== world.builds[1]) world.end(build, build.number % 2);
  for (const build of world.builds) if (build !== world.builds[1]) await world.untilState(build, build.number % 2 ? "failed" : "passed");
  return world;
}

/** A delivery that says of the sender, the author, the label and the branch what GitHub would never say. */
async function deliver(world, build) {
  const api = await (await fetch(`${world.github.api}/repos/octocat/demo/pulls/${build.pull}`, { headers: { authorization: "Bearer any" } })).json();
  const login = TEXTS[1];
  const payload = {
    action: "reopened",
    number: build.pull,
    pull_request: { ...api, state: "open", title: TEXTS[3], user: { ...api.user, login }, head: { ...api.head, ref: TEXTS[2], label: TEXTS[4] } },
    repository: api.base.repo,
    sender: { ...api.user, login: TEXTS[7] },
  };
  const body = JSON.stringify(payload);
  const answer = await fetch(`${world.url}/event_handler`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "pull_request",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
      "user-agent": "GitHub-Hookshot/1",
    },
    body,
  });
  assert.ok(answer.ok, `the delivery was answered with ${answer.status}`);
}

/** What a page may never have, whatever its data say. */
export async function expectNothingOfTheirs(page) {
  const found = await page.evaluate((hook) => {
    const faults = [];
    if (window[hook] !== undefined) faults.push("something of theirs ran");
    for (const it of document.querySelectorAll("*")) {
      for (const { name } of it.attributes) {
        if (name.startsWith("on") || name === "style" || name === "srcdoc") faults.push(`${it.tagName} has ${name}`);
      }
    }
    for (const it of document.querySelectorAll("script:not([src]), style, iframe, object, embed, base, meta[http-equiv]")) {
      faults.push(`there is ${it.outerHTML.slice(0, 100)}`);
    }
    return faults;
  }, HOOK);
  assert.deepEqual(found, [], page.url());
}

/** Links lead to our own pages, or to GitHub. */
async function expectOwnLinks(page, world) {
  const targets = await page.evaluate(() =>
    [...document.querySelectorAll("a, form, area, [src], [action], link")].map((it) => it.href || it.action || it.src).filter(Boolean).map(String),
  );
  const strange = targets.filter((it) => !it.startsWith(`${world.url}/`) && !it.startsWith(world.github.api));
  assert.deepEqual(strange, [], page.url());
}

/** Text that runs from right to left turns nothing round but itself. */
async function expectIsolated(page) {
  const loose = await page.evaluate(() => {
    const turns = /[\u202a-\u202e\u2066-\u2069]/;
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
      const text = walk.currentNode;
      if (!turns.test(text.data)) continue;
      let around = text.parentElement;
      while (around && !/isolate|plaintext/.test(getComputedStyle(around).unicodeBidi)) around = around.parentElement;
      if (around?.classList.contains("line") || around?.closest("summary, .line")) continue;
      if (around.textContent.trim() !== text.data.trim()) found.push(around.outerHTML.slice(0, 200));
    }
    return found;
  });
  assert.deepEqual(loose, [], page.url());
}

inBrowser("hostile content runs nowhere, breaks nothing, and is no link", async (visitor) => {
  const { page } = visitor;
  const world = await hostile();
  const [first] = world.builds;
  await page.goto(world.url);
  await signIn(page, ADMIN);
  const paths = new Set([...(await pathsOf(world.url)), ...world.builds.map((it) => `/demo/pr/${it.pull}`)]);
  for (const path of paths) {
    await page.goto(world.url + path);
    await expectNothingOfTheirs(page);
    await expectOwnLinks(page, world);
    await expectIsolated(page);
    await expectGoodPage(page, { axe: false });
  }
  // What the pages say is what was written, and not less.
  await page.goto(`${world.url}/demo/pr/${first.pull}`);
  assert.ok((await page.locator("main").innerText()).includes(TEXTS[0]));
});

inBrowser("hostile lines that come while one watches run nowhere", async ({ page }) => {
  const world = await hostile();
  const build = world.builds[1];
  await page.goto(world.url + build.page);
  for (const piece of LOG) world.say(build, piece);
  world.say(build, "\x1b\\\x1b[0m\nthe last line\n");
  world.end(build);
  await seeState(page, "passed");
  await page.getByText("the last line").first().waitFor();
  await expectNothingOfTheirs(page);
  await expectOwnLinks(page, world);
  await expectGoodPage(page, { axe: false });
  // Live or loaded: the same.
  const live = await page.locator("#log").innerHTML();
  await page.reload();
  assert.equal(await page.locator("#log").innerHTML(), live);
});

inBrowser("artefacts are handed over as files, whatever they are called and hold", async (visitor) => {
  const { page } = visitor;
  const world = await hostile();
  const [first] = world.builds;
  await page.goto(world.url + first.page);
  const links = await page.locator('a[href*="/artifacts/"]').evaluateAll((all) => all.map((it) => it.href));
  assert.ok(links.length >= FILES.length, `${links.length} files are linked: ${links}`);
  for (const link of links) {
    const answer = await visitor.context.request.get(link);
    if (answer.headers()["content-type"]?.startsWith("text/html")) continue;
    assert.equal(answer.status(), 200, link);
    assert.match(answer.headers()["content-disposition"] ?? "", /^attachment/, link);
    assert.equal(answer.headers()["x-content-type-options"], "nosniff", link);
  }
  const file = links.find((it) => it.endsWith("page.svg"));
  const [download] = await Promise.all([page.waitForEvent("download"), page.evaluate((file) => location.assign(file), file)]);
  assert.equal(download.suggestedFilename(), "page.svg");
  await expectNothingOfTheirs(page);
});
