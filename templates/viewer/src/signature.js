// SSHSIG (PROTOCOL.sshsig of OpenSSH), Ed25519, namespace inzage-manifest. The
// viewer can say that a signature is intact and with which key; whose key that
// is, it cannot know: page and key come from the same place.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

const NAMESPACE = "inzage-manifest";
const utf8 = (s) => new TextEncoder().encode(s);

/**
 * Verifies an armored signature over a message. It gives the fingerprint of the
 * key ("SHA256:…") when it is intact, and "" when it is not.
 */
export function verify(armored, message) {
  try {
    const s = parse(armored);
    const hash = new Map([["sha256", sha256], ["sha512", sha512]]).get(s.hash);
    const signed = concatBytes(utf8("SSHSIG"), wire(utf8(s.namespace)), wire(s.reserved), wire(utf8(s.hash)), wire(hash(message)));
    if (s.namespace !== NAMESPACE || !ed25519.verify(s.signature, signed, s.key)) return "";
    return "SHA256:" + btoa(String.fromCharCode(...sha256(s.blob))).replace(/=+$/, "");
  } catch {
    return "";
  }
}

function parse(armored) {
  const m = /^-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----\s*$/.exec(armored);
  const raw = Uint8Array.from(atob(m[1].replace(/\s/g, "")), (c) => c.charCodeAt(0));
  if (new TextDecoder().decode(raw.slice(0, 6)) !== "SSHSIG") throw new Error("magic");
  const next = fields(raw.subarray(10)); // magic and version
  const blob = next();
  const namespace = string(next());
  const reserved = next();
  const hash = string(next());
  const inner = fields(next());
  const outer = fields(blob);
  for (const f of [inner, outer]) if (string(f()) !== "ssh-ed25519") throw new Error("algorithm");
  return { blob, namespace, reserved, hash, signature: inner(), key: outer() };
}

const string = (b) => new TextDecoder().decode(b);

// fields reads length-prefixed fields one after the other (RFC 4251 section 5).
function fields(b) {
  let at = 0;
  return () => {
    const n = new DataView(b.buffer, b.byteOffset + at, 4).getUint32(0);
    if (at + 4 + n > b.length) throw new Error("length");
    at += 4 + n;
    return b.slice(at - n, at);
  };
}

function wire(b) {
  const n = new Uint8Array(4);
  new DataView(n.buffer).setUint32(0, b.length);
  return concatBytes(n, b);
}
