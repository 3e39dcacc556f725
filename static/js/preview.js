/* Draws the sheet anew while one types: the server draws it, by the same template as the page that readers see. */
(() => {
  const form = document.querySelector("form[data-preview]");
  const sheet = document.querySelector("[data-sheet]");
  if (!form || !sheet) return;

  const PAUSE = 250;
  let timer = 0;
  let asked = new AbortController();

  async function draw() {
    asked.abort();
    asked = new AbortController();
    const body = new FormData(form);
    body.delete("logo"); // a picture is shown once it is saved
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body, redirect: "error", signal: asked.signal });
      if (answer.ok) sheet.innerHTML = await answer.text();
    } catch {
      return; // another key was pressed, or nobody answers: autosave tells
    }
  }

  form.addEventListener("input", ({ target }) => {
    if (target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  });
})();
