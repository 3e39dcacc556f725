/* Keeps what is typed: saves a moment after the last key, and holds the text in this browser for as long as it cannot be saved.
   A picture is not saved as one types, but by a button. */
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const PAUSE = 1000;
  const AGAIN = 5000;
  const LOOK = 15000;
  const LARGEST_PARTING = 60000; // what a browser still sends for a page that is being left
  const OURS = ["csrf_token", "version", "base", "act", "logo"];

  const part = (name) => form.querySelector(`[data-${name}]`);
  const version = form.elements.namedItem("version");
  const base = form.elements.namedItem("base");
  const key = `letterhub-letter-${form.dataset.key}`;
  let timer = 0;
  let running = null;
  let coming = null; // what is pasted and stands nowhere yet
  let unsaved = false;
  let stopped = false;

  const fields = () => [...new FormData(form)].filter(([name]) => !OURS.includes(name));
  const hold = () => localStorage.setItem(key, JSON.stringify({ version: version.value, base: base.value, fields: fields() }));
  const forget = () => localStorage.removeItem(key);

  function typed() {
    const data = new FormData(form);
    data.delete("logo");
    return data;
  }

  function tell(sentence, then = "") {
    part("trouble").hidden = false;
    part("sentence").textContent = sentence;
    part("then-choose").hidden = then !== "choose";
    part("then-show").hidden = then !== "show";
  }

  function soon(pause) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, pause);
  }

  function save() {
    if (stopped || !unsaved) return running;
    running ??= send().finally(() => {
      running = null;
      if (unsaved) soon(part("trouble").hidden ? PAUSE : AGAIN);
    });
    return running;
  }

  async function send() {
    unsaved = false;
    part("saved").textContent = form.dataset.saving;
    const body = typed();
    const keepalive = document.hidden && JSON.stringify([...body]).length < LARGEST_PARTING;
    try {
      await hear(await fetch(form.dataset.autosave, { method: "POST", body, redirect: "manual", keepalive }));
    } catch {
      refuse(form.dataset.offline);
      unsaved = true;
    }
  }

  async function hear(answer) {
    if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) return refuse(form.dataset.signedOut);
    if (answer.status >= 500) throw new Error("no answer");
    const told = await answer.json();
    if (!answer.ok) {
      stopped = answer.status === 409;
      return refuse(told.sentence, stopped ? "choose" : "");
    }
    version.value = told.version;
    base.value = told.base;
    part("saved").textContent = told.sentence;
    stand(told);
    if (told.trouble) {
      tell(told.trouble);
      return hold();
    }
    part("trouble").hidden = true;
    if (!unsaved) forget();
    return undefined;
  }

  /* What the page says of the letter around its form, as it is after a save. */
  function stand(told) {
    const heading = document.querySelector(".room-head h1");
    document.title = document.title.replace(heading.textContent, () => told.title);
    heading.textContent = told.title;
    const next = document.querySelector(".next-step");
    if (next) next.textContent = told.next_step;
    const ahead = document.querySelector("[data-ahead]");
    if (ahead.innerHTML.trim() !== told.ahead.trim()) ahead.innerHTML = told.ahead;
  }

  function refuse(sentence, then = "") {
    part("saved").textContent = form.dataset.unsaved;
    tell(sentence, then);
    hold();
  }

  async function look() {
    if (document.hidden || stopped || running || unsaved) return;
    try {
      const told = await (await fetch(form.dataset.version, { redirect: "error" })).json();
      if (told.version > Number(version.value) && !running) tell(told.sentence, "show");
    } catch {
      return; // the next look, or the next save, will tell
    }
  }

  const plain = (pairs) => JSON.stringify(pairs.map(([name, value]) => [name, String(value).replace(/\s+/g, " ").trim()]));

  function offerWhatWasKept() {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (!kept) return;
    if (form.dataset.savedFrom === kept.version || plain(kept.fields) === plain(fields())) forget();
    else part("kept").hidden = false;
  }

  function bringBack() {
    const kept = JSON.parse(localStorage.getItem(key));
    const blocks = kept.fields.filter(([name]) => /^addressees-\d+-name$/.test(name)).length;
    form.dispatchEvent(new CustomEvent("letterhub:blocks", { detail: blocks }));
    for (const [name, value] of kept.fields) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    version.value = kept.version; // so that a text that was saved since is compared and not written over
    base.value = kept.base;
    part("kept").hidden = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("input", ({ target }) => {
    if (target.type === "file") return;
    unsaved = true;
    part("saved").textContent = form.dataset.unsaved;
    soon(PAUSE);
  });

  form.addEventListener("letterhub:coming", ({ detail }) => {
    const all = Promise.allSettled([coming, detail]);
    coming = all;
    all.then(() => { if (coming === all) coming = null; });
  });

  window.addEventListener("online", () => unsaved && soon(0)); // the network is back: no need to wait for the next try

  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    hold();
    if (coming || running) {
      event.preventDefault();
      part("saved").textContent = form.dataset.saving;
      await Promise.all([coming, running]);
      clearTimeout(timer);
      form.requestSubmit(event.submitter);
      return;
    }
    unsaved = false;
    stopped = true;
  });

  part("bring-back").addEventListener("click", bringBack);
  part("forget").addEventListener("click", () => {
    forget();
    part("kept").hidden = true;
  });
  form.querySelectorAll("[data-drop]").forEach((link) => link.addEventListener("click", forget));
  form.querySelectorAll("[data-without-script]").forEach((button) => button.remove());
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("beforeunload", (event) => (unsaved || running || coming) && event.preventDefault());
  setInterval(look, LOOK);
  new ResizeObserver(([bar]) => {
    document.documentElement.style.setProperty("--bar", `${bar.target.offsetHeight}px`); // no field hides behind it
  }).observe(part("bar"));
  if (document.getElementById("moved")) stopped = true;
  else offerWhatWasKept();
})();
