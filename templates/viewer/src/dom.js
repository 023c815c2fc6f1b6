// The few things that every view does with the page.
export const $ = (id) => document.getElementById(id);

/** Makes an element: properties of the object, then children or words. */
export function make(tag, props = {}, ...children) {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...children);
  return e;
}

/** The words of this page's language, with {name} filled in. */
export function speaker(words) {
  return (key, values = {}) => own(words, key, key).replace(/\{(\w+)\}/g, (_, k) => own(values, k, ""));
}

const own = (o, key, other) => (Object.hasOwn(o, key) ? String(o[key]) : other); // never what every object has

const LONGEST = 1000; // characters of a name

/** A name from the record as a page can show it: one line, bounded, and without the marks that turn the words beside it. */
export function named(text) {
  const line = String(text ?? "").replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu, " ").trim();
  const cut = [...line.slice(0, 2 * LONGEST)].slice(0, LONGEST).join("");
  return cut === line ? line : cut + " …";
}

/** A number of things with its noun: words "key_1" and "key_n". */
export const counted = (say, key, n) => say(n === 1 ? key + "_1" : key + "_n", { n });

/** Sizes as a reader says them. */
export function size(say, n) {
  if (n < 1e6) return say("size_kb", { n: Math.max(1, Math.round(n / 1e3)) });
  return say("size_mb", { n: (n / 1e6).toFixed(1).replace(".", say("decimal")) });
}

/** Shows one of the views of the page and takes the reader to its heading. */
export function view(id) {
  for (const v of document.querySelectorAll("main > section")) v.hidden = v.id !== id;
  const h = $(id).querySelector("h1");
  h.tabIndex = -1;
  h.focus();
  window.scrollTo(0, 0);
}
