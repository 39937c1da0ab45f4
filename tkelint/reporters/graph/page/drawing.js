// The picture: boxes, lines, ways back, and the heads of the columns.

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
