// Which part of the graph is shown: filters, and the folding of namespaces.

// What two stretches of a request's way have in common; null when no request takes both. An empty list takes all.
function sharedTickets(one, other) {
  if (!one.length || !other.length) return one.length ? one : other;
  const both = one.filter((ticket) => other.includes(ticket));
  return both.length ? both : null;
}

function reach(seeds, next, end, found) {
  const ahead = seeds.map(([vertex, tickets]) => [vertex, tickets]);
  const seen = new Set();
  while (ahead.length) {
    const [vertex, tickets] = ahead.pop();
    for (const number of next[vertex]) {
      const shared = sharedTickets(tickets, edges[number].tickets);
      if (!shared) continue;
      found.add(number);
      const key = `${edges[number][end]} ${shared.join()}`;
      if (!seen.has(key)) {
        seen.add(key);
        ahead.push([edges[number][end], shared]);
      }
    }
  }
}

// The edges that requests through some vertices pass, on either side.
function around(seeds, tickets = []) {
  const found = new Set();
  const starts = seeds.map((vertex) => [vertex, tickets]);
  reach(starts, outgoing, "target", found);
  reach(starts, incoming, "source", found);
  return found;
}

function through(edge) {
  const found = around([], []);
  reach([[edges[edge].target, edges[edge].tickets]], outgoing, "target", found);
  reach([[edges[edge].source, edges[edge].tickets]], incoming, "source", found);
  return found.add(edge);
}

function visiblePart() {
  let kept = new Set(edges.keys());
  let seeds = state.loopsOnly ? [] : [...vertices.keys()];
  const restrict = (fits) => {
    const chosen = vertices.map((vertex, number) => (fits(vertex) ? number : -1)).filter((number) => number >= 0);
    const near = around(chosen);
    kept = new Set([...kept].filter((edge) => near.has(edge)));
    seeds = seeds.filter((vertex) => fits(vertices[vertex]));
  };
  if (state.namespace !== null) restrict((vertex) => vertex.namespace === state.namespace);
  if (state.host) {
    const wanted = state.host.toLowerCase();
    restrict((vertex) => vertex.kind === "name" && vertex.name.toLowerCase().includes(wanted));
  }
  if (state.loopsOnly) kept = new Set([...kept].filter((edge) => looping.has(edge)));
  const ends = [...kept].flatMap((edge) => [edges[edge].source, edges[edge].target]);
  return { kept, present: new Set([...seeds, ...ends]) };
}

function itemsAndLinks() {
  const { kept, present } = visiblePart();
  const groupOf = ({ column, namespace }) => (state.folded.has(namespace) ? `${column} ${namespace}` : null);
  const sizes = new Map(); // of folded groups: one that would have a single member is no group
  for (const number of present) {
    const group = groupOf(vertices[number]);
    sizes.set(group, (sizes.get(group) || 0) + 1);
  }
  const items = new Map();
  const itemOf = new Map();
  for (const number of present) {
    const vertex = vertices[number];
    const group = groupOf(vertex);
    const key = group !== null && sizes.get(group) > 1 ? group : `v${number}`;
    const item = items.get(key) || { key, column: vertex.column, members: [], order: 0, loop: false };
    item.members.push(number);
    items.set(key, item);
    itemOf.set(number, item);
  }
  for (const item of items.values()) {
    item.order = mean(item.members.map((number) => vertices[number].order));
  }
  const links = new Map();
  for (const number of kept) {
    const edge = edges[number];
    const [source, target] = [itemOf.get(edge.source), itemOf.get(edge.target)];
    const key = `${source.key}>${target.key}`;
    const link = links.get(key) || { source, target, edges: [], loop: false };
    link.edges.push(number);
    if (looping.has(number)) link.loop = source.loop = target.loop = true;
    links.set(key, link);
  }
  return { items: [...items.values()], links: [...links.values()], itemOf };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
