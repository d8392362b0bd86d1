// Reads the page aloud, each part in its own language, where the browser has a voice for it.
const button = document.querySelector("[data-speak]");
const voices = window.speechSynthesis;
const SPOKEN = "h1, h2, h3, p, li, dt, dd, th, td, legend, label, summary, button, b";

/** The page's text in reading order, one utterance per block: long utterances are cut off by some browsers. */
function sentences(main) {
  const parts = [];
  for (const block of main.querySelectorAll(SPOKEN)) {
    if (block.querySelector(SPOKEN) || !block.checkVisibility?.({ contentVisibilityAuto: true })) continue;
    parts.push(...inOneLanguage(block));
  }
  return parts;
}

/** A block's text, cut where the language changes. */
function inOneLanguage(block) {
  const runs = [];
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    const text = data.replace(/\s+/g, " ").trim();
    if (!text || !parentElement.checkVisibility?.()) continue;
    const { lang } = parentElement.closest("[lang]");
    const last = runs.at(-1);
    if (last?.lang === lang) last.text += ` ${text}`;
    else runs.push({ lang, text });
  }
  return runs;
}

function stop(label, play) {
  voices.cancel();
  label.textContent = play;
  button.setAttribute("aria-pressed", "false");
}

function start(label, play) {
  const parts = sentences(document.getElementById("main"));
  voices.cancel();
  for (const [index, { lang, text }] of parts.entries()) {
    const utterance = new SpeechSynthesisUtterance(text);
    const voice = voices.getVoices().find((candidate) => candidate.lang.startsWith(lang));
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
