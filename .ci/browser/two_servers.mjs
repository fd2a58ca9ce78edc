// Two servers on one PostgreSQL: each shows what the other builds. GitHub delivers to the first.
import { expectWholeLog, inBrowser, seeState, seeText, signIn } from "./browser.mjs";
import { ADMIN } from "./programs.mjs";
import { postgres } from "./worlds.mjs";

inBrowser("a build of either server is followed at both", async ({ context }) => {
  const world = await postgres();
  // Each server builds one at a time, so two that run at a time are at both.
  const builds = [await world.build(), await world.build()];
  for (const build of builds) await world.untilState(build, "running");
  const open = [];
  for (const build of builds) {
    for (const url of world.urls) {
      const page = await context.newPage();
      await page.goto(url + build.page);
      open.push([page, build]);
    }
  }
  for (const part of [1, 2, 3]) {
    for (const build of builds) world.say(build, `part ${part} of build ${build.number}\nand more\n`);
    for (const [page, build] of open) await seeText(page, `part ${part} of build ${build.number}`);
  }
  for (const build of builds) world.end(build);
  for (const [page, build] of open) {
    await seeState(page, "passed");
    await expectWholeLog(page, await world.log(build));
  }
});

inBrowser("a button of one server is seen at the other", async ({ page, context }) => {
  const world = await postgres();
  const build = await world.build();
  const other = await context.newPage();
  await page.goto(world.urls[0] + build.page);
  await other.goto(world.urls[1] + build.page);
  await seeState(page, "running");
  await signIn(other, ADMIN);
  await other.goto(world.urls[1] + build.page);
  await other.getByRole("button", { name: "Cancel", exact: true }).first().click();
  await seeState(page, "canceled");
  await seeState(other, "canceled");
});
