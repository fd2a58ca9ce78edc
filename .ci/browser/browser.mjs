// Chromium, and pages whose every complaint is heard.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { PATIENCE } from "./until.mjs";

const failures = process.env.HOOKSTEAD_FAILURES;

let launched;
export async function closeBrowser() {
  await (await launched)?.close();
}

function browser() {
  launched ??= chromium.launch({
    executablePath: process.env.HOOKSTEAD_CHROMIUM,
    // Chromium has no sandbox for root, and everything here is our own.
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
  });
  return launched;
}

/** What a person has: cookies and windows. */
export async function newContext(options) {
  const context = await (await browser()).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/**
 * A test in a browser of its own. Whatever the console or the policy says fails it, but for what `visitor.expect`
 * names. What could be seen when it failed is kept.
 */
export function inBrowser(name, options, body) {
  if (typeof options === "function") [options, body] = [{}, options];
  all.push([name, async () => {
    const visitor = await Visitor.come(options);
    try {
      await body(visitor);
      visitor.expectSilence();
    } catch (error) {
      await visitor.keep(name);
      throw error;
    } finally {
      await visitor.context.close();
    }
  }]);
}

/** All tests: their names and what they do. */
export const all = [];

class Visitor {
  static async come(options) {
    const visitor = new Visitor();
    visitor.said = [];
    visitor.expected = [];
    visitor.context = await newContext(options);
    if (options.javaScriptEnabled !== false) {
      // Before any script of the page, so that nothing is missed.
      await visitor.context.exposeBinding("sayToTest", (_, text) => visitor.said.push(text));
      await visitor.context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          window.sayToTest(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
        });
      });
    }
    visitor.context.on("page", (page) => visitor.listen(page));
    visitor.page = await visitor.context.newPage();
    return visitor;
  }

  listen(page) {
    const note = (text) => this.said.push(text);
    page.on("console", (message) => note(`console ${message.type()}: ${message.text()} (${message.location().url})`));
    page.on("pageerror", (error) => note(`error: ${error.stack}`));
    page.on("crash", () => note("the page crashed"));
    page.on("dialog", (dialog) => {
      note(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("requestfailed", (request) => {
      // Whoever leaves a page leaves what it was loading.
      const why = request.failure()?.errorText;
      if (why !== "net::ERR_ABORTED") note(`request: ${request.url()} ${why}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.hostname !== "127.0.0.1" && url.protocol !== "about:") note(`asked elsewhere: ${url}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) note(`answer: ${response.url()} ${response.status()}`);
    });
  }

  /** What is said by this pattern is no fault. */
  expect(pattern) {
    this.expected.push(pattern);
  }

  expectSilence() {
    const heard = this.said.filter((text) => !this.expected.some((it) => it.test(text)));
    assert.deepEqual(heard, [], "the browser complains");
  }

  /** The page, the console, and how they look. */
  async keep(name) {
    mkdirSync(failures, { recursive: true });
    const file = join(failures, name.replace(/[^a-z0-9]+/gi, "-"));
    const page = this.context.pages().at(-1);
    const seen = await page?.content().catch(() => "");
    writeFileSync(`${file}.txt`, `${page?.url()}\n\n${this.said.join("\n")}\n\n${seen}\n`);
    await page?.screenshot({ path: `${file}.png`, timeout: 10_000 }).catch(() => {});
    console.log(`what was seen: ${file}.txt and .png`);
  }
}

/** Waits until it holds in the page; `what` is said if it never does. */
export async function see(page, what, isThere, argument) {
  await page.waitForFunction(isThere, argument, { timeout: PATIENCE }).catch((error) => {
    throw new Error(`in vain: ${what}\n${error.message}`);
  });
}

/** Waits until the log of the page has it. */
export const seeText = (page, text) =>
  see(page, `the log has ${JSON.stringify(text)}`, (text) => document.querySelector("#log")?.textContent.includes(text), text);

/** Waits until the page says of its build that it is so. */
export const seeState = (page, state) =>
  see(page, `the build is ${state}`, (state) => document.querySelector(`h1 .s-${state}`)?.textContent.includes(state), state);

/** The log that a page shows, and the numbers of its lines. */
export function shownLog(page) {
  return page.evaluate(() => {
    const lines = [...document.querySelectorAll("#log .line")].map((line) => {
      const text = line.cloneNode(true);
      for (const number of text.querySelectorAll('a[href^="#L"]')) number.remove();
      return text.textContent.replace(/\n$/, "");
    });
    return { lines, ids: [...document.querySelectorAll("#log .line")].map((line) => line.id) };
  });
}

/** Each line of the raw log is there, once, in order, and has its number. */
export async function expectWholeLog(page, raw) {
  const { lines, ids } = await shownLog(page);
  assert.deepEqual(lines, raw.replace(/\n$/, "").split("\n"));
  assert.deepEqual(ids, lines.map((_, index) => `L${index + 1}`));
}

/** Signs in by the page's own link and form. */
export async function signIn(page, admin) {
  await page.getByRole("link", { name: /sign in/i }).first().click();
  await page.locator("input[type=password]").fill(admin);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /sign out/i }).first().waitFor();
}
