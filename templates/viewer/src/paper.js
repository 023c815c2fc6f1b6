// Printing: a copy of the chosen sections in this page, with the dossier's own
// style for paper, because a frame in a sandbox cannot be printed.
import { $, make } from "./dom.js";

export class Paper {
  constructor(dossier) {
    this.dossier = dossier;
    this.style = make("style", { media: "print", textContent: dossier.style });
    addEventListener("beforeprint", () => this.lay(this.wanted ?? ""));
    addEventListener("afterprint", () => this.clear());
  }

  /** Prints one section, or everything when id is empty. */
  print(id) {
    this.wanted = id;
    this.lay(id);
    window.print();
  }

  // lay puts the copy in place. The policy lets the style in by its digest only.
  lay(id) {
    const one = id && this.dossier.body.querySelector(`main > section[id="${CSS.escape(id)}"]`);
    const copy = document.importNode(one || this.dossier.body, true);
    for (const d of copy.querySelectorAll("details")) d.open = true;
    for (const n of copy.querySelectorAll("[id]")) n.removeAttribute("id");
    $("papier").replaceChildren(...(one ? [copy] : copy.childNodes));
    document.head.append(this.style);
  }

  clear() {
    this.wanted = "";
    $("papier").replaceChildren();
    this.style.remove();
  }
}
