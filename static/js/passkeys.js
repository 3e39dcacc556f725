// Passkeys: shows their forms where the browser has passkeys, and sends what the browser answers.
(() => {
  if (!window.PublicKeyCredential) return;

  function bytes(text) {
    const padded = text.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
  }

  function text(buffer) {
    const signs = [...new Uint8Array(buffer)].map((byte) => String.fromCharCode(byte)).join("");
    return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }

  function decoded({ challenge, user, ...options }) {
    const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
    return {
      ...options,
      challenge: bytes(challenge),
      ...(user ? { user: { ...user, id: bytes(user.id) }, excludeCredentials: named(options.excludeCredentials) } : {}),
      ...(options.allowCredentials ? { allowCredentials: named(options.allowCredentials) } : {}),
    };
  }

  function encoded({ id, rawId, type, response }) {
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const present = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
    return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(present) });
  }

  function enable(form) {
    const { credential } = form.elements;
    const error = form.querySelector("[data-error]");

    form.addEventListener("submit", async (event) => {
      if (credential.value) return;
      event.preventDefault();
      error.hidden = true;
      try {
        const answer = await navigator.credentials[form.dataset.passkey]({ publicKey: decoded(JSON.parse(form.dataset.options)) });
        credential.value = encoded(answer);
        form.requestSubmit();
      } catch (problem) {
        error.textContent = problem.name === "InvalidStateError" ? form.dataset.known : form.dataset.refused;
        error.hidden = false;
      }
    });
    window.addEventListener("pageshow", () => { credential.value = ""; });
    form.hidden = false;
  }

  document.querySelectorAll("form[data-passkey]").forEach(enable);
})();
