// Presses the only button of a page that leads on by itself.
(() => {
  document.querySelector("form[data-continue]").requestSubmit();
})();
