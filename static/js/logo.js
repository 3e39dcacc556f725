/* Refuses a logo that is too large before the form is sent. */
(() => {
  const field = document.querySelector("input[type=file][name=logo]");
  const warning = document.querySelector("[data-too-large]");
  if (!field || !warning) return;

  const MAX_BYTES = 2 * 2 ** 20;

  field.addEventListener("change", () => {
    const tooLarge = [...field.files].some((file) => file.size > MAX_BYTES);
    warning.hidden = !tooLarge;
    if (tooLarge) field.value = "";
  });
})();
