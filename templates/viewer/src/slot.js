// The slot beside a fallback copy (sleutel.age): an age file that only the code
// opens, and only who knows the code can make. It names the holder of the code,
// so that no other reader's copy passes for this one's.
import { Decrypter } from "age-encryption";
import { Fault } from "./fault.js";

const HEAD = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]+ 12\n/; // more work than ours is not done
export const MOST = 1024; // bytes

/** Gives the holder that a slot names; the Fault is "altered". */
export async function holder(slot, code, identity) {
  try {
    const bytes = new Uint8Array(await slot.arrayBuffer());
    if (!HEAD.test(new TextDecoder().decode(bytes))) throw new Error("head");
    const d = new Decrypter();
    d.addPassphrase(code);
    const m = /^# houder ([a-z0-9]{1,64})\n(\S+)\n$/.exec(await d.decrypt(bytes, "text"));
    if (m[2] === identity) return m[1];
  } catch { /* said below */ }
  throw new Fault("altered");
}
