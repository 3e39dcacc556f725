/* Toolbar of the sheet with a roving tabindex, and its small forms: link, footnote, search. */
import { NodeSelection, TextSelection } from "prosemirror-state";
import { schema } from "./schema.js";

const SAFE_LINK = /^(?:https?:\/\/|mailto:)\S+$/i;

/* Opens the selection's link in the form of the toolbar, and sets what was typed. */
function setLink(view, href) {
  const { from, to, empty } = view.state.selection;
  const transaction = view.state.tr.removeMark(from, to, schema.marks.link);
  if (href && empty) transaction.insertText(href, from).addMark(from, from + href.length, schema.marks.link.create({ href }));
  else if (href) transaction.addMark(from, to, schema.marks.link.create({ href }));
  view.dispatch(transaction.scrollIntoView());
  view.focus();
}

function insertNote(view) {
  const at = view.state.selection.to;
  const transaction = view.state.tr.insert(at, schema.nodes.footnote.create());
  view.dispatch(transaction.setSelection(NodeSelection.create(transaction.doc, at)).scrollIntoView());
  view.nodeDOM(at)?.querySelector("[contenteditable]")?.focus();
}

/* Returns the places of a text in the document, within paragraphs, regardless of case. */
function matches(doc, text) {
  const found = [];
  const wanted = text.toLocaleLowerCase();
  doc.descendants((node, at) => {
    if (!node.isTextblock && node.type !== schema.nodes.footnote) return true;
    const words = node.textBetween(0, node.content.size, undefined, (leaf) => "\ufffc".repeat(leaf.nodeSize)).toLocaleLowerCase();
    for (let place = words.indexOf(wanted); wanted && place >= 0; place = words.indexOf(wanted, place + wanted.length)) {
      found.push({ from: at + 1 + place, to: at + 1 + place + text.length });
    }
    return node.type !== schema.nodes.footnote;
  });
  return found;
}

export function connectToolbar(bar, getView, commands) {
  const buttons = [...bar.querySelectorAll("[data-command]")];
  const fields = Object.fromEntries([...bar.querySelectorAll("[data-tool]")].map((part) => [part.dataset.tool, part]));

  function openTool(name) {
    const part = fields[name];
    part.hidden = false;
    part.querySelector("input").focus();
  }

  function closeTool(part) {
    part.hidden = true;
    getView().focus();
  }

  function find(backwards = false) {
    const view = getView();
    const text = fields.find.querySelector("[name=sheet-find]").value;
    const found = matches(view.state.doc, text);
    const { from, to } = view.state.selection;
    const next = backwards ? found.findLast((one) => one.to <= from) ?? found.at(-1) : found.find((one) => one.from >= to) ?? found[0];
    const status = fields.find.querySelector("[data-found]");
    status.textContent = next ? `${found.indexOf(next) + 1} / ${found.length}` : "0";
    if (next) view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, next.from, next.to)).scrollIntoView());
    return Boolean(next);
  }

  function replace(all) {
    const view = getView();
    const text = fields.find.querySelector("[name=sheet-find]").value;
    const other = fields.find.querySelector("[name=sheet-replace]").value;
    const { from, to } = view.state.selection;
    const found = matches(view.state.doc, text).filter((one) => all || (one.from === from && one.to === to));
    const transaction = view.state.tr;
    for (const one of found.reverse()) other ? transaction.insertText(other, one.from, one.to) : transaction.delete(one.from, one.to);
    if (found.length) view.dispatch(transaction);
    if (!all) find();
  }

  const tools = {
    link: () => openTool("link"),
    note: () => insertNote(getView()),
    find: () => openTool("find"),
    "find-next": () => find(),
    "find-back": () => find(true),
    replace: () => replace(false),
    "replace-all": () => replace(true),
    "set-link": () => {
      const input = fields.link.querySelector("input");
      const typed = input.value.trim();
      const href = /^[^\s:/@]+@[^\s/]+$/.test(typed) ? `mailto:${typed}` : /^[\w-]+(\.[\w-]+)+/.test(typed) ? `https://${typed}` : typed;
      if (href && !SAFE_LINK.test(href)) return input.setAttribute("aria-invalid", "true");
      input.removeAttribute("aria-invalid");
      input.value = "";
      fields.link.hidden = true;
      return setLink(getView(), href);
    },
  };

  function run(name) {
    const view = getView();
    if (tools[name]) return tools[name]();
    commands[name](view.state, view.dispatch, view);
    return view.focus();
  }

  bar.addEventListener("mousedown", (event) => event.target.closest("[data-command]") && event.preventDefault()); // keeps the selection
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-command]");
    if (button) run(button.dataset.command);
  });
  bar.addEventListener("keydown", (event) => {
    const part = event.target.closest("[data-tool]");
    if (part && event.key === "Escape") return closeTool(part);
    if (part && event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      return run(part.dataset.enter);
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const row = buttons.filter((one) => !one.closest("[data-tool]"));
    const at = row.indexOf(document.activeElement);
    if (!step || at < 0) return undefined;
    event.preventDefault();
    const next = row[(at + step + row.length) % row.length];
    row.forEach((one) => { one.tabIndex = one === next ? 0 : -1; });
    return next.focus();
  });
  bar.addEventListener("letterhub:state", () => {
    for (const [name, mark] of [["bold", "strong"], ["italic", "em"]]) {
      const { state } = getView();
      const { from, $from, to, empty } = state.selection;
      const type = schema.marks[mark];
      const isSet = empty ? Boolean(type.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, type);
      bar.querySelector(`[data-command=${name}]`)?.setAttribute("aria-pressed", String(isSet));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!getView()?.hasFocus() || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const name = { k: "link", f: "find" }[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    run(name);
  });
  buttons.forEach((one, at) => { one.tabIndex = at ? -1 : 0; });
}
