// Kiosks have a number pad: a digit presses the link or button that carries it. Elsewhere digits stay what they are
// (WCAG 2.1.4: no single-key shortcuts that speech input could set off).
if (document.documentElement.dataset.face === "kiosk") {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea, select")) return;
    if (!/^[0-9]$/.test(event.key)) return;
    const target = document.querySelector(`main [data-key="${event.key}"]`) ?? document.querySelector(`[data-key="${event.key}"]`);
    target?.click();
  });
}
