// Empties the review queue without leaving the page: keys, counts, and decisions that replace only what changed.

const main = document.getElementById("main");
const rows = () => [...document.querySelectorAll(".queue-row")];
const current = () => document.activeElement.closest(".queue-row");
const typing = (element) => element.closest("textarea, select, input:not([type=checkbox])");

// While an answer is awaited no key decides: what is typed then is meant for the field that is about to open.
let awaited = 0;
const awaiting = (answer) => {
  awaited += 1;
  return answer.finally(() => { awaited -= 1; });
};

const focusRow = (row) => {
  if (!row) return;
  row.querySelector("input[type=checkbox]").focus();
  row.scrollIntoView({ block: "nearest" });
};

const counted = () => {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const chosen = document.querySelectorAll("[name=chosen][form=bulk]:checked").length;
  const told = document.getElementById("chosen-count");
  told.textContent = chosen ? told.dataset.some.replace("{n}", chosen) : told.dataset.none;
  for (const button of bar.querySelectorAll("[data-many]")) {
    button.disabled = chosen === 0;
    button.dataset.plain ??= button.textContent;
    const { plain, one, many } = button.dataset;
    button.textContent = chosen > 1 ? many.replace("{n}", chosen) : chosen ? one : plain;
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

const settled = () => {
  for (const id of ["choose-all", "keys"]) document.getElementById(id)?.removeAttribute("hidden");
  counted();
  speak();
};

const chosen = () => [...document.querySelectorAll("[name=chosen][form=bulk]:checked")];

// What is begun at names that a decision is not about: their choice, which is of a line as it was seen, and the folds with what
// was typed into them. Gives what puts it all back into the rows that come in their place.
const keepBegun = (form) => {
  const others = rows().filter((row) => !row.contains(form));
  const choices = form.id === "bulk" ? [] : chosen().map((box) => box.value);
  const folds = others.flatMap((row) => [...row.querySelectorAll(".correct, .queue-decline[open]")].map((fold) => [row.id, fold]));
  return () => {
    for (const box of document.querySelectorAll("[name=chosen][form=bulk]")) box.checked = choices.includes(box.value);
    for (const [id, fold] of folds) {
      const row = document.getElementById(id);
      if (fold.matches(".correct")) row?.append(fold);
      else row?.querySelector(".queue-decline").replaceWith(fold);
    }
  };
};

// Where the next name is after a decision: in the place of the one that left, and after an undo the first that came back.
const whereNext = (form) => {
  const place = rows().indexOf(form.id === "bulk" ? chosen()[0]?.closest(".queue-row") : form.closest(".queue-row"));
  const back = form.matches(".undo") ? new FormData(form).getAll("chosen") : [];
  return () => {
    const all = rows();
    if (place >= 0) return all[Math.min(place, all.length - 1)];
    return all.find((row) => back.includes(row.id.replace("name-", "")));
  };
};

const decide = async (form) => {
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || !page.querySelector(".room-head")) throw new Error("not the queue");
  const [putBack, next, here] = [keepBegun(form), whereNext(form), document.activeElement];
  main.replaceChildren(...page.getElementById("main").childNodes);
  putBack();
  settled();
  if (here.isConnected && here.closest(".queue-row")) here.focus(); // who went on to another name types on there, and presses no keys
  else focusRow(next());
  if (!main.contains(document.activeElement)) main.focus();
};

const openEditor = async (link) => {
  const row = link.closest(".queue-row");
  if (row.querySelector(".correct")) return row.querySelector(".correct input:not([type=hidden])").focus();
  const answer = await fetch(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const editor = page.getElementById("correct");
  if (!answer.ok || !editor) throw new Error("not the editor");
  document.getElementById("correct")?.remove();
  row.append(editor);
  editor.querySelector("input:not([type=hidden])").focus();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !main.contains(form) || form.closest(".correct")) return;
  if (form.id === "bulk" && event.submitter?.hasAttribute("formaction")) return; // declining many asks why on a page of its own
  event.preventDefault();
  awaiting(decide(form)).catch(() => form.submit());
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key=e]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  awaiting(openEditor(link)).catch(() => location.assign(link.href));
});

document.addEventListener("change", (event) => {
  if (event.target.closest("#choose-all")) {
    for (const box of document.querySelectorAll("[name=chosen][form=bulk]")) box.checked = event.target.checked;
  }
  counted();
});

document.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.querySelector("input[name=reason]")?.focus();
}, true);

const step = (by) => {
  const all = rows();
  const place = all.indexOf(current());
  focusRow(all[place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1)]);
};

const leave = () => {
  const row = current();
  row?.querySelectorAll("details[open]").forEach((fold) => fold.removeAttribute("open"));
  document.getElementById("correct")?.remove();
  focusRow(row);
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return leave();
  if (typing(event.target)) return;
  const key = event.key.toLowerCase();
  const row = current();
  const press = (where) => where?.querySelector(`[data-key=${key}]`)?.click();
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    x: () => row?.querySelector("input[type=checkbox]").click(),
    p: () => press(row),
    d: () => {
      press(row);
      row?.querySelector("details[open] input[name=reason]")?.focus(); // at once: the next letter belongs to the reason
    },
    e: () => press(row),
    u: () => press(main),
  };
  if (!acts[key]) return;
  event.preventDefault();
  if (!awaited) acts[key]();
});

settled();
