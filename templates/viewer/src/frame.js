// The dossier's frame: a document of its own on a blob: address, in a sandbox
// that allows nothing. No script runs in it and this page cannot look into it;
// to mark or unfold something, the document is written again.
import { sha256 } from "@noble/hashes/sha2.js";

/* global FRAME_STYLE -- frame.css, put in by the build */
const MARK = "~z"; // ids of this viewer; the dossier's own never begin so

export class Frame {
  constructor(node, dossier) {
    this.node = node;
    this.dossier = dossier; // { body, style, lang, title }
    this.address = "";
    this.written = null; // what the document now shows: hits and unfolded folds
  }

  /**
   * Shows the document, at an anchor if given, with hits marked. With focus the
   * reader is taken there; a document that is just being replaced cannot take it.
   */
  show(id = "", hits = [], focus = false) {
    const unfolded = id && this.unfold(id);
    const anew = !this.address || hits !== this.written || unfolded;
    if (anew) this.write(hits);
    if (focus && anew) this.node.addEventListener("load", () => this.node.focus(), { once: true });
    else if (focus) this.node.focus();
    this.go(id ? this.address + "#" + encodeURIComponent(id) : this.address);
  }

  // unfold opens the fold around an anchor; true when it was closed.
  unfold(id) {
    const target = this.dossier.body.querySelector(`[id="${CSS.escape(id)}"]`);
    const fold = target?.closest("details:not([open])");
    fold?.setAttribute("open", "");
    return Boolean(fold);
  }

  write(hits) {
    const old = this.address;
    this.written = hits;
    const undo = hits.map((h, i) => mark(h, MARK + i));
    const text = page(this.dossier);
    undo.reverse().forEach((f) => f());
    this.address = URL.createObjectURL(new Blob([text], { type: "text/html;charset=utf-8" }));
    if (old) setTimeout(() => URL.revokeObjectURL(old), 10_000);
  }

  // go moves without leaving a trail in the browser's history. A frame may be
  // sent on by its page even where it may not be looked into.
  go(address) {
    if (this.node.src && this.node.contentWindow) this.node.contentWindow.location.replace(address);
    else this.node.src = address;
  }
}

/** The anchor of the n-th hit. */
export const anchorOf = (n) => MARK + n;

/** The dossier as a file of its own: what was shown, with a policy that lets nothing act. */
export const alone = (dossier) => page(dossier, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-" +
  `${btoa(String.fromCharCode(...sha256(new TextEncoder().encode(dossier.style))))}'; img-src data:; base-uri 'none'; form-action 'none'">`, "");

function page({ body, style, lang, title }, policy = "", more = `<style>${FRAME_STYLE}</style>`) {
  const esc = (s) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<!doctype html><html lang="${esc(lang)}"><head><meta charset="utf-8">${policy}` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">` +
    `<title>${esc(title)}</title><style>${style}</style>${more}</head>${body.outerHTML}</html>`;
}

// mark wraps the found words of one hit and gives the function that undoes it.
// What the hit stands in is unfolded, and stays so.
function mark({ unit, spans }, id) {
  const swaps = [];
  for (const p of unit.pieces) {
    const n = p.node;
    const inside = spans.map(([f, t]) => [Math.max(0, f - p.from), Math.min(n.data.length, t - p.from)]).filter(([f, t]) => f < t);
    if (inside.length) swaps.push([n, marked(n, inside, swaps.length ? "" : id)]);
  }
  for (const [n, copy] of swaps) n.replaceWith(copy);
  unit.node.closest("details")?.setAttribute("open", "");
  return () => swaps.forEach(([n, copy]) => copy.replaceWith(n));
}

function marked(node, ranges, id) {
  const doc = node.ownerDocument;
  const span = doc.createElement("span");
  let at = 0;
  for (const [from, to] of ranges) {
    const m = doc.createElement("mark");
    m.textContent = node.data.slice(from, to);
    span.append(node.data.slice(at, from), m);
    at = to;
  }
  if (id) span.querySelector("mark").id = id;
  span.append(node.data.slice(at));
  return span;
}
