// Solves a proof-of-work challenge (ALTCHA): finds the counter whose derived key has the required prefix.

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function deriveKey({ nonce, salt, cost, keyLength }, counter) {
  const password = new Uint8Array(nonce.length / 2 + 4);
  password.set(bytes(nonce));
  new DataView(password.buffer).setUint32(nonce.length / 2, counter);
  const baseKey = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  return hex(await crypto.subtle.deriveBits(algorithm, baseKey, keyLength * 8));
}

async function solve(challenge) {
  for (let counter = 0; ; counter += 1) {
    const derivedKey = await deriveKey(challenge.parameters, counter);
    if (derivedKey.startsWith(challenge.parameters.keyPrefix)) return { challenge, solution: { counter, derivedKey } };
  }
}

addEventListener("message", async ({ data }) => {
  postMessage(btoa(JSON.stringify(await solve(data))));
});
