/* What is pasted from Word or a web page comes in as Markdown, which the server makes of it; undo takes it back as one step.
   Whatever goes wrong on the way, it comes in as the plain text that it would have been. */
(() => {
  const text = document.querySelector("textarea[data-paste]");
  if (!text) return;

  const LARGEST = 1900000; // what the server reads of a form
  const WAIT = 8000;
  const STRUCTURE = /<(?:h[1-6]|p|ul|ol|table|blockquote|b|strong|i|em|sup|sub)\b|<a\s[^>]*href|font-weight: ?(?:bold|[6-9]00)|font-style: ?italic/i;
  const BLOCK = /\n|^(?:#{1,6} |> |[-*] |\d+[.)] |\| )/;
  const told = document.querySelector("[data-pasted]");

  /* A copied page says between two comments what of it was chosen; what stands before is mostly a style sheet. */
  function chosen(html) {
    const start = html.indexOf("<!--StartFragment-->");
    const end = html.lastIndexOf("<!--EndFragment-->");
    return start < 0 || end < start ? html : html.slice(start + 20, end);
  }

  function tell(...sentences) {
    told.textContent = sentences.join(" ");
    told.hidden = false;
  }

  const nextNote = () => 1 + Math.max(0, ...[...text.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1])));

  async function markdownOf(html) {
    const body = new FormData();
    body.set("csrf_token", text.form.elements.namedItem("csrf_token").value);
    body.set("html", html);
    body.set("first_note", nextNote());
    const answer = await fetch(text.dataset.paste, { method: "POST", body, redirect: "error", signal: AbortSignal.timeout(WAIT) });
    if (!answer.ok) throw new Error("not read");
    const made = await answer.json();
    if (text.maxLength > 0 && text.value.length + made.markdown.length > text.maxLength) throw new Error("too long");
    return made;
  }

  /* Blocks stand apart from what is before and behind them. */
  function apart(words, start, end) {
    if (!BLOCK.test(words)) return words;
    const before = text.value.slice(0, start);
    const behind = text.value.slice(end);
    const missing = (near) => (near === "\n\n" ? "" : near.endsWith("\n") ? "\n" : "\n\n");
    const head = before.trim() ? missing(before.slice(-2)) : "";
    const tail = behind.trim() ? missing([...behind.slice(0, 2)].reverse().join("")) : "";
    return head + words + tail;
  }

  function put(words, place) {
    const moved = place.value !== text.value; // somebody typed on meanwhile
    const start = moved ? text.selectionStart : place.start;
    const end = moved ? text.selectionEnd : place.end;
    const detail = { start, end, words: apart(words, start, end) };
    const here = document.activeElement;
    text.dispatchEvent(new CustomEvent("letterhub:write", { detail }));
    if (here !== text) here?.focus(); // who went on to another field stays there
  }

  async function bringIn(html, plain, place) {
    text.setAttribute("aria-busy", "true");
    try {
      const made = await markdownOf(html);
      put(made.markdown, place);
      tell(text.dataset.pastedWell, ...made.notes);
    } catch {
      put(plain, place);
      tell(text.dataset.pastedPlain);
    }
    text.removeAttribute("aria-busy");
  }

  text.addEventListener("paste", (event) => {
    const html = chosen(event.clipboardData?.getData("text/html") ?? "");
    if (!STRUCTURE.test(html) || html.length > LARGEST) return;
    event.preventDefault();
    const plain = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    const place = { value: text.value, start: text.selectionStart, end: text.selectionEnd };
    const detail = bringIn(html, plain, place);
    text.dispatchEvent(new CustomEvent("letterhub:coming", { bubbles: true, detail })); // no save and no parting goes without it
  });
})();
