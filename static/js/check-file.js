// Hashes a file in the browser and sends the hash, so that the file itself is uploaded only if somebody asks for that.

const form = document.querySelector("[data-check-file]");
const status = form?.querySelector("[data-reading]");
const answer = document.querySelector("#answer");

const hashOf = async (file) => {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

// If a file is not known by its hash, the answer has a button that sends the file itself.
const showAnswer = (page) => {
  answer.replaceChildren(...page.querySelector("#answer").childNodes);
  const offer = answer.querySelector("[data-send-file]");
  if (offer) {
    answer.querySelector("[data-send-file-hint]").hidden = true;
    offer.hidden = false;
    offer.querySelector("button").addEventListener("click", () => {
      offer.querySelector("button").disabled = true;
      form.submit();
    });
  }
  answer.tabIndex = -1;
  answer.focus();
};

const sendHash = async () => {
  const { file, sha256 } = form.elements;
  if (!file.files[0]) return;
  sha256.value = "";
  status.textContent = status.dataset.reading;
  try {
    const body = new URLSearchParams({ sha256: await hashOf(file.files[0]) });
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.ok) {
      showAnswer(page);
    } else {
      sha256.value = body.get("sha256"); // busy or away: the page that says so has a button
      file.disabled = true; // do not upload it
      form.submit();
    }
  } catch {
    file.value = ""; // it was changed since it was chosen, or there is no connection
  }
  status.textContent = "";
};

const handleDrop = (event) => {
  event.preventDefault();
  form.classList.remove("drag-over");
  form.elements.file.files = event.dataTransfer.files;
  sendHash();
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
    const { file, sha256 } = form.elements;
    if (sha256.value.trim()) {
      file.disabled = true; // the typed hash is meant, and no file leaves the computer
    } else if (file.files[0]) {
      event.preventDefault();
      sendHash();
    }
  });
  form.elements.file.addEventListener("change", sendHash);
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("drag-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("drag-over"));
  form.addEventListener("drop", handleDrop);
  window.addEventListener("pageshow", reset); // after "back", browsers restore the disabled field
}
