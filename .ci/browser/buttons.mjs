// Who may press a button, and what comes of it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { inBrowser, seeState, seeText, signIn } from "./browser.mjs";
import { ADMIN } from "./programs.mjs";
import { sqlite } from "./worlds.mjs";

const button = (page, name) => page.getByRole("button", { name, exact: true }).first();

inBrowser("nobody is signed in: no button is there, and none can be pressed", async ({ page, context }) => {
  const world = await sqlite();
  const build = await world.build();
  await page.goto(world.url + build.page);
  await seeState(page, "running");
  assert.equal(await page.locator('form[action$="/cancel"] button').count(), 0);
  await page.getByRole("link", { name: /sign in/i }).first().waitFor();
  // As a script would ask.
  const answer = await context.request.post(`${world.url}${build.page}/cancel`, { maxRedirects: 0 });
  assert.ok([303, 401, 403].includes(answer.status()), `answered with ${answer.status()}`);
  world.end(build);
  await seeState(page, "passed");
  assert.equal(await page.locator('form[action$="/again"] button').count(), 0);
});

inBrowser("Cancel ends a running build, Run again starts it anew, and the journal says who", async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  await page.goto(world.url + build.page);
  await signIn(page, ADMIN);
  await page.goto(world.url + build.page);
  world.say(build, "it has begun\n");
  await seeText(page, "it has begun");
  await button(page, "Cancel").click();
  await seeState(page, "canceled");
  await button(page, "Run again").click();
  await page.waitForURL((url) => /\/builds\/\d+$/.test(url.pathname) && url.pathname !== build.page);
  const again = { number: Number(page.url().match(/\d+$/)[0]), page: new URL(page.url()).pathname };
  world.say(again, "it has begun again\n");
  await seeText(page, "it has begun again");
  await seeState(page, "running");
  world.end(again);
  await seeState(page, "passed");
  const journal = await page.locator("main").innerText();
  assert.match(journal, new RegExp(`#?${build.number}\\b`), "it says which build it repeats");
  await page.goto(`${world.url}/journal?build=${build.number}`);
  assert.match(await page.locator("main").innerText(), /cancel/i);
});

inBrowser("a stranger's build waits until somebody approves it", async ({ page }) => {
  const world = await sqlite();
  const { number } = await world.lib("open-pull-request", { title: "From afar", head: "gift", fork: "stranger", author: "stranger" });
  const { number: build } = await world.until("the stranger's build", (it) => it.project === "lib" && it.state === "waiting");
  await page.goto(`${world.url}/lib/pr/${number}`);
  await page.getByText(/approv/i).first().waitFor();
  await page.goto(`${world.url}/lib/builds/${build}`);
  await seeState(page, "waiting");
  await signIn(page, ADMIN);
  await page.goto(`${world.url}/lib/builds/${build}`);
  await button(page, "Approve").click();
  await seeText(page, "a stranger was here");
  await seeState(page, "passed");
});

inBrowser("a wrong token signs nobody in, and signing out ends it", async (visitor) => {
  const { page } = visitor;
  // The wrong token is answered with an error, which the browser notes.
  visitor.expect(/ 40[13]\b/);
  const world = await sqlite();
  await page.goto(world.url);
  await page.getByRole("link", { name: /sign in/i }).first().click();
  await page.locator("input[type=password]").fill("a wrong token");
  await page.keyboard.press("Enter");
  await page.getByText(/not|wrong/i).first().waitFor();
  assert.equal(await page.getByRole("button", { name: /sign out/i }).count(), 0);
  await page.goto(world.url);
  await signIn(page, ADMIN);
  const [cookie] = await visitor.context.cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === "Strict", JSON.stringify(cookie));
  await page.getByRole("button", { name: /sign out/i }).first().click();
  await page.getByRole("link", { name: /sign in/i }).first().waitFor();
  // The server has forgotten it, not only the browser.
  await visitor.context.addCookies([cookie]);
  await page.goto(world.url);
  await page.getByRole("link", { name: /sign in/i }).first().waitFor();
});

inBrowser("another site cannot press a button, whoever is signed in", async (visitor) => {
  const { page } = visitor;
  visitor.expect(/asked elsewhere: http:\/\/localhost|answer: .*(40[13]|favicon)|status of (40[13]|404)/);
  const world = await sqlite();
  const build = await world.build();
  await page.goto(world.url);
  await signIn(page, ADMIN);
  const form = `<!doctype html><form method="post" action="${world.url}${build.page}/cancel"><button>Win</button></form>`;
  const other = createServer((_, response) => response.setHeader("content-type", "text/html").end(form));
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  try {
    await page.goto(`http://localhost:${other.address().port}/`);
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: "Win" }).click();
    const status = (await answered).status();
    assert.ok([303, 401, 403].includes(status), `answered with ${status}`);
    assert.equal((await world.json(build.page)).build.state, "running");
  } finally {
    other.closeAllConnections();
    other.close();
  }
  world.end(build);
  await world.untilState(build, "passed");
});
