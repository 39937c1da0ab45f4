// What the page holds: the data, the state that the reader changes, and the words in both languages.

const data = JSON.parse(document.getElementById("data").textContent);
const { findings, rules, pictures, severities } = data;
const PAGE_SIZE = 100;
const PLURALS = { error: "errors", warning: "warnings", note: "notes" };

const state = {
  language: data.language,
  hidden: new Set(), // severities
  search: "",
  rule: null, // the value that is chosen, null for all
  namespace: null,
  file: null,
  order: "severity",
  choice: null, // the finding whose details are shown
  page: 0,
};
let visible = []; // the findings that pass the filters, in order
let sizes = new Map(); // how many of them are under each heading

const byId = (id) => document.getElementById(id);

function say(word, values = {}) {
  return data.words[word][state.language].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}
const told = (text) => text[state.language];
const ruleOf = (finding) => rules[finding.rule];
const placeOf = ({ path, line, column }) => `${path}:${line}:${column}`;
