// A dossier is built anew from an allow-list of what inzage itself writes. What
// is not on it is left out and counted, even though the frame, its sandbox and
// the page's policy would not let it run either: three locks, not one.
const HTML = new Set(("article,blockquote,br,caption,code,col,colgroup,dd,details,div,dl,dt,em,figcaption,figure,footer,h1,h2,h3,h4,h5,h6," +
  "header,img,li,main,nav,ol,p,section,span,strong,summary,table,tbody,td,th,thead,tr,ul,a").split(","));
const SVG = new Set("svg,title,desc,rect,line,polyline,circle,text".split(","));
const SVG_NS = "http://www.w3.org/2000/svg";
const HTML_NS = "http://www.w3.org/1999/xhtml";

const WORD = /^[A-Za-z0-9 _.~-]*$/;
const NUMBERS = /^[-0-9., %]*$/;
const ATTRIBUTES = new Map(Object.entries({
  id: WORD, class: WORD, role: WORD, scope: WORD, "aria-labelledby": WORD, "aria-hidden": WORD,
  dir: /^(auto|ltr|rtl)$/, lang: /^[A-Za-z0-9-]*$/, open: /^$/, "aria-label": /^/, alt: /^/,
  colspan: NUMBERS, start: NUMBERS, tabindex: NUMBERS, width: NUMBERS, height: NUMBERS, viewBox: NUMBERS,
  x: NUMBERS, y: NUMBERS, x1: NUMBERS, x2: NUMBERS, y1: NUMBERS, y2: NUMBERS, cx: NUMBERS, cy: NUMBERS, r: NUMBERS,
  points: NUMBERS, "font-size": NUMBERS, "text-anchor": WORD, preserveAspectRatio: WORD,
  src: /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]*$/,
}));
const DROPPED = new Set(["rel"]); // written by inzage, of no use here
const FILE = /^bijlagen\/[a-z0-9.-]+(\/[a-z0-9.-]+)*$/;
const OUTSIDE = /^(https|mailto|tel):/;

/**
 * Copies a parsed body into a document that has no window. It gives
 * { body, removed, links }: how many things were left out, and the links to
 * attachments as { path, node }. An attachment and an address outside become
 * text: a frame without script cannot open the one and may not open the other.
 */
export function clean(parsed) {
  const doc = document.implementation.createHTMLDocument("");
  const state = { doc, removed: 0, links: [] };
  const body = doc.body;
  children(parsed.body, body, state);
  // A policy of its own and neutral meta belong in the head; anything else there does not.
  for (const n of parsed.head.children) {
    if (!/^(title|style)$/.test(n.localName) && !(n.localName === "meta" && !/^refresh$/i.test(n.httpEquiv))) state.removed++;
  }
  return { body, removed: state.removed, links: state.links };
}

function children(from, to, state) {
  for (const n of from.childNodes) {
    if (n.nodeType === 3) to.append(state.doc.createTextNode(n.data));
    if (n.nodeType === 1) element(n, to, state);
  }
}

function element(n, to, state) {
  const svg = n.namespaceURI === SVG_NS;
  if (!(svg ? SVG : HTML).has(n.localName) || !(svg || n.namespaceURI === HTML_NS)) {
    state.removed++;
    return;
  }
  if (n.localName === "a" && link(n, to, state)) return;
  const copy = svg ? state.doc.createElementNS(SVG_NS, n.localName) : state.doc.createElement(n.localName);
  for (const a of n.attributes) attribute(a, copy, state);
  to.append(copy);
  children(n, copy, state);
}

function attribute(a, copy, state) {
  const inPage = copy.localName === "a" && a.name === "href" && a.value.startsWith("#");
  if (inPage || ATTRIBUTES.get(a.name)?.test(a.value)) copy.setAttribute(a.name, a.value);
  else if (!DROPPED.has(a.name)) state.removed++;
}

// link handles every address that is not an anchor; false leaves it to element.
function link(n, to, state) {
  const href = n.getAttribute("href") || "";
  if (href.startsWith("#")) return false;
  const span = state.doc.createElement("span");
  children(n, span, state);
  to.append(span);
  if (FILE.test(href)) {
    span.className = "bijlage";
    state.links.push({ path: "data/" + href, node: span });
  } else if (!OUTSIDE.test(href)) {
    state.removed++;
  } else if (href.startsWith("https:") && !span.textContent.includes(href)) {
    span.append(` (${href})`);
  }
  return true;
}
