// What arrives while a page is open. A wake-up carries no data: the page is read again from the server and its
// [data-live] regions (each with an id) are exchanged, so permission and wording stay the server's affair.
import { announce } from "./announce.js";

const source = document.getElementById("announcer")?.dataset.events;
let events;
let wait = 1000;
let reading = false;
let again = false;

/** True while exchanging the region would take something out of the person's hands. */
function busy(region) {
  const held = document.activeElement;
  return region.contains(held) && held.matches("input, textarea, select");
}

function exchange(region, fresh) {
  const open = new Set([...region.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
  const held = region.contains(document.activeElement) ? document.activeElement : null;
  const mark = held && (held.id ? `#${CSS.escape(held.id)}` : held.href ? `a[href="${CSS.escape(held.getAttribute("href"))}"]` : null);
  region.replaceWith(fresh);
  for (const summary of fresh.querySelectorAll("details > summary")) {
    if (open.has(summary.textContent)) summary.parentElement.open = true;
  }
  if (mark) fresh.querySelector(mark)?.focus({ preventScroll: true });
  fresh.classList.add("fresh");
}

/** Reads the page again and exchanges what changed. Wake-ups during a reading are folded into one more. */
async function refresh() {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
    if (answer.redirected || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    let changed = false;
    for (const region of document.querySelectorAll("[data-live][id]")) {
      const fresh = page.getElementById(region.id);
      if (!fresh || busy(region) || same(region, fresh)) continue;
      exchange(region, fresh);
      changed = true;
    }
    if (changed) announce("updated");
  } catch {
    // The stream's own error handling says that the connection is gone.
  } finally {
    reading = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

// Tokens differ on every reading and an opened "why?" is the person's doing: neither is news.
function same(one, other) {
  return essence(one) === essence(other);
}
function essence(region) {
  const copy = region.cloneNode(true);
  copy.classList.remove("fresh");
  if (!copy.className) copy.removeAttribute("class");
  for (const hidden of copy.querySelectorAll("input[type=hidden]")) hidden.remove();
  for (const details of copy.querySelectorAll("details")) details.open = false;
  return copy.outerHTML;
}

function listen() {
  events = new EventSource(source);
  events.onopen = () => {
    if (wait > 1000) refresh();
    wait = 1000;
  };
  events.onmessage = refresh;
  events.onerror = () => {
    events.close();
    if (wait === 4000) announce("offline");
    setTimeout(listen, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, 60000);
  };
}

if (source && "EventSource" in window && document.querySelector("[data-live][id]")) {
  listen();
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      listen();
      refresh();
    }
  });
}
