// What a reader must see before the dossier: the own-risk text and the terms of
// use, taken from the dossier itself, word for word.
import { $, make, named, view } from "./dom.js";
import { Fault } from "./fault.js";

const PARTS = [["eigen-risico", "eerst-tekst"], ["eigen-risico-en-voorwaarden", "voorwaarden-tekst"]];

/**
 * Shows both texts and waits for the reader's word. Every kind of copy holds
 * both; one without either is not opened: the Fault "no-terms".
 */
export function terms(dossier, say) {
  const sections = PARTS.map(([id]) => dossier.body.querySelector(`main > section[id="${id}"]`));
  if (sections.some(blank)) throw new Fault("no-terms");
  PARTS.forEach(([, place], i) => fill($(place), sections[i]));
  $("eerst-kop").textContent = heading(dossier, PARTS[0][0]) || say("terms_title");
  $("voorwaarden-kop").textContent = heading(dossier, PARTS[1][0]);
  $("voorwaarden-tekst").setAttribute("aria-label", $("voorwaarden-kop").textContent);
  view("eerst");
  return new Promise((done) => $("gelezen").addEventListener("click", done, { once: true }));
}

// blank says that a section has no words but its heading.
const blank = (section) => ![...section?.children ?? []].some((n) => n.localName !== "h2" && /[\p{L}\p{N}]/u.test(n.textContent));

const heading = (dossier, id) => named(dossier.body.querySelector(`main > section[id="${id}"] > h2`)?.textContent);

// fill copies the content without ids, which are this page's own; headings
// keep their level, one below the page's.
function fill(place, section) {
  place.replaceChildren();
  const copy = document.importNode(section, true);
  copy.querySelector("h2")?.remove();
  for (const n of copy.querySelectorAll("[id]")) n.removeAttribute("id");
  for (const n of copy.querySelectorAll("a[href]")) n.removeAttribute("href");
  for (const n of copy.querySelectorAll("h3,h4,h5,h6")) {
    if (place.id === "eerst-tekst") n.replaceWith(make("h2", {}, ...n.childNodes));
  }
  place.append(...copy.childNodes);
}
