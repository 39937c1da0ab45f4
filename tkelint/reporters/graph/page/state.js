// What the page holds: the data, the state that the reader changes, and the words in both languages.

const data = JSON.parse(document.getElementById("data").textContent);
const { vertices, edges, loops, places, metrics } = data;
const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 22;
const FOLD_ABOVE = 150; // vertices: more are folded at first

const outgoing = vertices.map(() => []);
const incoming = vertices.map(() => []);
edges.forEach((edge, number) => {
  outgoing[edge.source].push(number);
  incoming[edge.target].push(number);
});
const looping = new Set(loops.flatMap((loop) => loop.edges));
const namespaces = [...new Set(vertices.map((vertex) => vertex.namespace))].sort();

const state = {
  language: data.language,
  namespace: null,
  host: "",
  loopsOnly: false,
  folded: new Set(vertices.length > FOLD_ABOVE ? namespaces : []),
  choice: null, // {vertex}, {edges} or {loop}
  zoom: null,
  focus: null, // the item that the keyboard is on
};
let shown = { items: new Map(), links: [], width: 0 };

const byId = (id) => document.getElementById(id);
const canvas = byId("canvas");

function say(word, values = {}) {
  return data.words[word][state.language].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}
const told = (text) => text[state.language];
const namespaceName = (namespace) => namespace || say("unset");
