// Frames: lines of source in colours, with the places that are meant.

// What a line of YAML, JSON or a Corefile is made of, as far as colours go: one line knows nothing of those before it.
const TOKENS = [
  ["comment", /(?<=^|\s)#.*$/y],
  ["template", /\{\{.*?\}\}/y],
  ["key", /(?:"[^"]*"|'[^']*'|[\w.\/$~-]+)(?=\s*:(?:\s|$))/y],
  ["string", /"(?:[^"\\]|\\.)*"|'[^']*'/y],
  ["literal", /(?<=^|[\s,[{:=])(?:true|false|null|~|-?\d+(?:\.\d+)?)(?=[\s,\]}]|$)/y],
  ["punctuation", /[{}[\],:|>&*]+/y],
  ["", /[\w.\/$~-]+|\s+|./uy],
];

function tokens(text) {
  const found = [];
  for (let at = 0; at < text.length; ) {
    for (const [kind, pattern] of TOKENS) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (!match || !match[0]) continue;
      found.push({ kind, start: at, end: at + match[0].length });
      at += match[0].length;
      break;
    }
  }
  return found;
}

// The text cut wherever a token or a mark begins or ends; each mark is one element.
function colored(text, marks) {
  const parts = tokens(text);
  const cuts = new Set([...parts.map(({ start, end }) => [start, end]), ...marks].flatMap(([start, end]) => [start, end]));
  const at = [...cuts].sort((one, other) => one - other);
  const made = [];
  let open = null; // the mark that the last piece lies in, and its element
  for (let number = 1; number < at.length; number += 1) {
    const [start, end] = [at[number - 1], at[number]];
    const kind = parts.find((part) => part.start <= start && end <= part.end)?.kind;
    const piece = kind ? element("span", text.slice(start, end), kind) : text.slice(start, end);
    const mark = marks.find(([first, last]) => first <= start && end <= last);
    if (mark && open?.mark !== mark) made.push((open = { mark, element: element("mark", null, mark[2]) }).element);
    if (!mark) open = null;
    if (open) open.element.append(piece);
    else made.push(piece);
  }
  return made;
}

function figure(frame, note = "") {
  const made = element("figure", null, "frame");
  const caption = element("figcaption");
  caption.append(element("b", `${frame.path}:${frame.line}`));
  const notes = [note, frame.placed ? told(frame.placed) : ""].filter(Boolean);
  if (notes.length) caption.append(` · ${notes.join(" · ")}`);
  const lines = element("pre");
  lines.tabIndex = 0; // so that long lines can be scrolled with the keyboard
  lines.setAttribute("role", "group");
  lines.setAttribute("aria-label", frame.path);
  let previous = null;
  for (const row of frame.rows) {
    if (previous !== null && row[0] > previous + 1) lines.append(element("span", "⋯", "gap"));
    lines.append(...line(row));
    [previous] = row;
  }
  made.append(caption, lines);
  return made;
}

// What a fix changes.
function changeFigure({ path, line: number, rows }) {
  const made = element("figure", null, "frame change");
  const caption = element("figcaption");
  caption.append(element("b", `${path}:${number}`));
  const lines = element("pre");
  lines.tabIndex = 0;
  lines.setAttribute("role", "group");
  lines.setAttribute("aria-label", path);
  const kinds = { "-": ["del", "removed", "−"], "+": ["ins", "added", "+"], " ": ["span", null, " "] };
  for (const [kind, at, text] of rows) {
    const [name, word, edge] = kinds[kind];
    const each = element(name, null, "line");
    if (word) each.append(unseen(`${say(word)}: `));
    each.append(element("span", at === null ? "" : String(at), "number"), element("span", edge, "edge"), text, "\n");
    lines.append(each);
  }
  made.append(caption, lines);
  return made;
}

// A line and, below it, what is said of its marks.
function line([number, text, marks]) {
  const made = element("span", null, marks.length ? "line here" : "line");
  made.append(element("span", String(number), "number"), ...colored(text, marks), "\n");
  const labels = marks.filter(([, , , label]) => label).map(([start, , , label]) => {
    const below = element("span", null, "line label");
    below.append(element("span", "", "number"), `${" ".repeat(start)}└ `, element("span", told(label)), "\n");
    return below;
  });
  return [made, ...labels];
}
