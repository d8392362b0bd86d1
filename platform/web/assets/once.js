// Forms: pressing twice is once, and what was typed survives a lost connection.
import { announce } from "./announce.js";

// Never kept: what identifies a person, secrets, files, and the form's own tokens.
const KEPT = "input:not([type=hidden], [type=password], [type=file], [data-personal]), textarea:not([data-personal]), select";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // After this turn: a disabled button would not be sent with the form.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  });
  const slow = setTimeout(() => announce("busy"), 1000);
  addEventListener("pagehide", () => clearTimeout(slow), { once: true });
  if (form.dataset.draft) sessionStorage.setItem("sent", key(form));
});

// Coming back with the browser's own button finds the form as it was left, ready to send again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

const key = (form) => `draft:${form.dataset.draft}`;

// Personal numbers are not stored even when somebody writes one into a free text.
const withoutNumbers = (text) => text.replace(/(?<!\d)\d{6}\s*-?\s*\d{7}(?!\d)/g, "");

function keep(form) {
  const values = [];
  for (const input of form.querySelectorAll(KEPT)) {
    if (!input.name) continue;
    if (input.type === "checkbox" || input.type === "radio") {
      if (input.checked) values.push([input.name, input.value]);
    } else if (input.value) values.push([input.name, withoutNumbers(input.value)]);
  }
  sessionStorage.setItem(key(form), JSON.stringify(values));
  const line = form.querySelector("[data-saved-line]");
  const words = document.getElementById("announcer")?.dataset.saved;
  if (line && words) line.textContent = words;
}

function restore(form) {
  const kept = JSON.parse(sessionStorage.getItem(key(form)) ?? "[]");
  for (const [name, value] of kept) {
    for (const input of form.querySelectorAll(KEPT)) {
      if (input.name !== name) continue;
      if (input.type === "checkbox" || input.type === "radio") input.checked ||= input.value === value;
      else if (!input.value) input.value = value;
    }
  }
}

const drafts = [...document.querySelectorAll("form[data-draft]")];
// A draft that was sent and whose form did not come back was accepted: forget it.
const sent = sessionStorage.getItem("sent");
if (sent && !drafts.some((form) => key(form) === sent)) sessionStorage.removeItem(sent);
sessionStorage.removeItem("sent");

for (const form of drafts) {
  restore(form);
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), 400);
  });
}

// Nobody's draft outlives their session in a shared browser.
for (const form of document.querySelectorAll('form[action="/logout"]')) {
  form.addEventListener("submit", () => sessionStorage.clear());
}
