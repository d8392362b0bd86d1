// Reads the page aloud, where the browser has a voice for its language.
const button = document.querySelector("[data-speak]");
const voices = window.speechSynthesis;
const SPOKEN = "h1, h2, h3, p, li, dt, dd, th, td, legend, label, summary, button, b";

/** The page's text in reading order, one utterance per block: long utterances are cut off by some browsers. */
function sentences(main) {
  const parts = [];
  for (const block of main.querySelectorAll(SPOKEN)) {
    if (block.querySelector(SPOKEN) || !block.checkVisibility?.({ contentVisibilityAuto: true })) continue;
    const text = block.innerText.replace(/\s+/g, " ").trim();
    if (text) parts.push(text);
  }
  return parts;
}

function stop(label, play) {
  voices.cancel();
  label.textContent = play;
  button.setAttribute("aria-pressed", "false");
}

function start(label, play) {
  const lang = document.documentElement.lang;
  const voice = voices.getVoices().find((candidate) => candidate.lang.startsWith(lang));
  const parts = sentences(document.getElementById("main"));
  voices.cancel();
  for (const [index, text] of parts.entries()) {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = lang;
    if (voice) utterance.voice = voice;
    utterance.rate = 0.95;
    if (index === parts.length - 1) utterance.onend = () => stop(label, play);
    voices.speak(utterance);
  }
  label.textContent = button.dataset.stop;
  button.setAttribute("aria-pressed", "true");
}

if (button && voices) {
  const label = button.querySelector(".tool-label");
  const play = label.textContent;
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => (voices.speaking ? stop(label, play) : start(label, play)));
  addEventListener("pagehide", () => voices.cancel());
}
