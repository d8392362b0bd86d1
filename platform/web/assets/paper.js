// Files that are read into a field, and pages that are printed; without scripts the text is pasted and the browser prints.
for (const field of document.querySelectorAll("[data-pick]")) {
  const input = field.querySelector("input[type=file][data-into]");
  const into = input && document.getElementById(input.dataset.into);
  if (!into) continue;
  field.hidden = false;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    into.value = await file.text();
    into.focus();
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
