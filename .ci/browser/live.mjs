// A build that runs is followed without touching the page.
import assert from "node:assert/strict";
import { expectWholeLog, inBrowser, see, seeState, seeText, signIn } from "./browser.mjs";
import { startProxy } from "./proxy.mjs";
import { until } from "./until.mjs";
import { example, sqlite } from "./worlds.mjs";

const lines = (from, to) => {
  let text = "";
  for (let line = from; line <= to; line += 1) text += `this is line ${line}\n`;
  return text;
};

inBrowser("the example's build is followed from Run again to its end", async ({ page }) => {
  const { url, admin } = await example();
  await page.goto(`${url}/demo/builds/4`);
  await signIn(page, admin);
  await page.goto(`${url}/demo/builds/4`);
  await page.getByRole("button", { name: "Run again" }).first().click();
  await page.waitForURL(/\/demo\/builds\/[5-9]$/);
  await seeText(page, "part 3 of 8");
  await seeState(page, "running");
  await seeState(page, "passed");
  const raw = await (await fetch(`${page.url()}/log`)).text();
  assert.match(raw, /part 8 of 8\nall tests passed\n$/);
  await expectWholeLog(page, raw);
});

inBrowser("a running build is followed line by line, and its end is seen", async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  await page.goto(world.url + build.page);
  world.say(build, lines(1, 10));
  await seeText(page, "this is line 10");
  await seeState(page, "running");
  // Half a line, and half a character.
  world.say(build, Buffer.from("this is l"));
  await seeText(page, "this is l");
  world.say(build, Buffer.from("ine 11 with \xe2", "latin1"));
  world.say(build, Buffer.from("\x82\xac\n", "latin1"));
  await seeText(page, "line 11 with €");
  world.say(build, lines(12, 40));
  await seeText(page, "this is line 40");
  world.end(build, 1);
  await seeState(page, "failed");
  await expectWholeLog(page, await world.log(build));
});

inBrowser("the page is loaded again in the middle of a build", async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  await page.goto(world.url + build.page);
  world.say(build, lines(1, 30));
  await seeText(page, "this is line 30");
  await page.reload();
  await seeText(page, "this is line 30");
  world.say(build, lines(31, 60));
  await seeText(page, "this is line 60");
  world.end(build);
  await seeState(page, "passed");
  await expectWholeLog(page, await world.log(build));
});

inBrowser("the connection is cut twice, and no line is missing or doubled", async (visitor) => {
  const { page } = visitor;
  const world = await sqlite();
  const build = await world.build();
  const proxy = await startProxy(world.url);
  try {
    await page.goto(proxy.url + build.page);
    world.say(build, lines(1, 20));
    await seeText(page, "this is line 20");
    for (const from of [21, 61]) {
      // The browser says that it lost the connection; that is no fault of the page.
      visitor.expect(/net::ERR_|answer: .* 0$/);
      const before = proxy.connections();
      proxy.cut();
      world.say(build, lines(from, from + 19));
      await until("the log has these lines", async () => (await world.log(build)).includes(`line ${from + 19}\n`));
      proxy.mend();
      await until("the page connects again", () => proxy.connections() > before);
      await seeText(page, `this is line ${from + 19}`);
      world.say(build, lines(from + 20, from + 39));
      await seeText(page, `this is line ${from + 39}`);
    }
    proxy.cut();
    world.end(build);
    await world.untilState(build, "passed");
    proxy.mend();
    await seeState(page, "passed");
    await expectWholeLog(page, await world.log(build));
  } finally {
    proxy.stop();
  }
});

inBrowser("a connection that is cut in the middle of what it carries", async (visitor) => {
  const { page } = visitor;
  visitor.expect(/net::ERR_/);
  const world = await sqlite();
  const build = await world.build();
  const proxy = await startProxy(world.url);
  try {
    await page.goto(proxy.url + build.page);
    for (let round = 0; round < 3; round += 1) {
      world.say(build, lines(round * 100 + 1, round * 100 + 100));
      // While they come.
      await seeText(page, `this is line ${round * 100 + 1}\n`.trim());
      proxy.cut();
      proxy.mend();
    }
    world.end(build);
    await seeState(page, "passed");
    await expectWholeLog(page, await world.log(build));
  } finally {
    proxy.stop();
  }
});

inBrowser("nothing above the log moves while it grows, and what one reads stays where it is", async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  world.say(build, lines(1, 200));
  await until("the log has these lines", async () => (await world.log(build)).includes("line 200\n"));
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        const what = entry.sources.map(({ node }) => (node?.outerHTML ?? node?.data ?? "").slice(0, 80));
        window.shifts.push({ by: entry.value, what });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(world.url + build.page);
  await seeText(page, "this is line 200");
  await seeState(page, "running");
  // In the middle of the log: somebody reads.
  await page.evaluate(() => document.querySelector("#L100").scrollIntoView({ block: "center", behavior: "instant" }));
  const where = () => page.evaluate(() => ["h1", "#L1", "#L100"].map((it) => Math.round(document.querySelector(it).getBoundingClientRect().top)));
  const before = await where();
  for (let round = 2; round < 6; round += 1) {
    world.say(build, lines(round * 100 + 1, round * 100 + 100));
    await seeText(page, `this is line ${round * 100 + 100}`);
  }
  assert.deepEqual(await where(), before, "the page moved while it was read");
  world.end(build);
  await seeState(page, "passed");
  assert.deepEqual((await where())[2], before[2], "the page moved when the build ended");
  const shifts = await page.evaluate(() => window.shifts);
  const sum = shifts.reduce((sum, { by }) => sum + by, 0);
  assert.ok(sum < 0.02, `the layout shifted by ${sum}: ${JSON.stringify(shifts)}`);
});

inBrowser("whoever is at the end of the log stays there", async ({ page }) => {
  const world = await sqlite();
  const build = await world.build();
  world.say(build, lines(1, 200));
  await page.goto(world.url + build.page);
  await seeText(page, "this is line 200");
  const isSeen = (id) => {
    const box = document.getElementById(id)?.getBoundingClientRect();
    return box && box.top >= 0 && box.bottom <= innerHeight + 1;
  };
  await page.evaluate(() => {
    document.querySelector("#L200").scrollIntoView({ block: "end", behavior: "instant" });
    const log = document.querySelector("#log");
    log.scrollTop = log.scrollHeight;
  });
  for (let round = 2; round < 5; round += 1) {
    world.say(build, lines(round * 100 + 1, round * 100 + 100));
    await see(page, `line ${round * 100 + 100} comes into view`, isSeen, `L${round * 100 + 100}`);
  }
  world.end(build);
  await seeState(page, "passed");
});

inBrowser("the index, the project and the pull request change by themselves", async ({ page, context }) => {
  const world = await sqlite();
  const build = await world.build({ title: "Seen on three pages" });
  const pages = [page, await context.newPage(), await context.newPage()];
  const paths = ["/", "/demo", `/demo/pr/${build.pull}`];
  const shows = ([number, state]) =>
    [...document.querySelectorAll(`a[href="/demo/builds/${number}"]`)].some((link) =>
      link.closest("tr, li, article")?.querySelector(`.s-${state}`),
    );
  await world.untilState(build, "running");
  for (const [index, path] of paths.entries()) {
    await pages[index].goto(world.url + path);
    await see(pages[index], `${path} shows the build running`, shows, [build.number, "running"]);
  }
  world.end(build, 1);
  for (const [index, path] of paths.entries()) {
    await see(pages[index], `${path} shows that it failed`, shows, [build.number, "failed"]);
  }
});
