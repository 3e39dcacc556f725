// Empties the review queue without leaving the page: keys, counts, and decisions that replace only what changed.

const main = document.getElementById("main");
const rows = () => [...document.querySelectorAll(".queue-row:not([inert])")];
const chosen = () => [...document.querySelectorAll("[name=chosen][form=bulk]:checked:not(:disabled)")];
const typing = (element) => element.closest("textarea, select, input:not([type=checkbox]), .correct, .queue-decline form");

// Decisions without an answer yet, in order; the first one is on its way. Their rows are inert, so nothing is decided twice.
const waiting = [];
const earlier = []; // the undo forms of earlier decisions on this page, the last one last
let opening = 0; // while an editor is fetched no key decides: what is typed then is meant for its field

// The row that keys are about: the one with the focus, or the last one that had it, or the first one.
let lastRow = "";
let shownBy = ""; // the row that a key brought into view instead of deciding it unseen
const current = () =>
  document.activeElement.closest(".queue-row:not([inert])") ?? rows().find((row) => row.id === lastRow) ?? rows()[0];

const markCurrent = () => {
  const row = current();
  for (const one of document.querySelectorAll(".queue-row")) one.classList.toggle("is-current", one === row);
};

const focusRow = (row) => {
  if (!row) return;
  row.querySelector("input[type=checkbox]").focus();
  row.scrollIntoView({ block: "nearest" });
};

const isSeen = (row) => {
  const { top, bottom } = row.querySelector(".queue-line").getBoundingClientRect();
  return top >= 0 && bottom <= document.querySelector(".queue-foot").getBoundingClientRect().top;
};

const counted = () => {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const count = chosen().length;
  const told = document.getElementById("chosen-count");
  told.textContent = count ? told.dataset.some.replace("{n}", count) : told.dataset.none;
  for (const button of bar.querySelectorAll("[data-many]")) {
    button.disabled = count === 0;
    button.dataset.plain ??= button.textContent;
    const { plain, one, many } = button.dataset;
    button.textContent = count > 1 ? many.replace("{n}", count) : count ? one : plain;
  }
};

// What a decision led to is spoken from a place that outlives the page's parts: what is only put in is often left unsaid.
const speaker = document.createElement("p");
speaker.className = "for-screen-readers";
speaker.setAttribute("role", "status");
main.after(speaker);

const speak = () => {
  const said = [...document.querySelectorAll("#told [role=status]")];
  said.forEach((notice) => notice.removeAttribute("role"));
  speaker.textContent = said.map((notice) => notice.textContent.trim()).join(" ");
};

const setWaiting = (ids, waits) => {
  for (const row of ids.map((id) => document.getElementById(id)).filter(Boolean)) {
    row.inert = waits;
    row.querySelector("[name=chosen][form=bulk]").disabled = waits;
  }
};

const settled = () => {
  for (const id of ["choose-all", "keys"]) document.getElementById(id)?.removeAttribute("hidden");
  waiting.forEach((decision) => setWaiting(decision.ids, true));
  counted();
  markCurrent();
};

// What is begun at names that are still to be decided: their choice, which is of a line as it was seen, and the folds with what
// was typed into them. Gives what puts it all back into the rows that come in their place.
const keepBegun = () => {
  const choices = chosen().map((box) => box.value);
  const folds = rows().flatMap((row) => [...row.querySelectorAll(".correct, .queue-decline[open]")].map((fold) => [row.id, fold]));
  return () => {
    for (const box of document.querySelectorAll("[name=chosen][form=bulk]")) box.checked = choices.includes(box.value);
    for (const [id, fold] of folds) {
      const row = document.getElementById(id);
      if (fold.matches(".correct")) row?.append(fold);
      else row?.querySelector(".queue-decline").replaceWith(fold);
    }
  };
};

const idsIn = (data) => data.getAll("chosen").map((one) => `name-${one.split("-")[0]}`);

// Takes the names of a decision out of reach and moves on to the next one, so that each key is about the name that is seen.
const decide = (form) => {
  const [data, undoes] = [new FormData(form), form.matches(".undo")];
  const [ids, from] = [undoes ? [] : idsIn(data), current()?.id];
  const place = rows().findIndex((row) => ids.includes(row.id));
  setWaiting(ids, true);
  waiting.push({ action: form.getAttribute("action"), data, ids, undoes, from });
  if (undoes) form.remove();
  else if (!document.activeElement.closest(".queue-row:not([inert])")) focusRow(rows()[Math.min(place, rows().length - 1)]);
  counted();
  markCurrent();
  if (waiting.length === 1) sendWaiting();
};

// Undoes what was decided last: it leaves the line if it waits there, and is undone by its own form once it is answered.
const undoLast = () => {
  const last = waiting.at(-1);
  if (waiting.length > 1 && !last.undoes) {
    setWaiting(waiting.pop().ids, false);
    focusRow(document.getElementById(last.ids[0]));
    counted();
  } else if (waiting.length) waiting.push({ ids: [], undoes: true, from: current()?.id });
  else main.querySelector(".undo button")?.click();
};

const sendWaiting = async () => {
  while (waiting.length) {
    const decision = waiting[0];
    const form = decision.data ? null : main.querySelector(".undo");
    if (form) {
      Object.assign(decision, { action: form.getAttribute("action"), data: new FormData(form) });
      form.remove();
    }
    try {
      if (decision.data) show(await answerTo(decision), decision);
      else waiting.shift(); // nothing came of what was to be undone
    } catch {
      return sendAsPage(decision);
    }
  }
  return undefined;
};

const answerTo = async ({ action, data }) => {
  const answer = await fetch(action, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || !page.querySelector(".room-head")) throw new Error("not the queue");
  return page;
};

const show = (page, { undoes, data, from }) => {
  waiting.shift();
  const here = document.activeElement;
  const rowHere = here.closest(".queue-row")?.id;
  const undo = main.querySelector(".undo");
  if (undo) earlier.push(undo);
  const putBack = keepBegun();
  main.replaceChildren(...page.getElementById("main").childNodes);
  putBack();
  settled();
  speak();
  if (undoes && earlier.length && !main.querySelector(".undo")) document.getElementById("told").append(earlier.pop());
  const cameBack = undoes && !waiting.length && (rowHere ?? from) === from ? rows().find((row) => idsIn(data).includes(row.id)) : null;
  if (here.isConnected && here.closest(".queue-row")) here.focus(); // what is typed there goes on
  else focusRow(cameBack ?? rows().find((row) => row.id === rowHere) ?? current());
  if (!main.contains(document.activeElement)) main.focus();
};

// Where the answer is no queue (signed out, server away), the browser sends the form itself and shows what comes.
const sendAsPage = ({ action, data }) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of data) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  main.append(form);
  form.submit();
};

const openEditor = async (link) => {
  const id = link.closest(".queue-row").id;
  const present = document.querySelector(`#${id} .correct`);
  if (present) return present.querySelector("input:not([type=hidden])").focus();
  const answer = await fetch(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const editor = page.getElementById("correct");
  if (!answer.ok || !editor) throw new Error("not the editor");
  document.getElementById("correct")?.remove();
  document.getElementById(id).append(editor); // the row may have been drawn anew meanwhile
  editor.querySelector("input:not([type=hidden])").focus();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !main.contains(form) || form.closest(".correct")) return;
  if (form.id === "bulk" && event.submitter?.hasAttribute("formaction")) return; // declining many asks why on a page of its own
  const several = form.id === "bulk" && chosen().length > 1;
  if (several && chosen().some((box) => "doubtful" in box.dataset)) return; // names in doubt are named on a page of its own
  event.preventDefault();
  decide(form);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key=e]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opening += 1;
  openEditor(link).catch(() => location.assign(link.href)).finally(() => { opening -= 1; });
});

document.addEventListener("change", (event) => {
  if (event.target.closest("#choose-all")) {
    for (const box of document.querySelectorAll("[name=chosen][form=bulk]:not(:disabled)")) box.checked = event.target.checked;
  }
  counted();
});

document.addEventListener("focusin", ({ target }) => {
  lastRow = target.closest(".queue-row")?.id ?? lastRow;
  markCurrent();
});

document.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.querySelector("input[name=reason]")?.focus();
}, true);

const step = (by) => {
  const all = rows();
  const place = all.indexOf(document.activeElement.closest(".queue-row") ?? all.find((row) => row.id === lastRow));
  focusRow(all[place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1)]);
};

const leave = () => {
  const row = document.activeElement.closest(".queue-row");
  row?.querySelectorAll("details[open]").forEach((fold) => fold.removeAttribute("open"));
  document.getElementById("correct")?.remove();
  focusRow(row);
};

// A key acts on the current row where it is in view; where it is not, the first press shows it.
const press = (what) => {
  const row = current();
  if (!row) return;
  const act = isSeen(row) || shownBy === row.id;
  focusRow(row);
  if (!isSeen(row)) row.scrollIntoView({ block: "center" });
  shownBy = row.id;
  if (act) row.querySelector(what).click();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return leave();
  if (typing(event.target)) return;
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    x: () => press("input[type=checkbox]"),
    p: () => press("[data-key=p]"),
    d: () => {
      press("[data-key=d]");
      current()?.querySelector("details[open] input[name=reason]")?.focus(); // at once: the next letter belongs to the reason
    },
    e: () => press("[data-key=e]"),
    u: undoLast,
  };
  const key = event.key.toLowerCase();
  if (!acts[key]) return;
  event.preventDefault();
  if (!opening && !(event.repeat && !"jk".includes(key))) acts[key](); // a key that is held down decides once
});

settled();
speak();
