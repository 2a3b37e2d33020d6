// A change of language keeps what was typed last: of several forms on a page, the one that was written in.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || form.method !== "post" || !form.id) return;
  for (const button of document.querySelectorAll(".pv-head__language[formaction]")) button.setAttribute("form", form.id);
});
