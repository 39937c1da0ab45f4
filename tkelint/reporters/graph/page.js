"use strict";
// The page of the traffic graph. Texts of manifests are only ever set as text; nothing is fetched, stored or evaluated.
(() => {
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

  // --- Which part of the graph is shown ---------------------------------------------------------------------------

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

  // --- Folding: items are vertices or the folded ones of a namespace in a column ----------------------------------

  function itemsAndLinks() {
    const { kept, present } = visiblePart();
    const items = new Map();
    const itemOf = new Map();
    for (const number of present) {
      const vertex = vertices[number];
      const key = state.folded.has(vertex.namespace) ? `${vertex.column} ${vertex.namespace}` : `v${number}`;
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

  // --- Arrangement: columns, bands of what is connected, heights near those of the neighbours ---------------------

  function arrange({ items, links }) {
    const used = [...new Set(items.map((item) => item.column))].sort((one, other) => one - other);
    const lefts = new Map();
    let left = 0;
    for (const column of used) {
      lefts.set(column, left);
      left += metrics.widths[column] + metrics.columnGap;
    }
    for (const link of links) {
      link.passes = used
        .filter((column) => link.source.column < column && column < link.target.column)
        .map((column) => ({ pass: true, column, link, order: mean(link.edges.map((edge) => edges[edge].order[column] ?? 0)) }));
    }
    let top = 0;
    for (const band of bands(items, links)) {
      const rows = used.map((column) =>
        [...band.items, ...band.links.flatMap((link) => link.passes)]
          .filter((item) => item.column === column)
          .sort((one, other) => one.order - other.order),
      );
      settle(rows, band.links);
      const all = rows.flat();
      const highest = Math.min(...all.map((item) => item.middle - heightOf(item) / 2));
      for (const item of all) item.middle += top - highest;
      top = Math.max(...all.map((item) => item.middle + heightOf(item) / 2));
      if (band.items.some((item) => item.loop)) {
        band.items.forEach((item) => (item.lane = top + metrics.lane / 2));
        top += metrics.lane;
      }
      top += metrics.bandGap;
    }
    return { lefts, width: Math.max(left - metrics.columnGap, 0), height: Math.max(top - metrics.bandGap, 0) };
  }

  const heightOf = (item) => (item.pass ? metrics.passHeight : metrics.boxHeight);

  function bands(items, links) {
    const leader = new Map(items.map((item) => [item, item]));
    const find = (item) => {
      while (leader.get(item) !== item) item = leader.get(item);
      return item;
    };
    for (const link of links) leader.set(find(link.source), find(link.target));
    const found = new Map();
    for (const item of items) {
      const key = find(item);
      if (!found.has(key)) found.set(key, { items: [], links: [], loop: false, order: Infinity });
      const band = found.get(key);
      band.items.push(item);
      band.loop ||= item.loop;
      band.order = Math.min(band.order, item.order + item.column / 100);
    }
    for (const link of links) found.get(find(link.source)).links.push(link);
    return [...found.values()].sort((one, other) => other.loop - one.loop || one.order - other.order);
  }

  function settle(rows, links) {
    const pulls = new Map(rows.flat().map((item) => [item, []]));
    for (const link of links) {
      const stations = [link.source, ...link.passes, link.target];
      const weight = link.loop ? 30 : 1;
      for (let at = 1; at < stations.length; at += 1) {
        const [one, other] = [stations[at - 1], stations[at]];
        const pull = one.pass || other.pass ? weight / 3 : weight;
        pulls.get(one).push([other, pull]);
        pulls.get(other).push([one, pull]);
      }
    }
    for (const row of rows) row.forEach((item, at) => (item.middle = at * (metrics.boxHeight + metrics.boxGap)));
    const weigh = (near) => near.reduce((sum, [, pull]) => sum + pull, 0);
    for (let sweep = 0; sweep < 16; sweep += 1) {
      for (const row of sweep % 2 ? rows : [...rows].reverse()) {
        spread(row, (item) => {
          const near = pulls.get(item);
          const weight = weigh(near);
          return weight ? [near.reduce((sum, [each, pull]) => sum + each.middle * pull, 0) / weight, weight] : [item.middle, 1];
        });
      }
    }
    straighten(rows, pulls);
  }

  // Each box straight behind the one that pulls it most, then those that begin a path straight before it.
  function straighten(rows, pulls) {
    const onSide = (item, side) => pulls.get(item).filter(([each]) => (each.column - item.column) * side > 0);
    for (const side of [-1, 1]) {
      for (const row of side < 0 ? rows : [...rows].reverse()) {
        spread(row, (item) => {
          if (side > 0 && onSide(item, -1).length) return [item.middle, 1000];
          const strongest = onSide(item, side).reduce((best, each) => (best && best[1] >= each[1] ? best : each), null);
          return strongest ? [strongest[0].middle, strongest[1]] : [item.middle, 0.1];
        });
      }
    }
  }

  // The heights nearest to the wanted ones that keep order and distance: pools of adjacent violators.
  function spread(row, wanted) {
    let offset = 0;
    const offsets = row.map((item, at) => {
      if (at) offset += (heightOf(row[at - 1]) + heightOf(item)) / 2 + metrics.boxGap;
      return offset;
    });
    const pools = [];
    row.forEach((item, at) => {
      const [want, pull] = wanted(item);
      let pool = { level: want - offsets[at], weight: pull, size: 1 };
      while (pools.length && pools[pools.length - 1].level > pool.level) {
        const other = pools.pop();
        const weight = pool.weight + other.weight;
        const level = (pool.level * pool.weight + other.level * other.weight) / weight;
        pool = { level, weight, size: pool.size + other.size };
      }
      pools.push(pool);
    });
    let at = 0;
    for (const pool of pools) {
      for (let count = 0; count < pool.size; count += 1, at += 1) row[at].middle = pool.level + offsets[at];
    }
  }

  // --- Drawing ---------------------------------------------------------------------------------------------------

  function svg(name, attributes = {}, parent = null, text = null) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== null) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }

  function draw() {
    const part = itemsAndLinks();
    const { lefts, width, height } = arrange(part);
    const [fullWidth, fullHeight] = [width + 2 * MARGIN, height + 2 * MARGIN];
    const root = svg("svg", { class: "tkelint-graph", viewBox: `0 0 ${fullWidth} ${fullHeight}`, role: "group" });
    root.setAttribute("aria-label", say("title"));
    const markers = svg("defs", {}, root);
    for (const [id, kind] of [["tip", "tip"], ["loop-tip", "tip loop"]]) {
      const size = { viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8 };
      const marker = svg("marker", { id, ...size, markerUnits: "userSpaceOnUse", orient: "auto" }, markers);
      svg("path", { class: kind, d: "M0 0 8 4 0 8z" }, marker);
    }
    const ground = svg("g", { transform: `translate(${MARGIN} ${MARGIN})` }, root);
    part.links.sort((one, other) => one.loop - other.loop);
    for (const link of part.links) drawLink(link, lefts, ground);
    drawReturns(part, lefts, ground);
    for (const item of part.items) drawItem(item, lefts, ground);
    shown = { ...part, items: new Map(part.items.map((item) => [item.key, item])), width: fullWidth, height: fullHeight, lefts };
    byId("picture").replaceChildren(root);
    byId("empty").hidden = part.items.length > 0;
    if (!shown.items.has(state.focus)) state.focus = part.items.length ? part.items[0].key : null;
    shown.items.get(state.focus)?.element.setAttribute("tabindex", "0");
    applyZoom();
    drawHeads(part, lefts);
    mark();
  }

  function drawLink(link, lefts, ground) {
    let [x, y] = [lefts.get(link.source.column) + metrics.widths[link.source.column], link.source.middle];
    let course = `M${x} ${y}`;
    for (const pass of link.passes) {
      const left = lefts.get(pass.column);
      course += curve(x, y, left, pass.middle) + `H${left + metrics.widths[pass.column]}`;
      [x, y] = [left + metrics.widths[pass.column], pass.middle];
    }
    course += curve(x, y, lefts.get(link.target.column) - 1, link.target.middle);
    const weak = link.edges.every((edge) => !edges[edge].likely);
    const hop = svg("g", { class: "hop" }, ground);
    const kinds = `edge${link.loop ? " loop" : ""}${weak ? " weak" : ""}`;
    link.element = svg("path", { class: kinds, d: course, "marker-end": `url(#${link.loop ? "loop-tip" : "tip"})` }, hop);
    const hit = svg("path", { class: "hit", d: course, "data-edges": link.edges.join(" ") }, hop);
    hit.addEventListener("click", () => choose({ edges: link.edges }));
  }

  function curve(x, y, toX, toY) {
    const middle = (x + toX) / 2;
    return `C${middle} ${y} ${middle} ${toY} ${toX} ${toY}`;
  }

  // For each loopback that is shown: below everything, from the node ports or the CLB back to the client.
  function drawReturns({ itemOf }, lefts, ground) {
    const drawn = new Map();
    const labels = new Map();
    loops.forEach((loop, number) => {
      const ends = loop.edges.map((edge) => edges[edge].target);
      const last = ends.find((end) => vertices[end].kind === "node-port") ?? ends.find((end) => vertices[end].kind === "clb");
      const [from, to] = [itemOf.get(last), itemOf.get(loop.client)];
      if (!from || !to || from.lane === undefined || !from.loop) return;
      const key = `${from.key}>${to.key}`;
      if (!drawn.has(key)) {
        const [x, toX] = [lefts.get(from.column), lefts.get(to.column) + metrics.widths[to.column] + 2];
        const low = metrics.boxHeight / 4;
        const course = wayBack(x, from.middle + low, toX, to.middle + low, from.lane);
        drawn.set(key, { element: svg("path", { class: "return", d: course, "marker-end": "url(#loop-tip)" }, ground), loops: [] });
        if (!labels.has(from.lane)) {
          const at = { class: "return-text", x: (x + toX) / 2, y: from.lane + 4, "text-anchor": "middle" };
          labels.set(from.lane, svg("text", at, ground, say("returns")));
        }
      }
      drawn.get(key).loops.push(number);
      drawn.get(key).label = labels.get(from.lane);
    });
    state.returns = [...drawn.values()];
  }

  function wayBack(x, y, toX, toY, lane) {
    const [down, up, r] = [x - 20, toX + 18, 8];
    return (
      `M${x} ${y}H${down + r}q${-r} 0 ${-r} ${r}V${lane - r}q0 ${r} ${-r} ${r}` +
      `H${up + r}q${-r} 0 ${-r} ${-r}V${toY + r}q0 ${-r} ${-r} ${-r}H${toX}`
    );
  }

  function drawItem(item, lefts, ground) {
    const vertex = vertices[item.members[0]];
    const folded = !item.key.startsWith("v");
    const kind = vertex.kind === "name" ? "name-kind" : vertex.kind;
    const kinds = ["vertex", kind, folded ? "group" : vertex.kind === "name" ? vertex.state : "", item.loop ? "loop" : ""];
    const at = `translate(${lefts.get(item.column)} ${item.middle - metrics.boxHeight / 2})`;
    const box = svg("g", { class: kinds.filter(Boolean).join(" "), transform: at, tabindex: "-1", role: "button" }, ground);
    const width = metrics.widths[item.column];
    const name = folded ? namespaceName(vertex.namespace) : vertex.name;
    const count = folded ? say("members", { count: item.members.length }) : "";
    const label = folded ? `${name} · ${count}` : told(vertex.title);
    box.dataset.key = item.key;
    box.setAttribute("aria-label", label);
    svg("title", {}, box, label);
    if (folded) svg("rect", { class: "behind", x: 4, y: 4, width, height: metrics.boxHeight, rx: 7 }, box);
    svg("rect", { class: "box", width, height: metrics.boxHeight, rx: 7 }, box);
    svg("rect", { class: "bar", x: 7, y: 8, width: 4, height: metrics.boxHeight - 16, rx: 2 }, box);
    const below = folded ? count : [told(vertex.caption), vertex.kind === "name" ? "" : vertex.namespace].filter(Boolean).join(" · ");
    svg("text", { class: "name", x: 19, y: 19 }, box, shortened(name, "600 13px", width - 29));
    svg("text", { class: "caption", x: 19, y: 35 }, box, shortened(below, "11px", width - 29));
    box.addEventListener("click", () => (folded ? unfold(vertex.namespace) : choose({ vertex: item.members[0] })));
    item.element = box;
  }

  const ruler = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;

  // A text in as many pixels as there are, with an ellipsis in the middle: both ends of a host say something.
  function shortened(text, font, room) {
    ruler.font = `${font} ${family}`;
    const fits = (shorter) => ruler.measureText(shorter).width <= room;
    if (fits(text)) return text;
    const characters = [...text];
    let kept = characters.length - 1;
    const cut = () => `${characters.slice(0, Math.ceil(kept / 2)).join("")}…${characters.slice(characters.length - Math.floor(kept / 2)).join("")}`;
    while (kept > 0 && !fits(cut())) kept -= kept > 60 ? Math.ceil(kept / 4) : 1;
    return cut();
  }

  function drawHeads({ items }, lefts) {
    const heads = [...lefts].map(([column, left]) => {
      const head = document.createElement("span");
      head.textContent = told(data.columns[column]);
      const members = items.filter((item) => item.column === column).flatMap((item) => item.members);
      head.append(element("i", String(members.length)));
      head.style.left = `${(left + MARGIN) * state.zoom}px`;
      head.style.maxWidth = `${(metrics.widths[column] + 40) * state.zoom}px`;
      return head;
    });
    byId("heads").replaceChildren(...heads);
    byId("heads").style.width = `${shown.width * state.zoom}px`;
  }

  function applyZoom() {
    if (state.zoom === null) fit();
    const root = byId("picture").firstElementChild;
    root.setAttribute("width", shown.width * state.zoom);
    root.setAttribute("height", shown.height * state.zoom);
    byId("zoom-fit").textContent = `${Math.round(state.zoom * 100)}%`;
  }

  function fit() {
    state.zoom = Math.min(1.15, Math.max(0.5, (canvas.clientWidth - 4) / shown.width));
  }

  function zoomTo(zoom) {
    state.zoom = Math.min(3, Math.max(0.2, zoom));
    applyZoom();
    drawHeads({ items: [...shown.items.values()] }, shown.lefts);
  }

  // --- Choice: what is lit up, and the panel ----------------------------------------------------------------------

  function choose(choice) {
    state.choice = choice;
    if (choice && choice.vertex !== undefined) state.focus = `v${choice.vertex}`;
    mark();
    details();
  }

  function litEdges() {
    const choice = state.choice;
    if (!choice) return null;
    if (choice.loop !== undefined) return new Set(loops[choice.loop].edges);
    if (choice.vertex !== undefined) return around([choice.vertex]);
    return new Set(choice.edges.flatMap((edge) => [...through(edge)]));
  }

  function mark() {
    const lit = litEdges();
    byId("picture").classList.toggle("has-choice", lit !== null);
    const ends = new Set(lit ? [...lit].flatMap((edge) => [edges[edge].source, edges[edge].target]) : []);
    if (state.choice && state.choice.vertex !== undefined) ends.add(state.choice.vertex);
    for (const link of shown.links) link.element.classList.toggle("chosen", lit !== null && link.edges.some((edge) => lit.has(edge)));
    for (const item of shown.items.values()) {
      item.element.classList.toggle("chosen", item.members.some((member) => ends.has(member)));
      item.element.classList.toggle("focus", Boolean(state.choice) && item.members.includes(state.choice.vertex));
    }
    for (const { element: way, loops: numbers, label } of state.returns) {
      const isLit = lit !== null && numbers.some((number) => loops[number].edges.every((edge) => lit.has(edge)));
      way.classList.toggle("chosen", isLit);
      if (isLit || lit === null) label.classList.toggle("chosen", isLit);
    }
  }

  function element(name, text = null, kind = null) {
    const made = document.createElement(name);
    if (text !== null) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function button(text, action, kind = "row") {
    const made = element("button", text, kind);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  }

  function details() {
    const panel = byId("details");
    const choice = state.choice;
    const back = button(`← ${say("back")}`, () => choose(null), "back");
    if (!choice) panel.replaceChildren(...overview());
    else if (choice.loop !== undefined) panel.replaceChildren(back, ...loopDetails(loops[choice.loop]));
    else if (choice.vertex !== undefined) panel.replaceChildren(back, ...vertexDetails(choice.vertex));
    else panel.replaceChildren(back, ...choice.edges.flatMap((edge) => edgeDetails(edge, choice.edges.length > 1)));
    panel.scrollTop = 0;
  }

  function loopTitle(loop) {
    return say("loop", { client: told(vertices[loop.client].title), name: vertices[loop.name].name });
  }

  function overview() {
    const counts = { boxes: vertices.length, lines: edges.length, loops: loops.length };
    const parts = [element("h2", say("title")), element("p", say("counts", counts), "faint"), element("p", say("hint"), "faint")];
    if (data.leftOut) parts.push(element("p", say("left-out", { count: data.leftOut, total: data.total }), "alarm"));
    parts.push(element("h3", say("loopbacks")));
    if (!loops.length) parts.push(element("p", say("no-loopbacks"), "faint"));
    loops.forEach((loop, number) => parts.push(button(loopTitle(loop), () => choose({ loop: number }), "row loop")));
    return parts;
  }

  function loopDetails(loop) {
    const parts = [element("h2", loopTitle(loop)), element("p", told(loop.remark), "alarm"), element("h3", say("cures"))];
    const list = element("ul");
    list.append(...loop.cures.map((cure) => element("li", told(cure))));
    parts.push(list, element("h3", say("hops")));
    return parts.concat(loop.edges.flatMap((edge) => chain(edges[edge].evidence[0])));
  }

  function vertexDetails(number) {
    const vertex = vertices[number];
    const parts = [element("h2", told(vertex.title)), element("p", told(vertex.caption), "faint")];
    loops.forEach((loop, at) => {
      if ([loop.client, loop.name, loop.target].includes(number)) {
        parts.push(button(`${told(loop.remark)} · ${loopTitle(loop)}`, () => choose({ loop: at }), "row loop"));
      }
    });
    if (vertex.places.length) parts.push(element("h3", say("written")), ...vertex.places.map((place) => excerpt(place)));
    const rows = (heading, numbers, end) => {
      if (!numbers.length) return;
      parts.push(element("h3", `${say(heading)} · ${numbers.length}`));
      for (const each of numbers) {
        const kind = looping.has(each) ? "row loop" : "row";
        parts.push(button(told(vertices[edges[each][end]].title), () => choose({ edges: [each] }), kind));
      }
    };
    rows("leads-here", incoming[number], "source");
    rows("leads-to", outgoing[number], "target");
    return parts;
  }

  function edgeDetails(number, isOneOfMany) {
    const edge = edges[number];
    const heading = `${told(vertices[edge.source].title)} → ${told(vertices[edge.target].title)}`;
    if (isOneOfMany) return [button(heading, () => choose({ edges: [number] }), looping.has(number) ? "row loop" : "row")];
    const parts = [element("h2", heading)];
    if (!edge.likely) parts.push(element("p", say("weak"), "faint"));
    parts.push(element("h3", say("why")));
    return parts.concat(edge.evidence.flatMap(chain));
  }

  function chain(steps) {
    return steps.map((step) => {
      const part = element("div", null, "step");
      part.append(element("p", told(step.text)), excerpt(step.place, step.object));
      return part;
    });
  }

  // The lines of a file around a place, the place itself underlined.
  function excerpt(number, object = "") {
    const place = places[number];
    const figure = element("figure", null, "excerpt");
    const caption = element("figcaption");
    caption.append(element("b", `${place.path}:${place.line}`), object ? ` · ${object}` : "");
    const lines = element("pre");
    place.lines.forEach((text, at) => {
      const isHere = place.first + at === place.line;
      const line = element("span", null, isHere ? "line here" : "line");
      line.append(element("span", String(place.first + at), "number"));
      const [start, end] = isHere ? place.mark : [0, 0];
      line.append(text.slice(0, start), end > start ? element("mark", text.slice(start, end)) : "", text.slice(end));
      lines.append(line);
    });
    figure.append(caption, lines);
    return figure;
  }

  // --- Controls ---------------------------------------------------------------------------------------------------

  function unfold(namespace) {
    state.folded.delete(namespace);
    byId("fold").checked = state.folded.size > 0;
    draw();
  }

  function words() {
    document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
    document.title = `${say("title")} · tkelint`;
    for (const each of document.querySelectorAll("[data-word]")) each.textContent = say(each.dataset.word);
    for (const each of document.querySelectorAll("[data-label]")) {
      each.title = say(each.dataset.label);
      each.setAttribute("aria-label", say(each.dataset.label));
    }
    byId("host").placeholder = say("host-hint");
    const options = [new Option(say("all"), "all"), ...namespaces.map((name, at) => new Option(namespaceName(name), String(at)))];
    byId("namespace").replaceChildren(...options);
    byId("namespace").value = state.namespace === null ? "all" : String(namespaces.indexOf(state.namespace));
  }

  function filter(change) {
    Object.assign(state, change);
    canvas.scrollTo(0, 0);
    draw();
  }

  function focusOn(item) {
    if (!item) return;
    shown.items.get(state.focus)?.element.setAttribute("tabindex", "-1");
    state.focus = item.key;
    item.element.setAttribute("tabindex", "0");
    item.element.focus();
    item.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // Of the boxes at the other ends of lines the one straight ahead, and of two at one height the nearer column.
  function nearest(item, others) {
    const distance = (other) => Math.abs(other.middle - item.middle) + Math.abs(other.column - item.column) / 10;
    return others.sort((one, other) => distance(one) - distance(other))[0];
  }

  function neighbour(item, key) {
    if (key === "ArrowRight") return nearest(item, shown.links.filter((link) => link.source === item).map((link) => link.target));
    if (key === "ArrowLeft") return nearest(item, shown.links.filter((link) => link.target === item).map((link) => link.source));
    const row = [...shown.items.values()].filter((each) => each.column === item.column);
    row.sort((one, other) => one.middle - other.middle);
    return row[row.indexOf(item) + (key === "ArrowDown" ? 1 : -1)];
  }

  function listen() {
    byId("namespace").addEventListener("change", ({ target }) => {
      filter({ namespace: target.value === "all" ? null : namespaces[Number(target.value)] });
    });
    byId("host").addEventListener("input", ({ target }) => filter({ host: target.value.trim() }));
    byId("loops-only").addEventListener("change", ({ target }) => filter({ loopsOnly: target.checked }));
    byId("fold").addEventListener("change", ({ target }) => filter({ folded: new Set(target.checked ? namespaces : []) }));
    byId("language").addEventListener("click", () => {
      state.language = state.language === "zh" ? "en" : "zh";
      words();
      draw();
      details();
    });
    byId("zoom-in").addEventListener("click", () => zoomTo(state.zoom * 1.2));
    byId("zoom-out").addEventListener("click", () => zoomTo(state.zoom / 1.2));
    byId("zoom-fit").addEventListener("click", () => zoomTo((canvas.clientWidth - 4) / shown.width));
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomTo(state.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }, { passive: false });
    listenToKeys();
    listenToDragging();
  }

  function listenToKeys() {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && state.choice) choose(null);
      const item = shown.items.get(event.target.dataset?.key);
      if (!item) return;
      if (event.key.startsWith("Arrow")) focusOn(neighbour(item, event.key));
      else if (event.key === "Enter" || event.key === " ") item.element.dispatchEvent(new MouseEvent("click"));
      else return;
      event.preventDefault();
    });
  }

  function listenToDragging() {
    let from = null;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || event.target.closest(".vertex, .hit")) return;
      from = { x: event.clientX + canvas.scrollLeft, y: event.clientY + canvas.scrollTop, moved: false };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!from) return;
      from.moved = true;
      canvas.classList.add("dragging");
      canvas.scrollTo(from.x - event.clientX, from.y - event.clientY);
    });
    window.addEventListener("pointerup", () => {
      if (from && !from.moved && state.choice) choose(null);
      from = null;
      canvas.classList.remove("dragging");
    });
  }

  byId("hosts").append(...vertices.filter((vertex) => vertex.kind === "name").slice(0, 200).map((vertex) => new Option("", vertex.name)));
  byId("fold").checked = state.folded.size > 0;
  words();
  listen();
  draw();
  details();
})();
