// An identity provider for trying sign-in: `node scripts/sample_provider.mjs CONFIG.json`. Not for anything else.
//
// A certified OpenID provider (npm oidc-provider) with the claims of the Swedish profile (OIDC Sweden). CONFIG says
// `port`, `clients` (OpenID Connect client metadata) and `accounts`: what each person is called and what is claimed
// of them; `api` may name the API that programs get access tokens for (RFC 9068), and `programs` the organisation number
// that is claimed of each by its client id; `algorithms` are those that a client may have its ID tokens signed with, `jwks`
// the keys to sign with. Whoever wants to sign in chooses a person from a list. It prints one line when it listens.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Provider } from "oidc-provider";

const config = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const { port, clients, accounts, api, programs = {}, algorithms, jwks } = config;
const issuer = `http://127.0.0.1:${port}`;
const ORGANISATION = "https://id.oidc.se/scope/naturalPersonOrgId";

const provider = new Provider(issuer, {
  clients,
  ...(jwks && { jwks }),
  ...(algorithms && { enabledJWA: { idTokenSigningAlgValues: algorithms } }),
  claims: {
    openid: ["sub", "sid", "acr"],
    profile: ["name"],
    email: ["email", "email_verified"],
    [ORGANISATION]: ["https://id.oidc.se/claim/orgNumber", "https://id.oidc.se/claim/orgAffiliation"],
  },
  scopes: ["openid", "profile", "email", ORGANISATION],
  cookies: { keys: [randomUUID()] },
  extraTokenClaims: (_context, token) => programs[token.clientId] && { "https://id.oidc.se/claim/orgNumber": programs[token.clientId] },
  conformIdTokenClaims: false, // what was asked for stands in the ID token itself
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    clientCredentials: { enabled: Boolean(api) },
    resourceIndicators: { enabled: Boolean(api), defaultResource, getResourceServerInfo, useGrantedResource: () => true },
  },
  pkce: { required: () => true },
  findAccount: (_context, sub) => {
    const account = accounts.find((each) => each.sub === sub);
    return account && { accountId: sub, claims: () => account };
  },
  interactions: { url: (_context, interaction) => `/choose/${interaction.uid}` },
  loadExistingGrant,
  fetch: tellProduct,
  renderError,
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
});

// That somebody has signed out here. The product is on this machine, where the library's own would call nobody.
function tellProduct(address, { dispatcher, signal, ...said }) {
  return fetch(address, said);
}

// Nobody is asked whether the product may know what it asks for.
async function loadExistingGrant(context) {
  const { client, session, params } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

// A program that asks for itself gets a token for the API; people get what tells who they are.
function defaultResource(context) {
  return context.oidc.params.grant_type === "client_credentials" ? api : undefined;
}

function getResourceServerInfo() {
  return { scope: "read write", audience: api, accessTokenFormat: "jwt", accessTokenTTL: 600, jwt: { sign: { alg: "RS256" } } };
}

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

// Its pages, in the reader's language. The library's own load a font from elsewhere and cannot be read by everybody.
const WORDS = {
  sv: {
    who: "Vem är du?",
    trying: "Den här tjänsten är till för att prova att logga in i",
    nobody: "Ingen av dem",
    leave: "Vill du logga ut här också?",
    yes: "Ja, logga ut",
    no: "Nej, stanna kvar",
    left: "Du är utloggad",
    failed: "Det gick inte",
  },
  en: {
    who: "Who are you?",
    trying: "This service is for trying to sign in to",
    nobody: "Nobody of these",
    leave: "Do you want to sign out here, too?",
    yes: "Yes, sign out",
    no: "No, stay signed in",
    left: "You are signed out",
    failed: "That did not work",
  },
};

function show(context, heading, body = () => "") {
  const language = context.acceptsLanguages("sv", "en") || "en";
  const words = WORDS[language];
  context.type = "html";
  context.body = `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><style>body { font: 1rem/2 sans-serif; }</style>
<title>${words[heading]}</title><main><h1>${words[heading]}</h1>${body(words)}</main></html>`;
}

function logoutSource(context, form) {
  const button = (words, name) => `<p><button form="op.logoutForm" ${name === "yes" ? 'name="logout" value="yes"' : ""}>${words[name]}</button></p>`;
  show(context, "leave", (words) => form + button(words, "yes") + button(words, "no"));
}

function postLogoutSuccessSource(context) {
  show(context, "left");
}

function renderError(context, said) {
  show(context, "failed", () => `<p>${escaped([said.error, said.error_description].filter(Boolean).join(": "))}</p>`);
}

// The list of people, and the choice. Arguments are in the address: this is a toy, and nothing here is secret.
provider.use(async (context, next) => {
  const [, uid] = context.path.match(/^\/choose\/([\w-]+)$/) ?? [];
  if (!uid) return next();
  const { params } = await provider.interactionDetails(context.req, context.res);
  const chosen = accounts.find((each) => each.sub === context.query.sub);
  if (chosen) {
    const login = { accountId: chosen.sub, acr: chosen.acr, remember: false };
    return provider.interactionFinished(context.req, context.res, { login }, { mergeWithLastSubmission: false });
  }
  if (context.query.cancel) {
    return provider.interactionFinished(context.req, context.res, { error: "access_denied" });
  }
  const choices = accounts.map((each) => `<li><a href="?sub=${encodeURIComponent(each.sub)}">${escaped(each.label)}</a></li>`);
  show(context, "who", (words) => `<p>${words.trying} ${escaped(params.client_id)}.</p>
<ul>${choices.join("")}</ul><p><a href="?cancel=1">${words.nobody}</a></p>`);
});

// It ends with the process that started it, however that ends.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 1000);

// Whoever imports this may add to it first.
setImmediate(() => provider.listen(port, "127.0.0.1", () => console.log(`The sample provider listens at ${issuer}`)));

export { config, provider };
