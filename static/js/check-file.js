// Hashes a file in the browser and submits the hash, so that the file itself is not uploaded.

const form = document.querySelector("[data-check-file]");
const status = form?.querySelector("[data-reading]");

const hashAndSubmit = async () => {
  const { file, sha256 } = form.elements;
  if (!file.files[0]) return;
  status.textContent = status.dataset.reading;
  const digest = await crypto.subtle.digest("SHA-256", await file.files[0].arrayBuffer());
  sha256.value = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  file.disabled = true; // do not upload it
  form.submit();
};

const handleDrop = (event) => {
  event.preventDefault();
  form.classList.remove("drag-over");
  form.elements.file.files = event.dataTransfer.files;
  hashAndSubmit();
};

const reset = () => {
  const { file, sha256 } = form.elements;
  if (file.disabled) sha256.value = "";
  file.disabled = false;
  status.textContent = "";
};

// crypto.subtle needs HTTPS. Without it the form uploads the file, as without JavaScript.
if (form && window.crypto?.subtle) {
  form.querySelector("[data-uploaded]").hidden = true;
  form.querySelector("[data-stays]").hidden = false;
  form.addEventListener("submit", (event) => {
    if (!form.elements.file.files[0]) return; // a typed hash
    event.preventDefault();
    hashAndSubmit();
  });
  form.elements.file.addEventListener("change", hashAndSubmit);
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("drag-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("drag-over"));
  form.addEventListener("drop", handleDrop);
  window.addEventListener("pageshow", reset); // after "back", browsers restore the disabled field
}
