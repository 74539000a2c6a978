// The grid of pictures. Only what is in sight, and the picture that has the focus,
// are in the document: a page of many thousands is as quick as one of ten.

const scroller = $('pictures'), grid = $('grid');
let plan;              // of arrange
let current = null;    // the item that Tab and the arrows start from
let drawn = new Map(); // line -> its element
let made = new Map();  // item -> its cell
let whole = false;     // all lines are drawn, to be printed

// Lay everything out anew, with the focus where it was.
function relayout() {
  const focused = grid.contains(document.activeElement);
  plan = arrange(whole ? 680 : scroller.clientWidth - 2 * margin());
  if (!plan.places.has(current)) current = plan.shown[0] ?? null;
  grid.replaceChildren();
  drawn = new Map();
  grid.style.height = plan.height + 'px';
  grid.style.width = plan.width + 'px';
  grid.setAttribute('aria-rowcount', plan.lines.length + (plan.head ? 1 : 0));
  grid.setAttribute('aria-colcount', plan.slots + (plan.beside ? 1 : 0));
  grid.classList.toggle('headed', plan.head > 0);
  if (plan.head) grid.append(columnNames());
  $('nothing').hidden = plan.shown.length > 0;
  draw();
  if (focused && current) made.get(current).focus({preventScroll: true});
  tell();
}

// The page's margin, as its style has it.
const margin = () => parseFloat(getComputedStyle(grid).marginLeft) || 0;

// How many pictures are shown, in the heading and in the window's name.
function tell() {
  const all = items.length, n = plan.shown.length;
  $('count').textContent = n === all ? counted(all, 'picture') : n.toLocaleString('en') + ' of ' + counted(all, 'picture');
}

function columnNames() {
  const row = make('div', {class: 'names', role: 'row', 'aria-rowindex': 1});
  if (plan.beside) {
    const corner = make('div', {class: 'corner', role: 'columnheader', 'aria-colindex': 1}, make('span', {class: 'unseen'}, axes[view.rows].name));
    corner.style.width = plan.beside + 'px';
    row.append(corner);
  }
  plan.names.forEach((name, c) => {
    const cell = make('div', {
      class: 'name', role: 'columnheader', title: name, 'aria-colindex': c * plan.across + 1 + (plan.beside ? 1 : 0),
      'aria-colspan': plan.across > 1 && plan.across,
    }, name);
    cell.style.left = plan.beside + x(plan, c * plan.across) + 'px';
    cell.style.width = plan.across * (plan.tileWidth + gap) - gap + 'px';
    row.append(cell);
  });
  return row;
}

// Bring into the document what is in sight, and take out what no longer is.
function draw() {
  const [from, to] = whole ? [0, Infinity] : [scroller.scrollTop - 600, scroller.scrollTop + scroller.clientHeight + 600];
  const wanted = new Set();
  for (let i = firstBelow(from); i < plan.lines.length && plan.lines[i].y < to; i++) wanted.add(i);
  const place = plan.places.get(current); // none yet for an item that has just taken another's place
  if (place) wanted.add(place.line);
  for (const [i, element] of drawn) {
    if (wanted.has(i)) continue;
    element.remove();
    drawn.delete(i);
  }
  for (const i of [...wanted].sort((a, b) => a - b)) {
    const element = drawn.get(i) ?? drawLine(i);
    fill(element, plan.lines[i]);
  }
  const live = new Set([...drawn.keys()].flatMap(i => plan.lines[i].slots));
  for (const item of made.keys()) if (!live.has(item)) made.delete(item);
}

// The first line that ends below y.
function firstBelow(y) {
  let lo = 0, hi = plan.lines.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (plan.lines[mid].y + plan.lines[mid].height < y) lo = mid + 1; else hi = mid;
  }
  return lo;
}

function drawLine(i) {
  const line = plan.lines[i], last = plan.lines[i - 1];
  const element = make('div', {class: 'line', role: 'row', 'aria-rowindex': i + 1 + (plan.head ? 1 : 0)});
  element.style.top = line.y + 'px';
  element.style.height = line.height + 'px';
  element.style.setProperty('--before', line.y - (last ? last.y + last.height : plan.head) + 'px');
  if (view.rows >= 0 && line.first) {
    const label = plan.labels[line.row];
    const name = make('div', {class: plan.beside ? 'label' : 'label above', role: 'rowheader', 'aria-colindex': 1, title: label}, label);
    if (plan.beside) name.style.width = plan.beside + 'px';
    element.append(name);
  }
  drawn.set(i, element);
  const after = [...drawn.keys()].filter(k => k > i).sort((a, b) => a - b)[0];
  grid.insertBefore(element, after === undefined ? null : drawn.get(after));
  return element;
}

// Put into a line the pictures that are in sight from left to right.
function fill(element, line) {
  const step = plan.tileWidth + gap, left = scroller.scrollLeft - 600, right = scroller.scrollLeft + scroller.clientWidth + 600;
  const cells = [];
  line.slots.forEach((item, slot) => {
    const at = plan.beside + x(plan, slot);
    if (item && (whole || item === current || (at + step > left && at < right))) cells.push(place(item, slot, at, line));
  });
  const old = [...element.querySelectorAll(':scope > .cell')];
  if (old.length === cells.length && old.every((c, i) => c === cells[i])) return;
  for (const c of old) if (!cells.includes(c)) c.remove();
  for (const c of cells) if (c.parentNode !== element) element.append(c);
}

// An item's cell, where it belongs.
function place(item, slot, at, line) {
  let cell = made.get(item);
  if (!cell) made.set(item, cell = drawCell(item));
  const style = `${at} ${line.above} ${plan.tileWidth} ${line.pictures}`;
  if (cell.dataset.at !== style) {
    cell.dataset.at = style;
    cell.style.left = at + 'px';
    cell.style.top = line.above + 'px';
    cell.style.width = plan.tileWidth + 'px';
    cell.style.setProperty('--high', line.pictures + 'px');
    cell.setAttribute('aria-colindex', slot + 1 + (plan.beside ? 1 : 0));
    const img = cell.querySelector('img');
    if (img && plan.tileWidth > sharpUntil && img.getAttribute('src') !== item.picture) img.src = item.picture;
  }
  dress(cell, item);
  return cell;
}

// Small copies do until the grid is much larger than they are.
const sharpUntil = 320;

function drawCell(item) {
  const text = describe(item);
  const cell = make('div', {class: 'cell ' + item.state, role: 'gridcell', 'aria-label': text, title: text});
  if (item.state === 'done') {
    cell.append(make('img', {src: item.thumbnail, alt: text, loading: whole ? 'eager' : 'lazy', decoding: 'async', draggable: 'false'}));
  } else {
    cell.append(make('div', {class: 'blank'}, item.state === 'failed' ? make('span', {}, '✕ ' + (item.error || 'failed')) : ''));
  }
  cell.append(make('div', {class: 'caption', 'aria-hidden': 'true'}));
  cell.append(make('button', {type: 'button', class: 'pick', tabindex: '-1', 'aria-label': 'Pick to compare'}, '✓'));
  cell.item = item;
  return cell;
}

// What changes about a cell: its caption, the focus, whether it is picked.
function dress(cell, item) {
  const text = captionOf(item), picked = view.picked.includes(item.id);
  const under = cell.querySelector('.caption');
  if (under.textContent !== text) under.textContent = text;
  cell.setAttribute('tabindex', item === current ? '0' : '-1');
  cell.setAttribute('aria-selected', picked);
  cell.querySelector('.pick').setAttribute('aria-pressed', picked);
}

function captionOf(item) {
  const parts = plan.named.filter(i => item.at[i] >= 0).map(i => named(item, i));
  if (view.sort && item.state === 'done') parts.unshift(short(item.numbers[parseInt(view.sort)]));
  return parts.join(' · ');
}

// Give an item the focus, in sight.
function focus(item) {
  if (!item) return;
  const was = made.get(current);
  current = item;
  const {line, slot} = plan.places.get(item), {y, height} = plan.lines[line];
  const left = x(plan, slot), high = scroller.clientHeight, wide = scroller.clientWidth - plan.beside - 2 * margin();
  if (y - plan.head < scroller.scrollTop) scroller.scrollTop = y - plan.head - gap;
  else if (y + height > scroller.scrollTop + high) scroller.scrollTop = y + height - high + 2 * gap;
  if (left < scroller.scrollLeft) scroller.scrollLeft = left;
  else if (left + plan.tileWidth > scroller.scrollLeft + wide) scroller.scrollLeft = left + plan.tileWidth - wide;
  if (was) was.setAttribute('tabindex', '-1');
  draw();
  made.get(item).focus({preventScroll: true});
}

function pick(item) {
  const at = view.picked.indexOf(item.id);
  if (item.state !== 'done') return say('There is no picture to compare yet');
  if (at < 0 && view.picked.length >= most) return say('At most ' + most + ' pictures are compared');
  if (at < 0) view.picked.push(item.id); else view.picked.splice(at, 1);
  say((at < 0 ? 'Picked: ' : 'No longer picked: ') + counted(view.picked.length, 'picture'));
  showPicked();
}

// The tray that says what is picked, and the marks on the pictures.
function showPicked() {
  const n = view.picked.length;
  $('tray').hidden = n === 0;
  $('picked').textContent = n + ' picked';
  $('compare').disabled = n < 2;
  for (const [item, cell] of made) dress(cell, item);
  remember();
}

function gridKey(event) {
  const moves = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];
  let to;
  if (moves.includes(event.key)) to = beside(current, event.key) ?? current;
  else if (event.key === 'Home') to = plan.lines.flatMap(l => l.slots).find(Boolean);
  else if (event.key === 'End') to = plan.lines.flatMap(l => l.slots).findLast(Boolean);
  else if (event.key === 'PageDown' || event.key === 'PageUp') to = page(event.key);
  else if (event.key === 'Enter' && current) return event.preventDefault(), open([current.id]);
  else if (event.key === ' ' && current) return event.preventDefault(), pick(current);
  else return;
  event.preventDefault();
  focus(to);
}

// As many lines on as are in sight.
function page(key) {
  const lines = Math.max(1, Math.floor(scroller.clientHeight / (plan.lines[plan.places.get(current).line].height + gap)) - 1);
  let item = current;
  for (let i = 0; i < lines; i++) item = beside(item, key === 'PageDown' ? 'ArrowDown' : 'ArrowUp') ?? item;
  return item;
}

function listenToGrid() {
  let asked = false;
  scroller.addEventListener('scroll', () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  }, {passive: true});
  let width = scroller.clientWidth;
  new ResizeObserver(() => {
    if (whole || width === scroller.clientWidth) return draw();
    width = scroller.clientWidth;
    requestAnimationFrame(relayout);
  }).observe(scroller);
  grid.addEventListener('keydown', gridKey);
  grid.addEventListener('click', event => {
    const cell = event.target.closest('.cell');
    if (!cell) return;
    focus(cell.item);
    if (event.target.closest('.pick') || event.ctrlKey || event.metaKey || event.shiftKey) pick(cell.item);
    else open([cell.item.id]);
  });
  grid.addEventListener('error', event => {
    if (event.target.tagName === 'IMG') lost(event.target.closest('.cell'), event.target);
  }, true);
  addEventListener('beforeprint', () => { whole = plan.shown.length <= 5000; relayout(); });
  addEventListener('afterprint', () => { whole = false; relayout(); });
}

// What stands where a picture cannot be shown.
function missing(item) {
  let name = item.picture.slice(0, 200);
  try { name = decodeURIComponent(name); } catch { /* it is no text */ }
  return '✕ ' + name + ' is not there';
}

// A picture that cannot be loaded: the large one may be there where a small copy is
// not.
function lost(cell, img) {
  if (img.getAttribute('src') !== cell.item.picture) img.src = cell.item.picture;
  else img.replaceWith(make('div', {class: 'blank'}, make('span', {}, missing(cell.item))));
}
