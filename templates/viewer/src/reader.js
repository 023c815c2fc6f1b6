// The opened dossier: the frame, and beside it the ways through it (sections,
// search, dates) and what can be printed, viewed and saved.
import { $, make, named, view, counted, size } from "./dom.js";
import { Frame, alone, anchorOf } from "./frame.js";
import { Paper } from "./paper.js";
import { calendar, find } from "./dossier.js";

const TYPES = new Map(Object.entries({
  html: "text/html;charset=utf-8", pdf: "application/pdf", json: "application/json", txt: "text/plain;charset=utf-8",
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", mp4: "video/mp4", mp3: "audio/mpeg",
}));
const VIEWED = new Set(["pdf", "png", "jpg", "jpeg"]); // what a browser shows without running anything
// What is saved under its own name. Anything else could act when it is opened, as a page or a program does, and gets a name that opens as text.
const TAME = new Set("pdf,png,jpg,jpeg,gif,webp,tif,tiff,bmp,heic,txt,csv,json,rtf,doc,docx,xls,xlsx,ppt,pptx,odt,ods,odp,mp3,mp4,m4a,wav,ogg,mov,webm,dcm".split(","));
const PANELS = ["onderdelen", "zoeken", "datums", "bewaren"];
const STEPS = ["", "groot", "groter", "grootst"];
const NONE = [];

export class Reader {
  constructor({ dossier, sections, months, bag, say, notes }) {
    Object.assign(this, { dossier, sections, months, bag, say, notes, step: 0 });
    this.frame = new Frame($("kader"), dossier);
    this.paper = new Paper(dossier);
  }

  show() {
    $("dossier-kop").textContent = this.dossier.title;
    $("kader").title = this.dossier.title;
    $("balk-boven").hidden = false;
    document.body.classList.add("lezen");
    this.tabs();
    this.contents();
    this.search();
    this.dates();
    this.saving();
    this.comfort();
    this.signature();
    this.frame.show();
    view("dossier");
    performance.mark("inzage-shown");
    $("kader").addEventListener("load", () => performance.mark("inzage-frame"), { once: true });
  }

  signature() {
    if (this.notes.signedBy) $("handtekening").textContent = this.say("signed", { key: this.notes.signedBy });
    $("handtekening").hidden = !this.notes.signedBy;
  }

  tabs() {
    for (const name of PANELS) {
      $("knop-" + name).addEventListener("click", () => this.panel($("knop-" + name).getAttribute("aria-expanded") === "true" ? "" : name));
    }
    this.panel(wide() ? "onderdelen" : "");
    $("boven-sluiten").addEventListener("click", () => location.reload());
  }

  /** Opens one panel; none when the name is empty. */
  panel(name) {
    for (const p of PANELS) {
      $("knop-" + p).setAttribute("aria-expanded", String(p === name));
      $(p).hidden = p !== name;
    }
    $("dossier").classList.toggle("paneel-open", Boolean(name));
    document.querySelector(".zij").scrollTop = 0;
    if (name === "zoeken") $("zoek").focus();
  }

  // go takes the reader to a place. On a small screen the panel makes room.
  go(id, hits = NONE) {
    this.frame.show(id, hits, true);
    if (!wide()) {
      this.panel("");
      $("kader").scrollIntoView({ block: "nearest" });
    }
  }

  contents() {
    const row = (s) => make("li", {}, make("button", { type: "button", className: "rij", onclick: () => this.section(s) },
      make("bdi", {}, s.title), s.count ? make("small", {}, String(s.count)) : ""));
    $("lijst").replaceChildren(...this.sections.map(row));
    const choice = (s) => make("option", { value: s.id }, s.title);
    $("druk-keuze").append(...this.sections.map(choice));
  }

  section(s) {
    $("druk-keuze").value = s.id;
    this.go(s.id);
  }

  search() {
    let waiting = 0;
    $("zoek").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.found($("zoek").value), 200);
    });
    $("zoekvorm").addEventListener("submit", (e) => {
      e.preventDefault();
      clearTimeout(waiting);
      this.found($("zoek").value);
      $("treffers").querySelector("button")?.focus();
    });
  }

  found(question) {
    const results = find(this.sections, question);
    const all = results.flatMap((r) => r.hits);
    const total = all.length;
    $("aantal").textContent = question.trim().length < 2 ? "" : total
      ? this.say("found", { places: counted(this.say, "place", total), sections: counted(this.say, "section", results.length) })
      : this.say("found_none", { question: question.trim() });
    let n = 0;
    $("treffers").replaceChildren(...results.map((r, i) => this.group(r, i === 0 || total <= 30, all, () => n++)));
  }

  // group lists the hits of one section under its name and number.
  group({ section, hits }, open, all, next) {
    const rows = hits.map((h) => {
      const n = next();
      const words = h.excerpt.map((x) => (x.hit ? make("mark", {}, x.text) : x.text));
      const when = h.unit.entry?.when ? [make("small", {}, h.unit.entry.when)] : [];
      return make("li", {}, make("button", { type: "button", className: "treffer", onclick: () => this.go(anchorOf(n), all) }, ...when, make("span", {}, ...words)));
    });
    return make("details", { open }, make("summary", {}, `${section.title} `, make("small", {}, String(hits.length))), make("ul", {}, ...rows));
  }

  dates() {
    const list = calendar(this.sections);
    const out = [];
    let year = 0;
    for (const m of list) {
      if (m.year !== year) out.push(make("h3", {}, String((year = m.year))));
      out.push(this.month(m));
    }
    $("maanden").replaceChildren(...out);
    $("geen-datums").hidden = list.length > 0;
  }

  // month fills its list when it is first opened: three years are many rows.
  month({ year, month, entries }) {
    const name = month ? `${this.months[month - 1]} ${year}` : this.say("no_month", { year });
    const list = make("ul");
    const fold = make("details", {}, make("summary", {}, `${name} `, make("small", {}, String(entries.length))), list);
    const row = (e) => make("li", {}, make("button", { type: "button", className: "treffer", onclick: () => this.go(e.id) },
      make("small", {}, `${e.when} · ${e.section.title}`), make("span", {}, e.text)));
    fold.addEventListener("toggle", () => { if (!list.childElementCount) list.append(...entries.map(row)); });
    return fold;
  }

  saving() {
    $("druk").addEventListener("click", () => this.paper.print($("druk-keuze").value));
    const labels = new Map(this.dossier.links.map((l) => [l.path, l.node]));
    const names = new Map((this.bag.manifest.attachments || []).map((a) => [a.path, a.name]));
    const main = [["data/dossier.pdf", "file_pdf"], ["data/dossier.html", "file_html"], ["data/dossier.json", "file_json"]];
    // The page is saved as it was shown, and not at all when something in it was not.
    const page = "data/dossier.html";
    if (this.dossier.removed) this.bag.files.delete(page);
    else this.bag.files.set(page, new Blob([alone(this.dossier)]));
    $("bestanden").replaceChildren(...main.filter(([p]) => this.bag.files.has(p)).map(([p, w]) => this.file(p, this.say(w), "", true)));
    const rest = [...this.bag.files.keys()].filter((p) => p.startsWith("data/bijlagen/"));
    $("bijlagen").replaceChildren(...rest.map((p) => this.file(p, named(labels.get(p)?.textContent || names.get(p) || p.split("/").pop()), where(labels.get(p)))));
    $("bijlagen-deel").hidden = !rest.length;
  }

  // file is a row with a file's name, where it belongs, and what can be done.
  file(path, name, place, ours = false) {
    const blob = this.bag.files.get(path);
    const last = path.split("/").pop();
    const ext = /\.([a-z0-9]+)$/i.exec(last)?.[1].toLowerCase();
    const tame = ours || TAME.has(ext);
    const href = URL.createObjectURL(blob.slice(0, blob.size, tame ? TYPES.get(ext) || "application/octet-stream" : TYPES.get("txt")));
    const label = (w) => `${this.say(w)}: ${name}`;
    const acts = [make("a", { href, download: tame ? last : last + ".txt", ariaLabel: label("save") }, this.say("save"))];
    if (VIEWED.has(ext)) acts.unshift(make("a", { href, target: "_blank", rel: "noopener", ariaLabel: label("view") }, this.say("view")));
    const about = [place, size(this.say, blob.size), tame ? "" : this.say("as_text")].filter(Boolean).join(" · ");
    return make("li", {}, make("b", {}, make("bdi", {}, name)), make("small", {}, about), make("span", { className: "doen" }, ...acts));
  }

  comfort() {
    const to = (n) => {
      this.step = Math.min(STEPS.length - 1, Math.max(0, n));
      document.documentElement.className = STEPS[this.step];
      $("kleiner").setAttribute("aria-disabled", String(this.step === 0));
      $("groter").setAttribute("aria-disabled", String(this.step === STEPS.length - 1));
      $("gehoord").textContent = this.say("text_size", { n: this.step + 1, of: STEPS.length });
    };
    $("kleiner").addEventListener("click", () => to(this.step - 1));
    $("groter").addEventListener("click", () => to(this.step + 1));
  }
}

const wide = () => matchMedia("(min-width: 60rem)").matches;

// where says at which section and date an attachment's line stands.
function where(node) {
  const section = node?.closest("section")?.querySelector("h2")?.textContent;
  const when = node?.closest("article")?.querySelector(".when p")?.textContent;
  return [section, when].filter(Boolean).map(named).join(", ");
}
