// Filters, language, zoom, keys and dragging; and the beginning.

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
