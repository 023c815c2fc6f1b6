// What is in a dossier and where: its sections, its dated entries, and the
// places a reader can search. Built once from the cleaned page.
import { named } from "./dom.js";

const UNIT = "article,p,li,tr,dt,dd,h2,h3,h4,h5,h6,figcaption,caption,summary";
const BLOCK = "article,p,li,tr,td,th,dt,dd,div,h1,h2,h3,h4,h5,h6,figcaption,caption,summary,br,ul,ol,dl";

/** Lower case without accents; the same for what is sought and what is read. */
export const fold = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * Reads a cleaned body. months are the month names of its language, January
 * first, in lower case.
 */
export function index(body, months) {
  const sections = [...body.querySelectorAll("main > section[id]")].map((node) => ({
    id: node.id, node, title: named(node.querySelector("h2")?.textContent || node.id), entries: [], units: [],
  }));
  for (const s of sections) {
    s.units = units(s.node, []).map((node) => ({ node, section: s, entry: null, ...text(node) }));
    for (const u of s.units) u.entry = entry(u, s, months);
    s.entries = s.units.filter((u) => u.entry).map((u) => u.entry);
    s.count = s.entries.filter((e) => e.node.localName === "article").length;
  }
  return sections.filter((s) => !s.node.querySelector(":scope > nav.contents"));
}

// units are the smallest things that are found as one: an entry, or a
// paragraph, row or heading outside entries.
function units(node, out) {
  for (const n of node.children) {
    if (n.localName === "nav" || n.localName === "svg") continue;
    if (n.matches(UNIT)) out.push(n);
    else units(n, out);
  }
  return out;
}

/** The text of a unit, its text nodes, and where each begins in the text. */
function text(node) {
  const pieces = [];
  let whole = "";
  let block = null;
  const walk = node.ownerDocument.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const n = walk.currentNode;
    if (n.parentElement.closest("svg")) continue;
    const b = n.parentElement.closest(BLOCK);
    if (block && b !== block) whole += " ";
    block = b;
    pieces.push({ node: n, from: whole.length });
    whole += n.data;
  }
  return { text: whole, pieces, folded: fold(whole) };
}

// entry gives what is dated: an entry of the record, or a row of a table that
// begins with nothing but a date. A row is given an anchor to jump to.
function entry(unit, section, months) {
  const { node } = unit;
  const row = node.localName === "tr";
  if (!row && node.localName !== "article") return null;
  const when = (row ? node.cells?.[0] : node.querySelector(".when p"))?.textContent.trim() || "";
  const on = date(when, months);
  if (row && (!on || !on.day || when.length > LONGEST_DATE)) return null;
  node.id ||= ROW + section.id + "-" + section.units.indexOf(unit);
  return { id: node.id, node, section, when: named(when), date: on, text: opening(row ? [above(node, section.node), ...[...node.cells].slice(1)] : [...(node.querySelector(".what")?.children || [])]) };
}

// above is the heading that a row stands under: what was measured.
const above = (node, section) => [...section.querySelectorAll("h3,h4,h5,h6")]
  .filter((h) => h.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING).pop();

const ROW = "~r"; // the dossier's own anchors never begin so
const LONGEST_DATE = 40; // "30 september 2026, 14.30 uur" and some

// opening is how a text begins, for a list.
function opening(nodes) {
  const whole = nodes.map((n) => n?.textContent.trim()).filter(Boolean).join(" · ");
  const end = whole.length > AFTER ? whole.lastIndexOf(" ", AFTER) : whole.length;
  return whole.slice(0, end) + (end < whole.length ? " …" : "");
}

/** The first date in a line such as "12 maart 2025": { year, month, day } or null. */
export function date(line, months) {
  const m = /(?:(\d{1,2})\.?\s+)?(?:(\p{L}+)\.?\s+)?((?:19|20)\d\d)\b/u.exec(line.toLowerCase());
  if (!m) return null;
  const month = m[2] ? months.indexOf(m[2]) + 1 : 0;
  return { year: Number(m[3]), month, day: month && m[1] ? Number(m[1]) : 0 };
}

/** Dated entries by month, newest first: [{ year, month, entries }]. */
export function calendar(sections) {
  const by = new Map();
  for (const s of sections) {
    for (const e of s.entries) {
      if (!e.date || !e.id) continue;
      const key = e.date.year * 100 + e.date.month;
      if (!by.has(key)) by.set(key, { year: e.date.year, month: e.date.month, entries: [] });
      by.get(key).entries.push(e);
    }
  }
  for (const m of by.values()) m.entries.sort((a, b) => b.date.day - a.date.day);
  return [...by.entries()].sort((a, b) => b[0] - a[0]).map((x) => x[1]);
}

const BEFORE = 50;
const AFTER = 110;

/**
 * Finds the places that hold every word of a question, by section:
 * [{ section, hits: [{ unit, spans, excerpt }] }]. A question under two letters
 * finds nothing.
 */
export function find(sections, question) {
  const words = [...new Set(fold(question).split(/\s+/).filter(Boolean))];
  if (words.join("").length < 2) return [];
  return sections.map((section) => ({
    section,
    hits: section.units.filter((u) => words.every((w) => u.folded.includes(w))).map((unit) => {
      const spans = marks(unit, words);
      return { unit, spans, excerpt: excerpt(unit.text, spans) };
    }),
  })).filter((x) => x.hits.length);
}

// marks gives where the words stand in the unfolded text, without overlap.
function marks(unit, words) {
  const at = []; // for each folded character, where it comes from
  let p = 0;
  for (const c of unit.text) {
    for (let i = fold(c).length; i > 0; i--) at.push(p);
    p += c.length;
  }
  at.push(p);
  const spans = [];
  for (const w of words) {
    for (let i = unit.folded.indexOf(w); i >= 0; i = unit.folded.indexOf(w, i + w.length)) spans.push([at[i], at[i + w.length]]);
  }
  spans.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  return spans.filter((s, i) => i === 0 || s[0] >= spans[i - 1][1]);
}

function excerpt(text, spans) {
  const [from, to] = spans[0];
  let a = Math.max(0, from - BEFORE);
  let b = Math.min(text.length, to + AFTER);
  if (a > 0) a = Math.min(from, text.indexOf(" ", a) + 1 || from);
  if (b < text.length) b = Math.max(to, text.lastIndexOf(" ", b));
  const parts = [];
  let p = a;
  for (const [f, t] of spans) {
    if (f < p || t > b) continue;
    parts.push({ text: text.slice(p, f) }, { text: text.slice(f, t), hit: true });
    p = t;
  }
  parts.push({ text: text.slice(p, b) });
  if (a > 0) parts.unshift({ text: "… " });
  if (b < text.length) parts.push({ text: " …" });
  return parts.filter((x) => x.text);
}
