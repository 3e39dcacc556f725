/* Session in which several people write: steps over plain HTTP, one request at a time, so that an answer always belongs to the
   version that it was asked for. A refused request brings the steps that were missed; one without an answer is sent again. */
import { collab, getVersion, receiveTransaction, sendableSteps } from "prosemirror-collab";
import { Plugin, PluginKey } from "prosemirror-state";
import { Step } from "prosemirror-transform";
import { Decoration, DecorationSet } from "prosemirror-view";
import { schema } from "./schema.js";

const MOST_STEPS = 100;
const SEND_PAUSE = 400; // what is typed within it is sent together
const RETRY_PAUSE = 2000;
const POLL = { typing: 1000, present: 3000, alone: 15000 };
const RENEW = 12000; // a page says at least this often that it is still there
const FLUSH_TIME = 10000;
const COLORS = 4;

const cursorsKey = new PluginKey("cursors");

function drawCursor({ name, number }) {
  const cursor = Object.assign(document.createElement("span"), { className: `author-cursor author-${number % COLORS}` });
  cursor.dataset.name = name; // drawn by the style sheet: no part of the text
  cursor.setAttribute("aria-hidden", "true");
  return cursor;
}

function drawPeople(doc, people) {
  const within = (place) => Math.max(0, Math.min(place, doc.content.size));
  return DecorationSet.create(doc, people.flatMap((person) => {
    const [anchor, head] = [within(person.anchor), within(person.head)];
    const cursor = Decoration.widget(head, () => drawCursor(person), { key: `${person.client} ${person.name}`, side: -1 });
    const selected = { class: `author-selection author-${person.number % COLORS}` };
    return anchor === head ? [cursor] : [cursor, Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), selected)];
  }));
}

const cursors = () => new Plugin({
  key: cursorsKey,
  state: {
    init: () => DecorationSet.empty,
    apply: (transaction, drawn) => {
      const people = transaction.getMeta(cursorsKey);
      return people ? drawPeople(transaction.doc, people) : drawn.map(transaction.mapping, transaction.doc);
    },
  },
  props: { decorations: (state) => cursorsKey.getState(state) },
});

export class WritingSession {
  /* `joined` is the server's answer; `editor` has the view, sends requests, and hears of people and of the end. */
  constructor(editor, joined, client, form) {
    Object.assign(this, { editor, client, form, key: joined.key, ended: false, people: [], told: "", renewed: Date.now() });
    this.plugins = [collab({ version: joined.version, clientID: client }), cursors()];
  }

  get state() {
    return this.editor.view.state;
  }

  hasUnsent() {
    return !this.ended && Boolean(sendableSteps(this.state));
  }

  async run() {
    while (!this.ended) {
      let pause = RETRY_PAUSE;
      try {
        await this.exchange();
        pause = this.pause();
      } catch {
        // no answer: what was sent may have been taken, and is sent again
      }
      await new Promise((resolve) => {
        this.wake = resolve;
        this.timer = setTimeout(resolve, pause);
      });
      clearTimeout(this.timer);
    }
  }

  pause() {
    if (this.ended) return 0;
    if (this.hasUnsent()) return SEND_PAUSE / 2 + Math.random() * SEND_PAUSE;
    if (document.hidden || !this.people.length) return POLL.alone;
    return this.people.some((person) => person.typing) ? POLL.typing : POLL.present;
  }

  /* Sends soon what was typed; called at each change. */
  changed() {
    if (this.soon || !this.hasUnsent()) return;
    this.soon = setTimeout(() => {
      this.soon = 0;
      this.wake?.();
    }, SEND_PAUSE);
  }

  end() {
    this.ended = true;
    clearTimeout(this.soon);
    this.wake?.();
  }

  /* Waits until the server has everything; false if it can't be reached. */
  async flush() {
    const begun = Date.now();
    while (this.hasUnsent() && Date.now() - begun < FLUSH_TIME) {
      this.wake?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return !this.ended && !this.hasUnsent();
  }

  async exchange() {
    const batch = sendableSteps(this.state)?.steps.slice(0, MOST_STEPS) ?? [];
    const { anchor, head } = this.state.selection;
    const fields = { key: this.key, schema: this.form.dataset.schema, client: this.client, version: getVersion(this.state) };
    const place = `${anchor} ${head}`;
    const tells = batch.length || (this.people.length && place !== this.told) || Date.now() - this.renewed > RENEW;
    const response = tells
      ? await this.editor.request(this.form.dataset.steps, { ...fields, anchor, head, steps: JSON.stringify(batch) })
      : await fetch(`${this.form.dataset.steps}?${new URLSearchParams(fields)}`, { redirect: "error" });
    if (this.ended) return;
    const answer = await this.read(response);
    if (!answer || this.ended) return;
    if (tells) [this.told, this.renewed] = [place, Date.now()];
    const isTaken = batch.length > 0 && response.ok;
    this.hear(isTaken ? batch : answer.steps.map((one) => Step.fromJSON(schema, one)), isTaken ? batch.map(() => this.client) : answer.clients);
    this.showPeople(answer.people);
  }

  async read(response) {
    if (response.ok || response.status === 409) return response.json();
    if (![410, 422].includes(response.status)) throw new Error("no answer"); // signed out: autosave says so
    const { sentence, reload } = await response.json();
    this.end();
    this.editor.sessionEnded(response.status === 422 ? sentence : "", Boolean(reload));
    return null;
  }

  hear(steps, clients) {
    if (!steps.length) return;
    this.editor.view.dispatch(receiveTransaction(this.state, steps, clients, { mapSelectionBackward: true }));
    if (clients.includes(this.client)) this.form.dispatchEvent(new Event("letterhub:unsaved")); // they are stored: autosave has them written as Markdown
  }

  showPeople(people) {
    const own = sendableSteps(this.state)?.steps.map((step) => step.getMap()) ?? [];
    const here = (place) => own.reduce((at, map) => map.map(at), place);
    const text = JSON.stringify(people);
    if (text === this.drawn) return;
    this.drawn = text;
    this.people = people;
    const placed = people.map((person) => ({ ...person, anchor: here(person.anchor), head: here(person.head) }));
    this.editor.view.dispatch(this.state.tr.setMeta(cursorsKey, placed).setMeta("addToHistory", false));
    this.editor.showPeople([...new Set(people.map((person) => person.name))]);
  }
}
