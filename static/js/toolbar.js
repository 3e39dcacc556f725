/* Buttons that set Markdown around what is chosen; the Tab key goes on as everywhere, arrows move along the bar. */
(() => {
  const bar = document.querySelector("[data-toolbar]");
  if (!bar) return;

  const text = document.getElementById(bar.getAttribute("aria-controls"));
  const buttons = [...bar.querySelectorAll("button")];
  const KEYS = { b: "bold", i: "italic", k: "link" };

  /* execCommand is the one way to write into a field so that the browser's own undo takes it back. */
  function write(start, end, words, from, to) {
    text.focus();
    text.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words, start, end, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(from, to);
  }

  function around(before, after, otherwise) {
    const { selectionStart: start, selectionEnd: end } = text;
    const chosen = text.value.slice(start, end) || otherwise;
    write(start, end, before + chosen + after, start + before.length, start + before.length + chosen.length);
  }

  function put(words) {
    const { selectionStart: start, selectionEnd: end } = text;
    write(start, end, words, start + words.length, start + words.length);
  }

  function lines(mark) {
    const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
    const stop = text.value.indexOf("\n", text.selectionEnd);
    const end = stop < 0 ? text.value.length : stop;
    const marked = text.value.slice(start, end).split("\n").map((line, at) => mark(at) + line).join("\n");
    write(start, end, marked, start + marked.length, start + marked.length);
  }

  function note() {
    const number = 1 + Math.max(0, ...[...text.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1])));
    const mark = `[^${number}]`;
    write(text.selectionEnd, text.selectionEnd, mark, text.selectionEnd, text.selectionEnd);
    const end = text.value.length;
    const tail = `${text.value.endsWith("\n") ? "\n" : "\n\n"}${mark}: `;
    write(end, end, `${tail}Source`, end + tail.length, end + tail.length + 6);
  }

  const MARKS = {
    bold: () => around("**", "**", "bold"),
    italic: () => around("*", "*", "italic"),
    link: () => around("[", "](https://)", "link"),
    heading: () => lines(() => "## "),
    list: () => lines(() => "- "),
    numbers: () => lines((at) => `${at + 1}. `),
    quote: () => lines(() => "> "),
    note,
    count: () => put("{{count}}"),
  };

  function reach(at) {
    buttons.forEach((button, index) => button.setAttribute("tabindex", index === at ? "0" : "-1"));
  }

  text.addEventListener("letterhub:write", ({ detail: { start, end, words } }) => {
    write(start, end, words, start + words.length, start + words.length);
  });
  bar.addEventListener("click", (event) => MARKS[event.target.closest("button")?.dataset.mark]?.());
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    reach(at);
    buttons[at].focus();
    event.preventDefault();
  });
  text.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && KEYS[event.key.toLowerCase()];
    if (!mark) return;
    event.preventDefault();
    MARKS[mark]();
  });
  reach(0);
  bar.hidden = false;
})();
