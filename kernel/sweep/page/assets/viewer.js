// The viewer: one picture large, with its settings and how to make it again, or
// several side by side.

const viewer = $('viewer');
let active = null; // the pane that Pick and the arrows mean

const openItems = () => view.open.map(id => byID.get(id));

// Open items by their IDs, as a step of the browser's history.
function open(ids) {
  const was = viewer.open;
  settle();
  view.open = [...ids];
  if (!was) view.zoom = {scale: 1, x: 0.5, y: 0.5};
  remember(!was);
  showViewer();
}

function close() {
  view.open = [];
  view.zoom = {scale: 1, x: 0.5, y: 0.5};
  if (viewer.open) viewer.close();
  panes = [];
  $('stage').replaceChildren();
  remember();
  if (plan.places.has(current)) focus(current);
}

// Show what the view has open, or close.
function showViewer() {
  if (!view.open.length) { if (viewer.open) close(); return; }
  const shown = openItems();
  if (!viewer.open) viewer.showModal();
  viewer.classList.toggle('many', shown.length > 1);
  $('about').textContent = shown.length > 1 ? counted(shown.length, 'picture') + ' compared' : words(shown[0]).join(' · ') || shown[0].id;
  panes = shown.map(makePane);
  $('stage').replaceChildren(...panes.map(p => p.root));
  activate(panes[0]);
  showPanel();
  spread();
  say(shown.length > 1 ? shown.length + ' pictures compared' : describe(shown[0]));
}

function makePane(item, i) {
  const pane = {item, width: item.width, height: item.height};
  const text = describe(item);
  pane.after = make('img', {class: 'after', alt: text, draggable: 'false', decoding: 'async'});
  pane.before = make('img', {class: 'before', alt: 'Before: what it was made from', draggable: 'false', decoding: 'async', hidden: true});
  pane.line = make('div', {class: 'wipe-line', 'aria-hidden': 'true', hidden: true});
  pane.frame = make('div', {class: 'frame'}, pane.after, pane.before, pane.line);
  pane.root = make('figure', {class: 'pane'}, pane.frame, make('figcaption', {}, captionIn(item, i)));
  if (item.state !== 'done') {
    pane.frame.replaceChildren(make('p', {class: 'blank'}, item.state === 'failed' ? '✕ ' + item.error : 'waiting'));
    return pane;
  }
  pane.after.addEventListener('load', () => {
    if (pane.width) return;
    [pane.width, pane.height] = [pane.after.naturalWidth, pane.after.naturalHeight];
    spread();
  });
  pane.after.addEventListener('error', () => pane.frame.replaceChildren(make('p', {class: 'blank'}, missing(item))));
  pane.after.src = item.picture;
  if (item.before) pane.before.src = item.before;
  listenToPane(pane);
  return pane;
}

const letter = i => String.fromCharCode(65 + i);
const captionIn = (item, i) => view.open.length > 1 ? letter(i) + ' · ' + (words(item, same()).join(' · ') || item.id) : '';

// The axes on which all that is open agrees.
const same = () => differing.filter(a => openItems().every(item => item.at[a] === openItems()[0].at[a]));

function activate(pane) {
  active = pane;
  for (const p of panes) p.root.classList.toggle('active', p === pane && panes.length > 1);
  const wipes = panes.some(p => p.item.before !== '' && p.item.state === 'done');
  press('before', view.before && wipes, !wipes);
  press('pick', view.picked.includes(pane.item.id), pane.item.state !== 'done');
  press('panel', view.panel);
  $('wiper').hidden = !(view.before && wipes);
}

function press(what, on, disabled = false) {
  const button = viewer.querySelector(`[data-do=${what}]`);
  button.setAttribute('aria-pressed', on);
  button.disabled = disabled;
}

// Lay the panes out in as many columns as make the pictures largest.
function spread() {
  const n = panes.length, stage = $('stage');
  const shape = panes.find(p => p.width) ?? {width: 4, height: 3};
  let best = 1, largest = 0;
  for (let c = 1; c <= n; c++) {
    const s = Math.min(stage.clientWidth / c / shape.width, (stage.clientHeight / Math.ceil(n / c) - (n > 1 ? 24 : 0)) / shape.height);
    if (s > largest * 1.001) [best, largest] = [c, s];
  }
  stage.style.gridTemplateColumns = `repeat(${best}, minmax(0, 1fr))`;
  stage.style.gridTemplateRows = `repeat(${Math.ceil(n / best)}, minmax(0, 1fr))`;
  showZoom();
}

// Go to the picture beside, with the zoom kept: the same place under other settings.
function walk(key) {
  if (panes.length > 1) {
    const at = panes.indexOf(active) + (key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1);
    return activate(panes[(at + panes.length) % panes.length]);
  }
  const next = beside(byID.get(view.open[0]), key);
  if (!next) return say('No picture further that way');
  current = next;
  view.open = [next.id];
  remember();
  showViewer();
}

function showPanel() {
  const shown = openItems();
  viewer.classList.toggle('with-panel', view.panel);
  $('panel').replaceChildren(...(shown.length > 1 ? differences(shown) : about(shown[0])));
}

function about(item) {
  const parts = [];
  if (item.state === 'failed') parts.push(make('p', {class: 'error'}, item.error || 'failed'));
  const values = numbers.map((name, i) => ({name, value: short(item.numbers[i]), own: true})).filter((_, i) => typeof item.numbers[i] === 'number');
  const own = item.settings.filter(s => s.own), rest = item.settings.filter(s => !s.own);
  if (values.length + own.length) parts.push(make('section', {}, table([...own, ...values])));
  if (item.command) parts.push(snippet('Command', item.command, true));
  if (item.code) parts.push(snippet('Go', item.code, !item.command));
  if (rest.length) parts.push(make('details', {open: !own.length}, make('summary', {}, make('h3', {}, 'All the rest')), table(rest)));
  if (item.picture) parts.push(make('p', {class: 'file'}, make('a', {href: item.picture, target: '_blank', rel: 'noopener'}, 'The picture by itself')));
  return parts;
}

const table = rows => make('table', {}, make('tbody', {}, ...rows.map(row =>
  make('tr', {class: row.own ? 'own' : ''}, make('th', {scope: 'row'}, row.name), make('td', {}, row.value)))));

// What tells the open pictures apart, one column each: numbers, and settings that are
// not the usual ones for all of them.
function differences(shown) {
  const rows = numbers.map((name, i) => [name, shown.map(item => short(item.numbers[i]))]);
  const own = new Set(shown.flatMap(item => item.settings.filter(s => s.own).map(s => s.name)));
  for (const name of own) rows.push([name, shown.map(item => item.settings.find(s => s.name === name)?.value ?? '–')]);
  const head = make('thead', {}, make('tr', {}, make('td'), ...shown.map((_, i) => make('th', {scope: 'col'}, letter(i)))));
  const body = make('tbody', {}, ...rows.filter(([, values]) => new Set(values).size > 1).map(([name, values]) =>
    make('tr', {}, make('th', {scope: 'row'}, name), ...values.map(v => make('td', {}, v)))));
  return [make('section', {}, make('h3', {}, 'What differs'), make('div', {class: 'wide'}, make('table', {class: 'differences'}, head, body)))];
}

// Text to copy.
function snippet(name, text, shown) {
  const button = make('button', {type: 'button', class: 'copy', 'aria-label': 'Copy: ' + name}, 'Copy');
  button.addEventListener('click', async event => {
    event.preventDefault();
    const done = await copy(text);
    button.textContent = done ? 'Copied' : 'Not copied';
    say(name + (done ? ' copied' : ' could not be copied: select it by hand'));
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  return make('details', {open: shown}, make('summary', {}, make('h3', {}, name)), button, make('pre', {tabindex: '0', 'aria-label': name}, ...unbroken(text)));
}

// Text whose flags are not broken at their hyphens.
const unbroken = text => text.split(/(?<= )|(?= )/).map(w => /^--[a-z-]+$/.test(w) ? make('span', {class: 'unbroken'}, w) : w);

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // a page from another machine without TLS has no clipboard
    const field = make('textarea', {class: 'unseen', readonly: true});
    field.value = text;
    viewer.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

function toggle(what) {
  if (what === 'before') view.before = !view.before;
  else { view.panel = !view.panel; showPanel(); }
  activate(active);
  spread();
}

const actions = {
  previous: () => walk('ArrowLeft'), next: () => walk('ArrowRight'),
  out: () => zoomBy(1 / 1.5), in: () => zoomBy(1.5), fit: () => zoomTo(1), full: () => fullSize(panes[0]),
  before: () => toggle('before'), panel: () => toggle('panel'), pick: () => { pick(active.item); activate(active); }, close,
};

function viewerKey(event) {
  const arrow = {ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
  if (event.target.matches('input[type=range]') && arrow) return; // the slider's own
  if (event.target.closest('#panel') && arrow && arrow[1]) return; // scrolls
  const does = arrow
    ? () => event.shiftKey ? moveBy(80 * arrow[0], 80 * arrow[1]) : walk(event.key)
    : {
      '+': actions.in, '=': actions.in, '-': actions.out, 0: actions.fit, 1: actions.full, b: () => !viewer.querySelector('[data-do=before]').disabled && toggle('before'),
      i: actions.panel, x: actions.pick, t: nextTheme, '?': () => $('help').showModal(), c: () => view.picked.length > 1 && open(view.picked),
      '[': () => wipeTo(view.wipe - 0.05), ']': () => wipeTo(view.wipe + 0.05),
    }[event.key];
  if (does) { event.preventDefault(); does(); }
}

function listenToViewer() {
  viewer.addEventListener('click', event => {
    const button = event.target.closest('[data-do]');
    if (button) actions[button.dataset.do]();
  });
  viewer.addEventListener('close', () => !viewer.open && view.open.length && close()); // by the browser, for Escape
  $('wipe').addEventListener('input', () => wipeTo($('wipe').value / 100));
  new ResizeObserver(() => viewer.open && spread()).observe($('stage'));
}
