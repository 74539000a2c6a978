// How it is shown, which is also what stands in the address after the #.

// An axis with more values than a page is wide makes no columns unless it is told to.
const usual = {rows: differing.length > 1 ? differing[0] : -1, columns: differing.slice(1).find(a => axes[a].values.length <= 16) ?? -1};
const view = {
  ...usual,
  sort: '',        // a number's place in numbers, then + or -; empty for the items' own order
  only: new Map(), // axis -> the values that are let through
  query: '',
  size: 0,         // width of a picture in the grid, in pixels; 0 for what fits
  open: [],        // IDs of what the viewer shows
  picked: [],      // IDs, in the order in which they were picked
  zoom: {scale: 1, x: 0.5, y: 0.5}, // times what fits; the middle of what is seen
  before: false,
  wipe: 0.5,
  panel: innerWidth > 900,
};

const axisNamed = name => axes.findIndex(a => a.name === name);

// The view as text for the address; what is as usual is left out.
function address() {
  const p = new URLSearchParams();
  for (const side of ['rows', 'columns']) {
    if (view[side] !== usual[side]) p.set(side, axes[view[side]]?.name ?? '');
  }
  if (view.sort) p.set('sort', view.sort.slice(-1) + numbers[parseInt(view.sort)]);
  for (const [axis, values] of view.only) {
    for (const v of values) p.append('is.' + axes[axis].name, axes[axis].values[v]);
    if (!values.size) p.append('no', axes[axis].name);
  }
  if (view.query) p.set('words', view.query);
  if (view.size) p.set('size', view.size);
  for (const id of view.picked) p.append('picked', id);
  for (const id of view.open) p.append('open', id);
  if (view.open.length) {
    const {scale, x, y} = view.zoom;
    if (scale !== 1) p.set('zoom', [scale, x, y].map(n => +n.toPrecision(4)).join(' '));
    if (view.before) p.set('before', +view.wipe.toFixed(3));
  }
  return '#' + p;
}

// The view that an address asks for. What it names and this page lacks is passed
// over.
function restore(hash) {
  const p = new URLSearchParams(hash.slice(1));
  for (const side of ['rows', 'columns']) view[side] = p.has(side) ? axisNamed(p.get(side)) : usual[side];
  if (view.rows === view.columns) view.columns = -1;
  const sort = p.get('sort') || '', by = numbers.indexOf(sort.slice(1));
  view.sort = by >= 0 && /^[-+]/.test(sort) ? by + sort[0] : '';
  view.only = new Map();
  axes.forEach((a, axis) => {
    const values = p.getAll('is.' + a.name).map(v => a.values.indexOf(v)).filter(v => v >= 0);
    if (values.length || p.getAll('no').includes(a.name)) view.only.set(axis, new Set(values));
  });
  view.query = p.get('words') || '';
  view.size = Math.min(Math.max(+p.get('size') || 0, 0), 480);
  const known = name => [...new Set(p.getAll(name))].filter(id => byID.has(id)).slice(0, most);
  view.picked = known('picked');
  view.open = known('open');
  const [scale, x, y] = (p.get('zoom') || '').split(' ').map(Number);
  view.zoom = scale > 0 && x >= 0 && y >= 0 ? {scale, x, y} : {scale: 1, x: 0.5, y: 0.5};
  view.before = p.has('before');
  if (view.before) view.wipe = Math.min(Math.max(+p.get('before') || 0, 0), 1);
}

// How many pictures are compared at most.
const most = 12;

// Write the view into the address: at once for a step that the browser's Back goes
// back over, else a little later, for browsers refuse hundreds of changes a second.
let writing = 0;
function remember(step) {
  clearTimeout(writing);
  writing = step ? 0 : setTimeout(write, 300, 'replaceState');
  if (step) write('pushState');
}

function write(how) {
  writing = 0;
  if (address() === (location.hash || '#')) return;
  try { history[how](null, '', address()); } catch { /* too often for this browser: the next time */ }
}

// Write what was to be written later now, before a step.
function settle() {
  clearTimeout(writing);
  if (writing) write('replaceState');
}

// The colours: as the system has them, light, or dark. They are the reader's own and
// no part of the view.
const themes = ['auto', 'light', 'dark'];
let theme = 'auto';
try { theme = localStorage.getItem('godream-theme') || 'auto'; } catch { /* not kept here */ }

function setTheme(name) {
  theme = themes.includes(name) ? name : 'auto';
  document.documentElement.dataset.theme = theme;
  $('theme').textContent = {auto: '◐', light: '○', dark: '●'}[theme];
  $('theme').setAttribute('aria-label', 'Colours: ' + {auto: 'as the system has them', light: 'light', dark: 'dark'}[theme]);
  try { localStorage.setItem('godream-theme', theme); } catch { /* not kept here */ }
}

const nextTheme = () => setTheme(themes[(themes.indexOf(theme) + 1) % themes.length]);
