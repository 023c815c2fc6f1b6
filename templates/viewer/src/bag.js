// The bag (BagIt, RFC 8493) inside the ZIP: one folder, whose manifest.json
// names every file of the payload with its size and SHA-256. The manifest is
// judged first; then names and sizes must be exactly those, both ways, before
// anything is inflated, and every sum must fit before anything is shown.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Fault } from "./fault.js";
import { files } from "./zip.js";

const NAME = /^dossier-[a-z0-9]+\/([A-Za-z0-9_./-]{1,200})$/;
const MANIFEST = "manifest.json";
const SIGNATURE = "manifest.json.sig";
const TAGS = new Set([MANIFEST, SIGNATURE, "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "opvulling"]);
const MOST = 16 << 20; // bytes of a tag file, which is read whole

/**
 * Reads and checks a bag. judge is called with the manifest, its bytes and its
 * signature before anything else is read, and throws what is wrong with them. It
 * gives { manifest, files: Map of name to Blob }; names begin with "data/".
 */
export async function read(zip, judge, progress = () => {}) {
  const { root, found } = await unpack(zip);
  const signed = new Uint8Array(await (await tag(found, MANIFEST)).arrayBuffer());
  const manifest = parse(signed);
  const info = await (await tag(found, "bag-info.txt")).text();
  if (root !== `dossier-${manifest.bundleId}` || !info.split("\n").includes("External-Identifier: " + manifest.bundleId)) throw new Fault("altered");
  judge(manifest, signed, found.has(SIGNATURE) ? await (await tag(found, SIGNATURE)).text() : "");
  return { manifest, files: await payload(found, manifest.files, progress) };
}

async function payload(found, list, progress) {
  const out = new Map();
  for (const f of list) {
    const entry = found.get(f.path);
    if (!/^data\//.test(f.path) || out.has(f.path) || entry?.size !== f.size) throw new Fault("altered");
    out.set(f.path, null);
  }
  for (const name of found.keys()) {
    if (!out.has(name) && !TAGS.has(name)) throw new Fault("altered");
  }
  if (!out.has("data/dossier.html")) throw new Fault("altered");
  let n = 0;
  for (const f of list) {
    const blob = await found.get(f.path).blob();
    if (await digest(blob) !== f.sha256) throw new Fault("altered");
    out.set(f.path, blob);
    progress(++n / out.size);
  }
  return out;
}

async function unpack(zip) {
  const found = new Map();
  const seen = new Set(); // in lower case: some systems make two such names one
  let root = "";
  for (const f of await files(zip)) {
    const m = NAME.exec(f.name);
    const folder = f.name.split("/")[0];
    const lower = m?.[1].toLowerCase();
    if (!m || lower.split("/").includes("..") || seen.has(lower) || (root && root !== folder)) throw new Fault("altered");
    root = folder;
    seen.add(lower);
    found.set(m[1], f);
  }
  return { root, found };
}

function tag(found, name) {
  const entry = found.get(name);
  if (!entry || entry.size > MOST) throw new Fault("altered");
  return entry.blob();
}

function parse(body) {
  try {
    const m = JSON.parse(new TextDecoder().decode(body));
    if (m.schema === "inzage/manifest/v2" && Array.isArray(m.files)) return m;
  } catch { /* said below */ }
  throw new Fault("altered");
}

const WHOLE = 32 << 20; // what is larger is read in pieces

/** SHA-256 in hex. A page on plain http has no WebCrypto; then it is slower. */
export async function digest(blob) {
  const subtle = globalThis.crypto?.subtle;
  if (subtle && blob.size <= WHOLE) return bytesToHex(new Uint8Array(await subtle.digest("SHA-256", await blob.arrayBuffer())));
  const hash = sha256.create();
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytesToHex(hash.digest());
    hash.update(value);
  }
}
