// Solves the form's proof of work in a worker while the signer types. Submitting waits for it, at most TIMEOUT ms.
(() => {
  const form = document.getElementById("sign");
  const { proof } = form.elements;
  const status = document.getElementById("proving");
  const TIMEOUT = 15000;
  document.getElementById("unproven").hidden = true;
  let done = false;
  let waiting = false;

  const solved = new Promise((resolve) => {
    try {
      const worker = new Worker(proof.dataset.worker);
      worker.addEventListener("message", ({ data }) => {
        proof.value = data;
        worker.terminate();
        resolve();
      });
      worker.addEventListener("error", resolve);
      worker.postMessage(JSON.parse(proof.dataset.challenge));
    } catch {
      resolve(); // no workers: submit without a proof, as without JavaScript
    }
  });
  solved.then(() => { done = true; });

  form.addEventListener("submit", async (event) => {
    if (done) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    status.textContent = status.dataset.waiting;
    await Promise.race([solved, new Promise((resolve) => { setTimeout(resolve, TIMEOUT); })]);
    done = true;
    form.requestSubmit(event.submitter ?? undefined);
  });
})();
