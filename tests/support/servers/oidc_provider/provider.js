// npm's oidc-provider on a port of this machine: `node provider.js PORT REDIRECT_URI CLIENT_ID CLIENT_SECRET PEOPLE`.
// Prints a line once it listens. PEOPLE are the claims of each account in JSON, by what one signs in as; any password will do.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, redirectUri, clientId, clientSecret, people] = process.argv.slice(2);
const claimsByAccount = JSON.parse(people);
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  jwks: { keys: [{ ...key, use: "sig", alg: "RS256" }] },
  cookies: { keys: ["of a test"] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  ttl: { IdToken: 60, AccessToken: 60, AuthorizationCode: 60, Session: 600, Interaction: 600, Grant: 600 },
  findAccount: (_context, account) =>
    claimsByAccount[account] && { accountId: account, claims: () => ({ sub: account, ...claimsByAccount[account] }) },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
