/* Live preview: the server renders the typed text with the same template as the public page. */
(() => {
  const form = document.querySelector("form[data-preview]");
  const preview = document.querySelector("[data-sheet]");
  if (!form || !preview) return;

  const DEBOUNCE = 250;
  let timer = 0;
  let controller = new AbortController();

  /* Replaces the sheet, but for the text if that is edited there. */
  function show(html) {
    const editing = preview.querySelector("[data-editing]");
    const drawn = document.createElement("template");
    drawn.innerHTML = html;
    const body = editing && drawn.content.querySelector(".letter-body");
    if (!body) {
      preview.innerHTML = html;
      return;
    }
    const letter = editing.parentElement;
    const newLetter = body.parentElement;
    for (const name of ["class", "lang", "dir"]) letter.setAttribute(name, newLetter.getAttribute(name) ?? "");
    for (const part of [...letter.children]) if (part !== editing) part.remove();
    for (const part of [...newLetter.childNodes].slice(0, [...newLetter.childNodes].indexOf(body))) editing.before(part);
    while (body.nextSibling) letter.append(body.nextSibling);
    preview.querySelector("link")?.remove();
    const accent = drawn.content.querySelector("link");
    if (accent) preview.prepend(accent);
  }

  async function update() {
    controller.abort();
    controller = new AbortController();
    const body = new FormData(form);
    body.delete("logo"); // a logo is shown once it is saved
    body.delete("session"); // the sheet's text as it is here
    try {
      const response = await fetch(form.dataset.preview, { method: "POST", body, redirect: "error", signal: controller.signal });
      if (response.ok) show(await response.text());
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
