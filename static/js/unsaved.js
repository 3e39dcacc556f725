// Asks before a page is left whose form was changed and not sent. A form that came back refused counts as changed.
(() => {
  const form = document.querySelector("form[data-unsaved]");
  const stands = () => new URLSearchParams(new FormData(form)).toString();
  const saved = form.querySelector(".notice-stop") ? null : stands();
  let sent = false;

  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && stands() !== saved) event.preventDefault();
  });
})();
