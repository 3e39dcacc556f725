// Warns before leaving a page with unsaved changes. A form that was rejected counts as changed.
(() => {
  const form = document.querySelector("form[data-unsaved]");
  const serialized = () => new URLSearchParams(new FormData(form)).toString();
  const saved = form.querySelector(".notice-stop") ? null : serialized();
  let sent = false;

  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && serialized() !== saved) event.preventDefault();
  });
})();
