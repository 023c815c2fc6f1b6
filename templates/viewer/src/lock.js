// The locked page: takes the code, says what is wrong with it, and hands over
// the bag. The code is not kept.
import { $, view } from "./dom.js";
import { Fault } from "./fault.js";
import * as code from "./code.js";
import * as cipher from "./cipher.js";
import { decrypt } from "./open.js";
import * as bag from "./bag.js";
import { verify } from "./signature.js";

// Faults after which no code will help.
const FINAL = new Set(["cut", "altered", "too-old", "other-key"]);

export class Lock {
  constructor(meta, say, opened) {
    Object.assign(this, { meta, say, opened, busy: false, source: null });
  }

  /** Checks that the file is whole and shows the form; or says why not. */
  start() {
    try {
      modern();
      if (this.meta.mode === "embedded") this.source = cipher.embedded(this.meta, document);
    } catch (e) {
      return this.final(e);
    }
    field($("code"));
    this.wire();
    view("slot");
    fromAddress($("code"));
    addEventListener("hashchange", () => fromAddress($("code"))); // the letter is scanned while the page is open
  }

  wire() {
    $("vorm").addEventListener("submit", (e) => {
      e.preventDefault();
      this.submit();
    });
    $("tonen").addEventListener("click", () => {
      const hide = $("code").classList.toggle("dicht");
      $("tonen").textContent = this.say(hide ? "show_code" : "hide_code");
    });
    $("bestand")?.addEventListener("change", () => this.choose());
  }

  choose() {
    const file = $("bestand").files[0];
    this.source = null;
    this.tell("");
    if (!file) return;
    try {
      this.source = cipher.chosen(file, this.meta);
      $("code").focus();
    } catch (e) {
      this.tell(this.say("fault_" + (e.kind === "cut" ? "chosen-cut" : e.kind)), $("bestand"));
    }
  }

  async submit() {
    if (this.busy) return;
    this.busy = true;
    performance.mark("inzage-start");
    $("open").setAttribute("aria-disabled", "true");
    try {
      await this.open($("code").value);
    } catch (e) {
      this.refuse(e instanceof Fault ? e : new Fault("altered"));
    } finally {
      this.busy = false;
      $("open").removeAttribute("aria-disabled");
      $("balk").hidden = true;
    }
  }

  async open(typed) {
    const read = code.read(typed);
    if (!this.source && this.meta.mode === "file") throw new Fault("no-file");
    this.tell(this.say(read.corrected ? "opening_corrected" : "opening", { group: read.corrected }), null);
    $("balk").hidden = false;
    await new Promise((done) => setTimeout(done, 0));
    const key = code.derive(read.data, this.meta.deployment, this.meta.edition);
    const source = this.source ?? await cipher.fetched(key.locator, (x) => this.progress(x / 2));
    const plain = await decrypt(source, key.identity, this.meta.sha256, (x) => this.progress(x / 2 + 0.3)).catch((e) => {
      // A copy that stands at this code's own address has no other key: it is not the code.
      throw this.meta.mode === "fallback" && e.kind === "wrong-code" ? new Fault("altered") : e;
    });
    const whole = await bag.read(plain, (x) => this.progress(0.8 + x / 5));
    const signedBy = this.signature(whole);
    this.tell("", null);
    $("code").value = "";
    for (const b of document.querySelectorAll("script.b")) b.remove();
    this.source = null;
    await this.opened(whole, { signedBy, corrected: read.corrected }).catch(() => this.final(new Fault("altered")));
  }

  // A page that names a key takes no bundle without that key's signature.
  signature({ signature, signed }) {
    if (!signature && !this.meta.fingerprint) return "";
    const key = verify(signature, signed);
    if (!key) throw new Fault("altered");
    if (this.meta.fingerprint && key !== this.meta.fingerprint) throw new Fault("other-key");
    return key;
  }

  progress(x) {
    $("balk").value = x;
    const tenth = Math.floor(x * 4) * 25; // a screen reader hears quarters, not every step
    if (tenth !== this.heard) {
      this.heard = tenth;
      $("gehoord").textContent = this.say("percent", { n: tenth });
    }
  }

  refuse(e) {
    if (FINAL.has(e.kind) && this.meta.mode === "embedded") return this.final(e);
    const at = /^(no-file|cut|other-file)$/.test(e.kind) && $("bestand") ? $("bestand") : $("code");
    this.tell(this.say("fault_" + e.kind, e.values), at);
  }

  /** Says something in the live region; with a field, that field is wrong. */
  tell(words, wrong) {
    for (const f of [$("code"), $("bestand")]) f?.removeAttribute("aria-invalid");
    const s = $("melding");
    s.className = wrong ? "mis" : "";
    s.textContent = "";
    clearTimeout(this.telling); // what is no longer so is not said
    // Emptied first, so that the same words are heard again. Not a frame callback: a hidden tab has none.
    if (words) this.telling = setTimeout(() => { s.textContent = words; }, 30);
    if (wrong) {
      wrong.setAttribute("aria-invalid", "true");
      wrong.focus();
    }
  }

  final(e) {
    $("fout-kop").textContent = this.say("final_" + e.kind);
    $("fout-tekst").textContent = this.say("final_" + e.kind + "_what");
    view("fout");
  }
}

function modern() {
  try {
    new DecompressionStream("deflate-raw");
    if (!Blob.prototype.stream || !ReadableStream.prototype.pipeThrough) throw new Error("streams");
  } catch {
    throw new Fault("too-old");
  }
}

// field groups the code while it is typed and keeps the caret where it was.
function field(input) {
  input.addEventListener("input", (e) => {
    if (e.isComposing) return;
    const before = symbols(input.value.slice(0, input.selectionStart)).length;
    const text = code.grouped(symbols(input.value));
    if (text === input.value) return;
    input.value = text;
    let caret = before + Math.floor(Math.max(0, before - 1) / 4);
    if (caret === text.length - 1 && text[caret] === "-") caret++;
    input.setSelectionRange(caret, caret);
  });
  input.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    input.form.requestSubmit();
  });
  input.addEventListener("paste", (e) => {
    const text = e.clipboardData?.getData("text");
    if (!text || input.selectionStart !== 0 && input.selectionEnd !== input.value.length) return;
    e.preventDefault();
    input.value = code.grouped(symbols(code.within(text)));
  });
}

const symbols = (s) => code.plain(s).slice(0, 60);

// fromAddress takes a code out of the address (the letter's QR code) and wipes
// it there at once, so that it stays in no history.
function fromAddress(input) {
  const hash = location.hash.slice(1);
  if (!hash) return;
  try {
    history.replaceState(null, "", location.pathname + location.search);
  } catch {
    location.hash = "";
  }
  const text = code.plain(safely(hash));
  if (text.length === code.TOTAL) input.value = code.grouped(text);
}

function safely(s) {
  try { return decodeURIComponent(s); } catch { return s; }
}
