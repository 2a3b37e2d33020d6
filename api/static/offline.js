// What is noted while the network is away waits in this browser, and is sent once when it is back: a form's own token lets
// the server take it only once, however often it is sent. See decision 039.
const NOTES = "platsverket-noted";
const PATIENCE_MS = 5000; // after which who waits is told: a telephone may look minutes for a network that is not there
const AGAIN_MS = 20000;

const box = document.querySelector("[data-offline]");
const leaving = document.querySelector("form[action='/sign-out']");
const own = (name) => leaving.querySelector(`[name=${name}]`).value;
const me = own("form_token").split(".")[2]; // whom the server has shown this page to
const list = box.querySelector("ul");
let asked = new WeakSet();
let sending = false;
let isSignedOut = false;
let sent = [];
let unkept = []; // what there was no room for: it is on its page alone, so that is said

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(NOTES) ?? "[]");
  } catch {
    return []; // somebody else wrote there
  }
};
const write = (notes) => {
  try {
    localStorage.setItem(NOTES, JSON.stringify(notes));
    return true;
  } catch {
    return false; // it is full, or shut
  }
};
const tokenOf = (form) => form.elements.namedItem("form_token").value;
const isFresh = (note) => Date.now() - note.at < box.dataset.hours * 3600000;
const mine = () => read().filter((note) => note.member === me);
const put = (note) => write([...read().filter((each) => each.token !== note.token), note]);
const forget = (token) => write(read().filter((each) => each.token !== token));

function keep(form) {
  const fields = [...new FormData(form)];
  const texts = fields.filter(([, value]) => typeof value === "string");
  const withoutPhoto = fields.some(([, value]) => value.size > 0);
  const [title, button] = [document.querySelector("h1"), form.querySelector("button")];
  const what = `${title.textContent.trim()}, ${button.textContent.trim()}`;
  const written = form.querySelectorAll("input[type=number], textarea, [name^=remark]");
  const words = [...written].map((each) => each.value.trim()).filter(Boolean).join(", ");
  const note = { token: tokenOf(form), member: me, to: form.getAttribute("action"), texts, what, words, withoutPhoto, at: Date.now(), told: "" };
  unkept = unkept.filter((each) => each.token !== note.token);
  if (put(note)) form.inert = true; // another one is noted on the page as it is after this one
  else {
    unkept.push(note);
    asked.delete(form);
  }
  show();
  box.scrollIntoView({ block: "nearest" });
}

function line(note, said, done) {
  const item = box.querySelector("template").content.cloneNode(true).firstElementChild;
  const [link, at, told, words, remove] = ["a", "time", "span", "q", "button"].map((each) => item.querySelector(each));
  link.href = note.to.replace(/\/(movements|counts)$/, "");
  link.textContent = note.what;
  at.textContent = new Date(note.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
  told.textContent = said;
  words.textContent = note.words;
  words.hidden = !note.words;
  remove.hidden = done || !note.told;
  remove.addEventListener("click", () => {
    forget(note.token);
    show();
  });
  return item;
}

function show() {
  const { signedOut, waiting, waitingWithoutPhoto } = box.dataset;
  const waits = (note) => (isSignedOut ? signedOut : note.withoutPhoto ? waitingWithoutPhoto : waiting);
  const kept = mine().map((note) => line(note, note.told || waits(note), false));
  const lost = unkept.map((note) => line(note, box.dataset.full, true));
  list.replaceChildren(...sent.map((note) => line(note, note.said, true)), ...kept, ...lost);
  box.hidden = !list.children.length;
}

// Returns whether the next one may be sent: not where the server is busy, or knows nobody here any more.
async function deliver(note) {
  const body = new URLSearchParams(note.texts);
  body.set("_csrf_token", own("_csrf_token"));
  const answer = await fetch(note.to, { method: "POST", body, headers: { accept: "text/html" } });
  const { pathname, search } = new URL(answer.url);
  isSignedOut = pathname.startsWith("/sign-in");
  if (isSignedOut || answer.status === 429 || answer.status >= 500) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const told = [".ds-error-summary li", ".pv-flash[role]", "p"].map((each) => page.querySelector(`main ${each}`));
  const words = (told.find(Boolean)?.textContent ?? "").replace(/\s+/g, " ").trim();
  if (answer.ok && answer.redirected && !search) {
    forget(note.token);
    sent.push({ ...note, said: `${box.dataset.sent} ${words}` });
  } else put({ ...note, told: words || String(answer.status) });
  return true;
}

async function send() {
  if (sending || isSignedOut || !navigator.onLine) return;
  sending = true;
  try {
    for (const note of mine().filter((each) => !each.told)) {
      if (!isFresh(note)) put({ ...note, told: box.dataset.expired });
      else if (!(await deliver(note))) break;
    }
  } catch {
    // the network is away again: all that was not answered waits on
  } finally {
    sending = false;
    show();
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-kept-offline]") || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  if (asked.has(form)) return;
  asked.add(form);
  const late = setTimeout(() => keep(form), PATIENCE_MS);
  const isThere = navigator.onLine && (await fetch("/health/live", { cache: "no-store" }).then((said) => said.ok, () => false));
  clearTimeout(late);
  if (!isThere) return keep(form);
  forget(tokenOf(form));
  form.submit();
});
leaving.addEventListener("submit", (event) => {
  if (mine().length && !confirm(box.dataset.leaving)) event.preventDefault(); // signing out clears the storage
});
window.addEventListener("pageshow", () => (asked = new WeakSet()));
window.addEventListener("online", send);
setInterval(send, AGAIN_MS);
write(read().filter((note) => note.member === me || isFresh(note)));
show();
send();
