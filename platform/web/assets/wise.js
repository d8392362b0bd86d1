// Enhancements of pages that work without any of them. Each module looks for its own marks and stays away without.
import "./once.js";
import "./speak.js";
import "./keys.js";
import "./live.js";
import "./push.js";
import "./here.js";
import "./paper.js";

// The error summary is where a person has to look first after a form comes back.
document.getElementById("errors")?.focus();

// A pressed Escape or a press elsewhere closes an open sheet of settings.
document.addEventListener("click", (event) => {
  for (const drop of document.querySelectorAll("details.drop[open]")) {
    if (!drop.contains(event.target)) drop.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const drop = event.key === "Escape" && document.querySelector("details.drop[open]");
  if (drop) {
    drop.open = false;
    drop.querySelector("summary").focus();
  }
});

// Paper has no "why?" to press: open them all while printing.
addEventListener("beforeprint", () => {
  for (const why of document.querySelectorAll("details.why:not([open])")) {
    why.dataset.printed = "";
    why.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const why of document.querySelectorAll("details[data-printed]")) {
    delete why.dataset.printed;
    why.open = false;
  }
});

if ("serviceWorker" in navigator && location.protocol === "https:") {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
