// Script switched off: everything can be read, and the buttons work.
import assert from "node:assert/strict";
import { inBrowser, signIn } from "./browser.mjs";
import { ADMIN } from "./programs.mjs";
import { pathsOf } from "./survey.mjs";
import { furnished, sqlite } from "./worlds.mjs";

const OFF = { javaScriptEnabled: false };

inBrowser("without script every page is read", OFF, async ({ page }) => {
  const world = await furnished();
  for (const path of await pathsOf(world.url)) {
    const answer = await page.goto(world.url + path);
    assert.equal(answer.status(), 200, path);
    assert.ok((await page.locator("h1").innerText()).length > 0, path);
  }
  await page.goto(world.url + world.shown.passed.page);
  await page.locator("#log").getByText("all tests passed").waitFor();
  // A group folds by itself.
  const group = page.locator("#log details").first();
  const inside = group.locator(".line", { hasText: "skipped" }).first();
  const isOpen = await group.evaluate((it) => it.open).catch(() => group.getAttribute("open").then((it) => it !== null));
  await group.locator("summary").click();
  await inside.waitFor({ state: isOpen ? "hidden" : "visible" });
  await page.getByRole("searchbox").fill("passed");
  await page.keyboard.press("Enter");
  await page.getByText("One line with").waitFor();
  await page.getByRole("link", { name: /raw log/i }).first().click();
  assert.match(await page.locator("body").innerText(), /all tests passed/);
});

inBrowser("without script one signs in, cancels and runs again", OFF, async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  await world.untilState(build, "running");
  await page.goto(world.url + build.page);
  await signIn(page, ADMIN);
  await page.goto(world.url + build.page);
  await page.getByRole("button", { name: "Cancel", exact: true }).first().click();
  await world.untilState(build, "canceled");
  await page.goto(world.url + build.page);
  await page.locator(".s-canceled").first().waitFor();
  await page.getByRole("button", { name: "Run again", exact: true }).first().click();
  await page.waitForURL((url) => url.pathname !== build.page);
  const again = { number: Number(page.url().match(/\d+$/)[0]), page: new URL(page.url()).pathname };
  world.end(again);
  await world.untilState(again, "passed");
  await page.reload();
  await page.locator(".s-passed").first().waitFor();
});
