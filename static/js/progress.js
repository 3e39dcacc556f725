// Polls a part of the page while the worker renders files, and replaces only that part.

const poll = async () => {
  const region = document.querySelector("[data-look-again]");
  if (!region) return;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const update = page.getElementById(region.id);
    if (response.ok && update) replaceRegion(region, update);
  } catch {
    region.dataset.lookAgain = Math.min(Number(region.dataset.lookAgain) * 2, 30000);
  }
  schedule();
};

const replaceRegion = (region, update) => {
  if (region.innerHTML === update.innerHTML && update.dataset.lookAgain) return;
  const focusedHref = document.activeElement.getAttribute("href");
  region.replaceWith(update);
  if (focusedHref) update.querySelector(`[href="${CSS.escape(focusedHref)}"]`)?.focus();
  const status = document.getElementById("progress-status");
  if (!update.dataset.lookAgain && status) status.textContent = status.dataset.done;
};

const schedule = () => {
  const region = document.querySelector("[data-look-again]");
  if (region) setTimeout(poll, Number(region.dataset.lookAgain));
};

schedule();
