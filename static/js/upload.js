/* Refuses pictures that are too large before the form is sent, and tells the server where in the text a figure belongs. */
(() => {
  const MAX_BYTES = 2 * 2 ** 20;

  document.querySelectorAll("input[type=file]:is([name=logo], [name=figure], [name=scan])").forEach((field) => {
    const warning = field.closest("details, form").querySelector("[data-too-large]");
    field.addEventListener("change", () => {
      const tooLarge = [...field.files].some((file) => file.size > MAX_BYTES);
      warning.hidden = !tooLarge;
      if (tooLarge) field.value = "";
    });
  });

  const body = document.getElementById("body");
  const place = document.querySelector("input[name=figure_at]");
  if (!body || !place) return;
  ["select", "keyup", "click", "input"].forEach((event) => body.addEventListener(event, () => { place.value = body.selectionStart; }));
})();
