// Making elements. What is told is set as text only.

const SVG = "http://www.w3.org/2000/svg";

function element(name, text = null, kind = null) {
  const made = document.createElement(name);
  if (text !== null) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function svg(name, attributes = {}, parent = null, text = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function button(text, action, kind = null) {
  const made = element("button", text, kind);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

// The severity as a sign whose shape differs too, and as a word for those who do not see it.
function sign(severity) {
  const shapes = { error: "M8 1.5 14.5 8 8 14.5 1.5 8Z", warning: "M8 2 15 14H1Z", note: "M8 2a6 6 0 1 0 .01 0Z" };
  const picture = svg("svg", { viewBox: "0 0 16 16", class: `sign ${severity}`, "aria-hidden": "true" });
  svg("path", { d: shapes[severity] }, picture);
  return picture;
}

const unseen = (text) => element("span", text, "unseen");

// A text with its `code`.
function inline(text) {
  return text.split(/(`[^`]+`)/).filter(Boolean).map((part) =>
    part.length > 2 && part.startsWith("`") && part.endsWith("`") ? element("code", part.slice(1, -1)) : part,
  );
}

// Paragraphs and lists.
function prose(blocks) {
  return blocks.flatMap((block) => {
    const parts = [];
    for (const { item, text } of block) {
      const made = element(item ? "li" : "p");
      made.append(...inline(text));
      if (!item) parts.push(made);
      else if (parts.at(-1)?.tagName === "UL") parts.at(-1).append(made);
      else parts.push(element("ul")), parts.at(-1).append(made);
    }
    return parts;
  });
}

// A link, if the address is one of the web; else its text.
function link(url) {
  if (!/^https?:\/\//.test(url)) return element("span", url);
  const made = element("a", url);
  Object.assign(made, { href: url, target: "_blank", rel: "noopener noreferrer" });
  return made;
}
