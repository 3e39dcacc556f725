// Looks for the number whose key begins as the challenge asks: the proof of work that a form is sent with.

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function keyOf({ nonce, salt, cost, keyLength }, counter) {
  const password = new Uint8Array(nonce.length / 2 + 4);
  password.set(bytes(nonce));
  new DataView(password.buffer).setUint32(nonce.length / 2, counter);
  const secret = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  return hex(await crypto.subtle.deriveBits(how, secret, keyLength * 8));
}

async function solve(challenge) {
  for (let counter = 0; ; counter += 1) {
    const derivedKey = await keyOf(challenge.parameters, counter);
    if (derivedKey.startsWith(challenge.parameters.keyPrefix)) return { challenge, solution: { counter, derivedKey } };
  }
}

addEventListener("message", async ({ data }) => {
  postMessage(btoa(JSON.stringify(await solve(data))));
});
