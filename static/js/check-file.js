// Takes the fingerprint of a file in the browser, so that the file itself stays where it is, and asks what has this one.

const form = document.querySelector("[data-check-file]");
const status = form?.querySelector("[data-reading]");

const check = async () => {
  const { file, sha256 } = form.elements;
  if (!file.files[0]) return;
  status.textContent = status.dataset.reading;
  const digest = await crypto.subtle.digest("SHA-256", await file.files[0].arrayBuffer());
  sha256.value = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  file.disabled = true; // it is not sent
  form.submit();
};

const take = (event) => {
  event.preventDefault();
  form.classList.remove("check-over");
  form.elements.file.files = event.dataTransfer.files;
  check();
};

const begin = () => {
  const { file, sha256 } = form.elements;
  if (file.disabled) sha256.value = "";
  file.disabled = false;
  status.textContent = "";
};

// without a secure connection there is no crypto.subtle: the form then sends the file as it does without JavaScript
if (form && window.crypto?.subtle) {
  form.querySelector("[data-uploaded]").hidden = true;
  form.querySelector("[data-stays]").hidden = false;
  form.addEventListener("submit", (event) => {
    if (!form.elements.file.files[0]) return; // a fingerprint that was given
    event.preventDefault();
    check();
  });
  form.elements.file.addEventListener("change", check);
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("check-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("check-over"));
  form.addEventListener("drop", take);
  window.addEventListener("pageshow", begin); // who goes back finds the form as it was left
}
