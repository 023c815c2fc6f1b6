// A Fault is something the reader must be told. Its kind is a key of the words;
// it never carries text of the dossier.
export class Fault extends Error {
  constructor(kind, values = {}) {
    super(kind);
    this.kind = kind;
    this.values = values;
  }
}
