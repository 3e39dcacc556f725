/* What keys and buttons do to the letter. */
import { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { Slice } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, goToNextCell } from "prosemirror-tables";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

const insert = (make) => (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(make(state), false).scrollIntoView());
  return true;
};
const lineBreak = chainCommands(exitCode, insert(() => nodes.hard_break.create()));

function insertTable(state, dispatch) {
  const row = (type) => nodes.table_row.create(null, [0, 1].map(() => type.createAndFill()));
  const table = nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell)]);
  const transaction = state.tr.replaceSelectionWith(table);
  let at = -1;
  transaction.doc.nodesBetween(state.selection.from - 1, transaction.doc.content.size, (node, place) => {
    if (at < 0 && node.eq(table)) at = place;
    return at < 0;
  });
  if (at >= 0) transaction.setSelection(TextSelection.near(transaction.doc.resolve(at), 1));
  dispatch?.(transaction.scrollIntoView());
  return true;
}

function leaveLast(state, dispatch) {
  const { $from, empty } = state.selection;
  const isLast = empty && $from.parent.isTextblock && $from.parentOffset === $from.parent.content.size;
  if (!isLast || $from.parent.type !== nodes.annex) return false;
  const after = $from.after();
  const transaction = state.tr.insert(after, nodes.paragraph.create());
  dispatch?.(transaction.setSelection(TextSelection.near(transaction.doc.resolve(after + 1))).scrollIntoView());
  return true;
}

export const COMMANDS = {
  bold: toggleMark(marks.strong),
  italic: toggleMark(marks.em),
  strike: toggleMark(marks.strike),
  heading: chainCommands(setBlockType(nodes.heading, { level: 2 }), setBlockType(nodes.paragraph)),
  subheading: chainCommands(setBlockType(nodes.heading, { level: 3 }), setBlockType(nodes.paragraph)),
  paragraph: setBlockType(nodes.paragraph),
  list: wrapInList(nodes.bullet_list),
  numbers: wrapInList(nodes.ordered_list),
  deeper: sinkListItem(nodes.list_item),
  higher: chainCommands(liftListItem(nodes.list_item), lift),
  quote: wrapIn(nodes.blockquote),
  count: insert(() => nodes.count.create()),
  page: insert(() => nodes.page_break.create()),
  line: insert(() => nodes.horizontal_rule.create()),
  table: insertTable,
  "add-row": addRowAfter,
  "add-column": addColumnAfter,
  "delete-row": deleteRow,
  "delete-column": deleteColumn,
  "delete-table": deleteTable,
  undo,
  redo,
};

export const KEYS = {
  ...baseKeymap,
  "Mod-b": COMMANDS.bold,
  "Mod-i": COMMANDS.italic,
  "Mod-z": undo,
  "Shift-Mod-z": redo,
  "Mod-y": redo,
  Enter: chainCommands(leaveLast, splitListItem(nodes.list_item), baseKeymap.Enter),
  "Shift-Enter": lineBreak,
  "Mod-]": COMMANDS.deeper,
  "Mod-[": COMMANDS.higher,
  "Mod-Alt-0": COMMANDS.paragraph,
  "Mod-Alt-2": COMMANDS.heading,
  "Mod-Alt-3": COMMANDS.subheading,
  "Shift-Mod-7": COMMANDS.numbers,
  "Shift-Mod-8": COMMANDS.list,
  "Shift-Mod-9": COMMANDS.quote,
  Tab: goToNextCell(1),
  "Shift-Tab": goToNextCell(-1),
};

const COUNT = /\{\{(count|organizations|individuals)(_in_words)?\}\}$/;
export const rules = inputRules({
  rules: [
    wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
    wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
    wrappingInputRule(/^(\d{1,9})\.\s$/, nodes.ordered_list, (match) => ({ start: Number(match[1]) }), (match, node) => node.childCount + node.attrs.start === Number(match[1])),
    textblockTypeInputRule(/^(#{1,4})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
    new InputRule(COUNT, (state, [, name, inWords], start, end) => state.tr.replaceWith(start, end, nodes.count.create({ name: name + (inWords ?? "") }))),
  ],
});

/* Inserts pasted text without formatting: empty lines part paragraphs. */
export function insertPlain(view, plain) {
  const paragraphs = plain.split(/\n{2,}/).filter((one) => one.trim());
  if (paragraphs.length < 2) view.dispatch(view.state.tr.insertText(plain.replace(/\n/g, " ")).scrollIntoView());
  else {
    const pasted = paragraphs.map((one) => nodes.paragraph.create(null, schema.text(one.replace(/\n/g, " "))));
    view.dispatch(view.state.tr.replaceSelection(Slice.maxOpen(nodes.doc.create(null, pasted).content)).scrollIntoView());
  }
  return true;
}
