// Builds dist/viewer.js and dist/viewer.css: one file each, minified, with the
// notices of the packages that are in it, since it is given to people.
import { analyzeMetafile, build, transform } from "esbuild";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";

const PACKAGES = ["age-encryption", "@noble/ciphers", "@noble/curves", "@noble/hashes", "@noble/post-quantum", "@scure/base"];
const MOST = 120_000; // bytes of script and styles together, notices included

const licence = (name) => {
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim().replaceAll("*/", "* /");
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const at = text.search(/^Permission is hereby granted|^Redistribution and use/m);
  if (at < 0) throw new Error(`${name}: not a licence of a known form`);
  return { owner: `${name} ${version}: ${text.slice(0, at).replace(/\s+/g, " ").trim()}`, terms: text.slice(at).replace(/([^\n])\n(?!\n)/g, "$1 ") };
};

// Packages under the same terms stand together, each with its own notice.
function banner() {
  const by = new Map();
  for (const l of PACKAGES.map(licence)) by.set(l.terms, [...(by.get(l.terms) || []), l.owner]);
  return "/*! This file holds:\n\n" + [...by].map(([terms, owners]) => `${owners.join("\n")}\n\n${terms}\n\n`).join("") + "*/";
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
// The frame's style stands in the script as text, and beside it for its digest.
const frame = (await transform(readFileSync("src/frame.css", "utf8"), { loader: "css", minify: true })).code.trim();
writeFileSync("dist/frame.css", frame);
// What runs first runs everywhere: esbuild refuses what a browser of 2009 cannot read.
writeFileSync("dist/first.js", (await transform(readFileSync("src/first.js", "utf8"), { minify: true, target: "es5" })).code.trim());
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
  define: { FRAME_STYLE: JSON.stringify(frame) },
  metafile: true,
  logLevel: "warning",
});

const twice = Object.keys(result.metafile.inputs).filter((p) => /node_modules\/.*node_modules\//.test(p));
if (twice.length) throw new Error(`a package is bundled twice: ${twice[0]}`);
const size = ["first.js", "viewer.js", "style.css", "frame.css"].reduce((n, f) => n + statSync(`dist/${f}`).size, 0);
console.log(`viewer: ${size} bytes of at most ${MOST}`);
if (process.argv.includes("-v")) console.log(await analyzeMetafile(result.metafile));
if (size > MOST) throw new Error("the viewer is too large");
