// Filters, language and keys; and the beginning.

function words() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = say(each.dataset.word);
  for (const each of document.querySelectorAll("[data-label]")) each.setAttribute("aria-label", say(each.dataset.label));
  byId("search").placeholder = say("search-hint");
  byId("language").lang = state.language === "zh" ? "en" : "zh-CN";
  byId("severities").replaceChildren(...severities.map(severitySwitch));
  for (const name of Object.keys(FILTERS)) offer(name);
  byId("order").replaceChildren(...Object.keys(ORDERS).map((order) => new Option(say(`by-${order}`), order)));
  byId("order").value = state.order;
}

function severitySwitch(severity) {
  const count = findings.filter((finding) => finding.severity === severity).length;
  const made = button(null, () => {
    if (!state.hidden.delete(severity)) state.hidden.add(severity);
    filter({});
  }, `switch ${severity}`);
  made.append(sign(severity), element("b", String(count)), ` ${say(PLURALS[severity])}`);
  made.dataset.severity = severity;
  made.disabled = count === 0;
  return made;
}

// The values of a filter are numbered: one of them may be empty, or be called like the word for all.
const offered = {};
function offer(name) {
  offered[name] = choices(name);
  const options = offered[name].map(([value, count], at) => new Option(`${value || say("unset")} (${count})`, String(at)));
  byId(name).replaceChildren(new Option(say("all"), "all"), ...options);
}

function filter(change) {
  Object.assign(state, change, { page: 0 });
  applyFilters();
  if (state.choice && !visible.includes(state.choice)) state.choice = null;
  show();
}

// Everything as the state says.
function show() {
  for (const name of Object.keys(FILTERS)) {
    const at = offered[name].findIndex(([value]) => value === state[name]);
    byId(name).value = at < 0 ? "all" : String(at);
  }
  for (const each of byId("severities").children) each.setAttribute("aria-pressed", String(!state.hidden.has(each.dataset.severity)));
  if (byId("search").value.trim() !== state.search) byId("search").value = state.search;
  byId("clear").hidden = !isFiltered();
  list();
  details();
}

function listen() {
  for (const name of Object.keys(FILTERS)) {
    byId(name).addEventListener("change", ({ target }) => {
      filter({ [name]: target.value === "all" ? null : offered[name][Number(target.value)][0] });
    });
  }
  byId("search").addEventListener("input", ({ target }) => filter({ search: target.value.trim() }));
  byId("order").addEventListener("change", ({ target }) => filter({ order: target.value }));
  byId("clear").addEventListener("click", () => {
    filter({ hidden: new Set(), search: "", rule: null, namespace: null, file: null });
    byId("search").focus();
  });
  byId("language").addEventListener("click", () => {
    state.language = state.language === "zh" ? "en" : "zh";
    words();
    show();
  });
  for (const [id, step] of [["earlier", -1], ["later", 1]]) {
    byId(id).addEventListener("click", () => {
      state.page += step;
      list();
      byId("list").scrollTop = 0;
    });
  }
}

function listenToKeys() {
  byId("list").addEventListener("keydown", (event) => {
    const finding = [...rowElements].find(([, made]) => made === event.target)?.[0];
    const at = visible.indexOf(finding);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: visible.length - 1 };
    if (at < 0) return;
    if (event.key in steps) choose(visible[Math.min(Math.max(steps[event.key], 0), visible.length - 1)], true);
    else if (event.key === "Enter") choose(finding), byId("details").focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const isWriting = event.target.matches("input, select");
    if (event.key === "/" && !isWriting && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      byId("search").focus();
    } else if (event.key === "Escape" && byId("details").contains(event.target)) {
      (rowElements.get(state.choice) ?? byId("search")).focus();
    }
  });
}

// The finding that the address names: a link to a report may lead to one.
function fromAddress() {
  const id = location.hash.slice(1);
  return (id && findings.find((finding) => finding.id === id)) || null;
}

words();
listen();
listenToKeys();
applyFilters();
show();
if (fromAddress()) choose(fromAddress());
window.addEventListener("hashchange", () => choose(fromAddress()));
