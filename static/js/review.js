// Review queue: keyboard shortcuts, counts, and decisions without leaving the page.

const main = document.getElementById("main");
const rows = () => [...document.querySelectorAll(".queue-row:not([inert])")];
const checkedBoxes = () => [...document.querySelectorAll("[name=chosen][form=bulk]:checked:not(:disabled)")];
const isInputField = (element) => element.closest("textarea, select, input:not([type=checkbox]), .correct, .queue-decline form");

// Queue of decisions without a response; the first one is being sent. Their rows are inert, so nothing is decided twice.
const pending = [];
const earlierUndos = []; // undo forms of earlier decisions on this page, oldest first
let openingEditors = 0; // editors being fetched: until then, keys are meant for their fields and ignored

// The row that keys act on: the focused one, or the last focused one, or the first one.
let lastRowId = "";
let scrolledRowId = ""; // row that a key scrolled into view instead of deciding it unseen
const currentRow = () =>
  document.activeElement.closest(".queue-row:not([inert])") ?? rows().find((row) => row.id === lastRowId) ?? rows()[0];

const markCurrent = () => {
  const row = currentRow();
  for (const one of document.querySelectorAll(".queue-row")) one.classList.toggle("is-current", one === row);
};

const focusRow = (row) => {
  if (!row) return;
  row.querySelector("input[type=checkbox]").focus();
  row.scrollIntoView({ block: "nearest" });
};

const isVisible = (row) => {
  const { top, bottom } = row.querySelector(".queue-line").getBoundingClientRect();
  return top >= 0 && bottom <= document.querySelector(".queue-foot").getBoundingClientRect().top;
};

const updateCount = () => {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const count = checkedBoxes().length;
  const status = document.getElementById("chosen-count");
  status.textContent = count ? status.dataset.some.replace("{n}", count) : status.dataset.none;
  for (const button of bar.querySelectorAll("[data-many]")) {
    button.disabled = count === 0;
    button.dataset.plain ??= button.textContent;
    const { plain, one, many } = button.dataset;
    button.textContent = count > 1 ? many.replace("{n}", count) : count ? one : plain;
  }
};

// A live region that is never replaced: screen readers often skip regions that are inserted with their text.
const liveRegion = document.createElement("p");
liveRegion.className = "for-screen-readers";
liveRegion.setAttribute("role", "status");
main.after(liveRegion);

const announce = () => {
  const notices = [...document.querySelectorAll("#queue-messages [role=status]")];
  notices.forEach((notice) => notice.removeAttribute("role"));
  liveRegion.textContent = notices.map((notice) => notice.textContent.trim()).join(" ");
};

const setRowsInert = (ids, inert) => {
  for (const row of ids.map((id) => document.getElementById(id)).filter(Boolean)) {
    row.inert = inert;
    row.querySelector("[name=chosen][form=bulk]").disabled = inert;
  }
};

const refresh = () => {
  for (const id of ["choose-all", "keys"]) document.getElementById(id)?.removeAttribute("hidden");
  pending.forEach((decision) => setRowsInert(decision.ids, true));
  updateCount();
  markCurrent();
};

// Saves the checked boxes (whose values carry the version of the line) and open editors with their input.
// Returns a function that restores them in the new rows.
const saveEditState = () => {
  const choices = checkedBoxes().map((box) => box.value);
  const editors = rows().flatMap((row) => [...row.querySelectorAll(".correct, .queue-decline[open]")].map((editor) => [row.id, editor]));
  return () => {
    for (const box of document.querySelectorAll("[name=chosen][form=bulk]")) box.checked = choices.includes(box.value);
    for (const [id, editor] of editors) {
      const row = document.getElementById(id);
      if (editor.matches(".correct")) row?.append(editor);
      else row?.querySelector(".queue-decline").replaceWith(editor);
    }
  };
};

const rowIdsOf = (data) => data.getAll("chosen").map((one) => `name-${one.split("-")[0]}`);

// Disables the rows of a decision and moves the focus to the next row, so that each key acts on the visible row.
const decide = (form) => {
  const [data, isUndo] = [new FormData(form), form.matches(".undo")];
  const [ids, fromRowId] = [isUndo ? [] : rowIdsOf(data), currentRow()?.id];
  const index = rows().findIndex((row) => ids.includes(row.id));
  setRowsInert(ids, true);
  pending.push({ action: form.getAttribute("action"), data, ids, isUndo, fromRowId });
  if (isUndo) form.remove();
  else if (!document.activeElement.closest(".queue-row:not([inert])")) focusRow(rows()[Math.min(index, rows().length - 1)]);
  updateCount();
  markCurrent();
  if (pending.length === 1) sendPending();
};

// Undoes the last decision: removes it from the queue if it was not sent yet, otherwise sends its undo form after the response.
const undoLast = () => {
  const last = pending.at(-1);
  if (pending.length > 1 && !last.isUndo) {
    setRowsInert(pending.pop().ids, false);
    focusRow(document.getElementById(last.ids[0]));
    updateCount();
  } else if (pending.length) pending.push({ ids: [], isUndo: true, fromRowId: currentRow()?.id });
  else main.querySelector(".undo button")?.click();
};

const sendPending = async () => {
  while (pending.length) {
    const decision = pending[0];
    const form = decision.data ? null : main.querySelector(".undo");
    if (form) {
      Object.assign(decision, { action: form.getAttribute("action"), data: new FormData(form) });
      form.remove();
    }
    try {
      if (decision.data) showResponse(await post(decision), decision);
      else pending.shift(); // the decision failed: nothing to undo
    } catch {
      return submitNormally(decision);
    }
  }
  return undefined;
};

const post = async ({ action, data }) => {
  const response = await fetch(action, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok || !page.querySelector(".staff-letter-header")) throw new Error("not the queue");
  return page;
};

const showResponse = (page, { isUndo, data, fromRowId }) => {
  pending.shift();
  const focused = document.activeElement;
  const focusedRowId = focused.closest(".queue-row")?.id;
  const undo = main.querySelector(".undo");
  if (undo) earlierUndos.push(undo);
  const restoreEditState = saveEditState();
  main.replaceChildren(...page.getElementById("main").childNodes);
  restoreEditState();
  refresh();
  announce();
  if (isUndo && earlierUndos.length && !main.querySelector(".undo")) document.getElementById("queue-messages").append(earlierUndos.pop());
  const stayed = (focusedRowId ?? fromRowId) === fromRowId;
  const restoredRow = isUndo && !pending.length && stayed ? rows().find((row) => rowIdsOf(data).includes(row.id)) : null;
  if (focused.isConnected && focused.closest(".queue-row")) focused.focus(); // keep the focus and input of an open editor
  else focusRow(restoredRow ?? rows().find((row) => row.id === focusedRowId) ?? currentRow());
  if (!main.contains(document.activeElement)) main.focus();
};

// If the response is not the queue (signed out, server error), submits the form as a normal page load.
const submitNormally = ({ action, data }) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of data) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  main.append(form);
  form.submit();
};

const openEditor = async (link) => {
  const id = link.closest(".queue-row").id;
  const existing = document.querySelector(`#${id} .correct`);
  if (existing) return existing.querySelector("input:not([type=hidden])").focus();
  const response = await fetch(link.href);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const editor = page.getElementById("correct");
  if (!response.ok || !editor) throw new Error("not the editor");
  document.getElementById("correct")?.remove();
  document.getElementById(id).append(editor); // the row may have been replaced meanwhile
  editor.querySelector("input:not([type=hidden])").focus();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !main.contains(form) || form.closest(".correct")) return;
  if (form.id === "bulk" && event.submitter?.hasAttribute("formaction")) return; // bulk decline asks for a reason on its own page
  const several = form.id === "bulk" && checkedBoxes().length > 1;
  if (several && checkedBoxes().some((box) => "doubtful" in box.dataset)) return; // doubtful signatures need a confirmation page
  event.preventDefault();
  decide(form);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key=e]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openingEditors += 1;
  openEditor(link).catch(() => location.assign(link.href)).finally(() => { openingEditors -= 1; });
});

document.addEventListener("change", (event) => {
  if (event.target.closest("#choose-all")) {
    for (const box of document.querySelectorAll("[name=chosen][form=bulk]:not(:disabled)")) box.checked = event.target.checked;
  }
  updateCount();
});

document.addEventListener("focusin", ({ target }) => {
  lastRowId = target.closest(".queue-row")?.id ?? lastRowId;
  markCurrent();
});

document.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.querySelector("input[name=reason]")?.focus();
}, true);

const moveFocus = (offset) => {
  const all = rows();
  const index = all.indexOf(document.activeElement.closest(".queue-row") ?? all.find((row) => row.id === lastRowId));
  focusRow(all[index < 0 ? 0 : Math.min(Math.max(index + offset, 0), all.length - 1)]);
};

const closeEditors = () => {
  const row = document.activeElement.closest(".queue-row");
  row?.querySelectorAll("details[open]").forEach((editor) => editor.removeAttribute("open"));
  document.getElementById("correct")?.remove();
  focusRow(row);
};

// Acts on the current row if it is in view; otherwise the first key press scrolls to it.
const clickInCurrentRow = (selector) => {
  const row = currentRow();
  if (!row) return;
  const visible = isVisible(row) || scrolledRowId === row.id;
  focusRow(row);
  if (!isVisible(row)) row.scrollIntoView({ block: "center" });
  scrolledRowId = row.id;
  if (visible) row.querySelector(selector).click();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return closeEditors();
  if (isInputField(event.target)) return;
  const shortcuts = {
    j: () => moveFocus(1),
    k: () => moveFocus(-1),
    x: () => clickInCurrentRow("input[type=checkbox]"),
    p: () => clickInCurrentRow("[data-key=p]"),
    d: () => {
      clickInCurrentRow("[data-key=d]");
      currentRow()?.querySelector("details[open] input[name=reason]")?.focus(); // at once, so that the next key goes into the reason
    },
    e: () => clickInCurrentRow("[data-key=e]"),
    u: undoLast,
  };
  const key = event.key.toLowerCase();
  if (!shortcuts[key]) return;
  event.preventDefault();
  if (!openingEditors && !(event.repeat && !"jk".includes(key))) shortcuts[key](); // ignore key repeat for decisions
});

refresh();
announce();
