/* Nodes that are drawn by more than an element: counts with their number, pictures, and footnotes, edited at their reference. */
import { baseKeymap, toggleMark } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { EditorState, Plugin } from "prosemirror-state";
import { StepMap } from "prosemirror-transform";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import { schema } from "./schema.js";

const element = (tag, attributes = {}, text = "") => Object.assign(document.createElement(tag), attributes, text && { textContent: text });

/* Returns the views of counts and pictures; `counts` are texts by placeholder, `pictures` addresses of images by name. */
export function chips(counts, pictures) {
  const picture = ({ attrs }) => {
    const image = element("img", { alt: attrs.description, src: pictures[attrs.name] ?? "" });
    if (attrs.width) image.setAttribute("width", `${attrs.width}%`);
    return image;
  };
  return {
    count: ({ attrs }) => {
      const dom = element("span", { className: "sheet-count", title: `{{${attrs.name}}}` }, counts[attrs.name] ?? `{{${attrs.name}}}`);
      return { dom };
    },
    picture: (node) => ({ dom: picture(node) }),
    image: ({ attrs }) => ({ dom: element("span", { className: "sheet-image" }, attrs.alt || attrs.src) }),
    footnote_again: () => ({ dom: element("sup", { className: "note-mark sheet-note" }) }),
    figure: (node) => {
      const dom = element("figure");
      const contentDOM = element("figcaption");
      const image = picture(node);
      image.contentEditable = "false";
      dom.append(image, contentDOM);
      return { dom, contentDOM, ignoreMutation: (change) => change.type !== "selection" && !contentDOM.contains(change.target) };
    },
  };
}

/* Numbers the footnotes of a document in the order of their references. */
export function noteNumbers() {
  return new Plugin({
    props: {
      decorations({ doc }) {
        const numbers = new Map();
        const found = [];
        doc.descendants((node, at) => {
          if (node.type !== schema.nodes.footnote && node.type !== schema.nodes.footnote_again) return node.type !== schema.nodes.footnote;
          const label = node.attrs.label || `at ${at}`;
          if (!numbers.has(label)) numbers.set(label, numbers.size + 1);
          found.push(Decoration.node(at, at + node.nodeSize, { "data-number": String(numbers.get(label)) }));
          return false;
        });
        return DecorationSet.create(doc, found);
      },
    },
  });
}

/* A footnote: its number in the text, and an editor of its words below while it is selected. Escape leads back to the text. */
export class FootnoteView {
  constructor(node, outer, getPos, label) {
    this.node = node;
    this.outer = outer;
    this.getPos = getPos;
    this.label = label;
    this.dom = element("sup", { className: "note-mark sheet-note" });
    this.inner = null;
  }

  selectNode() {
    this.dom.classList.add("ProseMirror-selectednode");
    if (!this.inner) this.open();
  }

  deselectNode() {
    this.dom.classList.remove("ProseMirror-selectednode");
    this.close();
  }

  open() {
    const box = this.dom.appendChild(element("span", { className: "sheet-note-editor" }));
    const leave = () => {
      this.outer.focus();
      return true;
    };
    this.inner = new EditorView(box, {
      attributes: { role: "textbox", "aria-label": this.label, "aria-multiline": "true" },
      state: EditorState.create({
        doc: this.node,
        plugins: [
          keymap({
            "Mod-z": () => undo(this.outer.state, this.outer.dispatch),
            "Mod-y": () => redo(this.outer.state, this.outer.dispatch),
            "Shift-Mod-z": () => redo(this.outer.state, this.outer.dispatch),
            "Mod-b": toggleMark(schema.marks.strong),
            "Mod-i": toggleMark(schema.marks.em),
            Escape: leave,
            Enter: leave,
          }),
          keymap(baseKeymap),
        ],
      }),
      dispatchTransaction: (transaction) => this.dispatchInner(transaction),
      handleDOMEvents: { mousedown: () => { if (this.outer.hasFocus()) this.inner.focus(); } },
    });
  }

  close() {
    this.inner?.destroy();
    this.inner = null;
    this.dom.textContent = "";
  }

  dispatchInner(transaction) {
    const { state, transactions } = this.inner.state.applyTransaction(transaction);
    this.inner.updateState(state);
    if (transaction.getMeta("fromOutside")) return;
    const outer = this.outer.state.tr;
    const offset = StepMap.offset(this.getPos() + 1);
    for (const one of transactions) for (const step of one.steps) outer.step(step.map(offset));
    if (outer.docChanged) this.outer.dispatch(outer);
  }

  update(node) {
    if (!node.sameMarkup(this.node)) return false;
    this.node = node;
    if (!this.inner) return true;
    const { state } = this.inner;
    const start = node.content.findDiffStart(state.doc.content);
    if (start === null) return true;
    let { a: endA, b: endB } = node.content.findDiffEnd(state.doc.content);
    const overlap = start - Math.min(endA, endB);
    if (overlap > 0) [endA, endB] = [endA + overlap, endB + overlap];
    this.inner.dispatch(state.tr.replace(start, endB, node.slice(start, endA)).setMeta("fromOutside", true));
    return true;
  }

  destroy() {
    this.close();
  }

  stopEvent(event) {
    return Boolean(this.inner?.dom.contains(event.target));
  }

  ignoreMutation() {
    return true;
  }
}
