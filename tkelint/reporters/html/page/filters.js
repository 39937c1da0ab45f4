// Which findings are shown and in which order, and the choices that the filters offer.

const FILTERS = {
  rule: (finding) => ruleOf(finding).id,
  namespace: (finding) => finding.namespace,
  file: (finding) => finding.path,
};

const ORDERS = {
  severity: { key: (finding) => severities.indexOf(finding.severity), heading: (finding) => say(PLURALS[finding.severity]) },
  file: { key: (finding) => finding.path, heading: (finding) => finding.path },
  rule: { key: (finding) => ruleOf(finding).id, heading: (finding) => ruleOf(finding).id },
};

// What the search looks through, in both languages, so that a switch of the language finds the same.
const haystacks = findings.map((finding) => {
  const { title } = ruleOf(finding);
  const texts = [finding.message, ...(title ? [title] : [])].flatMap((text) => Object.values(text));
  return [...texts, ruleOf(finding).id, finding.object, finding.field, placeOf(finding), ...finding.codes].join("\n").toLowerCase();
});

function applyFilters() {
  const wanted = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  const passes = (finding, at) =>
    !state.hidden.has(finding.severity) &&
    Object.entries(FILTERS).every(([name, value]) => state[name] === null || value(finding) === state[name]) &&
    wanted.every((word) => haystacks[at].includes(word));
  const { key } = ORDERS[state.order];
  const keyed = findings.filter(passes).map((finding) => [key(finding), finding]);
  keyed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)); // stable: by file and place within
  visible = keyed.map(([, finding]) => finding);
  sizes = new Map();
  for (const [value] of keyed) sizes.set(value, (sizes.get(value) || 0) + 1);
}

const isFiltered = () => state.hidden.size > 0 || state.search !== "" || Object.keys(FILTERS).some((name) => state[name] !== null);

// The values of a filter with how often each is there; rules by their number, the others by name.
function choices(name) {
  const counts = new Map();
  for (const finding of findings) {
    const value = FILTERS[name](finding);
    counts.set(value, (counts.get(value) || 0) + 1);
  }
  const byName = ([one], [other]) => (one < other ? -1 : 1);
  return [...counts].sort(name === "rule" ? (one, other) => other[1] - one[1] || byName(one, other) : byName);
}
