// Asks beside an address whether another one was meant, as the server does: a question, answered by a click or not at all.
(() => {
  const place = document.querySelector(".meant");
  const { email, website } = document.getElementById("sign").elements;
  const [before, after] = place.dataset.question.split("|");
  const often = place.dataset.often.split(" ");
  const noSlips = place.dataset.noSlips.split(" ");
  const SHORTEST = 7;

  function isOneSlipApart(typed, meant) {
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

  function likelyMeant(host, own) {
    if (often.includes(host) || noSlips.includes(host) || (own && `.${host}`.endsWith(`.${own}`))) return "";
    return [own, ...often].find((one) => one.length >= SHORTEST && isOneSlipApart(host, one)) ?? "";
  }

  function choice(address) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-plain";
    button.textContent = address;
    button.addEventListener("click", () => {
      email.value = address;
      place.replaceChildren();
      email.focus();
    });
    return button;
  }

  function ask() {
    const typed = email.value.trim();
    const cut = typed.lastIndexOf("@");
    const better = cut > 0 ? likelyMeant(typed.slice(cut + 1).toLowerCase(), siteDomain()) : "";
    place.replaceChildren(...(better ? [before, choice(`${typed.slice(0, cut)}@${better}`), after] : []));
  }

  email.addEventListener("change", ask);
  website?.addEventListener("change", ask);
  ask();
})();
