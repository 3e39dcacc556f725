/* Converts text pasted from Word or a web page to Markdown on the server; one undo reverts it.
   If the conversion fails, the plain text is pasted. */
(() => {
  const text = document.querySelector("textarea[data-paste]");
  if (!text) return;

  const MAX_LENGTH = 1900000; // bytes that the server accepts in a form
  const TIMEOUT = 8000;
  const STRUCTURE = /<(?:h[1-6]|p|ul|ol|table|blockquote|b|strong|i|em|sup|sub)\b|<a\s[^>]*href|font-weight: ?(?:bold|[6-9]00)|font-style: ?italic/i;
  const BLOCK = /\n|^(?:#{1,6} |> |[-*] |\d+[.)] |\| )/;
  const status = document.querySelector("[data-pasted]");

  /* Returns the selected fragment of clipboard HTML, without the style sheet before it. */
  function selectedFragment(html) {
    const start = html.indexOf("<!--StartFragment-->");
    const end = html.lastIndexOf("<!--EndFragment-->");
    return start < 0 || end < start ? html : html.slice(start + 20, end);
  }

  function report(...sentences) {
    status.textContent = sentences.join(" ");
    status.hidden = false;
  }

  const nextNote = () => 1 + Math.max(0, ...[...text.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1])));

  async function convert(html) {
    const body = new FormData();
    body.set("csrf_token", text.form.elements.namedItem("csrf_token").value);
    body.set("html", html);
    body.set("first_note", nextNote());
    const response = await fetch(text.dataset.paste, { method: "POST", body, redirect: "error", signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new Error("not read");
    const result = await response.json();
    if (text.maxLength > 0 && text.value.length + result.markdown.length > text.maxLength) throw new Error("too long");
    return result;
  }

  /* Adds blank lines around Markdown blocks. */
  function withBlankLines(markdown, start, end) {
    if (!BLOCK.test(markdown)) return markdown;
    const before = text.value.slice(0, start);
    const after = text.value.slice(end);
    const missing = (neighbor) => (neighbor === "\n\n" ? "" : neighbor.endsWith("\n") ? "\n" : "\n\n");
    const head = before.trim() ? missing(before.slice(-2)) : "";
    const tail = after.trim() ? missing([...after.slice(0, 2)].reverse().join("")) : "";
    return head + markdown + tail;
  }

  function insert(markdown, selection) {
    const changed = selection.value !== text.value; // changed while the server converted
    const start = changed ? text.selectionStart : selection.start;
    const end = changed ? text.selectionEnd : selection.end;
    const detail = { start, end, words: withBlankLines(markdown, start, end) };
    const focused = document.activeElement;
    text.dispatchEvent(new CustomEvent("letterhub:write", { detail }));
    if (focused !== text) focused?.focus(); // keep the focus if it moved to another field
  }

  async function pasteConverted(html, plain, selection) {
    text.setAttribute("aria-busy", "true");
    try {
      const result = await convert(html);
      insert(result.markdown, selection);
      report(text.dataset.pastedWell, ...result.notes);
    } catch {
      insert(plain, selection);
      report(text.dataset.pastedPlain);
    }
    text.removeAttribute("aria-busy");
  }

  text.addEventListener("paste", (event) => {
    const html = selectedFragment(event.clipboardData?.getData("text/html") ?? "");
    if (!STRUCTURE.test(html) || html.length > MAX_LENGTH) return;
    event.preventDefault();
    const plain = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    const selection = { value: text.value, start: text.selectionStart, end: text.selectionEnd };
    const detail = pasteConverted(html, plain, selection);
    text.dispatchEvent(new CustomEvent("letterhub:coming", { bubbles: true, detail })); // autosave waits for it
  });
})();
