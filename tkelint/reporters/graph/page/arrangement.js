// Where boxes stand: columns, bands of what is connected, heights near those of the neighbours. As arrangement.py.

function arrange({ items, links }) {
  const used = [...new Set(items.map((item) => item.column))].sort((one, other) => one - other);
  const lefts = new Map();
  let left = 0;
  for (const column of used) {
    lefts.set(column, left);
    left += metrics.widths[column] + metrics.columnGap;
  }
  for (const link of links) {
    link.passes = used
      .filter((column) => link.source.column < column && column < link.target.column)
      .map((column) => ({ pass: true, column, link, order: mean(link.edges.map((edge) => edges[edge].order[column] ?? 0)) }));
  }
  let top = 0;
  for (const band of bands(items, links)) {
    const rows = used.map((column) =>
      [...band.items, ...band.links.flatMap((link) => link.passes)]
        .filter((item) => item.column === column)
        .sort((one, other) => one.order - other.order),
    );
    settle(rows, band.links);
    const all = rows.flat();
    const highest = Math.min(...all.map((item) => item.middle - heightOf(item) / 2));
    for (const item of all) item.middle += top - highest;
    top = Math.max(...all.map((item) => item.middle + heightOf(item) / 2));
    if (band.items.some((item) => item.loop)) {
      band.items.forEach((item) => (item.lane = top + metrics.lane / 2));
      top += metrics.lane;
    }
    top += metrics.bandGap;
  }
  return { lefts, width: Math.max(left - metrics.columnGap, 0), height: Math.max(top - metrics.bandGap, 0) };
}

const heightOf = (item) => (item.pass ? metrics.passHeight : metrics.boxHeight);

function bands(items, links) {
  const leader = new Map(items.map((item) => [item, item]));
  const find = (item) => {
    while (leader.get(item) !== item) item = leader.get(item);
    return item;
  };
  for (const link of links) leader.set(find(link.source), find(link.target));
  const found = new Map();
  for (const item of items) {
    const key = find(item);
    if (!found.has(key)) found.set(key, { items: [], links: [], loop: false, order: Infinity });
    const band = found.get(key);
    band.items.push(item);
    band.loop ||= item.loop;
    band.order = Math.min(band.order, item.order + item.column / 100);
  }
  for (const link of links) found.get(find(link.source)).links.push(link);
  return [...found.values()].sort((one, other) => other.loop - one.loop || one.order - other.order);
}

function settle(rows, links) {
  const pulls = new Map(rows.flat().map((item) => [item, []]));
  for (const link of links) {
    const stations = [link.source, ...link.passes, link.target];
    const weight = link.loop ? 30 : 1;
    for (let at = 1; at < stations.length; at += 1) {
      const [one, other] = [stations[at - 1], stations[at]];
      const pull = one.pass || other.pass ? weight / 3 : weight;
      pulls.get(one).push([other, pull]);
      pulls.get(other).push([one, pull]);
    }
  }
  for (const row of rows) row.forEach((item, at) => (item.middle = at * (metrics.boxHeight + metrics.boxGap)));
  const weigh = (near) => near.reduce((sum, [, pull]) => sum + pull, 0);
  for (let sweep = 0; sweep < 16; sweep += 1) {
    for (const row of sweep % 2 ? rows : [...rows].reverse()) {
      spread(row, (item) => {
        const near = pulls.get(item);
        const weight = weigh(near);
        return weight ? [near.reduce((sum, [each, pull]) => sum + each.middle * pull, 0) / weight, weight] : [item.middle, 1];
      });
    }
  }
  straighten(rows, pulls);
}

// Each box straight behind the one that pulls it most, then those that begin a path straight before it.
function straighten(rows, pulls) {
  const onSide = (item, side) => pulls.get(item).filter(([each]) => (each.column - item.column) * side > 0);
  for (const side of [-1, 1]) {
    for (const row of side < 0 ? rows : [...rows].reverse()) {
      spread(row, (item) => {
        if (side > 0 && onSide(item, -1).length) return [item.middle, 1000];
        const strongest = onSide(item, side).reduce((best, each) => (best && best[1] >= each[1] ? best : each), null);
        return strongest ? [strongest[0].middle, strongest[1]] : [item.middle, 0.1];
      });
    }
  }
}

// The heights nearest to the wanted ones that keep order and distance: pools of adjacent violators.
function spread(row, wanted) {
  let offset = 0;
  const offsets = row.map((item, at) => {
    if (at) offset += (heightOf(row[at - 1]) + heightOf(item)) / 2 + metrics.boxGap;
    return offset;
  });
  const pools = [];
  row.forEach((item, at) => {
    const [want, pull] = wanted(item);
    let pool = { level: want - offsets[at], weight: pull, size: 1 };
    while (pools.length && pools[pools.length - 1].level > pool.level) {
      const other = pools.pop();
      const weight = pool.weight + other.weight;
      const level = (pool.level * pool.weight + other.level * other.weight) / weight;
      pool = { level, weight, size: pool.size + other.size };
    }
    pools.push(pool);
  });
  let at = 0;
  for (const pool of pools) {
    for (let count = 0; count < pool.size; count += 1, at += 1) row[at].middle = pool.level + offsets[at];
  }
}
