// On paper: the overview, then every finding that passes the filters, in full up to a limit; each rule is explained once.

const MOST_ON_PAPER = 300;

function fillPaper() {
  const parts = [element("h1", say("title")), element("p", told(data.summary))];
  const explained = new Set();
  for (const finding of visible.slice(0, MOST_ON_PAPER)) {
    const part = element("article");
    part.append(...article(finding), ...(explained.has(finding.rule) ? [] : explanation(ruleOf(finding))));
    explained.add(finding.rule);
    parts.push(part);
  }
  const rest = visible.slice(MOST_ON_PAPER);
  if (rest.length) {
    const lines = element("ul");
    lines.append(...rest.map((finding) => element("li", `${placeOf(finding)} ${say(finding.severity)} ${ruleOf(finding).id}: ${told(finding.message)}`)));
    parts.push(element("h2", say("paper-cut", { count: rest.length })), lines);
  }
  byId("paper").replaceChildren(...parts);
}

window.addEventListener("beforeprint", fillPaper);
window.addEventListener("afterprint", () => byId("paper").replaceChildren());
