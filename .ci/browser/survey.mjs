// What holds of every page: a link that leads somewhere, a width that fits, contrast, names for all that can be
// pressed, and nothing in the console.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inBrowser, signIn } from "./browser.mjs";
import { ADMIN } from "./programs.mjs";
import { empty, example, furnished } from "./worlds.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A phone, and a large screen. */
const WIDTHS = [375, 1440];

/** The kind of a page: its path without what differs from one to the next. */
function kindOf(path) {
  return path
    .replace(/\?([a-z]+)=.*/, "?$1")
    .replace(/\/(builds|pr)\/\d+/, "/$1/N")
    .replace(/\/branch\/.*/, "/branch/B")
    .replace(/\/artifacts\/.*/, "/artifacts/F");
}

/**
 * Follows all links from the front page on, a few of each kind, and gives the paths of the pages. A link that leads
 * nowhere is a fault.
 */
export async function pathsOf(url, most = 3) {
  const pages = [];
  const kinds = new Map();
  const waiting = ["/"];
  const known = new Set(waiting);
  while (waiting.length > 0) {
    const path = waiting.shift();
    const kind = kindOf(path);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (kinds.get(kind) > most) continue;
    const answer = await fetch(url + path);
    const body = await answer.text();
    assert.equal(answer.status, 200, `${path} is linked`);
    if (!answer.headers.get("content-type").startsWith("text/html") || answer.headers.has("content-disposition")) continue;
    pages.push(path);
    for (const [, href] of body.matchAll(/<a [^>]*href="([^"]*)"/g)) {
      const target = new URL(href.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">"), url + path);
      const next = target.pathname + target.search;
      if (target.origin !== new URL(url).origin || known.has(next)) continue;
      known.add(next);
      waiting.push(next);
    }
  }
  return pages;
}

/** The page as it stands: no serious finding of axe-core, and it fits both widths. */
export async function expectGoodPage(page, { axe = true, widths = WIDTHS } = {}) {
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    const faults = await page.evaluate(() => {
      const faults = [];
      for (const it of [document.documentElement, document.body, document.querySelector("main")]) {
        if (it.scrollWidth > it.clientWidth) faults.push(`${it.tagName} is ${it.scrollWidth} wide, and has ${it.clientWidth}`);
      }
      if (faults.length > 0) {
        const wide = [...document.querySelectorAll("main *")].filter((it) => it.getBoundingClientRect().right > innerWidth + 1);
        faults.push(...wide.slice(0, 3).map((it) => it.outerHTML.slice(0, 200)));
      }
      return faults;
    });
    assert.deepEqual(faults, [], `${page.url()} at ${width} px`);
    if (axe) await expectNoFindings(page, width);
  }
  await page.setViewportSize(before);
}

async function expectNoFindings(page, width) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter((it) => it.impact === "serious" || it.impact === "critical")
      .map((it) => `${it.id}: ${it.help}: ${it.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} (${node.failureSummary})`).join("; ")}`);
  });
  assert.deepEqual(found, [], `${page.url()} at ${width} px`);
}

/** What a page is made of, so that one reads it by ear. */
async function expectStructure(page) {
  const { title, language, headings, mains } = await page.evaluate(() => ({
    title: document.title,
    language: document.documentElement.lang,
    headings: [...document.querySelectorAll("h1, h2, h3, h4")].map((it) => Number(it.tagName[1])),
    mains: document.querySelectorAll("main").length,
  }));
  assert.ok(title && language === "en" && mains === 1, `${page.url()}: ${title} ${language} ${mains}`);
  assert.equal(headings.filter((it) => it === 1).length, 1, `${page.url()} has headings ${headings}`);
  headings.reduce((before, level) => {
    assert.ok(level <= before + 1, `${page.url()} has headings ${headings}`);
    return level;
  }, 0);
}

async function survey(page, url, paths) {
  for (const path of paths) {
    // A scheme changes colours and no widths, so one width is enough for the other.
    for (const [colorScheme, widths] of [["light", WIDTHS], ["dark", [375]]]) {
      await page.emulateMedia({ colorScheme });
      await page.goto(url + path);
      await expectGoodPage(page, { widths });
    }
    await expectStructure(page);
  }
}

inBrowser("every page of the example is good in both schemes and widths", async ({ page }) => {
  const { url } = await example();
  const paths = await pathsOf(url, 1);
  const kinds = paths.map(kindOf);
  for (const kind of ["/", "/demo", "/demo/pr/N", "/demo/builds/N", "/journal", "/journal?sha", "/journal?delivery"]) {
    assert.ok(kinds.includes(kind), `a link leads to ${kind}: ${kinds}`);
  }
  await survey(page, url, paths);
});

inBrowser("every state of a build is good in both schemes and widths, with and without buttons", async ({ page }) => {
  const world = await furnished();
  const paths = Object.values(world.shown).map((it) => it.page);
  await survey(page, world.url, ["/", "/demo", "/lib", ...paths]);
  await page.goto(world.url);
  await signIn(page, ADMIN);
  await survey(page, world.url, ["/", ...paths]);
});

inBrowser("where nothing has happened yet, the pages say what to do", async ({ page }) => {
  const world = await empty();
  await survey(page, world.url, await pathsOf(world.url, 1));
  for (const path of ["/", "/demo", "/journal"]) {
    await page.goto(world.url + path);
    assert.match(await page.locator("main").innerText(), /\b(no|none|nothing|not|yet|when)\b/i, path);
  }
});

inBrowser("what is not there is said on a page like the others", async (visitor) => {
  const { page } = visitor;
  visitor.expect(/\b404\b/);
  const world = await furnished();
  for (const path of ["/nothing", "/demo/builds/999999", "/demo/builds/x", "/lib/builds/1", "/demo/pr/x"]) {
    const answer = await page.goto(world.url + path);
    assert.equal(answer.status(), 404, path);
    await page.locator("main").waitFor();
    await expectGoodPage(page);
  }
});
