// What arrives while a page is open. A wake-up carries no data: the page is read again from the server and its
// [data-live] regions (each with an id) are exchanged, so permission and wording stay the server's affair.
import { announce } from "./announce.js";

const source = document.getElementById("announcer")?.dataset.events;
const PAUSE = 300; // ms
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
  const opened = new Map();
  for (const summary of region.querySelectorAll("details > summary")) opened.set(summary.textContent, summary.parentElement.open);
  const held = region.contains(document.activeElement) ? document.activeElement : null;
  const mark = held && (held.id ? `#${CSS.escape(held.id)}` : held.href ? `a[href="${CSS.escape(held.getAttribute("href"))}"]` : null);
  region.replaceWith(fresh);
  for (const summary of fresh.querySelectorAll("details > summary")) {
    const open = opened.get(summary.textContent);
    if (open !== undefined) summary.parentElement.open = open;
  }
  if (mark) fresh.querySelector(mark)?.focus({ preventScroll: true });
  fresh.classList.add("fresh");
}

/** Reads the page again and exchanges what changed. Wake-ups during a reading are folded into one more. */
async function refresh() {
  if (reading || document.hidden) {
    again = true;
    return;
  }
  reading = true;
  again = false;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
    // Redirected: the session is over; the person finds out at the next press, not in the middle of reading.
    if (answer.ok && !answer.redirected) adopt(await answer.text());
  } catch {
    // The stream's own error handling says that the connection is gone.
  }
  // On a busy day wake-ups come in floods: a pause keeps a page that nobody touches from reading all the time.
  setTimeout(() => {
    reading = false;
    if (again) refresh();
  }, PAUSE);
}

function adopt(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  let changed = false;
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(region.id);
    if (!fresh || busy(region) || same(region, fresh)) continue;
    exchange(region, fresh);
    changed = true;
  }
  if (changed) announce("updated");
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
  document.addEventListener("visibilitychange", () => again && refresh());
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      listen();
      refresh();
    }
  });
}
