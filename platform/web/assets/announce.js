// The one polite voice of a page. Texts come from the server, on #announcer.
const region = document.getElementById("announcer");
let timer;

/** Says and shows the text kept under data-<name>, for six seconds. */
export function announce(name) {
  const text = region?.dataset[name];
  if (!text) return;
  region.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    region.textContent = "";
  }, 6000);
}
