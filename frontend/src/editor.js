/* Editor of the letter's text on its sheet: a document of the server's, sent with each save beside the Markdown that was opened. */
import { history } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { Node } from "prosemirror-model";
import { EditorState, Plugin, TextSelection } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { COMMANDS, KEYS, rules } from "./commands.js";
import { FootnoteView, chips, noteNumbers } from "./node_views.js";
import { pasteHandlers } from "./pasting.js";
import { connectToolbar } from "./toolbar.js";
import { schema } from "./schema.js";
import { WritingSession } from "./writing_session.js";

const form = document.querySelector("form[data-document]");
const sheet = document.querySelector("[data-sheet]");
const CHOICE = "letterhub-write-on-sheet";
const FILL_PAUSE = 200; // writing the document into the form takes milliseconds: not at every key

class SheetEditor {
  constructor() {
    this.body = form.elements.namedItem("body");
    this.field = form.elements.namedItem("document");
    this.switch = document.querySelector("[data-write-on-sheet]");
    this.status = document.querySelector("[data-sheet-status]");
    this.tools = document.querySelector("[data-sheet-tools]");
    this.words = document.querySelector("[data-sheet-words]");
    this.sessionField = form.elements.namedItem("session");
    this.people = document.querySelector("[data-sheet-people]");
    this.client = crypto.randomUUID?.() ?? `${Math.random()}${Date.now()}`;
    this.view = null;
    this.session = null; // none while one writes alone: what is written then is merged when it is saved
    this.own = false;
    this.timer = 0;
    this.switch.hidden = false;
    this.switch.addEventListener("click", () => (this.view ? this.leave() : this.enter()));
    form.addEventListener("letterhub:restored", () => this.view && this.reopen());
    form.addEventListener("letterhub:saved", () => this.rejoin());
    form.addEventListener("submit", () => this.beforeSubmit(), true);
    window.addEventListener("beforeunload", (event) => this.session?.hasUnsent() && event.preventDefault());
    document.addEventListener("visibilitychange", () => document.hidden && this.fill(), true);
    connectToolbar(this.tools, () => this.view, COMMANDS);
    if (localStorage.getItem(CHOICE) === "yes") this.enter();
  }

  /* What one sees and types into: compared after each wait, as it must not be replaced by an answer about an earlier text. */
  get typed() {
    return this.view ? this.view.state.doc : this.body.value;
  }

  request(path, fields) {
    const body = new FormData();
    body.set("csrf_token", form.elements.namedItem("csrf_token").value);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return fetch(path, { method: "POST", body, redirect: "error" });
  }

  async ask(path, fields) {
    const response = await this.request(path, fields);
    if (response.status >= 500) throw new Error("no answer");
    return response.json();
  }

  report(sentence) {
    this.status.textContent = sentence;
    this.status.hidden = !sentence;
  }

  async enter() {
    try {
      if (!this.field.value && (await this.saveNow()) && (await this.join())) return;
      const { typed } = this;
      const opened = this.field.value ? { document: JSON.parse(this.field.value) } : await this.ask(form.dataset.document, { body: this.body.value });
      if (this.typed !== typed) return this.enter();
      this.report(opened.sentence ?? "");
      if (!opened.document) return;
      localStorage.setItem(CHOICE, "yes");
      this.show(Node.fromJSON(schema, opened.document));
    } catch {
      this.report(form.dataset.sheetUnread);
    }
  }

  /* Saves what the form has; false if that wasn't possible, as where somebody else changed the same words. */
  async saveNow(isForced = false) {
    const detail = { isForced, saved: Promise.resolve(false) };
    form.dispatchEvent(new CustomEvent("letterhub:save-now", { detail }));
    return detail.saved;
  }

  /* Joins the session of those who write this letter; true if there is nothing else to do. */
  async join() {
    const { typed } = this;
    const joined = await this.ask(form.dataset.session, { client: this.client });
    if (!joined.document) {
      this.report(joined.sentence);
      return true;
    }
    if (this.typed !== typed) return this.view ? true : (await this.enter(), true); // on the sheet, the next save tries again
    this.body.value = joined.body;
    form.elements.namedItem("opened").value = joined.body;
    this.report("");
    localStorage.setItem(CHOICE, "yes");
    this.session = new WritingSession(this, joined, this.client, form);
    this.sessionField.value = joined.key;
    const doc = Node.fromJSON(schema, joined.document);
    if (this.view) {
      const place = Math.min(this.view.state.selection.from, doc.content.size);
      const selection = TextSelection.near(doc.resolve(place));
      this.view.updateState(EditorState.create({ doc, selection, plugins: this.plugins() }));
    } else this.show(doc);
    this.field.value = "";
    this.openedText = JSON.stringify(doc);
    this.session.run();
    return true;
  }

  async rejoin() {
    if (!this.view || this.session || this.own || this.joining) return;
    this.joining = true;
    try {
      await this.join();
    } catch {
      // the next save tries again
    } finally {
      this.joining = false;
    }
  }

  /* The session is over, or it took no steps: one writes on alone, and what was not sent is saved with the form. */
  sessionEnded(sentence, reload) {
    this.session = null;
    this.sessionField.value = "";
    this.showPeople([]);
    this.view.updateState(this.view.state.reconfigure({ plugins: this.plugins() }));
    if (sentence) this.report(sentence);
    this.own = true;
    this.fill();
    if (reload) this.saveNow(true).then((isSaved) => isSaved && location.reload());
  }

  showPeople(names) {
    this.people.hidden = !names.length;
    const list = new Intl.ListFormat(document.documentElement.lang).format(names);
    if (names.length) this.people.textContent = this.people.dataset.text.replace("NAMES", () => list);
  }

  beforeSubmit() {
    this.fill();
    if (!this.session?.hasUnsent()) return;
    const sent = this.session.flush().then((isSent) => isSent || !this.session || this.leaveSession());
    form.dispatchEvent(new CustomEvent("letterhub:coming", { detail: sent })); // Save waits for it
  }

  leaveSession() {
    this.session.end();
    this.sessionEnded("", false);
  }

  plugins() {
    return [rules, keymap(KEYS), history(), tableEditing(), noteNumbers(), this.observer(), ...(this.session?.plugins ?? [])];
  }

  show(doc) {
    const mount = sheet.querySelector(".letter-body");
    mount.replaceChildren();
    mount.setAttribute("data-editing", "");
    const pictures = JSON.parse(form.dataset.pictures);
    this.view = new EditorView({ mount }, {
      state: EditorState.create({ doc, plugins: this.plugins() }),
      nodeViews: {
        ...chips(JSON.parse(form.dataset.counts), pictures),
        footnote: (node, view, getPos) => new FootnoteView(node, view, getPos, form.dataset.noteLabel),
      },
      attributes: { class: "letter-body", role: "textbox", "aria-multiline": "true", "aria-label": form.dataset.textLabel, spellcheck: "true" },
      handleDOMEvents: pasteHandlers(this, form),
    });
    this.setMode(true);
  }

  /* Writes what changed into the form, where autosave, preview and Save find it. */
  observer() {
    return new Plugin({
      view: () => ({
        update: (view, before) => {
          this.tools.dispatchEvent(new Event("letterhub:state"));
          if (view.state.doc.eq(before.doc)) return;
          this.own ||= !this.session || this.session.hasUnsent();
          this.session?.changed();
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.fill(), FILL_PAUSE);
        },
      }),
    });
  }

  fill() {
    clearTimeout(this.timer);
    if (!this.view) return;
    const text = JSON.stringify(this.view.state.doc);
    this.count();
    const isOwn = this.own;
    this.own = false;
    if (text === (this.field.value || this.openedText)) return;
    this.field.value = text;
    if (isOwn) this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  count() {
    const text = this.view.state.doc.textBetween(0, this.view.state.doc.content.size, " ", " ");
    const words = text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.-]*/gu)?.length ?? 0;
    this.words.textContent = this.words.dataset.text.replace("0", words.toLocaleString(document.documentElement.lang));
  }

  setMode(onSheet) {
    this.openedText = onSheet ? JSON.stringify(this.view.state.doc) : "";
    this.body.closest(".field").hidden = onSheet;
    this.tools.hidden = !onSheet;
    this.switch.textContent = onSheet ? this.switch.dataset.toMarkdown : this.switch.dataset.toSheet;
    if (onSheet) this.count();
  }

  close() {
    this.session?.end();
    this.session = null;
    this.sessionField.value = "";
    this.showPeople([]);
    this.view.destroy();
    this.view = null;
    this.setMode(false);
  }

  reopen() {
    this.close();
    this.enter();
  }

  /* Back to Markdown: the server writes it. */
  async leave() {
    this.fill();
    try {
      if (this.session) {
        if (!(await this.session.flush()) || !(await this.saveNow(true))) return this.report(form.dataset.sheetUnread);
        if (this.session?.hasUnsent()) return this.leave();
        this.field.value = "";
      } else if (this.field.value) {
        const { typed } = this;
        const { markdown, sentence } = await this.ask(form.dataset.markdown, { body: this.body.value, document: this.field.value });
        if (this.typed !== typed) return this.leave();
        if (sentence) return this.report(sentence);
        this.body.value = markdown;
        this.field.value = "";
      }
      localStorage.removeItem(CHOICE);
      this.close();
      this.report("");
      this.body.dispatchEvent(new Event("input", { bubbles: true }));
      return this.body.focus();
    } catch {
      return this.report(form.dataset.sheetUnread);
    }
  }
}

if (form && sheet) new SheetEditor();
