// Looks again at a part of the page while the worker draws: bars move, finished files appear, and nothing else changes.

const look = async () => {
  const part = document.querySelector("[data-look-again]");
  if (!part) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const newer = page.getElementById(part.id);
    if (answer.ok && newer) replace(part, newer);
  } catch {
    part.dataset.lookAgain = Math.min(Number(part.dataset.lookAgain) * 2, 30000);
  }
  wait();
};

const replace = (part, newer) => {
  if (part.innerHTML === newer.innerHTML && newer.dataset.lookAgain) return;
  const place = document.activeElement.getAttribute("href");
  part.replaceWith(newer);
  if (place) newer.querySelector(`[href="${CSS.escape(place)}"]`)?.focus();
  const said = document.getElementById("progress-said");
  if (!newer.dataset.lookAgain && said) said.textContent = said.dataset.done;
};

const wait = () => {
  const part = document.querySelector("[data-look-again]");
  if (part) setTimeout(look, Number(part.dataset.lookAgain));
};

wait();
