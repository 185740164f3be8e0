// Brings the page up to date in its place. Without it everything is there as well: reload.
"use strict";
(() => {
  const EVERY = 30_000;
  const PATIENCE = 20_000;
  const sheet = document.getElementById("sheet");
  const icon = document.querySelector("link[rel=icon]");
  let waits;
  let asked;

  const kept = () => [...sheet.querySelectorAll("details")].map((each) => each.open);

  const path = (node) => {
    const steps = [];
    for (let at = node; at && at !== sheet; at = at.parentElement) {
      steps.unshift([...at.parentElement.children].indexOf(at));
    }
    return steps;
  };

  const put = (fresh) => {
    const open = kept();
    const focus = sheet.contains(document.activeElement) ? path(document.activeElement) : null;
    sheet.replaceChildren(...fresh.childNodes);
    sheet.querySelectorAll("details").forEach((each, at) => {
      each.open = open[at] ?? each.open;
    });
    if (focus) {
      focus.reduce((at, step) => at?.children[step], sheet)?.focus({ preventScroll: true });
    }
  };

  const say = (text) => {
    document.getElementById("freshness").textContent = text;
  };

  // What nobody brings up to date any more must not go on saying that all is well.
  const old = () => {
    say("This is old: pipeline-health does not answer.");
    document.getElementById("old").hidden = false;
    document.title = "No answer · pipeline-health";
    icon.href = icon.href.replace(/[a-z]+\.svg$/, "unsure.svg");
  };

  const look = async () => {
    clearTimeout(waits);
    asked?.abort();
    const mine = (asked = new AbortController());
    const impatient = setTimeout(() => mine.abort(), PATIENCE);
    try {
      const answer = await fetch(location.origin + location.pathname, { cache: "no-store", redirect: "error", signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("sheet");
      if (!fresh) {
        throw new Error("no page");
      }
      put(document.adoptNode(fresh));
      document.title = page.title;
      icon.href = page.querySelector("link[rel=icon]").getAttribute("href");
      say("It refreshes itself.");
    } catch {
      if (mine === asked) {
        old();
      }
    } finally {
      clearTimeout(impatient);
    }
    if (mine === asked) {
      wait();
    }
  };

  const wait = () => {
    clearTimeout(waits);
    if (!document.hidden) {
      waits = setTimeout(look, EVERY);
    }
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(waits) : look()));
  say("It refreshes itself.");
  wait();
})();
