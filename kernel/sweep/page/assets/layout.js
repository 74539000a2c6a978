// Where each picture lies: rows and columns of cells, each of which holds the items
// that share both values, side by side and below one another.

const gap = 10;     // between pictures
const apart = 14;   // more between the columns, and between the rows, of an axis
const heading = 30; // height of the columns' names, and of the rows' where they stand above
const caption = 20;

// The height of some pictures over their width: the tallest one's.
function ratio(some) {
  const all = some.filter(i => i?.width && i.height).map(i => i.height / i.width);
  return all.length ? Math.min(Math.max(...all), 2) : usualRatio;
}

// What stands for the ratio of pictures that are not there.
const usualRatio = (() => {
  const all = items.filter(i => i.width && i.height).slice(0, 999).map(i => i.height / i.width).sort((a, b) => a - b);
  return all[all.length >> 1] ?? 0.75;
})();

// Whether an item passes the filters. Each word must be in what describes it, or in
// those of its settings that are not the usual ones, or begin its ID.
function passes(item, wanted) {
  for (const [axis, values] of view.only) {
    if (!values.has(item.at[axis])) return false;
  }
  if (!wanted.length) return true;
  item.found ??= [describe(item), ...item.settings.filter(s => s.own).map(s => s.name + ' ' + s.value)].join(' ').toLowerCase();
  return wanted.every(word => item.found.includes(word) || item.id.startsWith(word));
}

// The items that are shown, in their order. Those without the number come last.
function select() {
  const wanted = view.query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = items.filter(item => passes(item, wanted));
  if (!view.sort) return shown;
  const by = parseInt(view.sort), sign = view.sort.endsWith('-') ? -1 : 1;
  const key = item => item.numbers[by] ?? sign * Infinity;
  return shown.sort((a, b) => sign * (key(a) - key(b)) || 0);
}

// The values of an axis that some item has, in order; those without one come last.
function present(shown, axis) {
  if (axis < 0) return [-1];
  const values = [...new Set(shown.map(item => item.at[axis]))].sort((a, b) => a - b);
  if (values[0] === -1) values.push(values.shift());
  return values;
}

// The widest of some labels, in pixels.
const ruler = document.createElement('canvas').getContext('2d');
function widest(labels) {
  const {fontSize, fontFamily} = getComputedStyle(document.body);
  ruler.font = `600 ${fontSize} ${fontFamily}`;
  return Math.max(0, ...labels.slice(0, 1000).map(l => ruler.measureText(l).width));
}

// What a row or column is called.
const labelOf = (axis, value) => axis < 0 ? '' : value < 0 ? 'no ' + axes[axis].name : clear(axes[axis].name, axes[axis].values[value]);

// The plan of the grid at that width.
function arrange(width) {
  const shown = select();
  const rows = present(shown, view.rows), columns = present(shown, view.columns);
  const rowOf = new Map(rows.map((v, i) => [v, i])), columnOf = new Map(columns.map((v, i) => [v, i]));
  const cells = rows.map(() => columns.map(() => []));
  for (const item of shown) {
    cells[view.rows < 0 ? 0 : rowOf.get(item.at[view.rows])][view.columns < 0 ? 0 : columnOf.get(item.at[view.columns])].push(item);
  }
  const narrow = width < 640, labels = rows.map(v => labelOf(view.rows, v));
  const beside = view.rows < 0 || narrow ? 0 : Math.min(Math.ceil(widest(labels)) + 24, 200, width / 4);
  const plan = {
    shown, rows, columns, cells, labels, beside, narrow,
    names: columns.map(v => labelOf(view.columns, v)),
    head: view.columns < 0 ? 0 : heading,
    named: differing.filter(i => i !== view.rows && i !== view.columns && shown.some(item => item.at[i] !== shown[0].at[i])), // in captions
  };
  Object.assign(plan, tile(width - beside, plan));
  plan.slots = columns.length * plan.across;
  plan.width = beside + x(plan, plan.slots - 1) + plan.tileWidth;
  stack(plan);
  return plan;
}

// The width of the pictures and how many lie side by side in a cell, in the width
// that there is: as many as fit, and as wide as fills the page.
function tile(free, {cells, columns: {length: n}, narrow}) {
  const fullest = cells.flat().reduce((most, c) => Math.max(most, c.length), 1);
  const size = whole ? 0 : view.size;
  const wish = size || (narrow ? Math.min(160, (free - gap) / 2) : n > 1 || whole ? 196 : roomy(free, cells));
  const each = (free + gap) / n; // of the columns, with the gap behind it
  const fit = Math.max(1, Math.floor(each / (wish + gap)));
  const across = Math.min(fit, fullest);
  const least = whole ? 32 : narrow ? 80 : 112; // nobody scrolls on paper
  let width = size;
  if (!width) width = Math.min(Math.max((each - (across > 1 && n > 1 ? apart * (n - 1) / n : 0)) / across - gap, least), n > 1 && !inSight(440, across, cells) ? 300 : 440);
  else if (n === 1 && fullest > fit) width = each / fit - gap; // full lines end where the page does
  return {across, tileWidth: Math.floor(width)};
}

// The width of few pictures in one column of cells: as large as all of them are in
// sight.
function roomy(free, cells) {
  for (let across = 1; ; across++) {
    const width = (free + gap) / across - gap;
    if (width < 196) return 196;
    if (width <= 440 && inSight(width, across, cells)) return width;
  }
}

// How many lines a row of cells takes.
const deepOf = (row, across) => row.reduce((most, c) => Math.max(most, Math.ceil(c.length / across)), 1);

// Whether pictures of a width can all be seen at once.
const inSight = (width, across, cells) =>
  cells.reduce((sum, row) => sum + deepOf(row, across), 0) * (width * usualRatio + caption + gap) < scroller.clientHeight;

// Where a slot begins, from the left of the pictures.
const x = (plan, slot) => slot * (plan.tileWidth + gap) + Math.floor(slot / plan.across) * (plan.across > 1 ? apart : 0);

// The lines of slots, from above, and where each item lies.
function stack(plan) {
  plan.lines = [];
  plan.places = new Map();
  let y = plan.head;
  plan.cells.forEach((row, r) => {
    const above = plan.narrow && view.rows >= 0 ? heading : 0;
    const deep = deepOf(row, plan.across);
    for (let k = 0; k < deep; k++) {
      const slots = row.flatMap(c => Array.from({length: plan.across}, (_, i) => c[k * plan.across + i] ?? null));
      slots.forEach((item, slot) => item && plan.places.set(item, {line: plan.lines.length, slot}));
      const line = {row: r, first: k === 0, y, slots, above: k ? 0 : above, pictures: Math.round(plan.tileWidth * ratio(slots))};
      line.height = line.above + line.pictures + (plan.named.length || view.sort ? caption : 0);
      plan.lines.push(line);
      y += line.height + gap;
    }
    if (deep > 1 || above) y += apart;
  });
  plan.height = y;
}

// The item that a key leads to from another, or undefined.
function beside(item, key) {
  const from = plan.places.get(item);
  if (!from) return plan.shown[0];
  const line = plan.lines[from.line];
  if (key === 'ArrowRight' || key === 'ArrowLeft') {
    const step = key === 'ArrowRight' ? 1 : -1;
    for (let s = from.slot + step; line.slots[s] !== undefined; s += step) {
      if (line.slots[s]) return line.slots[s];
    }
    const next = (plan.lines[from.line + step]?.slots ?? []).filter(Boolean);
    return step > 0 ? next[0] : next.at(-1);
  }
  const step = key === 'ArrowDown' ? 1 : -1;
  const next = plan.lines[from.line + step]?.slots ?? [];
  return next[from.slot] ?? next.map((other, s) => [Math.abs(s - from.slot), other]).filter(n => n[1]).sort((a, b) => a[0] - b[0])[0]?.[1];
}
