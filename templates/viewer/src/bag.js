// The bag (BagIt, RFC 8493) inside the ZIP: one folder, in which every file is
// named with its SHA-256. All of them are checked before any is shown; a file
// that is missing, added or altered makes the whole "altered".
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Fault } from "./fault.js";
import { files } from "./zip.js";

const TAGS = "tagmanifest-sha256.txt";
const PAYLOAD = "manifest-sha256.txt";
const NAME = /^dossier-[a-z0-9]+\/([A-Za-z0-9_./-]+)$/;

/**
 * Reads and checks a bag. It gives { manifest, bundleId, files: Map of name to
 * Blob, signature, signed }: names are relative to the folder, "data/…".
 */
export async function read(zip, progress = () => {}) {
  const { root, found } = await unpack(zip);
  const want = new Map();
  for (const name of [TAGS, PAYLOAD]) sums(await text(found, name), want);
  if (!want.has(PAYLOAD) || !want.has("manifest.json") || !want.has("data/dossier.html")) throw new Fault("altered");
  let n = 0;
  for (const [name, blob] of found) {
    if (name !== TAGS && want.get(name) !== await digest(blob)) throw new Fault("altered");
    want.delete(name);
    progress(++n / found.size);
  }
  if (want.size) throw new Fault("altered");
  const signed = new Uint8Array(await found.get("manifest.json").arrayBuffer());
  const manifest = parse(signed);
  if (root !== `dossier-${manifest.bundleId}`) throw new Fault("altered");
  const signature = found.get("manifest.json.sig") || found.get("data/manifest.json.sig");
  return { manifest, files: found, signed, signature: signature ? await signature.text() : "" };
}

async function unpack(zip) {
  const found = new Map();
  let root = "";
  for (const f of await files(zip)) {
    const m = NAME.exec(f.name);
    const folder = f.name.split("/")[0];
    if (!m || m[1].split("/").includes("..") || found.has(m[1]) || (root && root !== folder)) throw new Fault("altered");
    root = folder;
    found.set(m[1], await f.blob());
  }
  return { root, found };
}

async function text(found, name) {
  if (!found.has(name)) throw new Fault("altered");
  return found.get(name).text();
}

function sums(body, into) {
  for (const line of body.split("\n")) {
    if (!line) continue;
    const m = /^([0-9a-f]{64})  (.+)$/.exec(line);
    if (!m) throw new Fault("altered");
    into.set(m[2], m[1]);
  }
}

function parse(body) {
  try {
    const m = JSON.parse(new TextDecoder().decode(body));
    if (m.schema === "inzage/manifest/v1") return m;
  } catch { /* said below */ }
  throw new Fault("altered");
}

/** SHA-256 in hex. A page on plain http has no WebCrypto; then it is slower. */
export async function digest(blob) {
  const b = new Uint8Array(await blob.arrayBuffer());
  const subtle = globalThis.crypto?.subtle;
  return bytesToHex(subtle ? new Uint8Array(await subtle.digest("SHA-256", b)) : sha256(b));
}
