// Where the ciphertext comes from: blocks in this file, a file that the reader
// chose, or the address that a code leads to. Each source can be read as a
// stream more than once, says its size, and can be checked against its digest.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Fault } from "./fault.js";

// Gives the page a turn: progress stays alive without a worker, which file://
// and Trusted Types would not allow.
const turn = () => new Promise((done) => setTimeout(done, 0));

const bytes = Uint8Array.fromBase64
  ? (s) => Uint8Array.fromBase64(s)
  : (s) => {
      const b = atob(s);
      const u = new Uint8Array(b.length);
      for (let i = 0; i < b.length; i++) u[i] = b.charCodeAt(i);
      return u;
    };

/** A stream over numbered slices that reports how far it is, from 0 to 1. */
function sliced(count, slice, progress) {
  let i = 0;
  return new ReadableStream({
    async pull(to) {
      if (i >= count) return to.close();
      to.enqueue(await slice(i));
      progress(++i / count);
      await turn();
    },
  }, { highWaterMark: 0 });
}

/**
 * The blocks of this very page. It throws the Fault "cut" when text or the end
 * of the page is missing and "altered" when blocks have another size, before
 * any code is asked.
 */
export function embedded(meta, doc) {
  const blocks = [...doc.querySelectorAll("script.b")]; // the text of one at a time: a page may be large
  const text = (n) => Math.ceil(n / 3) * 4;
  const want = [];
  for (let n = meta.size; n > 0; n -= meta.block) want.push(text(Math.min(n, meta.block)));
  const total = (list) => list.reduce((n, x) => n + x, 0);
  const have = blocks.map((b) => b.textContent.trim().length);
  if (!doc.getElementById("einde") || total(have) < total(want)) throw new Fault("cut");
  if (have.join() !== want.join()) throw new Fault("altered");
  return {
    size: meta.size,
    stream: (progress) => sliced(blocks.length, (i) => {
      try { return bytes(blocks[i].textContent.trim()); } catch { throw new Fault("altered"); }
    }, progress),
  };
}

const SLICE = 1 << 20;

/** A file that the reader chose. A size is compared at once: "cut" or "other". */
export function chosen(file, meta) {
  if (meta.size && file.size < meta.size) throw new Fault("cut");
  if (meta.size && file.size > meta.size) throw new Fault("other-file");
  return {
    size: file.size,
    stream: (progress) => sliced(Math.ceil(file.size / SLICE), async (i) =>
      new Uint8Array(await file.slice(i * SLICE, (i + 1) * SLICE).arrayBuffer()), progress),
  };
}

/**
 * What stands under a name beside the page, as a Blob of at most most bytes. A
 * store answers 403 or 404 for a name that is not there, and a host or a hotel
 * may answer with a page of its own: all are the Fault "no-copy". When nothing
 * comes for quiet milliseconds it is "silent", and what has no end "too-much".
 */
export async function fetched(name, most, quiet, progress) {
  const stop = new AbortController();
  let waiting;
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => stop.abort(new Fault("silent")), quiet);
  };
  try {
    wait();
    const answer = await fetch(name, {
      credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", redirect: "error", signal: stop.signal,
    });
    if (answer.status === 403 || answer.status === 404 || /^text\/html/i.test(answer.headers.get("Content-Type"))) throw new Fault("no-copy");
    if (!answer.ok || !answer.body) throw new Fault("offline");
    return await all(answer, most, wait, progress);
  } catch (e) {
    const why = stop.signal.reason ?? e;
    throw why instanceof Fault ? why : new Fault("offline");
  } finally {
    clearTimeout(waiting);
    stop.abort();
  }
}

const BATCH = 4 << 20; // bytes in one Blob part, so that the heap stays small

async function all(answer, most, wait, progress) {
  const size = Number(answer.headers.get("Content-Length")) || 0;
  const reader = answer.body.getReader();
  const parts = [];
  let batch = [];
  let have = 0;
  let held = 0;
  for (;;) {
    if (Math.max(size, have) > most) throw new Fault("too-much");
    const { done, value } = await reader.read();
    wait();
    if (!done) {
      batch.push(value);
      have += value.length;
      held += value.length;
    }
    if (done || held >= BATCH) {
      parts.push(new Blob(batch));
      batch = [];
      held = 0;
      const text = parts.length === 1 ? await parts[0].slice(0, AGE.length).text() : AGE;
      if (text !== AGE) throw new Fault("no-copy");
    }
    if (done) break;
    if (size) progress(Math.min(1, have / size));
  }
  if (size && have < size) throw new Fault("offline");
  return new Blob(parts);
}

const AGE = "age-encryption.org/v1\n";

/** Says whether a source still has the digest that its page names. */
export async function intact(source, sum) {
  if (!sum) return true;
  const hash = sha256.create();
  const reader = source.stream(() => {}).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytesToHex(hash.digest()) === sum;
    hash.update(value);
  }
}
