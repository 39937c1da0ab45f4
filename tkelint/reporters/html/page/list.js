// The left-hand side: the findings of one page of the list, under headings.

let rowElements = new Map(); // of the findings on this page

function list() {
  const last = Math.max(0, Math.ceil(visible.length / PAGE_SIZE) - 1);
  state.page = Math.min(state.page, last);
  const first = state.page * PAGE_SIZE;
  const shown = visible.slice(first, first + PAGE_SIZE);
  rowElements = new Map();
  byId("list").replaceChildren(...groups(shown));
  byId("shown").textContent = visible.length ? say("shown", { shown: visible.length, all: findings.length }) : say(findings.length ? "no-match" : "clean");
  byId("pages").hidden = last === 0;
  byId("page").textContent = say("page", { first: first + 1, last: first + shown.length, count: visible.length });
  byId("earlier").disabled = state.page === 0;
  byId("later").disabled = state.page === last;
  mark();
}

function groups(shown) {
  const { key, heading } = ORDERS[state.order];
  const made = [];
  let previous = null;
  for (const finding of shown) {
    const name = heading(finding);
    if (name !== previous) {
      const title = element("h2", name);
      title.append(element("span", String(sizes.get(key(finding)))));
      made.push(title, element("ul"));
      previous = name;
    }
    const item = element("li");
    item.append(row(finding));
    made.at(-1).append(item);
  }
  return made;
}

function row(finding) {
  const made = button(null, () => choose(finding), `row ${finding.severity}`);
  const message = element("span", null, "message");
  message.append(unseen(`${say(finding.severity)}: `), told(finding.message).replaceAll("`", ""));
  const place = element("span", null, "place");
  place.append(element("span", finding.path.split("/").slice(-2).join("/"), "file"), element("span", `:${finding.line}`));
  place.title = placeOf(finding);
  const meta = element("span", null, "meta");
  meta.append(element("span", ruleOf(finding).id, "id"), place);
  made.append(sign(finding.severity), message, meta);
  made.tabIndex = -1;
  rowElements.set(finding, made);
  return made;
}

// The row that is chosen, else the first, is the one that Tab leads to.
function mark() {
  const chosen = rowElements.has(state.choice) ? state.choice : null;
  const [first] = rowElements.keys();
  for (const [finding, made] of rowElements) {
    made.tabIndex = finding === (chosen ?? first) ? 0 : -1;
    if (finding === chosen) made.setAttribute("aria-current", "true");
    else made.removeAttribute("aria-current");
  }
}

function choose(finding, hasFocus = false) {
  state.choice = finding ?? null;
  const at = visible.indexOf(state.choice);
  if (at >= 0 && Math.floor(at / PAGE_SIZE) !== state.page) {
    state.page = Math.floor(at / PAGE_SIZE);
    list();
  }
  mark();
  details();
  const made = rowElements.get(state.choice);
  if (made && hasFocus) made.focus({ preventScroll: true });
  made?.scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", finding ? `#${finding.id}` : location.pathname + location.search);
}
