/* What is pasted or dropped on the sheet: HTML is read by the server, plain text is inserted at once. */
import { Node, Slice } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import { insertPlain } from "./commands.js";
import { schema } from "./schema.js";

/* Returns event handlers for the view of `editor`, which asks the server and reports to who writes. */
export function pasteHandlers(editor, form) {
  let copied = null; // here, with its footnotes and counts: pasted here as it was

  function remember(view) {
    copied = view.state.selection.content();
    return false;
  }

  async function pasteConverted(html, plain) {
    try {
      const { markdown, notes } = await editor.ask(form.dataset.paste, { html, first_note: 1001 });
      const { document: pasted } = await editor.ask(form.dataset.document, { body: markdown });
      const doc = Node.fromJSON(schema, pasted);
      const isInline = doc.childCount === 1 && doc.firstChild.type === schema.nodes.paragraph;
      editor.view.dispatch(editor.view.state.tr.replaceSelection(new Slice(doc.content, isInline ? 1 : 0, isInline ? 1 : 0)).scrollIntoView());
      editor.report([form.dataset.pastedWell, ...notes].join(" "));
    } catch {
      insertPlain(editor.view, plain);
      editor.report(form.dataset.pastedPlain);
    }
  }

  /* Pasted HTML is read by the server: nothing of it is parsed here, as the editor would, whose styles are not allowed. */
  function take(view, event, data) {
    event.preventDefault();
    const html = data?.getData("text/html");
    const plain = data?.getData("text/plain").replace(/\r\n?/g, "\n") ?? "";
    if (html?.includes("data-pm-slice") && copied) {
      view.dispatch(view.state.tr.replaceSelection(copied).scrollIntoView());
      return true;
    }
    if (!html) return insertPlain(view, plain);
    const pasting = pasteConverted(html, plain);
    form.dispatchEvent(new CustomEvent("letterhub:coming", { detail: pasting })); // autosave waits for it
    return true;
  }

  function drop(view, event) {
    const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
    if (place) view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(place.pos))));
    return take(view, event, event.dataTransfer);
  }

  return {
    paste: (view, event) => take(view, event, event.clipboardData),
    drop: (view, event) => !view.dragging && drop(view, event),
    copy: remember,
    cut: remember,
  };
}
