// What one does with a log that has ended, and with the journal.
import assert from "node:assert/strict";
import { inBrowser, see } from "./browser.mjs";
import { furnished, sqlite } from "./worlds.mjs";

/** A build that has ended, with 3,000 lines. */
let made;
const long = () => (made ??= (async () => {
  const world = await sqlite();
  const build = await world.build({ title: "Print a lot" });
  let text = "";
  for (let line = 1; line <= 3000; line += 1) text += `line ${line}: ${line % 500 === 7 ? "a needle" : "hay"}\n`;
  world.say(build, text);
  world.end(build, 1);
  await world.untilState(build, "failed");
  return { world, build, text };
})());

const isSeen = (id) => {
  const box = document.getElementById(id)?.getBoundingClientRect();
  return box && box.top >= -2 && box.bottom <= innerHeight + 2;
};

/** What sets a line off from others. */
const looks = (page, id) =>
  page.evaluate((id) => {
    const of = (it) => `${getComputedStyle(it).backgroundColor} ${getComputedStyle(it).outlineStyle} ${getComputedStyle(it).boxShadow}`;
    const line = document.getElementById(id);
    return of(line) + of(line.querySelector("a"));
  }, id);

inBrowser("the end of a long log is shown, and the whole is one click away", async ({ page }) => {
  const { world, build, text } = await long();
  await page.goto(world.url + build.page);
  const count = await page.locator("#log .line").count();
  assert.ok(count >= 500 && count <= 1100, `${count} lines are shown`);
  await page.locator("#L3000").waitFor({ state: "attached" });
  assert.match(await page.locator("#L3000").innerText(), /line 3000: hay/);
  const link = page.getByRole("link", { name: /raw log/i }).first();
  const answer = await page.context().request.get(new URL(await link.getAttribute("href"), page.url()).href);
  assert.equal(await answer.text(), text);
  await link.click();
  await page.waitForURL(/\/log/);
  assert.match(await page.locator("body").innerText(), /line 1: hay[^]*line 3000: hay/);
});

inBrowser("a link to a line shows the line, and marks it", async ({ page }) => {
  const { world, build } = await long();
  await page.goto(`${world.url}${build.page}#L2700`);
  await see(page, "line 2700 is in view", isSeen, "L2700");
  assert.notEqual(await looks(page, "L2700"), await looks(page, "L2701"), "the line is marked");
  // A line's number is a link to it.
  await page.locator('#L2705 a[href="#L2705"]').click();
  assert.equal(new URL(page.url()).hash, "#L2705");
  assert.notEqual(await looks(page, "L2705"), await looks(page, "L2700"));
});

inBrowser("a link to a line that is not among the last ones shows it, too", async ({ page }) => {
  const { world, build } = await long();
  await page.goto(`${world.url}${build.page}#L100`);
  await see(page, "line 100 is in view", isSeen, "L100");
  assert.notEqual(await looks(page, "L100"), await looks(page, "L101"), "the line is marked");
  await page.getByRole("link", { name: "Later lines" }).first().click();
  await page.locator("#L1500").waitFor({ state: "attached" });
});

inBrowser("whatever stands in the whole log is found, and shown among its neighbours", async ({ page }) => {
  const { world, build } = await long();
  await page.goto(world.url + build.page);
  await page.getByRole("searchbox").fill("A needle");
  await page.keyboard.press("Enter");
  await page.getByText("6 lines with").waitFor();
  const found = page.locator("ol.found li");
  assert.equal(await found.count(), 6);
  assert.match(await found.nth(1).innerText(), /507\s+line 507: a needle/);
  await found.nth(1).getByRole("link").click();
  await see(page, "line 507 is in view", isSeen, "L507");
  assert.match(await page.locator("#L508").innerText(), /line 508: hay/);
});

inBrowser("nothing is found, and the page says so", async ({ page }) => {
  const { world, build } = await long();
  await page.goto(world.url + build.page);
  await page.getByRole("searchbox").fill("<b>no such words</b>");
  await page.keyboard.press("Enter");
  await page.getByText("No line with <b>no such words</b>").waitFor();
});

inBrowser("a group folds and unfolds", async ({ page }) => {
  const world = await furnished();
  await page.goto(world.url + world.shown.passed.page);
  const group = page.locator("#log details").first();
  const inside = group.locator(".line", { hasText: "skipped" }).first();
  const isOpen = await group.evaluate((it) => it.open);
  await group.locator("summary").click();
  await inside.waitFor({ state: isOpen ? "hidden" : "visible" });
  await group.locator("summary").focus();
  await page.keyboard.press("Enter");
  await inside.waitFor({ state: isOpen ? "visible" : "hidden" });
  assert.match(await group.locator("summary").innerText(), /Tests of one part/);
  // Colours are classes.
  assert.ok(await page.locator("#log .a-green").count());
});

inBrowser("the journal says why nothing ran", async ({ page }) => {
  const world = await sqlite();
  // A branch without a pull request is not built.
  const sha = await world.commit("nobody-asked");
  await page.goto(`${world.url}/journal?sha=${sha}`);
  const says = (words) => see(page, `the journal says ${words}`, (words) => document.querySelector("main").innerText.includes(words), words);
  await says("because it runs for pushes of main, not of nobody-asked");
  await page.goto(`${world.url}/journal`);
  await world.demo("delete-branch", { branch: "nobody-asked" });
  await says("nothing, because");
});

inBrowser("one goes from the front page to a build, its pull request, its delivery and back", async ({ page }) => {
  const world = await furnished();
  const { failed } = world.shown;
  await page.goto(world.url);
  await page.locator(`a[href="${failed.page}"]`).first().click();
  await page.locator("h1").getByText(`#${failed.number}`).waitFor();
  await page.locator(`a[href="/demo/pr/${failed.pull}"]`).first().click();
  await page.locator("h1").waitFor();
  await page.locator(`a[href="${failed.page}"]`).first().click();
  await page.locator('a[href*="/journal?delivery="]').first().click();
  assert.match(await page.locator("main").innerText(), /pull_request/);
  await page.locator("nav a, header a").first().click();
  await page.waitForURL(`${world.url}/`);
});
