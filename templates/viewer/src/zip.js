// A reader of ZIP files as inzage writes them: one disk, stored or deflated,
// no encryption, no ZIP64. It takes the directory at the end as the truth, and
// refuses one of which parts are used twice or that would inflate to more than a
// bundle can hold, before anything is inflated.
import { Fault } from "./fault.js";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const RATIO = 100; // bytes inflated for one byte of ZIP; text deflates to a tenth
const SPARE = 16 << 20; // and so many more
const altered = () => new Fault("altered");

const view = async (blob, from, to) => new DataView(await blob.slice(from, to).arrayBuffer());

/** The files of a ZIP in order: name, size in bytes, and blob() for the content. */
export async function files(zip) {
  const { count, size, offset } = await end(zip);
  const d = await view(zip, offset, offset + size);
  const out = [];
  for (let i = 0, p = 0; i < count; i++) {
    if (p + 46 > d.byteLength || d.getUint32(p, true) !== ENTRY) throw altered();
    const nameLength = d.getUint16(p + 28, true);
    const e = {
      method: d.getUint16(p + 10, true),
      packed: d.getUint32(p + 20, true),
      size: d.getUint32(p + 24, true),
      offset: d.getUint32(p + 42, true),
      name: new TextDecoder().decode(new Uint8Array(d.buffer, p + 46, Math.min(nameLength, d.byteLength - p - 46))),
    };
    e.blob = () => content(zip, e);
    p += 46 + nameLength + d.getUint16(p + 30, true) + d.getUint16(p + 32, true);
    out.push(e);
  }
  bounds(out, zip.size, offset);
  return out;
}

// bounds says of every entry where it must end: at the next, or the directory.
function bounds(entries, size, directory) {
  let left = RATIO * size + SPARE;
  let end = directory;
  for (const e of [...entries].sort((a, b) => b.offset - a.offset)) {
    left -= e.size;
    if (left < 0 || e.offset >= end || (e.method === 0 && e.packed !== e.size)) throw altered();
    e.end = end;
    end = e.offset;
  }
}

async function end(zip) {
  const from = Math.max(0, zip.size - 65557);
  const d = await view(zip, from, zip.size);
  let p = d.byteLength - 22;
  while (p >= 0 && d.getUint32(p, true) !== END) p--;
  if (p < 0) throw altered();
  return { count: d.getUint16(p + 10, true), size: d.getUint32(p + 12, true), offset: d.getUint32(p + 16, true) };
}

async function content(zip, e) {
  const h = await view(zip, e.offset, e.offset + 30);
  if (h.byteLength < 30 || h.getUint32(0, true) !== LOCAL) throw altered();
  const from = e.offset + 30 + h.getUint16(26, true) + h.getUint16(28, true);
  if (from + e.packed > e.end) throw altered();
  const part = zip.slice(from, from + e.packed);
  if (e.method === 0) return part;
  if (e.method !== 8) throw altered();
  return inflate(part, e.size);
}

// inflate stops as soon as more comes out than the directory promised.
async function inflate(part, size) {
  const reader = part.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const out = [];
  let n = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => { throw altered(); });
    if (done) break;
    n += value.length;
    if (n > size) throw altered();
    out.push(value);
  }
  if (n !== size) throw altered();
  return new Blob(out);
}
