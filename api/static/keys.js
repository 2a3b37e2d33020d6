// A single key presses what is marked with it (data-key), as long as its reader has not switched that off.
const box = document.querySelector("[data-keys] input");
const STORED = "platsverket-keys";
const NOT_IN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

if (box) {
  let leaving = false;
  const show = () => document.documentElement.toggleAttribute("data-keys-on", box.checked);
  box.checked = localStorage.getItem(STORED) !== "off";
  box.closest("[data-keys]").hidden = false;
  box.addEventListener("change", () => {
    localStorage.setItem(STORED, box.checked ? "on" : "off");
    show();
  });
  window.addEventListener("pageshow", () => (leaving = false));
  show();

  document.addEventListener("keydown", (event) => {
    if (!box.checked || leaving || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(NOT_IN)) return;
    const marked = [...document.querySelectorAll("[data-key]")];
    const meant = marked.find((each) => each.dataset.key === event.key.toLowerCase() && each.checkVisibility());
    if (!meant) return;
    event.preventDefault();
    if (meant.matches("summary")) {
      meant.click();
      meant.parentElement.querySelector("button, select")?.focus();
    } else if (meant.hasAttribute("data-go")) {
      meant.scrollIntoView({ block: "center" });
      meant.focus();
    } else {
      leaving = true;
      meant.focus();
      meant.click();
    }
  });
}
