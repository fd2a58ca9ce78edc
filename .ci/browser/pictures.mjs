// The pictures of the example's pages: how they are made, and whether those that we have still show the same.
import { seeState, seeText, signIn } from "./browser.mjs";

/** The size of a page in a picture, in points; a picture has twice as many. */
export const SIZE = { width: 880, height: 600 };

/** No picture is larger, in bytes. */
export const MOST = 60_000;

/** Each picture's name, and what it shows to those who cannot see it. */
export const PICTURES = {
  build: "A build that runs: what it is for and why it runs, and its log, which grows",
  index: "The front page: the builds that run, the last ones, and each project with its state",
};

/** Brings the example's pages to where they are pictured, and gives what `look` finds there, by name. */
export async function picture({ url, admin }, page, look) {
  await page.setViewportSize(SIZE);
  await page.goto(url);
  await signIn(page, admin);
  const found = {};
  for (const name of Object.keys(PICTURES)) {
    found[name] = await whileItRuns(url, page, async () => {
      if (name === "index") await page.goto(url);
      return look();
    });
  }
  return found;
}

/** A slow machine may look too late; then the build is run once more. */
async function whileItRuns(url, page, look) {
  for (let times = 0; times < 5; times += 1) {
    const { last: [{ number }] } = await (await fetch(`${url}/index.json`)).json();
    await page.goto(`${url}/demo/builds/${number}`);
    await page.getByRole("button", { name: "Run again", exact: true }).first().click();
    await page.waitForURL((url) => !url.pathname.endsWith(`/${number}`));
    const address = page.url();
    await seeText(page, "part 3 of 8");
    const found = await look();
    const { build } = await (await fetch(`${address}.json`)).json();
    await page.goto(address);
    await seeState(page, "passed");
    if (build.state === "running") return found;
  }
  throw new Error("the build has always ended before its page was pictured");
}

/** A page as WebP, which is smaller than any other. */
export async function photograph(page, quality) {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality });
  await devtools.detach();
  return Buffer.from(data, "base64");
}

/**
 * What a picture shows in kind: headings, names of columns, buttons and states without their numbers, and the colours.
 * Fonts, which differ from one machine to the next, and whatever depends on the time have no part in it.
 */
export function outline(page) {
  return page.evaluate(() => {
    const lines = new Set();
    const colours = (it) => `${getComputedStyle(it).color} on ${getComputedStyle(it).backgroundColor}`;
    lines.add(`page: ${colours(document.body)}`);
    for (const it of document.querySelectorAll("nav a, h1, h2, h3, th[scope=col], button, .state, #log, footer")) {
      const words = it.matches("#log, footer") ? "" : it.textContent.replace(/[0-9][0-9.,:]*/g, "N").replace(/\s+/g, " ").trim();
      lines.add(`${it.tagName.toLowerCase()} ${words}: ${colours(it)}`);
    }
    return [...lines].join("\n");
  });
}

/** The outlines of all pictures, as they are kept. */
export const together = (outlines) =>
  Object.entries(outlines).map(([name, lines]) => `# ${name}\n${lines}\n`).join("\n");

/** How far apart two pictures are: the mean distance of their colours, seen from afar, from 0 to 255. */
export function distance(page, one, other) {
  return page.evaluate(async (pictures) => {
    const [a, b] = await Promise.all(pictures.map(async (base64) => {
      const image = new Image();
      image.src = `data:image/webp;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(16, 11);
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      return context.getImageData(0, 0, canvas.width, canvas.height).data;
    }));
    let sum = 0;
    for (let at = 0; at < a.length; at += 1) sum += Math.abs(a[at] - b[at]);
    return (sum / a.length) * (4 / 3);
  }, [one.toString("base64"), other.toString("base64")]);
}
