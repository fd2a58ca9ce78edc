// What is live on a page. Everything can be read and done without it, too.
"use strict";
(() => {
  const MOST_LINES = 5000; // More make a browser slow. The server has them all.
  const DEEPEST = 20; // As deep as the server nests groups.
  const POLL = 5000, POLL_HIDDEN = 15000, PATIENCE = 10000, PAUSE = 1000;
  const find = (id) => document.getElementById(id);
  const events = document.body.dataset.events;
  let log, into, tooDeep, lines, to, seen;
  let source, timer, patience, isOver = !events, refreshed = 0, refreshing, logToo = false;

  const say = (text) => {
    const place = find("connection");
    if (place && place.textContent !== text) place.textContent = text;
  };

  // --- The page: what has `data-live` is taken from the page as it is now.
  const refresh = (withLog) => {
    logToo ||= withLog;
    return (refreshing ??= fetchPage());
  };

  const fetchPage = async () => {
    await new Promise((done) => setTimeout(done, Math.max(0, refreshed + PAUSE - Date.now())));
    const withLog = logToo;
    [refreshing, logToo, refreshed] = [undefined, false, Date.now()];
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok) put(await answer.text(), withLog);
    } catch {
      say("The server cannot be reached.");
    }
  };

  const put = (text, withLog) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const chosen = withLog ? "[data-live], #log, #log-before" : "[data-live]";
    for (const old of document.querySelectorAll(chosen)) {
      const now = old.id && page.getElementById(old.id);
      const focused = old.contains(document.activeElement) && document.activeElement;
      if (!now || old.isEqualNode(now) || (focused && focused.matches("input, select, textarea"))) continue;
      const places = (of) => [...of.querySelectorAll("a, button, summary, [tabindex]")];
      const at = focused ? places(old).indexOf(focused) : -1;
      const mine = document.importNode(now, true);
      old.replaceWith(mine);
      if (at >= 0) places(mine)[at]?.focus({ preventScroll: true });
    }
    if (withLog) takeLog();
  };

  // --- The log.
  const takeLog = () => {
    log = find("log");
    if (!log) return;
    ({ to, seen } = log.dataset);
    lines = log.querySelectorAll(".line").length;
    tooDeep = 0;
    into = log;
    // A group that has ended has something behind it.
    while (into.lastElementChild?.matches("details.group")) into = into.lastElementChild;
    if (!location.hash && !location.search.includes("line=")) log.scrollTop = log.scrollHeight;
  };

  const isAtEnd = () => log.scrollTop + log.clientHeight >= log.scrollHeight - 24;

  // The HTML of a line is escaped by the server: text and `span`, nothing else.
  const element = (tag, number, html, kind) => {
    const line = document.createElement(tag);
    line.className = kind || "line";
    line.id = `L${number}`;
    const link = tag === "summary" ? `<span>${number}</span>` : `<a href="#L${number}" tabindex="-1">${number}</a>`;
    if (kind !== "line end") line.innerHTML = `${link}${html}\n`;
    return line;
  };

  const endGroup = (name, isFollowed) => {
    if (name === "" && tooDeep > 0) return void tooDeep--;
    for (let group = into; group !== log; group = group.parentElement) {
      if (group.dataset.group !== name) continue;
      if (name === "" && isFollowed && !group.querySelector(".marked")) group.open = false;
      into = group.parentElement;
      return;
    }
  };

  const depth = () => {
    let deep = 0;
    for (let group = into; group !== log; group = group.parentElement) deep++;
    return deep;
  };

  const add = (line, number, isFollowed) => {
    if (find(`L${number}`)) return;
    lines++;
    if (typeof line === "string") return into.append(element("span", number, line));
    for (const name of line.ended) endGroup(name, isFollowed);
    if (line.kind === "end") return into.append(element("span", number, "", "line end"));
    const html = line.html || (line.kind === "group" ? line.name || "Group" : "");
    if (line.kind !== "group" || depth() >= DEEPEST) {
      if (line.kind === "group" && line.name === "") tooDeep++;
      return into.append(element("span", number, html));
    }
    const group = document.createElement("details");
    group.className = "group";
    group.dataset.group = line.name;
    group.open = !(line.folded && line.name);
    group.append(element("summary", number, html));
    into.append(group);
    into = group;
  };

  const append = (part) => {
    const isFollowed = isAtEnd();
    log.querySelector(".rest")?.remove();
    find("log-empty")?.remove();
    let number = part.line;
    for (const line of part.lines) add(line, number++, isFollowed);
    if (part.rest !== null && !find(`L${number}`)) into.append(element("span", number, part.rest, "line rest"));
    trim();
    if (isFollowed) log.scrollTop = log.scrollHeight;
    mark(false);
  };

  const trim = () => {
    if (lines <= MOST_LINES) return;
    for (const line of [...log.querySelectorAll("span.line")].slice(0, lines - MOST_LINES)) {
      const group = line.closest("details");
      line.remove();
      if (group && !group.contains(into) && !group.querySelector("span.line")) group.remove();
    }
    lines = log.querySelectorAll(".line").length;
    const before = find("log-before"), first = log.querySelector(".line");
    if (!before || !first) return;
    before.hidden = false;
    before.querySelector("a").href = `?line=${first.id.slice(1)}#${first.id}`;
  };

  // --- Lines as addresses: #L7, and #L7-L9 by a click with Shift.
  const mark = (scrolls) => {
    const [, first, last] = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash) || [];
    for (const line of document.querySelectorAll(".marked")) line.classList.remove("marked");
    if (!first || !log) return;
    const line = find(`L${first}`);
    if (!line) {
      const shown = log.querySelector(".line");
      const isBefore = shown && Number(first) < Number(shown.id.slice(1));
      const isTried = new URLSearchParams(location.search).get("line") === first;
      if (scrolls && (isBefore || isOver) && !isTried) location.replace(`?line=${first}${location.hash}`);
      return;
    }
    for (let at = Number(first); at <= Math.min(Number(last || first), Number(first) + MOST_LINES); at++) {
      find(`L${at}`)?.classList.add("marked");
    }
    if (!scrolls) return;
    for (let group = line.closest("details"); group; group = group.parentElement.closest("details")) group.open = true;
    line.scrollIntoView({ block: "center" });
  };

  addEventListener("hashchange", () => mark(true));
  addEventListener("click", (event) => {
    const link = event.target.closest?.("#log .line > a");
    const from = /^#L(\d+)/.exec(location.hash);
    if (!link || !event.shiftKey || !from) return;
    event.preventDefault();
    const ends = [Number(from[1]), Number(link.textContent)].sort((one, other) => one - other);
    location.hash = `#L${ends[0]}-L${ends[1]}`;
  });

  // --- Being told, or asking where that fails.
  const disconnect = () => {
    source?.close();
    source = undefined;
    clearTimeout(patience);
    clearTimeout(timer);
  };

  const connect = () => {
    disconnect();
    if (isOver) return;
    if (document.hidden) return void (timer = setTimeout(pollHidden, POLL_HIDDEN));
    const address = new URL(events, location.href);
    // A page that shows another part of the log wants to hear of the build alone.
    if (log) address.searchParams.set("from", to ?? Number.MAX_SAFE_INTEGER);
    if (seen !== undefined) address.searchParams.set("seen", seen);
    source = new EventSource(address);
    patience = setTimeout(poll, PATIENCE);
    source.onopen = () => {
      clearTimeout(patience);
      say("Live");
      if (seen === undefined) refresh();
    };
    source.onerror = () => {
      say("Connecting again …");
      if (source?.readyState === EventSource.CLOSED) poll();
    };
    source.addEventListener("log", (event) => {
      if (to === undefined) return;
      to = event.lastEventId;
      append(JSON.parse(event.data));
    });
    source.addEventListener("change", (event) => {
      if (seen !== undefined) seen = event.data;
      refresh();
    });
    source.addEventListener("reset", async () => {
      disconnect();
      await refresh(true);
      connect();
    });
    source.addEventListener("end", (event) => {
      if (event.data === "over") finish();
    });
  };

  const finish = () => {
    isOver = true;
    disconnect();
    say("");
    // The page of a build that had ended when it was loaded is as it should be.
    if (to !== undefined) refresh();
  };

  const poll = async () => {
    disconnect();
    say("");
    try {
      if (to === undefined) await refresh();
      else await pollLog();
    } catch {
      say("The server cannot be reached.");
    }
    if (!isOver) timer = setTimeout(Math.random() < 0.2 ? connect : poll, POLL);
  };

  const pollLog = async () => {
    const answer = await fetch(`${events}.json?from=${to}`, { cache: "no-store" });
    if (!answer.ok) return;
    const part = await answer.json();
    if (part.reset) return refresh(true);
    to = String(part.to);
    append(part.log);
    if (part.over) return finish();
    if (part.state !== seen) refresh();
    seen = part.state;
  };

  const pollHidden = async () => {
    await refresh();
    if (!isOver && document.hidden) timer = setTimeout(pollHidden, POLL_HIDDEN);
  };

  // A browser has six connections to a server: one that nobody looks at must not keep one.
  document.addEventListener("visibilitychange", connect);

  takeLog();
  mark(true);
  connect();
})();
