// The certified provider, whose answers are changed behind its back: `node altering_provider.mjs CONFIG.json`.
//
// `/alter?next={…}` says what is put into the `header` and the `claims` of the ID token that the provider issues next, and
// by what it is `signed` anew: the provider's `own` key where nothing is said. `/keys-fetched` tells how often they were.

import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { config, provider } from "../../../scripts/sample_provider.mjs";

const own = createPrivateKey({ key: config.jwks.keys[0], format: "jwk" });
const another = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const everybodyKnows = createPublicKey(own).export({ type: "spki", format: "pem" });
const signatures = {
  own: (text) => sign("sha256", text, own),
  another: (text) => sign("sha256", text, another),
  public: (text) => createHmac("sha256", everybodyKnows).update(text).digest(),
  nothing: () => Buffer.alloc(0),
};
let next = null;
let keysFetched = 0;

function altered(token, { header = {}, claims = {}, signed = "own" }) {
  const [said, claimed] = token.split(".", 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  const parts = [{ ...said, ...header }, { ...claimed, ...claims }];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${signatures[signed](Buffer.from(text)).toString("base64url")}`;
}

provider.use(async (context, goOn) => {
  if (context.path === "/alter") {
    next = JSON.parse(context.query.next);
    context.status = 204;
  } else if (context.path === "/keys-fetched") {
    context.body = String(keysFetched);
  } else {
    keysFetched += context.path === "/jwks";
    await goOn();
    if (next && context.path === "/token" && context.body.id_token) {
      context.body.id_token = altered(context.body.id_token, next);
      next = null;
    }
  }
});
