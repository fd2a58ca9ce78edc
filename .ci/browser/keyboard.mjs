// The keyboard alone: everything is reached, one sees where one is, and everything can be pressed.
import assert from "node:assert/strict";
import { inBrowser, seeState, seeText } from "./browser.mjs";
import { ADMIN } from "./programs.mjs";
import { furnished, sqlite } from "./worlds.mjs";

/** What has the focus: its name, and whether one sees that it has. */
const focused = (page) =>
  page.evaluate(() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const style = getComputedStyle(it);
    const box = it.getBoundingClientRect();
    return {
      name: `${it.tagName} ${it.textContent.trim().slice(0, 40)}`,
      isMarked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
      isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  });

/** Goes through the page by Tab until it is there. */
async function tabTo(page, text, most = 60) {
  const passed = [];
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    passed.push(at?.name);
    if (at && text.test(at.name)) return at;
  }
  throw new Error(`Tab does not reach ${text}: ${passed.join(", ")}`);
}

inBrowser("Tab goes through every page, and one sees where one is", async ({ page }) => {
  const world = await furnished();
  for (const path of ["/", "/demo", "/journal", world.shown.failed.page, world.shown.running.page]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.goto(world.url + path);
      let stops = 0;
      for (; stops < 40; stops += 1) {
        await page.keyboard.press("Tab");
        const at = await focused(page);
        if (!at) break;
        assert.ok(at.isMarked && at.isSeen, `${path}: ${JSON.stringify(at)}`);
      }
      assert.ok(stops > 2, `${path} has ${stops} stops`);
    }
  }
});

inBrowser("one signs in, runs a build again and cancels it by keys", async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  world.say(build, "some line\n".repeat(300));
  world.end(build, 1);
  await world.untilState(build, "failed");
  await page.goto(world.url + build.page);
  await tabTo(page, /^A .*sign in/i);
  await page.keyboard.press("Enter");
  await page.locator("input[type=password]").waitFor();
  if (!(await page.evaluate(() => document.activeElement?.type === "password"))) await tabTo(page, /^INPUT/);
  await page.keyboard.type(ADMIN);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /sign out/i }).first().waitFor();
  await page.goto(world.url + build.page);
  await tabTo(page, /^BUTTON Run again/);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== build.page);
  const again = { number: Number(page.url().match(/\d+$/)[0]) };
  world.say(again, "it runs\n");
  await seeText(page, "it runs");
  await tabTo(page, /^BUTTON Cancel/);
  // What changes while the page is live does not take the focus away.
  world.say(again, "and goes on\n");
  await seeText(page, "and goes on");
  assert.match((await focused(page)).name, /^BUTTON Cancel/);
  await page.keyboard.press("Space");
  await seeState(page, "canceled");
});

inBrowser("a long log is no wall: Tab gets past it", async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  world.say(build, "some line\n".repeat(900));
  world.end(build);
  await world.untilState(build, "passed");
  await page.goto(world.url + build.page);
  await seeText(page, "some line");
  const names = [];
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (!at) return;
    names.push(at.name);
  }
  assert.fail(`after 80 stops one is at ${names.slice(-3)}`);
});
