// Makes the pictures of the example's pages, and what the docs show them by: node screenshots.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeBrowser, newContext } from "./browser.mjs";
import { MOST, outline, photograph, picture, PICTURES, together } from "./pictures.mjs";
import { startExample, stopAll } from "./programs.mjs";

const folder = process.env.HOOKSTEAD_PICTURES;
mkdirSync(folder, { recursive: true });
try {
  const context = await newContext({ deviceScaleFactor: 2 });
  const page = await context.newPage();
  const found = await picture(await startExample(), page, async () => {
    // The best that is small enough.
    let bytes;
    for (let quality = 90; quality > 10 && !(bytes?.length <= MOST); quality -= 10) bytes = await photograph(page, quality);
    return { bytes, lines: await outline(page) };
  });
  const names = Object.keys(PICTURES);
  for (const name of names) {
    writeFileSync(join(folder, `${name}.webp`), found[name].bytes);
    console.log(`${name}.webp has ${found[name].bytes.length} bytes`);
  }
  writeFileSync(join(folder, "pictures.txt"), together(Object.fromEntries(names.map((name) => [name, found[name].lines]))));
  // In the text itself: docs.rs has no other files.
  const shown = names.map((name) => `![${PICTURES[name]}](data:image/webp;base64,${found[name].bytes.toString("base64")})\n`);
  writeFileSync(join(folder, "pictures.md"), shown.join("\n"));
} finally {
  await closeBrowser();
  await stopAll();
}
