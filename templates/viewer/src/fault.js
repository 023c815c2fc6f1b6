// A Fault is something the reader must be told. Its kind is a key of the words;
// it never carries text of the dossier.
export class Fault extends Error {
  constructor(kind, values = {}) {
    super(kind);
    this.kind = kind;
    this.values = values;
  }
}

/**
 * What any error is to the reader: its Fault; that this device has no room for
 * the file, which is no fault of the file; or else the given kind.
 */
export function asFault(e, kind) {
  if (e instanceof Fault) return e;
  const room = /^(NotReadable|QuotaExceeded)Error$/.test(e?.name) || /alloc|memory/i.test(e?.message);
  return new Fault(room ? "no-room" : kind);
}
