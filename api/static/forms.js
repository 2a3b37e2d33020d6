// A change of language keeps what was typed last: of several forms on a page, the one that was written in.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || form.method !== "post" || !form.id) return;
  for (const button of document.querySelectorAll(".pv-head__language[formaction]")) button.setAttribute("form", form.id);
});
// What is shown once to be taken elsewhere is copied by a button, where the browser lets it be.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    const taken = await navigator.clipboard.writeText(field.value).then(
      () => true,
      () => document.execCommand("copy"), // where a browser has not asked for leave, what is selected may be
    );
    if (!taken) return;
    button.nextElementSibling.textContent = button.dataset.copied;
  });
}
