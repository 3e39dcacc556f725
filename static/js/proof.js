// Has a worker do the calculation that a form is sent with, while it is typed. Nothing waits for it but the sending, and not long.
(() => {
  const form = document.getElementById("sign");
  const { proof } = form.elements;
  const told = document.getElementById("proving");
  const PATIENCE = 15000;
  document.getElementById("unproven").hidden = true;
  let over = false;
  let held = false;

  const found = new Promise((resolve) => {
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
      resolve(); // a browser without workers sends the form as one without scripts does
    }
  });
  found.then(() => { over = true; });

  form.addEventListener("submit", async (event) => {
    if (over) return;
    event.preventDefault();
    if (held) return;
    held = true;
    told.textContent = told.dataset.waiting;
    await Promise.race([found, new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
    over = true;
    form.requestSubmit(event.submitter ?? undefined);
  });
})();
