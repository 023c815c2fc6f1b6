// Builds dist/viewer.js and dist/viewer.css: one file each, minified, with the
// notices of the packages that are in it, since it is given to people.
import { build } from "esbuild";
import { mkdirSync, readFileSync, statSync } from "node:fs";

const PACKAGES = ["age-encryption", "@noble/ciphers", "@noble/curves", "@noble/hashes", "@noble/post-quantum", "@scure/base"];
const MOST = 110 * 1024; // bytes of script and style together

const notice = (name) => {
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim().replaceAll("*/", "* /");
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  return { title: `${name} ${version}`, text };
};

// Packages by one author share a licence text; it stands once.
function banner() {
  const by = new Map();
  for (const n of PACKAGES.map(notice)) by.set(n.text, [...(by.get(n.text) || []), n.title]);
  return "/*! This file holds:\n" + [...by].map(([text, titles]) => `${titles.join(", ")}\n${text}\n`).join("\n") + "*/";
}

// Three constants of post-quantum that age does not use are made by plain calls,
// which a bundler must keep, and P-256 and P-384 with them: 16 KB. The plugin
// adds the annotation that their neighbours have; it changes nothing that runs.
const unused = {
  name: "unused",
  setup(b) {
    b.onLoad({ filter: /post-quantum[\\/]hybrid\.js$/ }, (a) => ({
      contents: readFileSync(a.path, "utf8").replace(/^(export const \w+ = )((?:QSF|createKitchenSink)\(.*\));$/gm, "$1/* @__PURE__ */ (() => $2)();"),
    }));
  },
};

mkdirSync("dist", { recursive: true });
const result = await build({
  entryPoints: { viewer: "src/main.js", style: "src/viewer.css" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  banner: { js: banner() },
  plugins: [unused],
  metafile: true,
  logLevel: "warning",
});

const twice = Object.keys(result.metafile.inputs).filter((p) => /node_modules\/.*node_modules\//.test(p));
if (twice.length) throw new Error(`a package is bundled twice: ${twice[0]}`);
const size = ["viewer.js", "style.css"].reduce((n, f) => n + statSync(`dist/${f}`).size, 0);
console.log(`viewer: ${(size / 1024).toFixed(1)} KB of at most ${MOST / 1024}`);
if (size > MOST) throw new Error("the viewer is too large");
