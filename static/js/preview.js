/* Live preview: the server renders the typed text with the same template as the public page. */
(() => {
  const form = document.querySelector("form[data-preview]");
  const preview = document.querySelector("[data-sheet]");
  if (!form || !preview) return;

  const DEBOUNCE = 250;
  let timer = 0;
  let controller = new AbortController();

  async function update() {
    controller.abort();
    controller = new AbortController();
    const body = new FormData(form);
    body.delete("logo"); // a logo is shown once it is saved
    try {
      const response = await fetch(form.dataset.preview, { method: "POST", body, redirect: "error", signal: controller.signal });
      if (response.ok) preview.innerHTML = await response.text();
    } catch {
      return; // aborted by newer input, or offline: autosave reports it
    }
  }

  form.addEventListener("input", ({ target }) => {
    if (target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(update, DEBOUNCE);
  });
})();
