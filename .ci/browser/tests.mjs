// All tests, in one process and one after the other, so that they share the servers.
import { after, describe, test } from "node:test";
import { all, closeBrowser } from "./browser.mjs";
import { stopAll } from "./programs.mjs";
import { PATIENCE } from "./until.mjs";
import { removeWorlds } from "./world.mjs";
// First: the example is as its story leaves it.
import "./pictured.mjs";
import "./live.mjs";
import "./restarts.mjs";
import "./reading.mjs";
import "./buttons.mjs";
import "./no_script.mjs";
import "./keyboard.mjs";
import "./survey.mjs";
import "./strangers.mjs";
import "./two_servers.mjs";

describe("the pages in a browser", () => {
  after(async () => {
    await closeBrowser();
    await stopAll();
    removeWorlds();
  });
  for (const [name, body] of all) test(name, { timeout: 4 * PATIENCE }, body);
});
