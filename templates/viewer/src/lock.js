// The locked page: takes the code, says what is wrong with it, and hands over
// the bag. The code is not kept.
import { $, view } from "./dom.js";
import { Fault, asFault } from "./fault.js";
import * as code from "./code.js";
import * as cipher from "./cipher.js";
import { decrypt } from "./open.js";
import * as bag from "./bag.js";
import { verify } from "./signature.js";
import * as slot from "./slot.js";

// Faults after which no code will help.
const FINAL = new Set(["cut", "altered", "too-old", "other-key", "elsewhere", "no-terms"]);

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
    // Who opened this page could change its address later: that is wiped, told, and not taken.
    addEventListener("hashchange", () => this.tell(this.say("hash_ignored"), $("code")));
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
      this.refuse(asFault(e, "altered"));
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
    const { source, holder } = this.source ? { source: this.source } : await this.fetch(key, read.text);
    const plain = await decrypt(source, key.identity, this.meta.sha256, (x) => this.progress(x / 2 + 0.3)).catch((e) => {
      // A copy that stands at this code's own address has no other key: it is not the code.
      throw this.meta.mode === "fallback" && e.kind === "wrong-code" ? new Fault("altered") : e;
    });
    let signedBy = "";
    const whole = await bag.read(plain, (manifest, signed, signature) => {
      signedBy = this.signature(signed, signature);
      this.place(manifest, holder);
    }, (x) => this.progress(0.8 + x / 5));
    this.tell("", null);
    $("code").value = "";
    for (const b of document.querySelectorAll("script.b")) b.remove();
    this.source = null;
    await this.opened(whole, { signedBy, corrected: read.corrected }).catch((e) => this.final(asFault(e, "altered")));
  }

  // fetch gives the copy that stands at a code's own address, and whose it must be.
  async fetch(key, text) {
    const { most, quiet } = this.meta;
    const name = "o/" + key.locator;
    const holder = await slot.holder(await cipher.fetched(name + ".sleutel.age", slot.MOST, quiet, () => {}), text, key.identity);
    const copy = await cipher.fetched(name + ".age", most, quiet, (x) => this.progress(x / 2));
    return { source: cipher.chosen(copy, {}), holder };
  }

  // place refuses a genuine bundle that was put where another belongs.
  place(manifest, holder) {
    const { id, portal, mode } = this.meta;
    const here = manifest.portal === portal && (mode === "fallback" ? manifest.kind === "terugval" && manifest.reader === holder : manifest.bundleId === id);
    if (!here) throw new Fault("elsewhere");
  }

  // A page that names a key takes no bundle without that key's signature.
  signature(signed, signature) {
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

// fromAddress takes the code that stood in the address (the letter's QR code)
// when the page was loaded; first.js has wiped it there. Opening is the reader's
// own act.
function fromAddress(input) {
  const text = code.plain(safely(window.inzageCode || ""));
  delete window.inzageCode;
  if (text.length === code.TOTAL) input.value = code.grouped(text);
}

function safely(s) {
  try { return decodeURIComponent(s); } catch { return s; }
}
