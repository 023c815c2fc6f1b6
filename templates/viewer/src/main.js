// The one page through which a client opens a dossier. It is locked, then it
// shows what must be read first, then the dossier. Nothing leaves the page.
import { $, make, named, speaker } from "./dom.js";
import { Lock } from "./lock.js";
import { clean } from "./clean.js";
import { index } from "./dossier.js";
import { terms } from "./terms.js";
import { Reader } from "./reader.js";

// DOMParser runs and fetches nothing; it is the one use of HTML as text, and
// the one policy that the page's Content-Security-Policy names.
const policy = globalThis.trustedTypes?.createPolicy("inzage", { createHTML: (s) => s });

function parse(text) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
}

async function opened(bag, notes, meta, say) {
  const parsed = parse(await bag.files.get("data/dossier.html").text());
  const { body, removed, links } = clean(parsed);
  body.classList.remove("with-side"); // this page's own list stands beside the text
  body.querySelectorAll("nav.side, a.skip").forEach((n) => n.remove());
  const dossier = {
    body, removed, links,
    style: meta.sheet, // not its own: the policy names one, and the page may be newer than the dossier
    lang: parsed.documentElement.lang || meta.lang,
    title: named(body.querySelector("header h1")?.textContent || parsed.title),
  };
  const months = Array.from({ length: 12 }, (_, i) => new Date(2000, i, 15).toLocaleString(dossier.lang, { month: "long" }).toLowerCase());
  const sections = index(body, months);
  performance.mark("inzage-read");
  tell(removed, notes, say);
  await terms(dossier, say);
  new Reader({ dossier, sections, months, bag, say, notes }).show();
}

// tell says what a reader should know before reading: something that did not
// belong in the file, and a code that was mended.
function tell(removed, { corrected }, say) {
  const lines = [];
  if (removed) lines.push(make("p", {}, say("odd")));
  if (corrected) lines.push(make("p", {}, say("corrected", { group: corrected })));
  $("bericht").replaceChildren(...lines);
  $("bericht").hidden = !lines.length;
}

function start() {
  const meta = JSON.parse($("gegevens").textContent);
  const say = speaker(meta.words);
  new Lock(meta, say, (bag, notes) => opened(bag, notes, meta, say)).start();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
