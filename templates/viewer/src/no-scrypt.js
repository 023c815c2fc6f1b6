// Stands in for scrypt, which age needs for passphrases only: this page opens
// with a key, and scrypt would be 3 KB in every file.
export function scrypt() {
  throw new Error("no passphrases here");
}
