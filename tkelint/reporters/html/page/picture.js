// The path of a request as a picture, from shapes that were placed when the report was written.

const MARGIN = 16;
const HEADS = 30;
let drawn = 0;

function drawing(picture) {
  const [width, height] = [picture.width + 2 * MARGIN, picture.height + HEADS + 2 * MARGIN];
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
  root.setAttribute("aria-label", say("picture", { stations: picture.boxes.map((box) => told(box.title)).join(" → ") }));
  drawn += 1; // each picture has markers of its own: those of one that is not shown would not be drawn
  const tips = [tip(root, `tip-${drawn}`, "tip"), tip(root, `loop-tip-${drawn}`, "tip loop")];
  const heads = svg("g", { transform: `translate(${MARGIN} ${MARGIN})` }, root);
  for (const head of picture.heads) svg("text", { class: "head", x: head.x, y: 12 }, heads, told(head.text));
  const ground = svg("g", { transform: `translate(${MARGIN} ${MARGIN + HEADS})` }, root);
  for (const { kinds, course, loops } of picture.lines) {
    svg("path", { class: kinds, d: course, "marker-end": `url(#${tips[Number(loops)]})` }, ground);
  }
  for (const { course, label } of picture.ways) {
    svg("path", { class: "return", d: course, "marker-end": `url(#${tips[1]})` }, ground);
    const at = label && { class: "return-text", x: label[0], y: label[1], "text-anchor": "middle" };
    if (at) svg("text", at, ground, told(picture.returns));
  }
  for (const box of picture.boxes) drawBox(box, picture.boxHeight, ground);
  const made = element("div", null, "picture");
  made.tabIndex = 0; // so that it can be scrolled with the keyboard
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", say("path"));
  made.append(root);
  return made;
}

function tip(root, id, kind) {
  const size = { viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8 };
  const marker = svg("marker", { id, ...size, markerUnits: "userSpaceOnUse", orient: "auto" }, svg("defs", {}, root));
  svg("path", { class: kind, d: "M0 0 8 4 0 8z" }, marker);
  return id;
}

function drawBox(box, height, ground) {
  const made = svg("g", { class: `vertex ${box.kinds}`, transform: `translate(${box.x} ${box.y})` }, ground);
  svg("title", {}, made, told(box.title));
  svg("rect", { class: "box", width: box.width, height, rx: 7 }, made);
  svg("rect", { class: "bar", width: 4, height: height - 16, x: 7, y: 8, rx: 2 }, made);
  svg("text", { class: "name", x: 19, y: 19 }, made, box.name);
  svg("text", { class: "caption", x: 19, y: 35 }, made, told(box.caption));
}
