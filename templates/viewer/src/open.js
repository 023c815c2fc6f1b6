// From ciphertext and identity to a whole plaintext. Nothing is given out
// before the last chunk has been authenticated: a cut file would otherwise
// yield its first half.
import { Decrypter } from "age-encryption";
import { Fault, asFault } from "./fault.js";
import { intact } from "./cipher.js";

const GATHER = 64; // chunks of 64 KiB in one Blob part, so that the heap stays small

/**
 * Decrypts a source into a Blob. Its Faults: "wrong-code" when the key fits
 * none of the slots of a file that is intact, "altered" when it is not.
 */
export async function decrypt(source, identity, sum, progress) {
  const d = new Decrypter();
  d.addIdentity(identity);
  try {
    const plaintext = await d.decrypt(source.stream(progress));
    performance.mark("inzage-key");
    return await gather(plaintext);
  } catch (e) {
    const fault = asFault(e, "altered");
    if (fault.kind !== "altered") throw fault;
    const whole = await intact(source, sum).catch(() => false);
    throw new Fault(whole && /no identity matched/.test(e.message) ? "wrong-code" : "altered");
  }
}

async function gather(stream) {
  const reader = stream.getReader();
  const parts = [];
  let chunks = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (!done) chunks.push(value);
    if (done || chunks.length === GATHER) {
      parts.push(new Blob(chunks));
      chunks = [];
    }
    if (done) return new Blob(parts);
  }
}
