/** So long any one thing may take; nobody waits for it when all is well. */
export const PATIENCE = 60_000;

/** Asks again and again until there is an answer. */
export async function until(what, ask) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
