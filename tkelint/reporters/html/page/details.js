// The right-hand side: the finding that is chosen, or an overview of all.

function details() {
  const panel = byId("details");
  const isNew = panel.dataset.shown !== String(findings.indexOf(state.choice));
  panel.dataset.shown = String(findings.indexOf(state.choice));
  panel.replaceChildren(...(state.choice ? [walk(), ...article(state.choice), ...explanation(ruleOf(state.choice))] : overview()));
  if (isNew) panel.scrollTop = 0;
}

// Where in the list the finding is, and the way to its neighbours.
function walk() {
  const made = element("div", null, "walk");
  const at = visible.indexOf(state.choice);
  const step = (text, word, to) => {
    const each = button(text, () => choose(visible[to]));
    each.disabled = at < 0 || !visible[to];
    each.title = say(word);
    each.setAttribute("aria-label", say(word));
    return each;
  };
  const position = at < 0 ? "" : say("position", { number: at + 1, count: visible.length });
  made.append(button(`← ${say("overview")}`, () => choose(null), "back"), element("span", position), step("‹", "previous", at - 1), step("›", "next", at + 1));
  return made;
}

// What was found, where, how to repair it, and the path of the request.
function article(finding) {
  const rule = ruleOf(finding);
  const heading = element("h2");
  heading.append(...inline(told(finding.message)));
  const label = element("p", null, "rule");
  label.append(sign(finding.severity), element("b", say(finding.severity), finding.severity), " ", element("code", rule.id));
  if (rule.title) label.append(element("span", told(rule.title), "faint"));
  const top = element("header", null, "top");
  top.append(label, heading, facts(finding));
  const parts = [top, ...finding.frames.map((frame) => figure(frame))];
  if (rule.remedy) parts.push(remedy(rule, finding.fix));
  if (finding.hops.length) parts.push(...path(finding));
  return parts;
}

// Why the rule is there, where that is documented, and how to live with it.
function explanation(rule) {
  const parts = [];
  if (rule.why) parts.push(element("h3", say("why-heading")), ...prose(told(rule.why)));
  if (rule.references.length) parts.push(element("h3", say("references-heading")), references(rule));
  const how = [[{ item: false, text: say("suppress-text", { rule: rule.id }) }]];
  if (rule.remedy) parts.push(element("h3", say("suppress-heading")), ...prose(how));
  return parts;
}

function remedy(rule, fix) {
  const made = element("div", null, "remedy");
  made.append(element("h3", say("remedy-heading")), ...prose(told(rule.remedy)));
  if (fix) {
    const how = element("p");
    how.append(...inline(say(fix.safe ? "safe-fix" : "unsafe-fix")));
    made.append(how, ...fix.changes.map(changeFigure));
  }
  return made;
}

function facts(finding) {
  const list = element("dl", null, "facts");
  const add = (word, text, isCode = false) => {
    if (!text) return;
    const row = element("div");
    const value = element("dd");
    value.append(isCode ? element("code", text) : text);
    row.append(element("dt", say(word)), value);
    list.append(row);
  };
  add("place", placeOf(finding) + (finding.placed ? ` · ${told(finding.placed)}` : ""));
  if (finding.object !== finding.path) add("object", finding.object);
  add("field", finding.field, true);
  add("worlds", told(finding.worlds));
  add("template", finding.template);
  add("codes", finding.codes.join(", "));
  add("assumed", finding.assumed.join(", "), true);
  add("about-confidence", say(finding.confidence));
  return list;
}

function path(finding) {
  const steps = element("ol", null, "steps");
  for (const hop of finding.hops) {
    const step = element("li");
    const text = element("p");
    text.append(...inline(told(hop.text)));
    step.append(text, figure(hop.frame, hop.object));
    steps.append(step);
  }
  const picture = finding.picture === null ? [] : [drawing(pictures[finding.picture])];
  return [element("h3", say("path")), ...picture, steps];
}

function references(rule) {
  const list = element("ul", null, "references");
  if (rule.page) {
    const item = element("li");
    item.append(link(told(rule.page)));
    list.append(item);
  }
  for (const { url, section, quote } of rule.references) {
    const item = element("li");
    item.append(link(url), section ? ` · ${section}` : "");
    if (quote) {
      const said = element("q");
      said.append(...inline(quote));
      item.append(said);
    }
    list.append(item);
  }
  return list;
}

function overview() {
  const parts = [element("h2", told(data.summary))];
  if (findings.length) parts.push(element("p", say("hint"), "faint hint"), element("h3", say("rules-heading")), ruleTable());
  if (data.notices.length) {
    const list = element("ul", null, "notices");
    list.append(...data.notices.map((notice) => element("li", told(notice))));
    parts.push(element("h3", say("not-read")), list);
  }
  parts.push(element("p", `tkelint ${data.version}`, "faint version"));
  return parts;
}

const worstOf = new Map();
for (const finding of findings) {
  const known = worstOf.get(ruleOf(finding));
  if (!known || severities.indexOf(finding.severity) < severities.indexOf(known)) worstOf.set(ruleOf(finding), finding.severity);
}

// How often each rule found something; a click shows only that.
function ruleTable() {
  const list = element("ul", null, "counts");
  const counted = choices("rule");
  for (const [id, count] of counted) {
    const rule = rules.find((each) => each.id === id);
    const worst = worstOf.get(rule);
    const row = button(null, () => filter({ rule: id }), "count");
    const bar = svg("svg", { class: `bar ${worst}`, viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" });
    svg("rect", { width: Math.max(2, (100 * count) / counted[0][1]), height: 6 }, bar);
    const name = element("span", null, "named");
    name.append(element("code", id), element("span", rule.title ? told(rule.title) : "", "title"));
    row.append(sign(worst), element("b", String(count), "number"), name, bar);
    const item = element("li");
    item.append(row);
    list.append(item);
  }
  return list;
}
