// The server ends and comes back while people look at its pages.
import assert from "node:assert/strict";
import { expectWholeLog, inBrowser, seeState, seeText } from "./browser.mjs";
import { sqlite } from "./worlds.mjs";

inBrowser("the server is restarted in the middle of a build, and the page goes on", async (visitor) => {
  const { page } = visitor;
  const world = await sqlite();
  const build = await world.build();
  await page.goto(world.url + build.page);
  world.say(build, "before the restart\n");
  await seeText(page, "before the restart");
  // Nobody answers for a while; the browser says so.
  visitor.expect(/net::ERR_/);
  const begin = Date.now();
  await world.stopServer();
  assert.ok(Date.now() - begin < 8_000, "an open page does not hold the server up");
  world.say(build, "while nobody served\n");
  await world.startServer();
  await seeText(page, "while nobody served");
  world.say(build, "after the restart\n");
  await seeText(page, "after the restart");
  world.end(build);
  await seeState(page, "passed");
  await expectWholeLog(page, await world.log(build));
});
