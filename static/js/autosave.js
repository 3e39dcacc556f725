/* Autosave: saves a second after the last input, and keeps the text in localStorage while it cannot be saved.
   Logos are saved by a button, not here. */
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const DEBOUNCE = 1000;
  const RETRY = 5000;
  const CHECK_INTERVAL = 15000;
  const LARGEST_KEEPALIVE = 60000; // bytes: browsers limit keepalive requests to 64 KB
  const NOT_STORED = ["csrf_token", "version", "base", "opened", "session", "act", "logo", "figure", "figure_at"];

  const element = (name) => form.querySelector(`[data-${name}]`);
  const version = form.elements.namedItem("version");
  const base = form.elements.namedItem("base");
  const opened = form.elements.namedItem("opened"); // the text that the next save is compared with, to merge what others save
  const session = form.elements.namedItem("session"); // of those who write on the sheet at once; their steps have the text
  const key = `letterhub-letter-${form.dataset.key}`;
  let timer = 0;
  let request = null;
  let pendingPaste = null; // a paste that is still being converted
  let unsaved = false;
  let stopped = false;

  const fields = () => [...new FormData(form)].filter(([name]) => !NOT_STORED.includes(name));
  const storeLocally = () => localStorage.setItem(key, JSON.stringify({ version: version.value, base: base.value, opened: opened.value, fields: fields() }));
  const clearStored = () => localStorage.removeItem(key);

  function formToSend() {
    const data = new FormData(form);
    data.delete("logo");
    data.delete("figure");
    return data;
  }

  function showTrouble(sentence, then = "") {
    element("trouble").hidden = false;
    element("sentence").textContent = sentence;
    element("then-choose").hidden = then !== "choose";
    element("then-show").hidden = then !== "show";
  }

  function saveSoon(pause) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, pause);
  }

  function save() {
    if (stopped || !unsaved) return request;
    request ??= send().finally(() => {
      request = null;
      if (unsaved) saveSoon(element("trouble").hidden ? DEBOUNCE : RETRY);
    });
    return request;
  }

  async function send() {
    unsaved = false;
    element("saved").textContent = form.dataset.saving;
    const body = formToSend();
    const keepalive = document.hidden && JSON.stringify([...body]).length < LARGEST_KEEPALIVE;
    try {
      await handleResponse(await fetch(form.dataset.autosave, { method: "POST", body, redirect: "manual", keepalive }));
    } catch {
      showError(form.dataset.offline);
      unsaved = true;
    }
  }

  async function handleResponse(response) {
    if (response.type === "opaqueredirect" || [400, 401, 403].includes(response.status)) return showError(form.dataset.signedOut);
    if (response.status >= 500) throw new Error("no response");
    const reply = await response.json();
    if (!response.ok) {
      stopped = response.status === 409;
      return showError(reply.sentence, stopped ? "choose" : "");
    }
    version.value = reply.version;
    base.value = reply.base;
    opened.value = reply.body;
    if (session.value) form.elements.namedItem("body").value = reply.body; // the text of the sheet, with what others typed
    element("saved").textContent = reply.sentence;
    updatePage(reply);
    if (reply.trouble) {
      showTrouble(reply.trouble);
      return storeLocally();
    }
    if (reply.merged) showTrouble(reply.merged, "show");
    else element("trouble").hidden = true;
    if (unsaved) return undefined;
    clearStored();
    form.dispatchEvent(new Event("letterhub:saved"));
    return undefined;
  }

  /* Updates the parts of the page that depend on the saved letter. */
  function updatePage(reply) {
    const heading = document.querySelector(".staff-letter-header h1");
    document.title = document.title.replace(heading.textContent, () => reply.title);
    heading.textContent = reply.title;
    const next = document.querySelector(".next-step");
    if (next) next.textContent = reply.next_step;
    const changes = document.querySelector("[data-unpublished-changes]");
    if (changes.innerHTML.trim() !== reply.unpublished_changes.trim()) changes.innerHTML = reply.unpublished_changes;
  }

  function showError(sentence, then = "") {
    element("saved").textContent = form.dataset.unsaved;
    showTrouble(sentence, then);
    storeLocally();
  }

  async function checkVersion() {
    if (document.hidden || stopped || request || unsaved || session.value) return;
    try {
      const reply = await (await fetch(form.dataset.version, { redirect: "error" })).json();
      if (reply.version > Number(version.value) && !request) showTrouble(reply.sentence, "show");
    } catch {
      return; // offline: the next check or save reports it
    }
  }

  const normalized = (pairs) => JSON.stringify(pairs.map(([name, value]) => [name, String(value).replace(/\s+/g, " ").trim()]));

  function offerStored() {
    const stored = JSON.parse(localStorage.getItem(key) ?? "null");
    if (!stored) return;
    if (form.dataset.savedFrom === stored.version || normalized(stored.fields) === normalized(fields())) clearStored();
    else element("unsaved-changes").hidden = false;
  }

  function restore() {
    const stored = JSON.parse(localStorage.getItem(key));
    const blocks = stored.fields.filter(([name]) => /^addressees-\d+-name$/.test(name)).length;
    form.dispatchEvent(new CustomEvent("letterhub:blocks", { detail: blocks }));
    for (const [name, value] of stored.fields) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    version.value = stored.version; // an older version, so that the server detects a conflict instead of overwriting
    base.value = stored.base;
    opened.value = stored.opened;
    element("unsaved-changes").hidden = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new CustomEvent("letterhub:restored"));
  }

  function changed() {
    unsaved = true;
    element("saved").textContent = form.dataset.unsaved;
    saveSoon(DEBOUNCE);
  }

  form.addEventListener("input", ({ target }) => target.type !== "file" && changed());
  form.addEventListener("letterhub:unsaved", changed);

  async function saveNow(isForced) {
    unsaved ||= isForced;
    while (!stopped && (request || unsaved)) {
      await save();
      if (!element("trouble").hidden && unsaved) return false;
    }
    return !stopped && !unsaved && element("then-choose").hidden;
  }

  form.addEventListener("letterhub:save-now", ({ detail }) => {
    detail.saved = saveNow(detail.isForced);
  });

  form.addEventListener("letterhub:coming", ({ detail }) => {
    const all = Promise.allSettled([pendingPaste, detail]);
    pendingPaste = all;
    all.then(() => { if (pendingPaste === all) pendingPaste = null; });
  });

  window.addEventListener("online", () => unsaved && saveSoon(0)); // do not wait for the next retry

  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    storeLocally();
    if (pendingPaste || request) {
      event.preventDefault();
      element("saved").textContent = form.dataset.saving;
      await Promise.all([pendingPaste, request]);
      clearTimeout(timer);
      form.requestSubmit(event.submitter);
      return;
    }
    unsaved = false;
    stopped = true;
  });

  element("bring-back").addEventListener("click", restore);
  element("forget").addEventListener("click", () => {
    clearStored();
    element("unsaved-changes").hidden = true;
  });
  form.querySelectorAll("[data-drop]").forEach((link) => link.addEventListener("click", clearStored));
  form.querySelectorAll("[data-without-script]").forEach((button) => button.remove());
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("beforeunload", (event) => (unsaved || request || pendingPaste) && event.preventDefault());
  setInterval(checkVersion, CHECK_INTERVAL);
  new ResizeObserver(([bar]) => {
    document.documentElement.style.setProperty("--bar", `${bar.target.offsetHeight}px`); // keeps fields from hiding behind it
  }).observe(element("bar"));
  if (document.getElementById("moved")) stopped = true;
  else offerStored();
})();
