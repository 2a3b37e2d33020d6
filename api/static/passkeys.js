// A form with data-passkey is sent with a passkey's answer to its data-options, once the authenticator has given one.
const asked = {
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

const tell = (form, what) => {
  const told = form.querySelector(`[data-passkey-${what}]`);
  told.hidden = false;
  told.focus();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.hasAttribute("formaction")) return; // a change of language keeps what was typed
    event.preventDefault();
    for (const told of form.querySelectorAll("p[role=alert]")) told.hidden = true;
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return tell(form, "unable");
    const name = form.elements.namedItem("name");
    if (name && !name.value.trim()) return form.submit(); // what is missing is told before anybody is asked
    try {
      const credential = await asked[form.dataset.passkey](JSON.parse(form.dataset.options));
      form.elements.namedItem("answer").value = JSON.stringify(credential.toJSON());
    } catch {
      return tell(form, "failed");
    }
    form.submit();
  });
}
