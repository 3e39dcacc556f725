/* Markdown toolbar with a roving tabindex: Tab leaves it, arrow keys move within it. */
(() => {
  const bar = document.querySelector("[data-toolbar]");
  if (!bar) return;

  const text = document.getElementById(bar.getAttribute("aria-controls"));
  const buttons = [...bar.querySelectorAll("button")];
  const SHORTCUTS = { b: "bold", i: "italic", k: "link" };

  /* execCommand, though deprecated, is the only way to insert text that the browser's undo reverts. */
  function replaceRange(start, end, words, from, to) {
    text.focus();
    text.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words, start, end, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(from, to);
  }

  function wrapSelection(before, after, placeholder) {
    const { selectionStart: start, selectionEnd: end } = text;
    const selected = text.value.slice(start, end) || placeholder;
    replaceRange(start, end, before + selected + after, start + before.length, start + before.length + selected.length);
  }

  function insert(words) {
    const { selectionStart: start, selectionEnd: end } = text;
    replaceRange(start, end, words, start + words.length, start + words.length);
  }

  function prefixLines(mark) {
    const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    const lineEnd = text.value.indexOf("\n", text.selectionEnd);
    const end = lineEnd < 0 ? text.value.length : lineEnd;
    const marked = text.value.slice(start, end).split("\n").map((line, at) => mark(at) + line).join("\n");
    replaceRange(start, end, marked, start + marked.length, start + marked.length);
  }

  function insertFootnote() {
    const number = 1 + Math.max(0, ...[...text.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1])));
    const mark = `[^${number}]`;
    replaceRange(text.selectionEnd, text.selectionEnd, mark, text.selectionEnd, text.selectionEnd);
    const end = text.value.length;
    const tail = `${text.value.endsWith("\n") ? "\n" : "\n\n"}${mark}: `;
    replaceRange(end, end, `${tail}Source`, end + tail.length, end + tail.length + 6);
  }

  const ACTIONS = {
    bold: () => wrapSelection("**", "**", "bold"),
    italic: () => wrapSelection("*", "*", "italic"),
    link: () => wrapSelection("[", "](https://)", "link"),
    heading: () => prefixLines(() => "## "),
    list: () => prefixLines(() => "- "),
    numbers: () => prefixLines((at) => `${at + 1}. `),
    quote: () => prefixLines(() => "> "),
    note: insertFootnote,
    count: () => insert("{{count}}"),
  };

  function makeTabbable(at) {
    buttons.forEach((button, index) => button.setAttribute("tabindex", index === at ? "0" : "-1"));
  }

  text.addEventListener("letterhub:write", ({ detail: { start, end, words } }) => {
    replaceRange(start, end, words, start + words.length, start + words.length);
  });
  bar.addEventListener("click", (event) => ACTIONS[event.target.closest("button")?.dataset.format]?.());
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    makeTabbable(at);
    buttons[at].focus();
    event.preventDefault();
  });
  text.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && SHORTCUTS[event.key.toLowerCase()];
    if (!mark) return;
    event.preventDefault();
    ACTIONS[mark]();
  });
  makeTabbable(0);
  bar.hidden = false;
})();
