/* The letter's document: what it holds is in schema.json, which the server reads too; how it is drawn is here. */
import { Schema } from "prosemirror-model";
import spec from "../../letterhub/rendering/editor/schema.json";

const HEADING = 3; // of "##" on the sheet, whose title is an h2
const aligned = (tag) => ({ toDOM: ({ attrs }) => [tag, { class: attrs.align ? `align-${attrs.align}` : null }, 0] });
const LABELS = { 1: "decimal", a: "lower-alpha", A: "upper-alpha", i: "lower-roman", I: "upper-roman" };

function labelClass(labels) {
  const [, before, numerals, after] = /^(\(?)([aAiI1])([.)])$/.exec(labels ?? "") ?? [];
  return numerals ? `labels-${LABELS[numerals]}${before ? "-parens" : after === ")" ? "-paren" : ""}` : null;
}

const nodes = {
  paragraph: { toDOM: () => ["p", 0] },
  heading: { toDOM: ({ attrs }) => [`h${Math.min(Math.max(attrs.level + HEADING - 2, HEADING), 6)}`, 0] },
  annex: { toDOM: () => ["h3", { class: "sheet-annex" }, 0] },
  blockquote: { toDOM: () => ["blockquote", 0] },
  keep: { toDOM: () => ["div", { class: "keep-together" }, 0] },
  bullet_list: { toDOM: ({ attrs }) => ["ul", { class: attrs.tight ? "sheet-tight" : null }, 0] },
  ordered_list: {
    toDOM: ({ attrs }) => {
      const name = [labelClass(attrs.labels), attrs.tight && "sheet-tight"].filter(Boolean).join(" ");
      return ["ol", { start: attrs.start === 1 ? null : attrs.start, class: name || null }, 0];
    },
  },
  list_item: { toDOM: ({ attrs }) => ["li", { value: attrs.value }, 0] },
  code_block: { toDOM: () => ["pre", ["code", 0]] },
  horizontal_rule: { toDOM: () => ["hr"] },
  page_break: { toDOM: () => ["div", { class: "sheet-page-break", role: "separator" }] },
  table: { toDOM: () => ["table", ["tbody", 0]] },
  table_row: { toDOM: () => ["tr", 0] },
  table_header: aligned("th"),
  table_cell: aligned("td"),
  hard_break: { toDOM: () => ["br"], leafText: () => "\n" },
};

const marks = {
  link: { toDOM: ({ attrs }) => ["a", { href: attrs.href, rel: "noopener" }, 0] },
  strong: { toDOM: () => ["strong", 0] },
  em: { toDOM: () => ["em", 0] },
  strike: { toDOM: () => ["s", 0] },
  sup: { toDOM: () => ["sup", { class: "note-mark" }, 0] },
  sub: { toDOM: () => ["sub", 0] },
  code: { toDOM: () => ["code", 0] },
};

/* What the browser itself makes while one types has these elements; pasted HTML goes through the server. */
const typed = { paragraph: "p", list_item: "li", blockquote: "blockquote", hard_break: "br", strong: "strong", em: "em", code: "code", sub: "sub" };

const withDrawing = (specs, drawn) =>
  Object.fromEntries(
    Object.entries(specs).map(([name, one]) => [name, { ...one, ...drawn[name], ...(typed[name] && { parseDOM: [{ tag: typed[name] }] }) }]),
  );

export const schema = new Schema({ topNode: spec.topNode, nodes: withDrawing(spec.nodes, nodes), marks: withDrawing(spec.marks, marks) });
