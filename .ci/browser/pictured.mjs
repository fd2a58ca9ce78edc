// README and the docs show what the pages look like.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inBrowser } from "./browser.mjs";
import { distance, MOST, outline, photograph, picture, PICTURES, together } from "./pictures.mjs";
import { example } from "./worlds.mjs";

const ROOT = process.env.HOOKSTEAD_ROOT;
const FOLDER = "crates/pipeline/docs";
const ANEW = "run .ci/browser/screenshots and look at what it makes";

inBrowser("the pictures in README and the docs show what the pages look like", { deviceScaleFactor: 2 }, async (visitor) => {
  const { page, context } = visitor;
  const readme = readFileSync(`${ROOT}/README.md`, "utf8");
  const docs = readFileSync(`${ROOT}/${FOLDER}/pictures.md`, "utf8");
  const other = await context.newPage();
  const today = await picture(await example(), page, async () => ({ bytes: await photograph(page, 90), lines: await outline(page) }));
  for (const [name, alt] of Object.entries(PICTURES)) {
    const ours = readFileSync(`${ROOT}/${FOLDER}/${name}.webp`);
    assert.ok(ours.length <= MOST, `${name}.webp has ${ours.length} bytes`);
    assert.ok(readme.includes(`![${alt}](${FOLDER}/${name}.webp)`), `README.md shows ${name}.webp`);
    assert.ok(docs.includes(ours.toString("base64")), `the docs show ${name}.webp`);
    const apart = await distance(other, ours, today[name].bytes);
    assert.ok(apart < 12, `${name}.webp is ${apart.toFixed(1)} apart from the page of today: ${ANEW}`);
  }
  const lines = Object.fromEntries(Object.keys(PICTURES).map((name) => [name, today[name].lines]));
  assert.equal(together(lines), readFileSync(`${ROOT}/${FOLDER}/pictures.txt`, "utf8"), ANEW);
});
