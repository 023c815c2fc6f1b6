// The access code: what a reader types, and the key that follows from it.
//
// 28 Crockford symbols: 25 of entropy (125 bits) and 3 check symbols of a
// Reed-Solomon code over GF(32), distance 4. One wrong symbol is corrected and
// two are detected; with two check symbols, two errors would be "corrected"
// into another code and the reader would hear the wrong thing.
import { extract, expand } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { bech32 } from "@scure/base";
import { Fault } from "./fault.js";

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const DATA = 25;
export const TOTAL = 28;
const GROUP = 4;

// Powers of alpha = 2 in GF(32) with x^5 + x^2 + 1, twice over.
const EXP = new Uint8Array(62);
const LOG = new Uint8Array(32);
for (let i = 0, x = 1; i < 31; i++) {
  EXP[i] = EXP[i + 31] = x;
  LOG[x] = i;
  x <<= 1;
  if (x & 32) x ^= 0x25;
}

/** Brings what was typed or pasted to plain symbols. It never refuses. */
export function plain(input) {
  let t = String(input).normalize("NFKC");
  const hash = t.indexOf("#"); // a pasted address carries the code in its fragment
  if (hash >= 0) t = t.slice(hash + 1);
  return t.toUpperCase()
    .replace(/[\s\p{Pd}\p{Cf}_.,:;·•"'`´’‘“”]/gu, "")
    .replace(/O/g, "0").replace(/[IL]/g, "1");
}

/** Groups of four with hyphens, for the eye. */
export const grouped = (symbols) => (symbols.match(/.{1,4}/gsu) || []).join("-");

const GROUPS = /(?<![0-9A-Za-z])(?=([0-9A-Za-z]{4}(?:[\s\p{Pd}._]{1,40}[0-9A-Za-z]{4}){6}(?![0-9A-Za-z])))/gu;

/** Finds a code inside a longer pasted text, such as a whole letter. */
export function within(text) {
  const found = [...String(text).normalize("NFKC").matchAll(GROUPS)].map((m) => m[1]);
  return found.find((t) => { try { return read(t); } catch { return false; } }) ?? found[0] ?? text;
}

/**
 * Reads a code. It gives the 25 data symbols and the group that held a
 * corrected error (1 to 7, or 0), or throws a Fault: code-empty, code-symbol,
 * code-length or code-check.
 */
export function read(input) {
  const t = plain(input);
  if (t === "") throw new Fault("code-empty");
  const symbols = [...t];
  const odd = symbols.find((c) => !ALPHABET.includes(c));
  if (odd) throw new Fault("code-symbol", { symbol: odd });
  if (symbols.length !== TOTAL) throw new Fault("code-length", { have: symbols.length, want: TOTAL });
  const s = symbols.map((c) => ALPHABET.indexOf(c));
  const wrong = correct(s);
  return {
    data: s.slice(0, DATA).map((v) => ALPHABET[v]).join(""),
    text: grouped(s.map((v) => ALPHABET[v]).join("")),
    corrected: wrong < 0 ? 0 : Math.floor(wrong / GROUP) + 1,
  };
}

/** Mends at most one symbol in place; gives its position, or -1. */
function correct(s) {
  const at = (j) => s.reduce((r, v) => (r ? EXP[LOG[r] + j] : 0) ^ v, 0);
  const [a, b, c] = [at(1), at(2), at(3)];
  if (!(a | b | c)) return -1;
  if (!a || !b || !c) throw new Fault("code-check");
  const power = (LOG[b] - LOG[a] + 31) % 31;
  const position = TOTAL - 1 - power;
  if ((LOG[c] - LOG[b] + 31) % 31 !== power || position < 0) throw new Fault("code-check");
  s[position] ^= EXP[(LOG[a] - power + 31) % 31];
  return position;
}

/** The three check symbols of 25 data symbols; tests and the letter use it. */
export function check(data) {
  const g = [1]; // g(x) = (x - a)(x - a^2)(x - a^3), highest power first
  for (let j = 1; j <= TOTAL - DATA; j++) {
    g.push(0);
    for (let i = g.length - 1; i > 0; i--) g[i] ^= g[i - 1] ? EXP[LOG[g[i - 1]] + j] : 0;
  }
  const r = [...[...data].map((c) => ALPHABET.indexOf(c)), 0, 0, 0];
  for (let i = 0; i < DATA; i++) {
    const lead = r[i];
    if (lead) g.forEach((v, k) => { r[i + k] ^= v ? EXP[LOG[v] + LOG[lead]] : 0; });
  }
  return r.slice(DATA).map((v) => ALPHABET[v]).join("");
}

const utf8 = (s) => new TextEncoder().encode(s);

/**
 * What follows from the data symbols of a code (HKDF-SHA256, RFC 5869): the
 * locator, 40 hex digits, and the age identity AGE-SECRET-KEY-PQ-1….
 */
export function derive(data, deployment, edition) {
  const prk = extract(sha256, utf8(data), utf8(`inzage/code/v1|${deployment}|${edition}`));
  return {
    locator: bytesToHex(expand(sha256, prk, utf8("locator"), 20)),
    identity: bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", expand(sha256, prk, utf8("age identity"), 32)).toUpperCase(),
  };
}
