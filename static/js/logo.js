/* Says at once that a picture is too large, before it is sent: the server would refuse it with all that was typed. */
(() => {
  const field = document.querySelector("input[type=file][name=logo]");
  const complaint = document.querySelector("[data-too-large]");
  if (!field || !complaint) return;

  const LARGEST = 2 * 2 ** 20;

  field.addEventListener("change", () => {
    const heavy = [...field.files].some((file) => file.size > LARGEST);
    complaint.hidden = !heavy;
    if (heavy) field.value = "";
  });
})();
