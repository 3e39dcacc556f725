// Suggests a correction of a likely mistyped email address, by the same rule as `likely_meant` on the server.
(() => {
  const suggestion = document.querySelector(".address-suggestion");
  const { email, website } = document.getElementById("sign").elements;
  const [before, after] = suggestion.dataset.question.split("|");
  const commonDomains = suggestion.dataset.often.split(" ");
  const knownDomains = suggestion.dataset.noSlips.split(" ");
  const MIN_LENGTH = 7;

  function isOneTypoApart(typed, meant) {
    let start = 0;
    while (start < Math.min(typed.length, meant.length) && typed[start] === meant[start]) start += 1;
    const [left, right] = [typed.slice(start), meant.slice(start)];
    const swapped = left.slice(0, 2) === [...right.slice(0, 2)].reverse().join("") && left.slice(2) === right.slice(2);
    return typed !== meant && (swapped || left.slice(1) === right.slice(1) || left.slice(1) === right || left === right.slice(1));
  }

  function siteDomain() {
    const typed = (website?.value ?? "").trim().toLowerCase();
    return typed.replace(/^[a-z]+:\/\//, "").replace(/^www\./, "").replace(/[/?#:].*$/, "");
  }

  function likelyDomain(host, ownDomain) {
    if (commonDomains.includes(host) || knownDomains.includes(host) || (ownDomain && `.${host}`.endsWith(`.${ownDomain}`))) return "";
    return [ownDomain, ...commonDomains].find((one) => one.length >= MIN_LENGTH && isOneTypoApart(host, one)) ?? "";
  }

  function correctionButton(address) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-plain";
    button.textContent = address;
    button.addEventListener("click", () => {
      email.value = address;
      suggestion.replaceChildren();
      email.focus();
    });
    return button;
  }

  function update() {
    const typed = email.value.trim();
    const at = typed.lastIndexOf("@");
    const domain = at > 0 ? likelyDomain(typed.slice(at + 1).toLowerCase(), siteDomain()) : "";
    suggestion.replaceChildren(...(domain ? [before, correctionButton(`${typed.slice(0, at)}@${domain}`), after] : []));
  }

  email.addEventListener("change", update);
  website?.addEventListener("change", update);
  update();
})();
