// What is chosen: what is lit up in the picture, and the panel that explains it.

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
